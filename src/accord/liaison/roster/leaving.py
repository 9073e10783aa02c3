"""Who cannot be there, and who stands in: leave with a private reason, and watches that change hands by two words.

A watch changes hands when its holder asks a colleague and the colleague accepts; both words are acts on record. It
comes back the same way. Leave asks nobody: it opens a gap, and the roster says so at once.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accord.exchange.text import check_written
from accord.liaison.models import DutyShift, Leave, WatchSwap
from accord.liaison.roster.coverage import Span
from accord.liaison.roster.errors import RosterRefused, SwapRefused, WrongField
from accord.liaison.roster.posts import can_be_on_duty
from accord.liaison.roster.reading import absent_spans, holidays_known
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import NotPermitted, Permission, require

__all__ = [
    "answer_swap",
    "ask_swap",
    "leave_for",
    "may_read_reason",
    "swaps_of",
    "take_back_leave",
    "take_back_swap",
    "take_leave",
]

LEAVE_DAYS_MAX: Final = 366
REASON_CHARACTERS: Final = 500


@transaction.atomic
def take_leave(
    by: Officer,
    officer: Officer,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    now: datetime | None = None,
) -> Leave:
    """Records that an officer cannot be on duty for a time.

    Args:
        by: The officer, or who keeps the roster.
        officer: Whose leave it is.
        starts_at: From when.
        ends_at: Until when.
        reason: Why, for the officer and for who keeps the roster alone.
        now: The time.

    Raises:
        NotPermitted: ``by`` is neither.
        RosterRefused: The time is no time, or too long.
    """
    _require_own_or_keeper(by, officer)
    if not starts_at < ends_at <= starts_at + timedelta(days=LEAVE_DAYS_MAX):
        raise WrongField(
            f"Leave ends after it begins, and within {LEAVE_DAYS_MAX} days.", field="ends_on", code="roster.leave-time"
        )
    told = reason.strip()
    if len(told) > REASON_CHARACTERS:
        raise WrongField(f"A reason has at most {REASON_CHARACTERS} characters.", field="reason")
    if told:
        check_written({"reason": told})
    at = now or timezone.now()
    leave = Leave.objects.create(
        officer=officer, starts_at=starts_at, ends_at=ends_at, reason=told, made_by=by, made_at=at
    )
    note(by, "take leave", leave, at=at, detail={"officer": officer.pk})
    return leave


@transaction.atomic
def take_back_leave(by: Officer, leave: Leave, *, now: datetime | None = None) -> Leave:
    """Takes a leave back, as if it had not been taken; what it said stays on record.

    Raises:
        NotPermitted: ``by`` is neither its officer nor who keeps the roster.
    """
    _require_own_or_keeper(by, leave.officer)
    if leave.taken_back_at is None:
        leave.taken_back_at, leave.taken_back_by = now or timezone.now(), by
        leave.save(update_fields=["taken_back_at", "taken_back_by"])
        note(by, "take back leave", leave, at=leave.taken_back_at)
    return leave


def leave_for(officer: Officer, *, now: datetime | None = None) -> QuerySet[Leave]:
    """Returns the leave that an officer sees in a list: their own, or everybody's where they keep the roster.

    Raises:
        NotPermitted: The officer may not read the roster.
    """
    require(officer, Permission.AGREEMENT_READ)
    since = (now or timezone.now()) - timedelta(days=31)
    rows = Leave.objects.filter(ends_at__gt=since).select_related("officer")
    return rows if officer.may(Permission.ROSTER_KEEP) else rows.filter(officer=officer)


def may_read_reason(officer: Officer, leave: Leave) -> bool:
    """Returns whether an officer may read why: its officer, and who keeps the roster."""
    return officer.pk == leave.officer_id or officer.may(Permission.ROSTER_KEEP)


def _require_own_or_keeper(by: Officer, officer: Officer) -> None:
    require(by, Permission.AGREEMENT_READ)
    if by.pk != officer.pk:
        require(by, Permission.ROSTER_KEEP)


@transaction.atomic
def ask_swap(by: Officer, shift: DutyShift, day: date, *, of: Officer, now: datetime | None = None) -> WatchSwap:
    """Asks a colleague to take over one watch.

    Args:
        by: Who holds the watch.
        shift: Its shift.
        day: The day on which it begins.
        of: Who is asked.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not read the roster.
        SwapRefused: The watch is not theirs, has begun, or somebody was asked already.
        RosterRefused: The colleague cannot be on duty then.
    """
    require(by, Permission.AGREEMENT_READ)
    at = now or timezone.now()
    span = _watch(shift, day, at)
    if _holder(shift, day) != by.pk:
        raise SwapRefused("Only who holds a watch asks a colleague to take it.", code="roster.not-own-watch")
    _require_free(of, span, at)
    if of.pk == by.pk:
        raise WrongField("Choose a colleague.", field="asked_of")
    try:
        with transaction.atomic():
            swap = WatchSwap.objects.create(shift=shift, day=day, asked_by=by, asked_of=of, asked_at=at)
    except IntegrityError as error:
        raise SwapRefused("A colleague was asked to take this watch already.", code="roster.swap-asked") from error
    note(by, "ask to swap watch", swap, at=at, detail={"day": day.isoformat(), "officer": of.pk})
    return swap


@transaction.atomic
def answer_swap(by: Officer, swap: WatchSwap, *, accepts: bool, now: datetime | None = None) -> WatchSwap:
    """Accepts or declines a watch; with the acceptance it is theirs.

    Raises:
        NotPermitted: ``by`` was not asked.
        SwapRefused: It does not wait any more, the watch has begun, or it changed hands meanwhile.
        RosterRefused: ``by`` cannot be on duty then.
    """
    require(by, Permission.AGREEMENT_READ)
    held = _waiting(swap)
    if held.asked_of_id != by.pk:
        raise NotPermitted("Only who was asked answers.", code="roster.not-asked")
    at = now or timezone.now()
    if accepts:
        span = _watch(held.shift, held.day, at)
        if _holder(held.shift, held.day) != held.asked_by_id:
            raise SwapRefused("The watch has changed hands meanwhile.", code="roster.not-own-watch")
        _require_free(by, span, at)
        earlier = WatchSwap.objects.filter(shift=held.shift, day=held.day, state=WatchSwap.State.ACCEPTED)
        earlier.update(state=WatchSwap.State.PASSED_ON)
    held.state = WatchSwap.State.ACCEPTED if accepts else WatchSwap.State.DECLINED
    held.settled_at = at
    held.save(update_fields=["state", "settled_at"])
    note(by, "accept watch" if accepts else "decline watch", held, at=at, detail={"day": held.day.isoformat()})
    return held


@transaction.atomic
def take_back_swap(by: Officer, swap: WatchSwap, *, now: datetime | None = None) -> WatchSwap:
    """Takes a question back that was not answered yet.

    Raises:
        NotPermitted: ``by`` did not ask.
        SwapRefused: It was answered meanwhile.
    """
    require(by, Permission.AGREEMENT_READ)
    held = _waiting(swap)
    if held.asked_by_id != by.pk:
        raise NotPermitted("Only who asked takes it back.", code="roster.not-asked")
    held.state, held.settled_at = WatchSwap.State.TAKEN_BACK, now or timezone.now()
    held.save(update_fields=["state", "settled_at"])
    note(by, "take back swap", held, at=held.settled_at)
    return held


def swaps_of(officer: Officer) -> QuerySet[WatchSwap]:
    """Returns the watches that an officer gave or was asked to take, the newest first."""
    require(officer, Permission.AGREEMENT_READ)
    rows = WatchSwap.objects.filter(Q(asked_by=officer) | Q(asked_of=officer))
    return rows.select_related("shift__post", "asked_by", "asked_of")


def _waiting(swap: WatchSwap) -> WatchSwap:
    rows = WatchSwap.objects.select_for_update(of=("self",)).select_related("shift__post")
    held = rows.get(pk=swap.pk)
    if held.state != WatchSwap.State.ASKED:
        raise SwapRefused("This was answered or taken back meanwhile.", code="roster.swap-settled")
    return held


def _watch(shift: DutyShift, day: date, now: datetime) -> Span:
    described = shift.described
    if shift.post.closed_at is not None or not described.is_on(day, holidays_known().is_holiday):
        raise SwapRefused("The shift has no watch on that day.", code="roster.no-watch")
    span = described.on(day)
    if span.start <= now:
        raise SwapRefused(
            "The watch has begun.", code="roster.watch-begun", next_step="Hand it over by a note instead."
        )
    return span


def _holder(shift: DutyShift, day: date) -> int | None:
    taken = WatchSwap.objects.filter(shift=shift, day=day, state=WatchSwap.State.ACCEPTED)
    return taken.values_list("asked_of", flat=True).first() or shift.officer_id


def _require_free(officer: Officer, span: Span, now: datetime) -> None:
    if not can_be_on_duty(officer, now):
        raise RosterRefused(
            "This officer cannot hold a watch: not in post, or without the right to take cases.",
            code="roster.not-for-duty",
            next_step="Ask another colleague.",
            fields={"field": "asked_of"},
        )
    if any(one.start < span.end and span.start < one.end for one in absent_spans([officer]).get(officer.pk, ())):
        raise WrongField(
            "This officer is absent then.", field="asked_of", code="roster.absent", next_step="Ask another."
        )
