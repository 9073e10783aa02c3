"""One process, one node: the two listeners, the courier, and the intake; started whole, stopped cleanly.

The order of the start is the order of what may not be missing: the algorithms work, nobody else runs this home, the
database is up to date, the keys open, the law loads; only then does anything listen. A start that fails leaves nothing
running and says what is missing.
"""

import fcntl
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import IO, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from accord.channel.selftest import run_self_test
from accord.courier.alarms import raise_alarm
from accord.courier.contact_app import close_contact_connections, contact_application
from accord.courier.listener import ChannelListener
from accord.courier.precedence import in_the_background
from accord.courier.transport import HttpsTransport
from accord.courier.wakeup import INTAKE, wait_for_wake, wake
from accord.courier.worker import Courier, pinned_certificates
from accord.errors import AccordError, OurFault
from accord.exchange.search.indexing import index_arrived
from accord.exchange.services import release_due
from accord.handling.applying import apply_corrections
from accord.handling.reading import mark_received
from accord.handling.sound_clock import SoundClock
from accord.liaison.rounds import LiaisonRounds
from accord.node.api.idempotency import forget_old_answers
from accord.node.api_listener import ApiListener
from accord.node.config import NodeConfig
from accord.node.news import News
from accord.node.notices.rounds import NoticeRounds
from accord.node.pace import Pace
from accord.node.schema import require_current_schema
from accord.node.sqlite.housekeeping import Housekeeper
from accord.node.workstream_rounds import WorkstreamRounds
from accord.oversight.reviews import alarm_overdue_reviews
from accord.parties.custody import custody_in_use
from accord.release.follow import follow_all
from accord.release.gate import gate_in_use
from accord.release.intake import INTAKE_BATCH_MAX, take_in_all
from accord.release.recovered import RESTORED_A_TURN, restore_own_words
from accord.workplan.indicators.counting import CountingClock

__all__ = ["AnotherInstance", "Node", "home_is_free", "serve", "work"]

logger = logging.getLogger(__name__)

LOCK_FILE: Final = "node.lock"
# Arrivals are taken in at once after a silence, and otherwise at this rhythm: one transaction and one disposition then
# serve all that came meanwhile. The receipt is given before, so only the duty officer's queue is so much later.
INTAKE_SECONDS: Final = 0.2
# What left is followed, what waits for its hour released, and our own words restored at this rhythm.
CHORE_SECONDS: Final = 0.5
# The same while nothing is stored: only an hour that comes makes anything due then.
CHORE_AT_REST_SECONDS: Final = 2.0
# What arrived is read (indexed, then its passages marked) for so long at a time; who arrives meanwhile waits so long.
READING_SECONDS: Final = 0.02
# Batches of derivatives to which corrections are applied in one turn.
APPLIED_A_TURN: Final = 4
# A thread that wakes up waits at most so long for one that computes: a message passes a dozen wake-ups on its way.
SWITCH_SECONDS: Final = 0.0005
# The collector of cycles looks through young objects so often, counted in allocations; the many objects of a started
# node are never looked through again. A message makes hardly any cycle, and a whole look takes as long as a message.
YOUNG_OBJECTS: Final = 50_000
# Pause after the intake failed, so that a lasting fault does not fill the log.
FAULT_SECONDS: Final = 1.0
STOP_SECONDS: Final = 10.0


class AnotherInstance(OurFault):
    """Another process runs this home; two would sign two logs with one key."""

    code = "node.another-instance"
    default_next_step = "Stop the other process first. A copy of a home must never run beside the original."


class _HomeLock:
    """Holds the home for this process; the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, home: Path) -> None:
        self._file = home / LOCK_FILE
        self._stream: IO[str] | None = None

    def take(self) -> None:
        """Takes the lock.

        Raises:
            AnotherInstance: Another process has it.
        """
        stream = self._file.open("a+", encoding="ascii")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            owner = stream.read(16).strip()
            stream.close()
            raise AnotherInstance(f"Process {owner or '?'} runs this home.", fields={"process": owner}) from error
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        self._stream = stream

    def release(self) -> None:
        """Lets go of the home."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


@contextmanager
def home_is_free() -> Iterator[None]:
    """Holds the configured home, so that no node runs while something is changed beneath it.

    Raises:
        AnotherInstance: A node runs it.
    """
    lock = _HomeLock(settings.CONFIG.home)
    lock.take()
    try:
        yield
    finally:
        lock.release()


