"""Retention: what was received is erased when its time is over, unless a legal hold keeps it.

Invariants:

* Every received message has a timer. It ends on the day its originator set, on the last day of its last caveat, or
  five years after receipt, whichever comes first; nobody on this side can move it later.
* What is due is erased by the node itself, with its words, files and keys; the logs keep the commitment alone.
* What our own messages hold of it goes with it, from drafts and from our copies of what was sent. A copy that a hold on
  its own case keeps, or that is still on its way, gets a timer of its own that is over: it goes once neither is so.
* A legal hold on the case stops erasure, its originator's demand included, and nothing else. Another officer than the
  one who placed it lifts it, and what fell due meanwhile is erased at the next turn.
* A day that comes so soon that no review could look binds all the same, since the matter is the originator's; what was
  decided, done and used outlives it without its words, and an alarm offers the legal hold in time.
* The originator is told what was erased. What the other side tells us of ours is shown as its claim.

Copies of the database that were made before are the operator's to erase (docs/operator-guide.md, backups).

Source: rule BI-12; Directive (EU) 2016/680, article 5, as a model.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accord.courier.alarms import raise_alarm, raise_alarm_once
from accord.courier.prepared import Prepared
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import ERASURE_NOTICE
from accord.exchange.kinds.erasure_notice import ERASED_ITEMS_MAX, ErasureNotice
from accord.exchange.models import Case, Message
from accord.exchange.reach import within
from accord.exchange.reasons import note_with_reason, require_reason
from accord.handling.derivations import CARRIES_CONTENT, derivatives_of
from accord.handling.erasing import erase_message, erase_sent, is_erased, take_out_of_sent, take_out_passages
from accord.handling.models import ErasureClaim, Keeping, LegalHold, Thing
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.acknowledging import acknowledgement
from accord.release.errors import GateRefuses
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import MessageKind, json_kind
from accord.release.services import one_release, send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = [
    "ERASURE_NOTICE_KIND",
    "KEEP_DAYS_MAX",
    "confirm_need",
    "end_with_hold",
    "erase_due",
    "keepings_for",
    "lift_hold",
    "place_hold",
    "set_timers",
    "standing_hold",
]

KEEP_DAYS_MAX: Final = 5 * 365 + 1
"""Days after receipt for which anything is kept at the longest: five years (rule BI-12)."""

REVIEW_DAYS: Final = 365
"""Days after which the need to keep something is looked at anew, where its originator named no day."""

SOON_DAYS: Final = 30
"""Days before its end in which an item is listed as ending soon."""

REVIEW_NEEDS_DAYS: Final = 7
"""Days that a review needs at least to see an item and have a hold placed: a week, with its days off."""

ERASED_A_TURN: Final = 50
"""Messages that one turn of the job runner erases: some seconds of work."""

NOTICE_LIFE_DAYS: Final = 365
NOTICE_BYTES_MAX: Final = 16 * 1024

_ON_ITS_WAY: Final = (Message.State.RELEASED, Message.State.BLOCKED)
_OPEN: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)


def last_day(fields: dict[str, object], received_on: date) -> date:
    """Returns the last day on which a received message may be kept.

    Args:
        fields: Its content.
        received_on: Day of its receipt.
    """
    days = [received_on + timedelta(days=KEEP_DAYS_MAX)]
    days += _days([fields.get("retention_until")])
    caveats = fields.get("caveats")
    if isinstance(caveats, Sequence) and not isinstance(caveats, str):
        ends = _days(one.get("expires_on") for one in caveats if isinstance(one, dict))
        days += [max(ends)] if ends else []
    return min(days)


def _days(values: Iterable[object]) -> list[date]:
    return [date.fromisoformat(value) for value in values if isinstance(value, str)]


def set_timers(messages: Sequence[Message]) -> None:
    """Gives received messages their timers; one that has its timer keeps it.

    Args:
        messages: Received messages.
    """
    rows, is_brief = [], False
    for message in messages:
        fields, received_on = message.fields, (message.received_at or message.created_at).date()
        end = last_day(fields, received_on)
        named = _days([fields.get("review_on")])
        review = named[0] if named else received_on + timedelta(days=REVIEW_DAYS)
        rows.append(Keeping(message=message, keep_until=end, review_on=review if review < end else None))
        if end < received_on + timedelta(days=REVIEW_NEEDS_DAYS):
            is_brief = True
    Keeping.objects.bulk_create(rows, ignore_conflicts=True)
    if is_brief:
        raise_alarm_once(
            None,
            "handling.kept-briefly",
            f"An item is erased within {REVIEW_NEEDS_DAYS} days of its receipt, as its originator set. Where a review "
            "needs it, a legal hold on its case keeps it; it stands in the list of what ends soon.",
        )


def end_with_hold(message: Message, *, on: date) -> None:
    """Ends the timer of a message that its originator had erased and a hold keeps: it goes once no hold stands.

    Args:
        message: The received message.
        on: Today.
    """
    set_timers([message])
    Keeping.objects.filter(pk=message.pk, keep_until__gte=on).update(keep_until=on - timedelta(days=1), review_on=None)


def _holds() -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(lifted_at=None, case=OuterRef("message__case"))


def keepings_for(officer: Officer, *, is_held: bool | None = None) -> QuerySet[Keeping]:
    """Returns the timers of what the officer may read, each with ``is_held``: whether a hold stands on its case.

    Args:
        officer: Who reads.
        is_held: Whether only those are wanted on whose case a hold stands, or only the others; ``None`` for all.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    rows = Keeping.objects.filter(within(officer, "message__case__"))
    marked = rows.annotate(is_held=Exists(_holds()))
    chosen = marked if is_held is None else marked.filter(is_held=is_held)
    return chosen.select_related("message__case", "reviewed_by")


