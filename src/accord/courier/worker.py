"""The courier's threads: one flusher a channel, and one that watches.

A flusher waits for a wake-up call or for the next look at the queue, makes a contact, and waits again; after a batch it
goes on at once, after a failure it waits for the back-off. The watcher starts a flusher for each channel that appears,
expires what is overdue, raises the alarms of absence, and sees to it that the listener trusts the peers' present
certificates.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from accord.errors import AccordError, NotAvailableNow
from accord.parties.custody import custody_in_use
from accord.parties.keysets import channel_keys, tls_certificates
from accord.parties.tls import readable

from .alarms import raise_alarm_once
from .flush import FlushResult, Transport, flush_once
from .health import watch
from .models import Channel
from .precedence import in_the_background
from .rotation import promote_tls_when_filed
from .sealing import expire_overdue
from .wakeup import POLL_SECONDS, flush_topic, wait_for_wake, wake

__all__ = ["HEARTBEAT_SECONDS", "Courier", "pinned_certificates"]

logger = logging.getLogger(__name__)

# With nothing to send, a sign of life is given so often: skew, rollback and withheld receipts show within a minute.
HEARTBEAT_SECONDS: Final = 60.0
WATCH_SECONDS: Final = 1.0
# Gauges and the alarms of absence need no more than this.
HEALTH_SECONDS: Final = 5.0
# How long a stop waits for a flusher that is in the middle of a contact.
STOP_SECONDS: Final = 10.0
# Pause after a failure of our own that no peer's sign of life can end.
OWN_FAULT_SECONDS: Final = 1.0


def pinned_certificates() -> list[bytes]:
    """Returns the DER certificates of every peer, as their newest keysets name them.

    A peer whose keysets or certificates cannot be read is left out with an alarm: the others' channels go on.
    """
    certificates: list[bytes] = []
    for channel in Channel.objects.all():
        try:
            named = tls_certificates(channel_keys(channel.party_code, channel.peer_id).theirs.latest).values()
        except AccordError as error:
            raise_alarm_once(channel, error.reason_code, f"The keysets of {channel.peer_id} cannot be used.")
            continue
        certificates.extend(der for der in named if readable(der))
        if not all(map(readable, named)):
            raise_alarm_once(
                channel,
                "courier.certificate-unreadable",
                f"A certificate that {channel.peer_id}'s keyset names cannot be read; it is not trusted.",
            )
    return certificates


class Courier:
    """The running threads of the courier.

    Args:
        transport: The way to the peers.
        on_trust_changed: Told when certificates of peers, or our own, have changed; the listener reloads them.
    """

    def __init__(self, transport: Transport, *, on_trust_changed: Callable[[], None] | None = None) -> None:
        self._transport = transport
        self._on_trust_changed = on_trust_changed
        self._stopping = threading.Event()
        self._flushers: dict[int, threading.Thread] = {}
        self._watcher = threading.Thread(target=self._watch, name="courier-watcher", daemon=True)
        self._trusted: frozenset[bytes] | None = None

    def start(self) -> None:
        """Starts the watcher, which starts a flusher for each channel."""
        self._watcher.start()

    def stop(self) -> None:
        """Stops every thread; a contact that is under way ends first, for a while."""
        self._stopping.set()
        for channel_id in list(self._flushers):
            wake(flush_topic(channel_id))
        deadline = time.monotonic() + STOP_SECONDS
        for thread in [*self._flushers.values(), self._watcher]:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _watch(self) -> None:
        looked_at = -HEALTH_SECONDS
        while True:
            try:
                with in_the_background():
                    self._start_flushers()
                    self._see_to_trust()
                    if time.monotonic() - looked_at >= HEALTH_SECONDS:
                        looked_at = time.monotonic()
                        expire_overdue(now=timezone.now())
                        watch()
            except (AccordError, DatabaseError) as error:
                logger.warning("The courier's watcher failed: %s", error)
                connections.close_all()
            except Exception as error:
                # The job runner's edge: whatever a peer's data does to a look, the next look is taken.
                logger.exception("The courier's watcher failed.")
                connections.close_all()
                _note_own_fault(None, "courier.watcher-failed", error)
            if self._stopping.wait(WATCH_SECONDS):
                connections.close_all()
                return

    def _start_flushers(self) -> None:
        for channel_id in Channel.objects.values_list("pk", flat=True):
            known = self._flushers.get(channel_id)
            if known is None or not known.is_alive():
                thread = threading.Thread(
                    target=self._flush, args=(channel_id,), name=f"courier-flusher-{channel_id}", daemon=True
                )
                self._flushers[channel_id] = thread
                thread.start()

    def _see_to_trust(self) -> None:
        custody = custody_in_use()
        was_promoted = promote_tls_when_filed(custody)
        trusted = frozenset(pinned_certificates())
        is_first = self._trusted is None
        if (was_promoted or trusted != self._trusted) and not is_first and self._on_trust_changed is not None:
            self._on_trust_changed()
        self._trusted = trusted

    def _flush(self, channel_id: int) -> None:
        topic = flush_topic(channel_id)
        heard_at: float | None = None
        while not self._stopping.is_set():
            is_due = heard_at is None or time.monotonic() - heard_at >= HEARTBEAT_SECONDS
            result = self._flush_safely(channel_id, is_due=is_due)
            if result is None:
                self._stopping.wait(OWN_FAULT_SECONDS)
            elif result.refusal is not None:
                self._back_off_safely(channel_id, topic)
            else:
                heard_at = time.monotonic() if result.frames else heard_at
                if not result.appended:
                    wait_for_wake(topic, timeout_seconds=POLL_SECONDS)
        connections.close_all()

    def _flush_safely(self, channel_id: int, *, is_due: bool) -> FlushResult | None:
        try:
            return flush_once(channel_id, self._transport, is_due=is_due)
        except NotAvailableNow as error:
            logger.warning("A flush was not possible: %s", error.reason_code)
        except Exception as error:
            # The job runner's edge: whatever fails, the queue stays, the connection is renewed, and it is tried again.
            logger.exception("A flush failed.")
            connections.close_all()
            _note_own_fault(channel_id, "courier.flush-failed", error)
        close_old_connections()
        connections.close_all()
        return None

    def _back_off_safely(self, channel_id: int, topic: str) -> None:
        try:
            self._back_off(channel_id, topic)
        except DatabaseError as error:
            logger.warning("The back-off could not be read: %s", type(error).__name__)
            connections.close_all()
            self._stopping.wait(OWN_FAULT_SECONDS)

    def _back_off(self, channel_id: int, topic: str) -> None:
        """Waits until the back-off is over or the peer gives a sign of life, which clears it in the database."""
        while not self._stopping.is_set():
            until = Channel.objects.values_list("back_off_until", flat=True).get(pk=channel_id)
            seconds = 0.0 if until is None else (until - timezone.now()).total_seconds()
            if seconds <= 0:
                return
            wait_for_wake(topic, timeout_seconds=min(seconds, POLL_SECONDS))


def _note_own_fault(channel_id: int | None, code: str, error: Exception) -> None:
    """Raises the alarm of a fault that is tried again, so that nobody takes the silence for health."""
    reason = error.reason_code if isinstance(error, AccordError) else type(error).__name__
    try:
        channel = None if channel_id is None else Channel.objects.get(pk=channel_id)
        raise_alarm_once(channel, code, f"It fails each time and is tried again: {reason}.")
    except (DatabaseError, Channel.DoesNotExist):
        logger.warning("The alarm %s could not be stored.", code)
