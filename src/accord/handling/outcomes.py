"""Outcome reports: what came of what the other side gave, said at closure and counted by both.

Two clicks: the officer says what it led to and closes the case. The node writes the report in codes, asks the gate and
puts it before a releasing officer; the case is closed meanwhile. A report that the gate stops stays a draft for its
author and keeps no case open.

Source: SCIDA, paragraph 4(d), as a model; Auditor General of Canada, Spring 2014, chapter 2.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.errors import AccordError
from accord.exchange.answering import close_case
from accord.exchange.drafting import draft_of_kind
from accord.exchange.errors import ActRefused
from accord.exchange.kind_rooms import KindRoom
from accord.exchange.kinds import ANSWER, OUTCOME_REPORT, SPONTANEOUS_INFORMATION
from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.outcome_report import OutcomeReport
from accord.exchange.models import Case, Message
from accord.exchange.own_side import OwnSide
from accord.exchange.standing import standing_fields
from accord.exchange.submission import submit
from accord.handling.models import Outcome
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.release.gate import our_party
from accord.release.received import FilingWork, Handled, Received
from accord.vocabulary.results import Result

__all__ = ["ROOM", "Closed", "close_with_outcome", "outcomes_of"]

_GIVES: Final = (ANSWER, SPONTANEOUS_INFORMATION)
USEFULNESS: Final = range(1, 6)
"""From 1 (not at all) to 5 (decisive)."""


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A closed case, and the report that goes out on it.

    Args:
        case: The case.
        report: The report; ``None`` where the other side gave nothing or nothing was said.
        stopped: Why the report could not be put before a releasing officer; it is a draft then.
    """

    case: Case
    report: Message | None = None
    stopped: AccordError | None = None


@transaction.atomic
def close_with_outcome(
    officer: Officer,
    case: Case,
    *,
    results: Collection[Result | str] = (),
    is_of_no_use: bool = False,
    usefulness: int | None = None,
    now: datetime | None = None,
) -> Closed:
    """Closes a case and tells the provider what came of what it gave.

    Args:
        officer: The holder, or anybody who may take cases where nobody holds it.
        case: The case.
        results: What the use led to.
        is_of_no_use: Whether the officer says that it led to nothing.
        usefulness: From 1 (not at all) to 5 (decisive); ``None`` where it is not said.
        now: The time.

    Raises:
        NotPermitted: The officer may not take cases.
        ActRefused: A result or the usefulness is not of the list, both results and no use are said, a clock of ours
            still runs, or a draft is open.
    """
    moment = now or timezone.now()
    said = _said(results, is_of_no_use=is_of_no_use, usefulness=usefulness)
    is_said = bool(said) or is_of_no_use
    report = stopped = None
    given = _given(case) if is_said and officer.may(Permission.MESSAGE_DRAFT) else []
    if given:
        report, stopped = _report(officer, case, given, said, usefulness=usefulness, now=moment)
    outcome = None if not is_said else Case.Outcome.ACTED if said else Case.Outcome.NO_ACTION
    return Closed(case=close_case(officer, case, outcome=outcome, now=moment), report=report, stopped=stopped)


def _said(results: Collection[Result | str], *, is_of_no_use: bool, usefulness: int | None) -> tuple[Result, ...]:
    unknown = set(results) - set(Result)
    if unknown:
        raise ActRefused(
            "There is no such result.",
            code="handling.unknown-result",
            next_step="Choose from the list.",
            fields={"field": "results"},
        )
    if results and is_of_no_use:
        raise ActRefused(
            "It cannot have led to something and been of no use.",
            code="handling.contradictory-outcome",
            next_step="Leave one of the two out.",
            fields={"field": "results"},
        )
    if usefulness is not None and usefulness not in USEFULNESS:
        raise ActRefused(
            "The usefulness is a number from 1 to 5.",
            code="handling.unknown-usefulness",
            next_step="Choose from the list, or leave it open.",
            fields={"field": "usefulness"},
        )
    return tuple(sorted({Result(result) for result in results}))


def _given(case: Case) -> list[Message]:
    """Returns what the other side gave in a case and did not withdraw, the newest last."""
    messages = case.messages.filter(
        direction=Message.Direction.IN, kind__in=_GIVES, state=Message.State.RECEIVED, envelope_id__isnull=False
    )
    return list(messages.order_by("-received_at", "-id")[:LIST_ITEMS_MAX])[::-1]


def _report(
    officer: Officer,
    case: Case,
    given: Sequence[Message],
    said: tuple[Result, ...],
    *,
    usefulness: int | None,
    now: datetime,
) -> tuple[Message, AccordError | None]:
    last = given[-1]
    answered = last.fields
    recipient = answered["recipient"]
    fields = {
        **standing_fields(
            party=our_party(),
            agency=str(recipient["agency"]) if isinstance(recipient, dict) else officer.agency,
            answered=answered,
            received_on=(last.received_at or now).date(),
            legal_basis="Feedback on what was given",
            permitted_use="To know what came of what was given",
        ),
        "about_messages": [str(message.envelope_id) for message in given],
        "is_of_use": bool(said),
        "results": [result.value for result in said],
        **({"usefulness": usefulness} if usefulness is not None else {}),
    }
    own = OwnSide(has_personal_data=False, asks_about_person=False, names_source=False, has_third_party_origin=False)
    draft = draft_of_kind(officer, case, OUTCOME_REPORT, fields, own=own, in_reply_to=last, now=now)
    try:
        with transaction.atomic():
            return submit(officer, draft, version=draft.version, now=now), None
    except AccordError as stopped:
        return draft, stopped


def outcomes_of(case: Case) -> list[Outcome]:
    """Returns the outcomes reported in a case, by either side, in the order of time."""
    return list(case.outcomes.order_by("reported_at"))


_MEMORY: Final = OUTCOME_REPORT


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    named = {UUID(key) for item in received for key in item.content.about_messages}
    found = Message.objects.filter(
        envelope_id__in=named, case__peer_id=work.peer, direction=Message.Direction.OUT, kind__in=_GIVES
    )
    work.memory[_MEMORY] = dict(found.values_list("envelope_id", "case_id"))


def _admit(received: Received, about: Message | None, work: FilingWork) -> Handled | None:
    content: OutcomeReport = received.content
    cases = {work.memory[_MEMORY].get(UUID(key)) for key in content.about_messages}
    if about is None or cases != {about.case_id}:
        return Handled(state="refused", code="handling.unknown-item")
    return None


def _row(message: Message, content: OutcomeReport, at: datetime) -> Outcome:
    return Outcome(
        report=message,
        case_id=message.case_id,
        is_ours=message.is_ours,
        results=[result.value for result in content.results],
        usefulness=content.usefulness,
        reported_at=at,
    )


def _filed(message: Message, received: Received, work: FilingWork) -> None:
    work.add(_row(message, received.content, received.received_at))


def _released(_officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: an OutcomeReport
    _row(message, content, now).save(force_insert=True)


def _restored(message: Message, content: Any, at: datetime) -> None:  # Any: an OutcomeReport
    if not Outcome.objects.filter(pk=message.pk).exists():
        _row(message, content, at).save(force_insert=True)


ROOM: Final = KindRoom(
    kind=OUTCOME_REPORT,
    answers=_GIVES,
    reopens=False,
    waits_on_released=Case.Waiting.NOBODY,
    prepare=_prepare,
    admit=_admit,
    filed=_filed,
    released=_released,
    restored=_restored,
)
"""The outcome report's room."""
