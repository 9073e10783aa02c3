"""From draft to approval: check against the gate, encode once, ask a second officer.

What leaves is composed here: the officer's fields, and those only the node may fill (references, attachments, the
table of time limits). It is encoded once; those bytes are approved, released, sealed and sent.

Source: rule BI-01 (both gates must pass); Arar Commission, recommendation 8 (each item is screened before it leaves).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.attaching import references_of, seal_together
from accord.exchange.checking import senseless, unfinished
from accord.exchange.clocks import table_for
from accord.exchange.drafting import Fields, locked_draft, require_same_words, require_version
from accord.exchange.drafts import FieldProblem, complete, problems_of, require_none, with_service_fields
from accord.exchange.errors import ActRefused
from accord.exchange.gate_facts import answered_by, clock_answered, facts_of
from accord.exchange.hold_answers import offices_awaited
from accord.exchange.holding import require_holder
from accord.exchange.kinds import ANSWER, CORRECTION, DELAY_NOTICE, REQUEST, SCHEMA
from accord.exchange.kinds.correction import CorrectionReason
from accord.exchange.models import Case, Message
from accord.exchange.shielding import release_slot
from accord.exchange.watching import watchers
from accord.exchange.withdrawn import require_not_withdrawn
from accord.law.decision import Decision, Outcome
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.approvals import request_approval
from accord.release.errors import GateRefuses
from accord.release.gate import our_party
from accord.release.records import keep_decision
from accord.release.services import check
from accord.vocabulary.handling import Classification
from accord.vocabulary.refusal import AnswerOutcome, DelayReason

__all__ = [
    "Check",
    "check_draft",
    "composed",
    "is_same_words",
    "slot_of",
    "submit",
]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What stands between a draft and its release.

    Args:
        problems: Fields to mend.
        decision: The gate's answer: what stops it, what would let it pass, who decides.
        payload: Exactly what would leave, once no field is to be mended; else ``None``.
        outward: The only answer that may be given, where a shielded reason spoke; else ``None``.
    """

    problems: tuple[FieldProblem, ...]
    decision: Decision
    payload: bytes | None
    outward: str | None

    @property
    def lets_pass(self) -> bool:
        """Whether nothing but a second officer stands between the draft and its release."""
        return not self.problems and self.decision.lets_pass


def told_outside(kind: str, fields: Fields) -> dict[str, object]:
    """Returns the officer's fields as the other side reads them: what our gate waits for, or shields, stays here."""
    told = dict(fields)
    if kind == DELAY_NOTICE and told.get("reason") == DelayReason.GATE_ESCALATION.value:
        told["reason"] = DelayReason.IN_PREPARATION.value
    if kind == CORRECTION and told.get("reason") == CorrectionReason.STATUS_GRANTED.value:
        # That a person is protected never travels (rule CA-07).
        told["reason"] = CorrectionReason.UNLAWFUL.value
    return told


def composed(message: Message, *, now: datetime | None = None) -> dict[str, object]:
    """Returns the whole message: the officer's fields and those that the node fills.

    Args:
        message: The draft.
        now: The time, which picks the table of time limits; the present where it is omitted.
    """
    return with_service_fields(
        told_outside(message.kind, message.fields),
        message_ref=message.reference,
        case_ref_own=message.case.own_ref,
        case_ref_other=message.case.other_ref or None,
        attachments=references_of(message) or None,
        clock_table=(
            table_for(message.case.peer_id, at=now or timezone.now()).version if message.kind == REQUEST else None
        ),
    )


def _misdirected(message: Message, fields: Fields) -> tuple[FieldProblem, ...]:
    wanted = {"sender": our_party(), "recipient": message.case.peer_id}
    problems = []
    for field, party in wanted.items():
        given = fields.get(field)
        if isinstance(given, Mapping) and given.get("party") != party:
            problems.append(FieldProblem(field=f"{field}.party", sentence=f"This must be {party}."))
    # An answer with fixed words takes its authorities and its marking from the request.
    if not is_same_words(message):
        problems += _unknown_agencies(message, fields) + _wrong_marking(fields)
    return tuple(problems)


def _unknown_agencies(message: Message, fields: Fields) -> list[FieldProblem]:
    """Who speaks is who the drafter works for, and either authority stands in its party's profile."""
    drafter = message.drafted_by
    problems = []
    for field, party in (("sender", our_party()), ("recipient", message.case.peer_id)):
        given = fields.get(field)
        code = given.get("agency") if isinstance(given, Mapping) and given.get("party") == party else None
        if code is None:
            continue
        known = {agency.code for agency in Party.objects.get(code=party).described.agencies}
        if code not in known:
            problems.append(FieldProblem(field=f"{field}.agency", sentence=f"{party} has no such agency."))
        elif field == "sender" and drafter is not None and drafter.agency and drafter.agency != code:
            problems.append(FieldProblem(field="sender.agency", sentence="This must be the drafter's own agency."))
    return problems


def _wrong_marking(fields: Fields) -> list[FieldProblem]:
    """An own marking stands in our profile, and its equivalent is not below the profile's."""
    marking, table = fields.get("classification"), Party.objects.get(code=our_party()).described.markings
    if not table or not isinstance(marking, Mapping):
        return []
    least = {name.casefold(): equivalent for name, equivalent in table.items()}.get(str(marking.get("own")).casefold())
    if least is None:
        return [FieldProblem(field="classification.own", sentence="Our profile has no such marking.")]
    if Classification(str(marking.get("equivalent"))).rank < least.rank:
        return [FieldProblem(field="classification.equivalent", sentence=f"This must be at least {least.value}.")]
    return []


