"""The duty officer's acts, of its holder where one took the case: ask, answer, refuse, delay, clarify, close."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accord.exchange.clocks import DELAY_DAYS_MAX, resume_clock
from accord.exchange.drafting import Fields, draft_reply, fixed_fields
from accord.exchange.errors import ActRefused
from accord.exchange.holding import require_holder
from accord.exchange.kinds import ANSWER, CLARIFICATION, DELAY_NOTICE, OUTCOME_REPORT, REQUEST
from accord.exchange.kinds.answer import REFUSED_TEXT, STATES_NOTHING
from accord.exchange.kinds.limits import NARRATIVE_CHARACTERS_MAX
from accord.exchange.models import AgencyInquiry, Case, Clock, Message
from accord.exchange.own_side import OwnSide
from accord.exchange.search.indexing import index_inquiry
from accord.exchange.telling import tell_acted
from accord.exchange.text import check_written
from accord.exchange.watching import watchers
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.vocabulary.refusal import AnswerOutcome, DelayReason, RefusalGround

__all__ = [
    "answer",
    "ask_agency",
    "cannot_confirm",
    "clarify",
    "close_case",
    "delay",
    "record_reply",
    "refuse",
    "resume",
]


def _text(value: str, field: str) -> str:
    check_written({field: value})
    if not 0 < len(value.strip()) <= NARRATIVE_CHARACTERS_MAX:
        raise ActRefused("The text is empty or too long.", code="exchange.text-length", fields={"field": field})
    return value


@transaction.atomic
def ask_agency(
    officer: Officer, case: Case, *, agency: str, question: str, now: datetime | None = None
) -> AgencyInquiry:
    """Asks a competent agency of our own side; the question stays on our side.

    Raises:
        NotPermitted: The officer may not answer.
        ActRefused: The agency is not in our profile, or the question is empty.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    require_holder(officer, case)
    known = {item.code for item in Party.objects.get(code=our_party()).described.agencies}
    if agency not in known:
        raise ActRefused(
            "Our profile has no such agency.", code="exchange.unknown-agency", fields={"agency": agency[:32]}
        )
    inquiry = AgencyInquiry.objects.create(
        case=case,
        agency=agency,
        question=_text(question, "question"),
        asked_by=officer,
        asked_at=now or timezone.now(),
    )
    index_inquiry(inquiry)
    note(officer, "ask agency", inquiry, at=inquiry.asked_at, detail={"agency": agency})
    for watcher in watchers():
        watcher.asked(inquiry)
    return inquiry


@transaction.atomic
def record_reply(
    officer: Officer, inquiry: AgencyInquiry, *, text: str, holds_information: bool, now: datetime | None = None
) -> AgencyInquiry:
    """Records an agency's reply; a reply on record is not changed, a further inquiry is made instead.

    Raises:
        NotPermitted: The officer may not answer.
        ActRefused: A reply is on record, or the text is empty.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    require_holder(officer, inquiry.case)
    held = AgencyInquiry.objects.select_for_update().get(pk=inquiry.pk)
    if held.replied_at is not None:
        raise ActRefused("A reply is on record already.", code="exchange.reply-on-record")
    held.reply = _text(text, "text")
    held.holds_information = holds_information
    held.recorded_by = officer
    held.replied_at = now or timezone.now()
    held.save()
    index_inquiry(held)
    note(officer, "record agency reply", held, at=held.replied_at)
    return held


def _echo(request: Message) -> dict[str, object]:
    """Returns what a reply takes over from the message it answers."""
    fields = request.fields
    return {"recipient": fields["sender"], "theme": fields["theme"], "purpose": fields["purpose"]}


def _require_request(request: Message) -> None:
    if request.kind != REQUEST:
        raise ActRefused("Only a request is answered.", code="exchange.not-a-request")


def answer(
    officer: Officer,
    request: Message,
    fields: Fields,
    *,
    own: OwnSide | Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts an answer to a request.

    Args:
        officer: The duty or liaison officer.
        request: The request.
        fields: JSON object of the answer's fields; receiver, theme and purpose are taken over where they are missing.
        own: What our side knows of it and the other must not.
        now: The time.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no request of the other side, or the outcome has fixed words.
        FieldRefused: A field given is refused.
    """
    _require_request(request)
    if fields.get("outcome") == AnswerOutcome.CANNOT_CONFIRM_OR_DENY.value:
        raise ActRefused(
            "This outcome has fixed words.",
            code="exchange.fixed-words",
            next_step="Use the act that neither confirms nor denies; it fills every field.",
        )
    return draft_reply(officer, request, ANSWER, {**_echo(request), **fields}, own=own, now=now)


def cannot_confirm(officer: Officer, request: Message, *, now: datetime | None = None) -> Message:
    """Drafts the answer that neither confirms nor denies; every field depends on the request alone.

    It is approved like any other and leaves at a time that depends on the request alone too
    (:mod:`accord.exchange.shielding`).

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no request of the other side.
    """
    _require_request(request)
    own = OwnSide(
        has_personal_data=False,
        asks_about_person=False,
        names_source=False,
        is_compelled=False,
        has_safeguarded_information=False,
        has_third_party_origin=False,
    )
    return draft_reply(officer, request, ANSWER, fixed_fields(request), own=own, now=now)


