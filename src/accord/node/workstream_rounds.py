"""The thread of a running node that does what workstreams do by themselves, a piece at a time.

It computes while nothing urgent does: messages pass before, after each piece it rests by the node's pace, and always as
long as lets a request through.
"""

import logging
import threading
import time
from typing import Final

from django.db import connections

from accord.courier.precedence import in_the_background
from accord.node.pace import Pace
from accord.workstreams.rounds import Rounds, all_rounds

__all__ = ["WorkstreamRounds"]

logger = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 1.0
"""What an officer asks for begins so late at most."""

BREATH_SECONDS: Final = 0.002
"""Rest between two pieces at least: whoever waits for the processor comes first."""

FAULT_SECONDS: Final = 10.0
"""Rest of a workstream of which a piece failed, so that a lasting fault does not fill the log; the others go on."""

STOP_SECONDS: Final = 10.0


class WorkstreamRounds:
    """Does the rounds that the workstreams of this node registered.

    Args:
        pace: How long what is done beside the courier rests.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._rounds = all_rounds()
        self._resting: dict[int, float] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="workstreams", daemon=True)

    def start(self) -> None:
        """Starts the thread, if there is anything to do."""
        if self._rounds:
            self._thread.start()

    def stop(self) -> None:
        """Stops it after the piece at hand; what is left goes on when the node starts again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            computed = time.thread_time()
            with in_the_background():
                more = [self._do_some(one) for one in self._rounds]
            rest = self._pace.rests() * (time.thread_time() - computed)
            self._stopping.wait(max(BREATH_SECONDS, rest) if any(more) else PAUSE_SECONDS)
        for one in self._rounds:
            one.close()
        connections.close_all()

    def _do_some(self, one: Rounds) -> bool:
        """Does a piece of one workstream, unless it rests; one that fails keeps no other from its turn."""
        if time.monotonic() < self._resting.get(id(one), 0.0):
            return False
        try:
            return one.do_some()
        except Exception:
            # The job runner's edge: what was not done is done after a rest.
            logger.exception("A round of a workstream failed.")
            connections.close_all()
            self._resting[id(one)] = time.monotonic() + FAULT_SECONDS
            return False
