"""Words that the services refused: kept beside the draft for who wrote them, until they are saved or thrown away.

A text that is too long, or holds a refused character, cannot be stored in its field. It must not look saved, and it
must not go with the page: it is kept here by member of the draft and stands in its field again when its writer opens
the draft. Where a colleague changed that member meanwhile, the colleague's words stand in the field and the kept ones
above the form, to be copied. No road leads from here to the wire.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db.models import Q
from django.utils import timezone

from accord.errors import AccordError
from accord.exchange.drafting import require_right
from accord.exchange.models import Message
from accord.node.desk.draft_form import OWN, errors_of, prints_of, stored_own
from accord.node.desk.kept_words import label_of
from accord.node.desk.models import UnsavedWords
from accord.officers.models import Officer

__all__ = ["Unsaved", "drop_unsaved", "forget_unsaved", "keep_unsaved", "unsaved_of"]

KEPT: Final = timedelta(days=30)
"""So long refused words are kept: a leave, and not the life of the node."""

OPEN: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)

# Any: members of a message are JSON of many shapes.
_Members = Mapping[str, Any]


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored: the members as they were written, and how each stood in the draft then."""

    members: dict[str, Any]
    was: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """What an officer wrote that is not in the draft.

    Args:
        fields: The draft's fields with those words in their places.
        own: What our side states, likewise.
        errors: What is wrong with each field, by path in the form.
        overtaken: Names and texts of members that a colleague changed meanwhile.
        at: When the words were kept; ``None`` where there are none.
    """

    fields: dict[str, Any]
    own: dict[str, Any]
    errors: Mapping[str, str]
    overtaken: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None


def _flat(fields: _Members, own: _Members) -> dict[str, Any]:
    return {**fields, **{f"{OWN}{name}": value for name, value in own.items()}}


def keep_unsaved(officer: Officer, message: Message, fields: _Members, own: _Members) -> None:
    """Keeps what was written and is not stored; where all of it is stored, nothing is kept.

    Args:
        officer: Who wrote.
        message: The draft as it is stored.
        fields: What the form holds.
        own: What the form states for our own side.
    """
    given, stored = _flat(fields, own), _flat(message.fields, stored_own(message))
    lost = {path: given.get(path) for path in {**given, **stored} if given.get(path) != stored.get(path)}
    if not lost:
        drop_unsaved(officer, message)
        return
    now = timezone.now()
    was = prints_of(message.fields, stored_own(message))
    words = _Words(members=lost, was={path: was[path] for path in lost if path in was})
    UnsavedWords.objects.filter(Q(at__lt=now - KEPT) | ~Q(message__state__in=OPEN)).delete()
    UnsavedWords.objects.update_or_create(
        officer=officer, message=message, defaults={"words": msgspec.json.encode(words), "at": now}
    )


def drop_unsaved(officer: Officer, message: Message) -> None:
    """Throws away what was kept of an officer beside a draft."""
    UnsavedWords.objects.filter(officer=officer, message=message).delete()


def forget_unsaved(message: Message) -> None:
    """Throws away what was kept of anybody beside a draft that is discarded."""
    UnsavedWords.objects.filter(message=message).delete()


def unsaved_of(officer: Officer, message: Message) -> Unsaved:
    """Returns the draft with the words of an officer that could not be saved, and why each could not."""
    fields, own = dict(message.fields), stored_own(message)
    row = UnsavedWords.objects.filter(officer=officer, message=message).first()
    if row is None:
        return Unsaved(fields=fields, own=own, errors={})
    words = msgspec.json.decode(bytes(row.words), type=_Words)
    now = prints_of(message.fields, own)
    stored = _flat(fields, own)
    errors: dict[str, str] = {}
    overtaken: list[tuple[str, str]] = []
    for path, value in words.members.items():
        if value == stored.get(path):
            continue
        if now.get(path) != words.was.get(path):
            overtaken.append((label_of(path), _plain(value)))
            continue
        place, name = (own, path.removeprefix(OWN)) if path.startswith(OWN) else (fields, path)
        if value is None:
            place.pop(name, None)
        else:
            place[name] = value
        errors |= _refused(message, path, value)
    return Unsaved(fields=fields, own=own, errors=errors, overtaken=tuple(overtaken), at=row.at)


def _refused(message: Message, path: str, value: Any) -> dict[str, str]:
    is_own = path.startswith(OWN)
    try:
        require_right(message, {} if is_own else {path: value}, own={path.removeprefix(OWN): value} if is_own else None)
    except AccordError as error:
        return errors_of(error)
    return {}


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() if value is not None else ""