def refuse(
    officer: Officer,
    request: Message,
    fields: Fields,
    *,
    ground: RefusalGround | str,
    part_refused: str,
    rule: str | None = None,
    reasons: str | None = None,
    cured_by: str | None = None,
    is_without_reasons: bool = False,
    own: OwnSide | Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts the refusal of a whole request on a ground of the closed list.

    Args:
        officer: The duty or liaison officer.
        request: The request.
        fields: The other fields of the answer.
        ground: Ground of the closed list.
        part_refused: What is refused.
        rule: The rule of law, where that is the ground.
        reasons: The reasons in words.
        cured_by: What would cure it.
        is_without_reasons: Whether reasons are left out (national security alone; the reviewer sees it).
        own: What our side knows of it and the other must not.
        now: The time.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no request, or the ground is not in the list.
    """
    if ground not in set(RefusalGround):
        raise ActRefused("The ground is not in the closed list.", code="exchange.unknown-ground")
    refusal: dict[str, object] = {"ground": str(RefusalGround(ground)), "part_refused": part_refused}
    refusal |= {
        name: value for name, value in {"rule": rule, "reasons": reasons, "cured_by": cured_by}.items() if value
    }
    if is_without_reasons:
        refusal["is_without_reasons"] = True
    # Where the officer writes no words of their own, the fixed ones stand: such a refusal bears no information.
    fixed: dict[str, object] = {
        "text": REFUSED_TEXT,
        "accuracy": {"statement": STATES_NOTHING, "as_of": (now or timezone.now()).date().isoformat()},
    }
    refused = {**fixed, **fields, "outcome": AnswerOutcome.REFUSED.value, "refusals": [refusal]}
    draft = answer(officer, request, refused, own=own, now=now)
    if is_without_reasons:
        note(officer, "refuse without reasons", draft, at=now)
    return draft


def delay(
    officer: Officer,
    request: Message,
    fields: Fields,
    *,
    reason: DelayReason | str,
    expected_on: date,
    own: OwnSide | Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts a delay notice; once released, the request's clock stands still on that ground.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no request, or the reason is not in the list.
    """
    _require_request(request)
    if reason not in set(DelayReason):
        raise ActRefused("The reason is not in the closed list.", code="exchange.unknown-reason")
    if (expected_on - (now or timezone.now()).date()).days > DELAY_DAYS_MAX:
        raise ActRefused(
            "The day is too far away.",
            code="exchange.expected-too-late",
            next_step=f"Give a day within {DELAY_DAYS_MAX} days; a further notice may follow.",
            fields={"field": "expected_on", "days": DELAY_DAYS_MAX},
        )
    notice = {
        **_echo(request),
        **fields,
        "reason": str(DelayReason(reason)),
        "expected_on": expected_on.isoformat(),
    }
    return draft_reply(officer, request, DELAY_NOTICE, notice, own=own or OwnSide(has_personal_data=False), now=now)


def clarify(
    officer: Officer,
    about: Message,
    fields: Fields,
    *,
    points: Sequence[str],
    own: OwnSide | Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts a clarification: a question about their message, or the reply to a question of theirs.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The message is our own.
    """
    role = "reply" if about.kind == CLARIFICATION and about.fields.get("role") == "question" else "question"
    clarification = {**_echo(about), **fields, "role": role, "points": list(points)}
    return draft_reply(officer, about, CLARIFICATION, clarification, own=own, now=now)


@transaction.atomic
def resume(officer: Officer, request: Message, *, now: datetime | None = None) -> Clock:
    """Lets the clock of a request go on: the ground of its pause has gone.

    Raises:
        NotPermitted: The officer may not answer.
        ActRefused: The clock does not stand still.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    require_holder(officer, request.case)
    moment = now or timezone.now()
    clock = Clock.objects.select_for_update().filter(message=request, state=Clock.State.PAUSED).first()
    # A clock that the other side stopped goes on by our act once the day it named has passed.
    is_theirs = request.is_ours and not (clock and clock.expected_on and moment.date() > clock.expected_on)
    if clock is None or is_theirs:
        raise ActRefused("There is no paused clock of ours.", code="exchange.no-paused-clock")
    resume_clock(clock, at=moment)
    clock.save()
    note(officer, "resume clock", request, at=moment)
    return clock


@transaction.atomic
def close_case(
    officer: Officer, case: Case, *, outcome: Case.Outcome | str | None = None, now: datetime | None = None
) -> Case:
    """Closes a case in which nothing is open.

    Where it is closed as acted upon, the other side is told so of the information it gave: of its answers and of what
    it sent unasked. Of a request its answer tells enough; more would set apart those of which nothing may be told.

    Args:
        officer: The holder, or anybody who may take cases where nobody holds it.
        case: The case.
        outcome: What came of it, where that is said.
        now: The time.

    Raises:
        NotPermitted: The officer may not take cases.
        ActRefused: A clock of ours still runs, or a draft is open.
    """
    require(officer, Permission.CASE_TAKE)
    moment = now or timezone.now()
    require_holder(officer, case)
    held = Case.objects.select_for_update().get(pk=case.pk)
    open_clock = Clock.objects.filter(message__case=held, message__direction="in").exclude(state=Clock.State.ENDED)
    # The outcome report is written because the case closes: it goes its way afterwards.
    open_draft = held.messages.exclude(kind=OUTCOME_REPORT).filter(
        state__in=[Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED]
    )
    if open_clock.exists() or open_draft.exists():
        raise ActRefused("A request is unanswered or a draft is open.", code="exchange.case-open")
    held.state = Case.State.CLOSED
    held.outcome = Case.Outcome(outcome).value if outcome is not None else ""
    held.waiting_on = Case.Waiting.NOBODY
    held.closed_at = moment
    held.changed_at = moment
    held.save()
    note(officer, "close case", held, at=moment, detail={"outcome": held.outcome} if held.outcome else None)
    if held.outcome == Case.Outcome.ACTED:
        tell_acted(held, now=moment)
    return held
