"""Taking copies of what was received: a print of a case, a file, the evidence of a message.

Each asks the gate for the item it copies (:mod:`accord.handling.uses`), for the purpose for which it was received. What
is our own is not governed here: its caveats bind the other side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.exchange.errors import ActRefused
from accord.exchange.models import Attachment, Message
from accord.handling.models import Use
from accord.handling.uses import Intended, content_of, last_stopped, stops_only_for_permission, use_item
from accord.officers.models import Officer
from accord.release.errors import GateRefuses
from accord.vocabulary.uses import UseCode

__all__ = ["Taken", "take_copy", "take_prints"]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What the gate said to one copy of one received item.

    Args:
        use: The use on record; ``None`` where the item was withdrawn, so that the gate was not even asked.
        is_permitted: Whether the copy may be made.
        may_be_asked: Whether the originator's permission is all that it lacks.
    """

    use: Use | None
    is_permitted: bool
    may_be_asked: bool = False


def take_copy(
    officer: Officer, item: Message, use: UseCode, *, mark: Use.Mark, file: Attachment | None = None
) -> Use | None:
    """Asks the gate for a copy of an item; ``None`` where the item is our own, which is not governed here.

    Args:
        officer: Who takes it.
        item: The message.
        use: ``open``, ``export`` or ``print``.
        mark: Where the mark is laid in.
        file: The file of it, where that is copied.

    Raises:
        ActRefused: It was withdrawn, or its content is not here.
        GateRefuses: The law does not let it be copied; the decision is on record.
    """
    if item.is_ours:
        return None
    intended = Intended(use=use, purpose=content_of(item).purpose, file=file)
    return use_item(officer, item, intended, mark=mark)


def take_prints(officer: Officer, messages: Sequence[Message]) -> dict[Message, Taken]:
    """Asks the gate for a print of each received message of a case, and returns what it said to each.

    What stands on record is that the view was opened: whether paper came of it, a node does not learn.

    Args:
        officer: Who prints.
        messages: The messages of the case; our own are passed over, and those whose content is not here.
    """
    found: dict[Message, Taken] = {}
    for message in messages:
        if message.is_ours or not bytes(message.content):
            continue
        try:
            use = take_copy(officer, message, UseCode.PRINT, mark=Use.Mark.PAGE)
        except GateRefuses as refused:
            may_be_asked = stops_only_for_permission(refused.decision)
            found[message] = Taken(use=last_stopped(officer, message), is_permitted=False, may_be_asked=may_be_asked)
        except ActRefused:
            found[message] = Taken(use=None, is_permitted=False)
        else:
            found[message] = Taken(use=use, is_permitted=True)
    return found
