"""What a field's type cannot say: whether a day lies where it must, and whether what is cited exists on this side.

Both are looked at when a draft is saved and again when it is submitted, since a day passes and a register changes.
A day is judged by the calendar of either UTC or our capital, whichever is kinder, so that an officer's own today is
never called yesterday or tomorrow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from accord.exchange.drafts import FieldProblem, FieldRefused
from accord.exchange.registered import knows_arrangement
from accord.exchange.text import texts_in
from accord.exchange.wording import Refusal, field_name, pointer_of, steps_of
from accord.parties.models import Party
from accord.release.gate import gate_in_use, our_party
from accord.vocabulary.urgency import Urgency

__all__ = ["days_of", "require_sense", "senseless", "unfinished"]

BLANK: Final = re.compile(r"\[…[^\]\n]{0,80}\]")
"""A blank that a specimen text leaves to be written, such as ``[… day]``: three dots in one sign, in brackets."""

_NOT_BEFORE_TODAY = (
    *("retention_until", "review_on", "updates_expected_on", "expected_on", "valid_until", "reply_by"),
    *("answer_by", "permitted_until", "reply_due_on", "further_answer_on"),
)
_NOT_AFTER_TODAY = (("accuracy", "as_of"), ("evaluation", "evaluated_on"))


def days_of(now: datetime) -> tuple[date, date]:
    """Returns the earlier and the later of today in UTC and today in our capital."""
    here = now.astimezone(Party.objects.get(code=our_party()).described.zone).date()
    return min(here, now.date()), max(here, now.date())


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _wrong_days(fields: Mapping[str, object], now: datetime) -> Iterator[FieldProblem]:
    earliest, latest = days_of(now)
    for name in _NOT_BEFORE_TODAY:
        day = _day(fields.get(name))
        if day is not None and day < earliest:
            yield FieldProblem(field=name, sentence="This day has passed.", next_step="Give a day from today on.")
    for outer, inner in _NOT_AFTER_TODAY:
        part = fields.get(outer)
        day = _day(part.get(inner)) if isinstance(part, Mapping) else None
        if day is not None and day > latest:
            yield FieldProblem(
                field=f"{outer}.{inner}",
                sentence="This day lies in the future.",
                next_step="Give the day on which it was true or was evaluated, today at the latest.",
            )


def _unknown_arrangement(fields: Mapping[str, object], peer: str) -> Iterator[FieldProblem]:
    code = fields.get("arrangement_id")
    if not isinstance(code, str):
        return
    if not knows_arrangement(code, our_party(), peer):
        yield FieldProblem(
            field="arrangement_id",
            sentence=f"Our register has no such arrangement with {peer}.",
            next_step="Give the code of an arrangement of the register, or leave the field out.",
        )


def _unknown_rules(fields: Mapping[str, object]) -> Iterator[FieldProblem]:
    refusals = fields.get("refusals")
    if not isinstance(refusals, Sequence) or isinstance(refusals, str):
        return
    cited = {
        index: refusal["rule"]
        for index, refusal in enumerate(refusals)
        if isinstance(refusal, Mapping) and refusal.get("rule") is not None
    }
    if not cited:
        return
    known = {rule.id for rule in gate_in_use().rules}
    for index, rule in cited.items():
        if rule not in known:
            yield FieldProblem(
                field=f"refusals[{index}].rule",
                sentence="The law of this node has no such rule.",
                next_step="Cite a rule that the check of a draft names, or choose another ground of the list.",
            )


def senseless(fields: Mapping[str, object], *, peer: str, now: datetime) -> tuple[FieldProblem, ...]:
    """Returns the fields that have the right form and cannot be meant.

    Args:
        fields: The officer's fields, each of its type.
        peer: Code of the other party.
        now: The time.
    """
    return (*_wrong_days(fields, now), *_unknown_arrangement(fields, peer), *_unknown_rules(fields))


def require_sense(fields: Mapping[str, object], *, peer: str, now: datetime) -> None:
    """Raises for the first field that cannot be meant.

    Raises:
        FieldRefused: With the field, the reason and what to write instead.
    """
    for problem in senseless(fields, peer=peer, now=now):
        steps = steps_of(problem.field)
        refusal = Refusal(
            field=problem.field,
            name=field_name(steps),
            pointer=pointer_of(problem.field),
            reason=problem.sentence.rstrip("."),
            next_step=problem.next_step,
        )
        raise FieldRefused.of([refusal])


def unfinished(fields: Mapping[str, object]) -> tuple[FieldProblem, ...]:
    """Returns what keeps a draft from being submitted and may stand in it until then.

    A blank of a specimen text is no word to another state, and urgency without its reason is none.

    Args:
        fields: The officer's fields.
    """
    return (*_blanks(fields), *_urgency_without_reason(fields))


def _blanks(fields: Mapping[str, object]) -> Iterator[FieldProblem]:
    for path, text in texts_in(fields):
        found = BLANK.search(text)
        if found is not None:
            yield FieldProblem(
                field=path,
                sentence=f"A blank of the specimen text is left: {found.group()}.",
                next_step="Write what belongs there, or delete the blank.",
            )


def _urgency_without_reason(fields: Mapping[str, object]) -> Iterator[FieldProblem]:
    if fields.get("urgency") not in {Urgency.URGENT.value, Urgency.THREAT_TO_LIFE.value}:
        return
    for name in ("urgency_ground", "urgency_text"):
        if not fields.get(name):
            yield FieldProblem(
                field=name,
                sentence="What is urgent states its reason.",
                next_step="Choose the ground and say in words why it cannot wait, or choose the normal urgency.",
            )
