"""Wake-up calls inside one process: something waits in a queue, or the peer has just been heard.

A call is a hint that spares a wait, never the only way: every waiter also looks at the database at a fixed rhythm, so a
row written by another process, or a lost call, costs that rhythm and nothing else.
"""

import threading
from typing import Final

from django.db import transaction

__all__ = ["INTAKE", "POLL_SECONDS", "flush_topic", "wait_for_wake", "wake", "wake_on_commit"]

# A row written by another process is seen after at most this long; one indexed look costs some 30 microseconds.
POLL_SECONDS: Final = 0.5

INTAKE: Final = "intake"


class _Topics:
    """The events by topic; they live as long as the process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.events: dict[str, threading.Event] = {}

    def event(self, topic: str) -> threading.Event:
        """Returns the topic's event, making it at the first need."""
        with self.lock:
            return self.events.setdefault(topic, threading.Event())


_TOPICS: Final = _Topics()


def flush_topic(channel_id: int) -> str:
    """Returns the topic under which a channel's flusher waits."""
    return f"flush:{channel_id}"


def wake(topic: str) -> None:
    """Wakes whoever waits for the topic, or the next who will."""
    _TOPICS.event(topic).set()


def wake_on_commit(topic: str) -> None:
    """Wakes the topic once the present transaction is committed; a row that is rolled back wakes nobody."""
    transaction.on_commit(lambda: wake(topic))


def wait_for_wake(topic: str, *, timeout_seconds: float = POLL_SECONDS) -> bool:
    """Waits until the topic is woken or the time is over, and returns whether it was woken."""
    event = _TOPICS.event(topic)
    was_woken = event.wait(timeout_seconds)
    event.clear()
    return was_woken
