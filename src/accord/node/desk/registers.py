"""Fields whose values stand in a register: parties, their agencies, languages; chosen from it and not typed.

An answer to a request with numbered questions has one row for each, with its number and its question. What a form
shows so of itself is no word of the officer: a party without an agency, and a number without an answer, are not stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language

from accord.exchange.kinds import ANSWER
from accord.exchange.models import Message
from accord.node.desk.fields import Field
from accord.node.desk.use_words import ASKED
from accord.parties.models import Party
from accord.vocabulary.uses import UseCode

__all__ = ["from_registers", "in_rows", "without_rows"]

# Any: members of a message are JSON of many shapes.
_Fields = Mapping[str, Any]

SENDER: Final = "sender"
RECIPIENT: Final = "recipient"
ITEMS: Final = "answered_items"
CAVEATS: Final = "caveats"

OFFERED: Final = (UseCode.PRINT, UseCode.EXPORT, UseCode.FORWARD, UseCode.OTHER_AGENCY, UseCode.COURT)
"""Codes that are offered to tick in a caveat: what follows from the purpose needs none, a third state needs the
originator's permission whatever a caveat says, and the media or an asylum body are rare enough to be written."""


def in_rows(message: Message, fields: _Fields) -> dict[str, Any]:
    """Returns the fields as the form shows them: both parties named, and a row for each question that was asked."""
    shown = dict(fields)
    for name, code in _parties(message).items():
        if not shown.get(name):
            shown[name] = {"party": code}
    questions = _questions(message)
    given = shown.get(ITEMS) or []
    if questions and isinstance(given, list):
        numbers = [one.get("item") for one in given if isinstance(one, Mapping)]
        rows = [*given, *({"item": number} for number in questions if number not in numbers)]
        shown[ITEMS] = sorted(rows, key=lambda row: _place(row, len(rows)))
    return shown


def _place(row: object, last: int) -> int:
    number = row.get("item") if isinstance(row, Mapping) else None
    return number if isinstance(number, int) else last


def without_rows(fields: _Fields) -> dict[str, Any]:
    """Returns what a form holds without what it showed of itself."""
    kept = dict(fields)
    for name in (SENDER, RECIPIENT):
        if isinstance(kept.get(name), dict) and set(kept[name]) <= {"party"}:
            del kept[name]
    given = kept.get(ITEMS)
    if isinstance(given, list):
        kept[ITEMS] = [one for one in given if not isinstance(one, dict) or set(one) != {"item"}]
        if not kept[ITEMS]:
            del kept[ITEMS]
    return kept


def _questions(message: Message) -> dict[int, str]:
    asked = message.in_reply_to if message.kind == ANSWER else None
    items = asked.fields.get("items") if asked is not None and bytes(asked.content) else None
    if not isinstance(items, list):
        return {}
    found = [one for one in items if isinstance(one, Mapping) and isinstance(one.get("item"), int)]
    return {one["item"]: str(one.get("question", "")) for one in found}


def _parties(message: Message) -> dict[str, str]:
    return {SENDER: Party.objects.get(is_self=True).code, RECIPIENT: message.case.peer_id}


def from_registers(message: Message, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Returns the fields of a draft's form with choices in the place of codes that would have to be known by heart."""
    here = get_language() or "en"
    questions = _questions(message)

    def of(field: Field) -> Field:
        if field.path in {SENDER, RECIPIENT}:
            party = Party.objects.get(is_self=True) if field.path == SENDER else message.case.peer
            profile = party.described
            options = {
                "party": ((party.code, f"{party.code} · {profile.names.in_language(here)}"),),
                "agency": tuple((one.code, f"{one.code} · {one.names.in_language(here)}") for one in profile.agencies),
            }
            return replace(field, parts=tuple(_chosen(part, options) for part in field.parts))
        if field.path == CAVEATS:
            uses = tuple((code.value, ASKED[code.value]) for code in OFFERED)
            offered = {"who_may_access": _addressed(message), "permitted_uses": uses}
            return replace(field, parts=tuple(_offering(group, offered) for group in field.parts))
        if field.path == "language":
            return replace(field, widget="choice", options=tuple(settings.LANGUAGES), hint="", limit=0)
        if field.path == ITEMS and questions:
            return replace(field, parts=tuple(_asked(group, questions) for group in field.parts))
        return field

    return tuple(map(of, fields))


def _chosen(part: Field, options: Mapping[str, tuple[tuple[str, Any], ...]]) -> Field:
    found = options.get(part.path.rpartition(".")[2])
    return replace(part, widget="choice", options=found, limit=0) if found else part


def _addressed(message: Message) -> tuple[tuple[str, Any], ...]:
    """Returns the agency that a draft addresses, as a code to tick; nothing before it is chosen."""
    recipient = message.fields.get(RECIPIENT)
    code = str(recipient.get("agency") or "") if isinstance(recipient, Mapping) else ""
    return ((code, code),) if code else ()


def _offering(group: Field, offered: Mapping[str, tuple[tuple[str, Any], ...]]) -> Field:
    """Returns a caveat with codes to tick beside its lines: codes permit by themselves, lines are for readers."""
    return replace(group, parts=tuple(_with_ticks(part, offered) for part in group.parts))


def _with_ticks(part: Field, offered: Mapping[str, tuple[tuple[str, Any], ...]]) -> Field:
    ticks = offered.get(part.path.rpartition(".")[2])
    if ticks is None:
        return part
    codes = {code for code, _words in ticks}
    lines = str(part.value).split("\n") if part.value else []
    words = "\n".join(line for line in lines if line not in codes)
    return replace(part, ticks=ticks, ticked=tuple(line for line in lines if line in codes), value=words)


def _asked(group: Field, questions: Mapping[int, str]) -> Field:
    number = next((str(part.value) for part in group.parts if part.path.endswith(".item")), "")
    words = questions.get(int(number), "") if number.isdecimal() else ""
    return replace(group, hint=f"{number}. {words}" if words else "")
