"""What governs a thing that was made of others: the strictest of each, as their originators have it now.

Nothing is copied onto the derivative: what governs it is read from its sources each time, so that a restriction that
comes later governs at once whatever was made before.

Source: Arar Commission (2006), recommendation 9; Regulation (EU) 2016/794, article 19, as a model.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import msgspec

from accord.exchange.drafts import FieldProblem
from accord.exchange.kinds.particulars import Caveat, Evaluation
from accord.exchange.models import Message
from accord.handling.derivations import CARRIES_CONTENT, sources_of
from accord.handling.models import Thing
from accord.handling.standing import Standing, governed_fields, standings_of
from accord.vocabulary.evaluation import InformationEvaluation, SourceEvaluation
from accord.vocabulary.handling import Handling

__all__ = ["TAKE_OVER", "Governance", "governance_of", "governance_of_draft", "lost_in", "taken_over"]

TAKE_OVER: Final = "Take over the handling of what it holds."
"""The one step that mends all of it."""

ONE_ORIGINATOR: Final = "A message names one: take the other out, and write another message for it."

_HANDLING = list(Handling)
_SOURCE = list(SourceEvaluation)
_INFORMATION = list(InformationEvaluation)


@dataclass(frozen=True, kw_only=True)
class Governance:
    """What governs a thing.

    Args:
        sources: Keys of the messages it was made of.
        references: Their references.
        parties: Codes of the parties that sent them.
        originators: Party and agency of each originator.
        third_parties: Third parties from which it came, as their givers named them.
        handling: Highest handling code.
        handling_note: What an ``H3`` among them says.
        caveats: All caveats, each once.
        purposes: Purposes for which each may be used.
        evaluation: Weakest evaluation of a source and of the information, if any is evaluated.
        retention_until: Earliest day after which one of them may not be kept.
    """

    sources: tuple[UUID, ...]
    references: tuple[str, ...]
    parties: tuple[str, ...]
    originators: tuple[str, ...]
    third_parties: tuple[str, ...]
    handling: Handling
    handling_note: str | None
    caveats: tuple[Caveat, ...]
    purposes: tuple[str, ...]
    evaluation: tuple[SourceEvaluation, InformationEvaluation] | None
    retention_until: date


def _originator(fields: Mapping[str, object]) -> str:
    told = fields.get("originator") or fields.get("sender")
    return f"{told['party']} {told['agency']}" if isinstance(told, Mapping) else ""


def _third_party(fields: Mapping[str, object]) -> Iterator[str]:
    told = fields.get("third_party_origin")
    if isinstance(told, Mapping):
        yield str(told["party"])


def _strictest(messages: Iterable[Message]) -> Governance | None:
    messages = list(messages)
    standings = standings_of(message.pk for message in messages)
    found = [(message, governed_fields(message.fields, standings.get(message.pk, Standing()))) for message in messages]
    # What was erased says nothing any more; a draft says nothing yet.
    found = [(message, fields) for message, fields in found if "handling" in fields and "caveats" in fields]
    if not found:
        return None
    caveats = tuple(
        dict.fromkeys(
            caveat for _, fields in found for caveat in msgspec.convert(fields["caveats"], tuple[Caveat, ...])
        )
    )
    judged = [msgspec.convert(fields["evaluation"], Evaluation) for _, fields in found if fields.get("evaluation")]
    notes = [str(fields["handling_note"]) for _, fields in found if fields.get("handling_note")]
    return Governance(
        sources=tuple(message.pk for message, _ in found),
        references=tuple(message.reference for message, _ in found),
        parties=tuple(dict.fromkeys(message.case.peer_id for message, _ in found)),
        originators=tuple(dict.fromkeys(_originator(fields) for _, fields in found)),
        third_parties=tuple(dict.fromkeys(name for _, fields in found for name in _third_party(fields))),
        handling=max((Handling(str(fields["handling"])) for _, fields in found), key=_HANDLING.index),
        handling_note="; ".join(dict.fromkeys(notes)) or None,
        caveats=caveats,
        purposes=tuple(dict.fromkeys(str(fields["purpose"]) for _, fields in found)),
        evaluation=(
            max((one.source for one in judged), key=_SOURCE.index),
            max((one.information for one in judged), key=_INFORMATION.index),
        )
        if judged
        else None,
        retention_until=min(date.fromisoformat(str(fields["retention_until"])) for _, fields in found),
    )


def governance_of(key: UUID) -> Governance | None:
    """Returns what governs a thing: the received messages it was made of; ``None`` where there are none."""
    keys = {step.source_id for step in sources_of(key) if step.source_type == Thing.MESSAGE}
    return _strictest(_received(keys))


def governance_of_draft(message: Message) -> Governance | None:
    """Returns what governs a draft by what was found in it; a reply alone is not governed by what it answers."""
    steps = sources_of(message.pk)
    held = {message.pk}
    # Upwards as long as content was carried: a quote of a quote is governed by the first.
    for _ in range(len(steps)):
        more = {step.source_id for step in steps if step.derived_id in held and step.way in CARRIES_CONTENT} - held
        if not more:
            break
        held |= more
    return _strictest(_received(held - {message.pk}))


def _received(keys: Iterable[UUID]) -> Iterable[Message]:
    wanted = list(keys)
    if not wanted:
        return ()
    return Message.objects.filter(pk__in=wanted, direction=Message.Direction.IN).select_related("case").order_by("pk")


def _keeps(given: Caveat, wanted: Caveat) -> bool:
    return (
        set(given.who_may_access) <= set(wanted.who_may_access)
        and set(given.permitted_uses) <= set(wanted.permitted_uses)
        and given.procedure_contact == wanted.procedure_contact
        and given.expires_on >= wanted.expires_on
    )


def _given_caveats(fields: Mapping[str, object]) -> tuple[Caveat, ...]:
    try:
        return msgspec.convert(fields.get("caveats") or (), tuple[Caveat, ...])
    except msgspec.ValidationError:
        return ()


def lost_in(fields: Mapping[str, object], governed: Governance) -> tuple[FieldProblem, ...]:
    """Returns what a draft's fields lost of the handling of what the draft holds; empty where all of it is kept.

    Args:
        fields: The draft's fields.
        governed: What governs it.
    """
    sources = ", ".join(governed.references)
    problems = []

    lost = partial(FieldProblem, next_step=TAKE_OVER)
    given = _given_caveats(fields)
    for caveat in governed.caveats:
        if not any(_keeps(one, caveat) for one in given):
            named = f"{', '.join(caveat.who_may_access)}: {', '.join(caveat.permitted_uses)}"
            problems.append(
                lost(
                    field="caveats", sentence=f"It holds a passage or file of {sources} and lacks this caveat: {named}."
                )
            )
    handling = str(fields.get("handling") or "")
    if handling not in _HANDLING or _HANDLING.index(Handling(handling)) < _HANDLING.index(governed.handling):
        problems.append(
            lost(
                field="handling",
                sentence=f"It holds a passage or file of {sources}, whose handling code is {governed.handling.value}.",
            )
        )
    until = str(fields.get("retention_until") or "")
    if until > governed.retention_until.isoformat():
        last_day = governed.retention_until.isoformat()
        problems.append(
            lost(
                field="retention_until",
                sentence=f"It holds a passage or file of {sources}, which may be kept until {last_day}.",
            )
        )
    if _lowered(fields, governed) is not None:
        problems.append(
            lost(
                field="evaluation",
                sentence=f"It holds a passage or file of {sources}, which its originator evaluates lower.",
            )
        )
    return (*problems, *_misattributed(fields, governed))


def _misattributed(fields: Mapping[str, object], governed: Governance) -> Iterator[FieldProblem]:
    """Yields whom a draft fails to name, or names instead, as who made the matter that it holds."""
    sources = ", ".join(governed.references)
    for name, wanted, given in (
        ("originator", _to_name(fields, governed), _named(fields.get("originator"))),
        ("third_party_origin", _third_parties(fields, governed), _named(fields.get("third_party_origin"))),
    ):
        known = governed.originators if name == "originator" else governed.third_parties
        is_another = bool(given) and bool(known) and given not in known
        if not is_another and set(wanted) <= {given}:
            continue
        named = ", ".join(wanted or known)
        yield FieldProblem(
            field=name,
            sentence=f"It holds a passage or file of {sources}, which was made by {named}."
            if name == "originator"
            else f"It holds a passage or file of {sources}, which came from {named}.",
            next_step=TAKE_OVER if len(wanted or known) == 1 else ONE_ORIGINATOR,
        )


def _named(told: object) -> str:
    """Returns an originator or a third party as a governance names it."""
    if not isinstance(told, Mapping):
        return ""
    return " ".join(str(told[part]) for part in ("party", "agency") if told.get(part))


def _recipient(fields: Mapping[str, object]) -> str:
    told = fields.get("recipient")
    return str(told.get("party")) if isinstance(told, Mapping) else ""


def _to_name(fields: Mapping[str, object], governed: Governance) -> tuple[str, ...]:
    """Returns the originators that a draft must name: its receiver knows its own matter, and nobody else's."""
    return tuple(one for one in governed.originators if one and one.split()[0] != _recipient(fields))