def standing_hold(case: Case) -> LegalHold | None:
    """Returns the legal hold that stands on a case, if any."""
    return LegalHold.objects.select_related("placed_by").filter(case=case, lifted_at=None).first()


@transaction.atomic
def place_hold(officer: Officer, case: Case, *, reason: str, now: datetime | None = None) -> LegalHold:
    """Keeps a case beyond its day.

    Args:
        officer: A releasing officer.
        case: The case.
        reason: Which court, review or complaint needs it.
        now: The time.

    Raises:
        NotPermitted: The officer may not release.
        TextRefused: The reason is blank.
        ActRefused: A hold stands already.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    words = require_reason(reason)
    moment = now or timezone.now()
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if standing_hold(held) is not None:
        raise ActRefused("A legal hold stands on this case already.", code="handling.held-already")
    hold = LegalHold.objects.create(case=held, reason=words, placed_at=moment, placed_by=officer)
    note_with_reason(officer, "place legal hold", held, held, reason=words, at=moment)
    return hold


@transaction.atomic
def lift_hold(officer: Officer, hold: LegalHold, *, reason: str, now: datetime | None = None) -> LegalHold:
    """Ends a legal hold; what fell due meanwhile is erased at the next turn.

    Args:
        officer: Another releasing officer than the one who placed it.
        hold: The hold.
        reason: Why it is needed no more.
        now: The time.

    Raises:
        NotPermitted: The officer may not release.
        TextRefused: The reason is blank.
        ActRefused: It was lifted, or the officer placed it.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    words = require_reason(reason)
    moment = now or timezone.now()
    held = LegalHold.objects.select_for_update(of=("self",)).select_related("case").get(pk=hold.pk)
    if held.lifted_at is not None:
        raise ActRefused("This hold was lifted.", code="handling.hold-lifted")
    if held.placed_by_id == officer.pk:
        raise ActRefused(
            "Who placed a legal hold does not lift it.",
            code="handling.own-hold",
            next_step="Ask another releasing officer.",
        )
    held.lifted_at, held.lifted_by, held.lift_reason = moment, officer, words
    held.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    note_with_reason(officer, "lift legal hold", held.case, held.case, reason=words, at=moment)
    return held


