"""Rooms above the exchange that watch what is made of what was received.

The exchange drafts, attaches and asks; it does not know where a passage or a file came from. A room that does registers
one :class:`Watcher` when Django is ready. It is called in the transaction of each act, and may refuse by raising.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from accord.exchange.drafts import FieldProblem
from accord.exchange.models import AgencyInquiry, Attachment, Message
from accord.officers.models import Officer

__all__ = ["Watcher", "register_watcher", "tell_moved", "watchers"]


def _nothing(*_told: object) -> None:
    """A room that keeps nothing of it."""


def _no_problem(_message: Message, _now: datetime) -> tuple[FieldProblem, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """What a room is told of, and asked; what it leaves out does not concern it.

    Args:
        saved: A draft was made or saved.
        attached: A file was attached to a draft; the file is open and seekable.
        detached: A file is about to be taken off a draft.
        taken_out: A file was taken out in plain; the file is open and seekable.
        asked: An agency of our own side was asked in a case.
        submitted: A draft is about to be checked for the last time before a second officer sees it.
        problems: What keeps a draft from leaving now; asked at each check and at submission, and stores nothing.
        withdrawn: Messages were withdrawn by their sender, named by their keys, in the transaction that files it.
        moved: Whether the word of some messages stands may have changed, named by their keys: ours was taken back,
            refused, not delivered in time or sent after all, or theirs was corrected away; in the same transaction.
        leaving: A message of an officer who holds a posting, or is approved or released by one, is about to be; asked
            of such officers alone.
        erased: What a message said is about to be erased, in the same transaction; rows made of it go with it.
        left: A draft that holds received matter has just passed the gate and is about to leave, with who releases it.
    """

    saved: Callable[[Message], None] = _nothing
    attached: Callable[[Attachment, BinaryIO], None] = _nothing
    detached: Callable[[Attachment], None] = _nothing
    taken_out: Callable[[Attachment, BinaryIO], None] = _nothing
    asked: Callable[[AgencyInquiry], None] = _nothing
    submitted: Callable[[Message], None] = _nothing
    problems: Callable[[Message, datetime], tuple[FieldProblem, ...]] = _no_problem
    withdrawn: Callable[[Sequence[UUID]], None] = _nothing
    moved: Callable[[Sequence[UUID]], None] = _nothing
    leaving: Callable[[Message, Officer, datetime], None] = _nothing
    erased: Callable[[Message], None] = _nothing
    left: Callable[[Message, Officer, datetime], None] = _nothing


_WATCHERS: dict[str, Watcher] = {}


def register_watcher(room: str, watcher: Watcher) -> None:
    """Makes a room's watcher known; a second one of the same room replaces the first (as on reload)."""
    _WATCHERS[room] = watcher


def watchers() -> tuple[Watcher, ...]:
    """Returns all watchers."""
    return tuple(_WATCHERS.values())


def tell_moved(keys: Sequence[UUID]) -> None:
    """Tells every watcher that the word of some messages may stand no more, or again.

    Args:
        keys: Their keys; of none nobody is told.
    """
    if keys:
        for watcher in watchers():
            watcher.moved(keys)