def _third_parties(fields: Mapping[str, object], governed: Governance) -> tuple[str, ...]:
    return tuple(one for one in governed.third_parties if one != _recipient(fields))


def _lowered(fields: Mapping[str, object], governed: Governance) -> Evaluation | None:
    """Returns the evaluation that the draft may state; ``None`` where what it states is no better than its sources'."""
    try:
        given = msgspec.convert(fields.get("evaluation"), Evaluation | None)
    except msgspec.ValidationError:
        return None
    if given is None or governed.evaluation is None:
        return None
    source, information = governed.evaluation
    lowered = msgspec.structs.replace(
        given,
        source=max(given.source, source, key=_SOURCE.index),
        information=max(given.information, information, key=_INFORMATION.index),
    )
    return lowered if lowered != given else None


def taken_over(fields: Mapping[str, object], governed: Governance) -> dict[str, object]:
    """Returns a draft's fields with the handling of what the draft holds; what was stricter already stays."""
    kept = _given_caveats(fields)
    missing = [caveat for caveat in governed.caveats if not any(_keeps(one, caveat) for one in kept)]
    told = fields.get("caveats")
    changed: dict[str, object] = {
        **fields,
        "caveats": [*(told if isinstance(told, list) else ()), *msgspec.to_builtins(missing)],
    }
    handling = str(fields.get("handling") or "")
    if handling not in _HANDLING or _HANDLING.index(Handling(handling)) < _HANDLING.index(governed.handling):
        changed["handling"] = governed.handling.value
    if changed["handling"] == Handling.H3.value and not changed.get("handling_note") and governed.handling_note:
        changed["handling_note"] = governed.handling_note
    until = str(fields.get("retention_until") or "")
    if not until or until > governed.retention_until.isoformat():
        changed["retention_until"] = governed.retention_until.isoformat()
    lowered = _lowered(fields, governed)
    if lowered is not None:
        changed["evaluation"] = msgspec.to_builtins(lowered)
    for problem in _misattributed(fields, governed):
        if problem.next_step == TAKE_OVER:
            changed[problem.field] = _as_named(problem.field, fields, governed)
    return changed


def _as_named(field: str, fields: Mapping[str, object], governed: Governance) -> dict[str, str]:
    if field == "originator":
        party, agency = (_to_name(fields, governed) or governed.originators)[0].split(" ", 1)
        return {"party": party, "agency": agency}
    return {"party": (_third_parties(fields, governed) or governed.third_parties)[0]}