@transaction.atomic
def confirm_need(officer: Officer, message: Message, *, need: str, now: datetime | None = None) -> Keeping:
    """Says why a received message is still needed; its last day stays as it is.

    Args:
        officer: An officer who may answer.
        message: The received message.
        need: For what it is needed.
        now: The time.

    Raises:
        NotPermitted: The officer may not answer.
        TextRefused: The need is blank.
        ActRefused: It has no timer, or is erased.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    words = require_reason(need, field="need")
    moment = now or timezone.now()
    row = Keeping.objects.select_for_update(of=("self",)).filter(pk=message.pk, erased_at=None).first()
    if row is None:
        raise ActRefused("This message has no timer here, or is erased.", code="handling.not-kept")
    following = moment.date() + timedelta(days=REVIEW_DAYS)
    row.reviewed_at, row.reviewed_by, row.need = moment, officer, words
    row.review_on = following if following < row.keep_until else None
    row.save(update_fields=["reviewed_at", "reviewed_by", "need", "review_on"])
    note_with_reason(officer, "confirm need", message, message.case, reason=words, at=moment)
    return row


def erase_due(*, now: datetime | None = None, limit: int = ERASED_A_TURN) -> int:
    """Erases what is over its day and not held, and tells the originators; the job runner calls it.

    Args:
        now: The time.
        limit: Messages at most.

    Returns:
        How many were erased.
    """
    moment = now or timezone.now()
    keys = [key for (key,) in _due(limit).rows(moment.date())]
    told: dict[str, list[UUID]] = {}
    for key in keys:
        erased = _erase(key, moment)
        if erased is not None and erased.envelope_id is not None:
            told.setdefault(erased.case.peer_id, []).append(erased.envelope_id)
    for peer, erased_ids in told.items():
        _tell(peer, erased_ids, now=moment)
    return len(keys)


@cache
def _due(limit: int) -> Prepared[Keeping]:
    """Returns the question for the keys of what is over its day and not held; asked twice a second by a busy node."""

    def over(day: date) -> "QuerySet[Keeping, tuple[UUID]]":
        due = Keeping.objects.filter(erased_at=None, keep_until__lt=day).exclude(Exists(_holds()))
        # Our own copies come last: one that is on its way for long keeps nothing that was received from being erased.
        due = due.exclude(message__direction=Message.Direction.OUT, message__state__in=_ON_ITS_WAY)
        return due.order_by("message__direction", "keep_until").values_list("pk")[:limit]

    return Prepared(over, date)


@transaction.atomic
def _erase(key: UUID, now: datetime) -> Message | None:
    """Erases one message, unless a hold was placed since it was found; returns it where its originator is told."""
    message = Message.objects.select_for_update(of=("self",)).select_related("case").get(pk=key)
    # Whoever places a hold locks the case first: it is seen here, or comes after.
    case = Case.objects.select_for_update(of=("self",)).get(pk=message.case_id)
    row = Keeping.objects.select_for_update().get(pk=key)
    if row.erased_at is not None or standing_hold(case) is not None:
        return None
    message.case = case
    if not message.is_ours:
        _take_out_of_ours(message, row.keep_until, now)
        erase_message(message)
    elif not erase_sent(message):
        return None
    row.erased_at = now
    row.need = ""
    row.save(update_fields=["erased_at", "need"])
    verb = "erase from own copy" if message.is_ours else "erase message"
    note(None, verb, message, at=now, detail={"until": row.keep_until.isoformat()})
    return None if message.is_ours else message


def _take_out_of_ours(message: Message, until: date, now: datetime) -> None:
    """Takes what our own messages hold of one that is erased out of them; what cannot go yet gets a timer."""
    steps = [step for step in derivatives_of(message.pk) if step.derived_type == Thing.MESSAGE]
    _take_out_of_drafts(message, {step.derived_id for step in steps})
    held = {step.derived_id for step in steps if step.way in CARRIES_CONTENT}
    ours = Message.objects.filter(pk__in=held, direction=Message.Direction.OUT)
    for sent in ours.exclude(state__in=(*_OPEN, Message.State.DISCARDED)).select_for_update(of=("self",)):
        if is_erased(sent):
            continue
        # Whoever places a hold locks the case first: it is seen here, or comes after.
        sent.case = Case.objects.select_for_update(of=("self",)).get(pk=sent.case_id)
        if standing_hold(sent.case) is None and take_out_of_sent(sent, [message.pk]):
            note(None, "erase from own copy", sent, at=now, detail={"until": until.isoformat()})
        else:
            Keeping.objects.get_or_create(message=sent, defaults={"keep_until": until})


def _take_out_of_drafts(message: Message, keys: Iterable[UUID]) -> None:
    for draft in Message.objects.select_for_update(of=("self",)).filter(pk__in=keys, state__in=_OPEN):
        take_out_passages(draft, [message.pk])
        draft.version += 1
        draft.save(update_fields=["content", "version"])


def _tell(peer: str, erased: Sequence[UUID], *, now: datetime) -> None:
    for start in range(0, len(erased), ERASED_ITEMS_MAX):
        part = [str(one) for one in erased[start : start + ERASED_ITEMS_MAX]]
        try:
            with one_release():
                send_for_the_channel(
                    peer=peer,
                    kind=ERASURE_NOTICE,
                    payload=msgspec.json.encode({"schema_version": 1, "erased": part}),
                    facts=acknowledgement(ERASURE_NOTICE, peer=peer, on=now.date()),
                    lane=Lane.ROUTINE,
                    not_after=now + timedelta(days=NOTICE_LIFE_DAYS),
                    now=now,
                )
        except GateRefuses as refused:
            raise_alarm(None, "release.gate-failed", f"An erasure notice was stopped: {refused.reason_code}.")


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    named = {UUID(key) for item in received for key in item.content.erased}
    found = Message.objects.filter(envelope_id__in=named, case__peer_id=work.peer, direction=Message.Direction.OUT)
    claimed = set(ErasureClaim.objects.filter(message__in=found).values_list("pk", flat=True))
    work.memory[ERASURE_NOTICE] = (dict(found.values_list("envelope_id", "pk")), claimed)


def _file(received: Received, work: FilingWork) -> Handled:
    content: ErasureNotice = received.content
    ours, claimed = work.memory[ERASURE_NOTICE]
    for key in content.erased:
        pk = ours.get(UUID(key))
        if pk is not None and pk not in claimed:
            claimed.add(pk)
            work.add(ErasureClaim(message_id=pk, claimed_at=received.received_at))
    return FILED


ERASURE_NOTICE_KIND: Final[MessageKind] = json_kind(
    ErasureNotice,
    ERASURE_NOTICE,
    schema=1,
    max_bytes=NOTICE_BYTES_MAX,
    handler=_file,
    facts_at_use=None,
    prepare=_prepare,
    needs_approval=False,
)
"""The kind: it carries identifiers alone, so that no officer approves it and the gate at use is not asked."""
