"""Exactly what would leave, as the other side will read it: its marks, its time, its language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from accord.exchange.clocks import table_for
from accord.exchange.models import Message
from accord.exchange.services import preview
from accord.node.desk.reading import Part, parts_of
from accord.officers.models import Officer
from accord.vocabulary.urgency import AccessClass, Urgency

__all__ = ["Leaving", "leaving_of"]

_OF_THE_MACHINE = ("schema_version", "clock_table", "attachments")


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A draft as the other side will read it.

    Args:
        parts: Its members.
        files: Its files: name, type, size, digest.
        handling: The handling code that will stand at its top and foot.
        marking: Our own marking.
        equivalent: Code of what it is equivalent to.
        language: Language of its texts.
        party: Name of the other party.
        capital: The other capital.
        read_at: What the clock there says now.
        due_at: When the answer would be due there if it arrived now; ``None`` where it asks nothing.
    """

    parts: tuple[Part, ...]
    files: tuple[Mapping[str, Any], ...]
    handling: str
    marking: str
    equivalent: str
    language: str
    party: str
    capital: str
    read_at: datetime
    due_at: datetime | None


def leaving_of(officer: Officer, message: Message) -> Leaving:
    """Returns what would leave if the draft left now."""
    fields: dict[str, Any] = preview(officer, message)
    profile, here = message.case.peer.described, get_language() or "en"
    now = timezone.now().astimezone(profile.zone)
    marking = fields.get("classification")
    limit = _limit(fields, message.case.peer_id) if message.kind == "request" else None
    return Leaving(
        parts=parts_of({name: value for name, value in fields.items() if name not in _OF_THE_MACHINE}),
        files=tuple(fields.get("attachments") or ()),
        handling=str(fields.get("handling", "")),
        marking=str(marking.get("own") or "") if isinstance(marking, Mapping) else "",
        equivalent=str(marking.get("equivalent") or "") if isinstance(marking, Mapping) else "",
        language=str(fields.get("language", "")),
        party=profile.names.in_language(here),
        capital=profile.capital.in_language(here),
        read_at=now,
        due_at=now + limit if limit is not None else None,
    )


def _limit(fields: Mapping[str, Any], peer: str) -> timedelta | None:
    try:
        urgency, access = Urgency(fields["urgency"]), AccessClass(fields["access_class"])
    except (KeyError, ValueError):
        return None
    return table_for(peer, at=timezone.now()).limit(urgency, access)
