"""Precedence inside one process: what is done in the background waits while a message is on its way.

Python computes in one thread at a time. A round of notices takes seventy milliseconds of it, the marking of what
arrived forty, and a message that leaves or arrives meanwhile takes twice as long as alone, since the threads change
places all the time. So a thread that does what can wait says so (:func:`in_the_background`), and then lets a message
pass before each of its statements, where it holds no lock of the database, and wherever it calls :func:`give_way`.

Invariants:

* nobody waits inside a transaction, so no message ever waits for one that waits for it;
* each wait ends after :data:`PATIENCE_SECONDS`, so that what is done in the background slows down and never stops;
* it is about time alone: with every wait left out, each result is the same.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final

__all__ = ["ON_ITS_WAY", "PATIENCE_SECONDS", "give_way", "in_the_background"]

PATIENCE_SECONDS: Final = 0.02
"""The longest wait of one call: twice as long as a message takes from its release to its receipt."""


class _Thread(threading.local):
    """What one thread does: work that can wait, and how many messages it brings on their way all the same."""

    is_in_the_background = False
    brings = 0


_THREAD: Final = _Thread()


class _OnItsWay:
    """Held by a thread while it brings a message on its way; several may hold it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = 0
        self._is_free = threading.Event()
        self._is_free.set()

    def __enter__(self) -> None:
        _THREAD.brings += 1
        with self._lock:
            self._held += 1
            if self._held == 1:
                self._is_free.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _THREAD.brings -= 1
        with self._lock:
            self._held -= 1
            if not self._held:
                self._is_free.set()

    def wait(self, seconds: float) -> None:
        """Waits until no message is on its way, or the time is over."""
        if self._held:
            self._is_free.wait(seconds)


ON_ITS_WAY: Final = _OnItsWay()
"""Held while a message is released, sealed, answered, or its receipt is stored; never while a peer is waited for."""


@contextmanager
def in_the_background() -> Iterator[None]:
    """Says that what this thread does now can wait for messages."""
    before, _THREAD.is_in_the_background = _THREAD.is_in_the_background, True
    try:
        yield
    finally:
        _THREAD.is_in_the_background = before


def give_way() -> None:
    """Lets messages pass that are on their way, if this thread works in the background; never inside a transaction."""
    if _THREAD.is_in_the_background and not _THREAD.brings:
        ON_ITS_WAY.wait(PATIENCE_SECONDS)