def check_draft(officer: Officer, message: Message, *, now: datetime | None = None) -> Check:
    """Returns what stands between a draft and its release; stores nothing.

    Raises:
        NotPermitted: The officer may not read cases.
        ActRefused: The message is the other side's.
    """
    require(officer, Permission.CASE_READ)
    if not message.is_ours:
        raise ActRefused("Only a message of our own is checked for release.", code="exchange.not-ours")
    fields = composed(message)
    moment = now or timezone.now()
    problems = (
        *_misdirected(message, fields),
        *_once(*problems_of(message.kind, fields), *unfinished(message.fields)),
        *senseless(message.fields, peer=message.case.peer_id, now=moment),
        *_watched(message, moment),
    )
    decision = check(facts_of(message, releaser=None, now=moment))
    return Check(
        problems=problems,
        decision=decision,
        payload=None if problems else msgspec.json.encode(complete(message.kind, fields)),
        outward=decision.outward(),
    )


def _watched(message: Message, now: datetime) -> tuple[FieldProblem, ...]:
    return tuple(problem for watcher in watchers() for problem in watcher.problems(message, now))


def _once(*problems: FieldProblem) -> Iterator[FieldProblem]:
    # A field is told once, by its plainest sentence: the last one.
    yield from {problem.field: problem for problem in problems}.values()


def is_same_words(message: Message) -> bool:
    """Returns whether the message is an answer that neither confirms nor denies."""
    return message.kind == ANSWER and message.fields.get("outcome") == AnswerOutcome.CANNOT_CONFIRM_OR_DENY.value


def _finds_nothing_of_a_person(message: Message) -> bool:
    """Whether it says that nothing is held about a person: sent at once, it would set apart what waits."""
    is_empty = message.kind == ANSWER and message.fields.get("outcome") == AnswerOutcome.NOTHING_HELD.value
    return is_empty and any(answered_by(message).values())


def submit(officer: Officer, message: Message, *, version: int, now: datetime | None = None) -> Message:
    """Asks a second officer to approve exactly this message.

    Args:
        officer: The drafter.
        message: The draft.
        version: Version the officer has before them.
        now: The time.

    Returns:
        The submitted message with its pending approval; the same again when submitted twice.

    Raises:
        NotPermitted: The officer may not draft.
        StaleDraft: A colleague saved meanwhile.
        CaseHeld: It is a reply, and a colleague holds the case.
        DraftIncomplete: Fields are missing.
        GateRefuses: The law does not let it pass; the decision is on record, and a hold waits for its approver.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(message)
        require_version(held, version, None)
        if held.state != Message.State.DRAFT:
            return held
        if held.in_reply_to_id is not None:
            require_holder(officer, held.case)
        if held.in_reply_to is not None:
            require_not_withdrawn(held.in_reply_to)
        require_same_words(held, held.fields)
        fields = composed(held, now=moment)
        problems = _misdirected(held, fields)
        if problems:
            raise ActRefused(problems[0].sentence, code="exchange.misdirected", fields={"field": problems[0].field})
        payload = msgspec.json.encode(complete(held.kind, fields))
        require_none(unfinished(held.fields))
        require_none(senseless(held.fields, peer=held.case.peer_id, now=moment))
        for watcher in watchers():
            watcher.submitted(held)
        require_none(_watched(held, moment))
        facts = facts_of(held, releaser=None, now=moment)
        decision = check(facts)
        record = keep_decision(facts, decision, actor=officer, at=moment, description=held.reference)
        if decision.lets_pass:
            if is_same_words(held) or _finds_nothing_of_a_person(held):
                held.release_at = slot_of(held, moment)
            held.approval = request_approval(
                officer,
                subject_type="message",
                subject_id=str(held.pk),
                kind=held.kind,
                payload=payload,
                decision=record,
                now=moment,
                needed_until=held.release_at,
            )
            held.attachment_root = seal_together(held)
            held.state = Message.State.SUBMITTED
            held.held_for = None
            held.schema = SCHEMA
            held.handling = str(fields["handling"])
            held.return_reason = ""
            held.save()
            note(officer, "submit message", held, at=moment, detail={"version": held.version})
        else:
            held.held_for = offices_awaited(decision)
            held.save(update_fields=["held_for"])
            policies = ", ".join(reason.policy for reason in decision.reasons if not reason.outcome.lets_pass)
            detail: dict[str, str | int | bool | None] = {"outcome": decision.outcome.label, "policies": policies[:400]}
            note(officer, "stop message", held, at=moment, detail=detail)
        if decision.outcome in {Outcome.PERMIT, Outcome.PERMIT_WITH, Outcome.HOLD}:
            _wait_for_gate(held.case, moment)
    # The record of a refusal is committed before the refusal is raised.
    if not decision.lets_pass:
        raise GateRefuses(decision)
    return held


def _wait_for_gate(case: Case, now: datetime) -> None:
    case.waiting_on = Case.Waiting.GATE
    case.changed_at = now
    case.save(update_fields=["waiting_on", "changed_at"])


def slot_of(message: Message, now: datetime) -> datetime:
    """Returns the moment at which an answer with fixed words leaves when it is released now.

    Raises:
        ActRefused: The request has no clock to count from.
    """
    clock = clock_answered(message)
    if clock is None:
        raise ActRefused("The request has no clock.", code="exchange.no-clock")
    return release_slot(received_at=clock.started_at, limit=timedelta(seconds=clock.limit_seconds), now=now)
