"""The rounds of a running node: one thread makes, settles and escalates notices, another sends mail.

Neither shares a thread with the channel: a mail server that hangs keeps nobody waiting but the next mail.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import connections

from accord.node.config import NodeConfig

from .deriving import make_notices
from .escalating import escalate_unread
from .mailing import make_mails, recover_mails, send_mails
from .settling import settle_notices

__all__ = ["NoticeRounds", "make_round"]

logger = logging.getLogger(__name__)

ROUND_SECONDS: Final = 3.0
"""A notice is so late at most; a round without news costs some twenty short reads."""

POST_SECONDS: Final = 5.0

FAULT_SECONDS: Final = 10.0
"""Pause after a round failed, so that a lasting fault does not fill the log."""

STOP_SECONDS: Final = 12.0
"""Longer than one answer of the mail server is waited for."""


def make_round() -> None:
    """Does what is due with notices, once."""
    make_notices()
    settle_notices()
    escalate_unread()


class _Round:
    """A thread that does one thing again and again, and goes on after a fault."""

    def __init__(self, name: str, act: Callable[[], None], pause_seconds: float) -> None:
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
            began = time.monotonic()
            pause = self._pause
            try:
                self._act()
            except Exception:
                # The job runner's edge: what was not done is done in the next round.
                logger.exception("A round of %s failed.", self._thread.name)
                connections.close_all()
                pause = FAULT_SECONDS
            self._stopping.wait(max(0.1, pause - (time.monotonic() - began)))
        connections.close_all()


class NoticeRounds:
    """The threads of a node that make notices and send mail.

    Args:
        config: What the node was told; without ``smtp_host`` no mail is made.
    """

    def __init__(self, config: NodeConfig) -> None:
        self._config = config
        self._is_recovered = False
        self._rounds = [_Round("notices", make_round, ROUND_SECONDS)]
        if config.smtp_host:
            self._rounds.append(_Round("mail", self._post, POST_SECONDS))

    def start(self) -> None:
        """Starts the threads."""
        for one in self._rounds:
            one.start()

    def stop(self) -> None:
        """Stops them; a mail that is being sent is waited for as long as its server may take for one answer."""
        for one in self._rounds:
            one.stop()

    def _post(self) -> None:
        if not self._is_recovered:
            recover_mails()
            self._is_recovered = True
        make_mails()
        send_mails(self._config)