class _Intake:
    """The thread that opens and files what arrived, follows what left, and releases what waited for its hour."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._reads_at = 0.0
        self._has_unread = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._clock = SoundClock()
        self._counting = CountingClock()
        self._liaison = LiaisonRounds()
        self._news = News(at_rest_seconds=CHORE_AT_REST_SECONDS)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        wake(INTAKE)
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        chores_due = 0.0
        while not self._stopping.is_set():
            rested_at = time.monotonic() + INTAKE_SECONDS
            try:
                arrived = take_in_all().total
                has_more = arrived >= INTAKE_BATCH_MAX
                if arrived:
                    self._pace.note_arrivals(is_full_batch=has_more)
                    self._has_unread = True
                with in_the_background():
                    if time.monotonic() >= chores_due:
                        if self._news.is_look_due():
                            has_more |= self._do_chores()
                            self._has_unread = True
                        chores_due = time.monotonic() + CHORE_SECONDS
                    self._read_on()
            except Exception as error:
                # The job runner's edge: the entries wait in their order and are tried again.
                logger.exception("The intake failed.")
                self._alarm(error)
                connections.close_all()
                self._stopping.wait(FAULT_SECONDS)
                continue
            if not has_more and wait_for_wake(INTAKE, timeout_seconds=self._patience()):
                self._stopping.wait(max(0.0, rested_at - time.monotonic()))
        connections.close_all()

    def _read_on(self) -> None:
        """Reads some of what arrived, if any waits and the rest after the last time is over."""
        began = time.monotonic()
        if not self._has_unread or began < self._reads_at:
            return
        is_indexed = index_arrived(seconds=READING_SECONDS)
        left = READING_SECONDS - (time.monotonic() - began)
        is_marked = mark_received(seconds=left) if left > 0 else 1
        self._has_unread = bool(is_indexed or is_marked)
        ended = time.monotonic()
        self._reads_at = ended + self._pace.rests() * (ended - began)

    def _patience(self) -> float:
        """Returns for how long nothing is to be done if nothing arrives."""
        return min(CHORE_SECONDS, max(0.0, self._reads_at - time.monotonic())) if self._has_unread else CHORE_SECONDS

    def _do_chores(self) -> bool:
        """Does what is not urgent; returns whether there is more of it than one turn takes."""
        restored = restore_own_words()
        follow_all()
        release_due()
        apply_corrections(batches=APPLIED_A_TURN)
        self._clock.erase_due()
        forget_old_answers()
        alarm_overdue_reviews()
        self._counting.count_due()
        self._liaison.do_due()
        return restored >= RESTORED_A_TURN

    @staticmethod
    def _alarm(error: Exception) -> None:
        code = error.reason_code if isinstance(error, AccordError) else "node.intake-failed"
        try:
            raise_alarm(None, code, f"Nothing can be taken in: {type(error).__name__}.")
        except DatabaseError:
            logger.warning("The alarm %s could not be stored.", code)


class Node:
    """A running node.

    Args:
        config: What it was told.
        has_api: Whether this process serves the API and the desk, too.
    """

    def __init__(self, config: NodeConfig, *, has_api: bool = True) -> None:
        self._config = config
        self._lock = _HomeLock(config.home)
        self._transport = HttpsTransport()
        self._courier = Courier(self._transport, on_trust_changed=self._trust_anew)
        pace = Pace()
        self._intake = _Intake(pace)
        self._notices = NoticeRounds(config, pace)
        self._workstreams = WorkstreamRounds(pace)
        self._api = ApiListener(config) if has_api else None
        self._channel: ChannelListener | None = None
        is_sqlite = connections[DEFAULT_DB_ALIAS].vendor == "sqlite"
        self._housekeeper = Housekeeper(config.sqlite_path) if is_sqlite else None

    def start(self) -> None:
        """Starts everything, in the order of what may not be missing.

        Raises:
            OurFault: An algorithm, a migration, a key, a rule or a port is missing.
            NotAvailableNow: The key file does not open, or the database does not answer.
        """
        sys.setswitchinterval(SWITCH_SECONDS)
        run_self_test()
        self._lock.take()
        try:
            self._check()
            self._channel = self._channel_listener()
            self._channel.start()
            if self._api is not None:
                self._api.start()
        except BaseException:
            self.stop()
            raise
        self._courier.start()
        self._intake.start()
        self._notices.start()
        self._workstreams.start()
        if self._housekeeper is not None:
            self._housekeeper.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])

    @staticmethod
    def _check() -> None:
        require_current_schema()
        custody_in_use().signer()
        gate_in_use()

    def _channel_listener(self) -> ChannelListener:
        return ChannelListener(
            host=self._config.channel_host,
            port=self._config.channel_port,
            application=contact_application,
            identity=custody_in_use().tls,
            pinned=pinned_certificates(),
            threads=self._config.channel_threads,
            on_refused=_note_refused,
        )

    def _trust_anew(self) -> None:
        if self._channel is not None:
            self._channel.trust(custody_in_use().tls, pinned_certificates())

    def stop(self) -> None:
        """Stops everything that was started: no new contact, the running ones end, the home is free."""
        if self._api is not None:
            self._api.stop()
        if self._channel is not None:
            self._channel.stop()
            close_contact_connections()
        self._courier.stop()
        self._intake.stop()
        self._notices.stop()
        self._workstreams.stop()
        if self._housekeeper is not None:
            self._housekeeper.stop()
        self._transport.close()
        connections.close_all()
        self._lock.release()

    def said_when_ready(self) -> str:
        """Returns the line that tells an operator, and a script that waits, where the node listens."""
        channel = f"https://{self._config.channel_host}:{self._config.channel_port}"
        api = f", API {self._api.url}" if self._api is not None else ""
        return f"accord {self._config.party} ready: channel {channel}{api}"


def _note_refused(address: str) -> None:
    raise_alarm(None, "courier.unknown-certificate", f"A client at {address} showed a certificate that nobody pinned.")
    connections.close_all()


def _run(node: Node) -> None:
    # Not an event: a signal that comes while one is just being waited for finds its lock taken, by the same thread.
    told: SimpleQueue[int] = SimpleQueue()

    def end(number: int, _frame: FrameType | None) -> None:
        told.put(number)

    before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {
        number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        node.start()
        sys.stdout.write(f"{node.said_when_ready()}\n")
        sys.stdout.flush()
        told.get()
    finally:
        node.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    sys.stdout.write("accord stopped\n")


def serve() -> None:
    """Runs the configured node until SIGINT or SIGTERM.

    Raises:
        AccordError: It could not be started.
    """
    _run(Node(settings.CONFIG))


def work() -> None:
    """Runs the channel, the courier and the intake alone, beside API processes that run elsewhere.

    Raises:
        AccordError: It could not be started.
    """
    _run(Node(settings.CONFIG, has_api=False))
