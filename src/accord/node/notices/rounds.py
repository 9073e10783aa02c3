"""The rounds of a running node: one thread makes, settles and escalates notices, another sends mail.

Neither shares a thread with the channel: a mail server that hangs keeps nobody waiting but the next mail.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import connections
from django.utils import timezone

from accord.courier.precedence import in_the_background
from accord.exchange.arriving import Step, waiting
from accord.node.config import NodeConfig
from accord.node.news import News
from accord.node.pace import Pace

from . import deriving
from .calling import call_by_roster
from .escalating import escalate_unread
from .mailing import make_mails, recover_mails, send_mails
from .settling import settle_notices

__all__ = ["NoticeRounds", "make_round"]

logger = logging.getLogger(__name__)

ROUND_SECONDS: Final = 3.0
"""A notice is so late at most, but in a flood of them."""

AT_REST_SECONDS: Final = 15.0
"""While nothing is stored, only what comes by the passing of time alone is looked for, and so often."""

WHOLE_SECONDS: Final = 60.0
"""So often everything that a notice may be late for is read again."""

READ_AGAIN: Final = timedelta(seconds=30)
"""What a round reads again of what the one before it read."""

POST_SECONDS: Final = 5.0

RESTS_LEAST: Final = 2.0
"""A round rests so many times as long as it computed, though nothing arrives; more while something does."""

FAULT_SECONDS: Final = 10.0
"""Pause after a round failed, so that a lasting fault does not fill the log."""

STOP_SECONDS: Final = 12.0
"""Longer than one answer of the mail server is waited for."""


def make_round(*, since: datetime | None = None) -> bool:
    """Does what is due with notices, once; returns whether a whole turn of messages waits already.

    Fewer wait for the next round: one message after the other would otherwise have round after round made.

    Args:
        since: See :func:`~accord.node.notices.deriving.make_notices`.
    """
    deriving.make_notices(since=since)
    settle_notices()
    escalate_unread()
    call_by_roster()
    return len(waiting(Step.NOTICE, limit=deriving.ARRIVALS_A_TURN)) >= deriving.ARRIVALS_A_TURN


class _Looks:
    """Makes rounds that read little again: a whole look is taken each minute, and the others begin near the last one.

    Nearly every act is stamped some milliseconds before its transaction ends; the whole look is for the others.
    """

    def __init__(self) -> None:
        self._whole_at = 0.0
        self._began: datetime | None = None
        self._news = News(at_rest_seconds=AT_REST_SECONDS)

    def look(self) -> bool:
        """Makes a round, if there can be anything new; one that fails is made again from the same place."""
        if not self._news.is_look_due():
            return False
        began, at = timezone.now(), time.monotonic()
        since = self._began - READ_AGAIN if self._began and at - self._whole_at < WHOLE_SECONDS else None
        has_more = make_round(since=since)
        self._began = began
        if since is None:
            self._whole_at = at
        return has_more


class _Round:
    """A thread that does one thing again and again, and goes on after a fault; at once where the act returns more."""

    def __init__(self, name: str, act: Callable[[], bool], pause_seconds: float, pace: Pace) -> None:
        self._pace = pace
        self._act = act
        self._pause = pause_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            began, computed = time.monotonic(), time.thread_time()
            try:
                with in_the_background():
                    pause = 0.0 if self._act() else self._pause
            except Exception:
                # The job runner's edge: what was not done is done in the next round.
                logger.exception("A round of %s failed.", self._thread.name)
                connections.close_all()
                pause = FAULT_SECONDS
            rest = max(RESTS_LEAST, self._pace.rests()) * (time.thread_time() - computed)
            self._stopping.wait(max(0.1, rest, pause - (time.monotonic() - began)))
        connections.close_all()


class NoticeRounds:
    """The threads of a node that make notices and send mail.

    Args:
        config: What the node was told; without ``smtp_host`` no mail is made.
        pace: How long what is done beside the courier rests.
    """

    def __init__(self, config: NodeConfig, pace: Pace) -> None:
        self._config = config
        self._is_recovered = False
        self._rounds = [_Round("notices", _Looks().look, ROUND_SECONDS, pace)]
        if config.smtp_host:
            self._rounds.append(_Round("mail", self._post, POST_SECONDS, pace))

    def start(self) -> None:
        """Starts the threads."""
        for one in self._rounds:
            one.start()

    def stop(self) -> None:
        """Stops them; a mail that is being sent is waited for as long as its server may take for one answer."""
        for one in self._rounds:
            one.stop()

    def _post(self) -> bool:
        if not self._is_recovered:
            recover_mails()
            self._is_recovered = True
        make_mails()
        send_mails(self._config)
        return False
