"""Rooms above the exchange that give a kind of message its effect.

The exchange knows every kind's type, drafts it, lets it leave and files it in its case. What a permission, a correction
or an objection *does* belongs to a room of its own above, which the exchange never imports: such a room registers one
:class:`KindRoom` a kind when Django is ready, and is called at the three moments that matter, always in the transaction
of the act itself.

* ``prepare`` makes the look-ups of a whole arriving batch at once;
* ``admit`` may refuse an arriving message before anything is filed, with the code that its sender is told;
* ``filed`` leaves the room's rows in the batch's :class:`~accord.release.received.FilingWork`;
* ``released`` follows one of our own that has just left, ``restored`` one that was lost here and came back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accord.exchange.models import Case, Message
from accord.officers.models import Officer
from accord.release.received import FilingWork, Handled, Received

__all__ = ["KindRoom", "register_room", "room_of"]


def _look_up_nothing(_received: Sequence[Received], _work: FilingWork) -> None:
    """A kind that needs no look-up."""


def _admit(_received: Received, _about: Message | None, _work: FilingWork) -> Handled | None:
    """A kind that is filed whenever it is well formed."""
    return None


def _nothing_more(_message: Message, _content: Any, _at: datetime) -> None:  # Any: each kind has its own type
    """A kind without an effect of its own."""


def _nothing_released(_officer: Officer, _message: Message, _content: Any, _now: datetime) -> None:
    """A kind whose leaving changes nothing else."""


def _nothing_filed(_message: Message, _received: Received, _work: FilingWork) -> None:
    """A kind whose arrival changes nothing else."""


@dataclass(frozen=True, kw_only=True)
class KindRoom:
    """What the exchange asks of the room that owns a kind.

    Args:
        kind: Name of the kind.
        answers: Kinds of ours that an arriving one may answer; where there are any, it must answer one of them.
        begins_case: Whether an officer may begin a case with one.
        reopens: Whether an arriving one opens a closed case and moves who has the next move.
        waits_on_filed: Who has the next move in the case when one arrives.
        waits_on_released: Who has it when one of ours has left.
        prepare: Makes the look-ups of a whole batch at once.
        admit: Returns what its sender is told where it is refused, given the message of ours that it answers.
        filed: Leaves rows in the batch's work; the message is in it already.
        released: Follows one of ours out, with its decoded content.
        restored: Follows one of ours that came back after a loss of storage, with its decoded content.
    """

    kind: str
    answers: tuple[str, ...] = ()
    begins_case: bool = False
    reopens: bool = True
    waits_on_filed: Case.Waiting = Case.Waiting.US
    waits_on_released: Case.Waiting = Case.Waiting.THEM
    prepare: Callable[[Sequence[Received], FilingWork], None] = _look_up_nothing
    admit: Callable[[Received, Message | None, FilingWork], Handled | None] = _admit
    filed: Callable[[Message, Received, FilingWork], None] = _nothing_filed
    released: Callable[[Officer, Message, Any, datetime], None] = _nothing_released
    restored: Callable[[Message, Any, datetime], None] = _nothing_more


_ROOMS: dict[str, KindRoom] = {}


def register_room(room: KindRoom) -> None:
    """Makes the room of a kind known; a second one of the same kind replaces the first (as on reload)."""
    _ROOMS[room.kind] = room


def room_of(kind: str) -> KindRoom | None:
    """Returns the room that owns a kind, or ``None`` where the exchange itself gives it its effect."""
    return _ROOMS.get(kind)
