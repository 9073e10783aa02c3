"""The queue: open cases in the order in which they are due, a page at a time, and the counts above it.

First stand the cases with a clock that has not ended, by its limit; then those without, the last changed first. Each
page is found along an index, whatever the number of cases, and one page goes on where the last one ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import merge
from typing import Final
from uuid import UUID

import msgspec
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from accord.exchange.clocks import ClockReading, read_clock
from accord.exchange.kinds import ANSWER
from accord.exchange.models import Case, Clock, Message
from accord.exchange.owing import as_they_wait, waits_on
from accord.exchange.reach import cases_for, within
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.release.models import ReceivedMessage

__all__ = ["GIVEN", "PAGE_MAX", "QueueRow", "Section", "highest_handling", "parked_counts", "queue", "queue_counts"]

PAGE_MAX: Final = 200
"""Rows of one page of the queue: four screens; more is searched, not scrolled."""

_CONTENT: Final = ("content", "own_side")
_OPEN_CLOCKS: Final = (Clock.State.RUNNING, Clock.State.PAUSED)
GIVEN: Final = (
    Message.State.RELEASED,
    Message.State.DELIVERED,
    Message.State.FILED,
    Message.State.ACTED,
    Message.State.RECEIVED,
)
"""States of an answer that was given: it has left, or it came."""


class Section(StrEnum):
    """The counts above the queue; each is a filter of it."""

    NEW = "new"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"
    WAITING_ON_US = "waiting-on-us"
    WAITING_ON_THEM = "waiting-on-them"
    WAITING_ON_GATE = "waiting-on-gate"


_WAITING: Final = {
    Section.WAITING_ON_US: Case.Waiting.US,
    Section.WAITING_ON_THEM: Case.Waiting.THEM,
    Section.WAITING_ON_GATE: Case.Waiting.GATE,
}


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One row of the queue.

    Args:
        case: The case with its peer and holder.
        message: The newest message that shows why it is here, without its content.
        clock: The clock that is due first, or the last one where all have ended.
        reading: The clock in both capitals' time.
        handling: The highest handling of the case's messages.
        place: Where the row stands in the queue, for the page after it.
        outcome: What the case's last answer says, if it was answered; a partial one is no whole one.
        owes: Whether our side owes an act in it that no message waits for.
    """

    case: Case
    message: Message | None
    clock: Clock | None
    reading: ClockReading | None
    handling: str
    place: str
    outcome: str = ""
    owes: bool = False


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A place in the queue: among the cases with a clock or after them, a moment, and a key that decides a tie."""

    is_clocked: bool
    at: datetime
    key: UUID

    def __str__(self) -> str:
        return f"{'c' if self.is_clocked else 'r'}~{self.at.isoformat()}~{self.key}"

    @classmethod
    def read(cls, text: str) -> "_Place | None":
        """Returns a place from an address; ``None``, the beginning, where it is none."""
        part, _, rest = text.partition("~")
        at, _, key = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
            place = cls(is_clocked=part == "c", at=moment.astimezone(UTC), key=UUID(key))
        except (ValueError, OverflowError):
            return None
        return place if moment.tzinfo is not None and part in {"c", "r"} else None


def _day_end(now: datetime) -> datetime:
    zone = Party.objects.get(code=our_party()).described.zone
    local = now.astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def queue_counts(officer: Officer, *, now: datetime | None = None) -> dict[Section, int]:
    """Returns how many open cases each section holds, in four statements.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    moment = now or timezone.now()
    open_cases = cases_for(officer).filter(state=Case.State.OPEN)
    waiting = open_cases.aggregate(
        **{section.value: Count("pk", filter=waits_on(word)) for section, word in _WAITING.items()}
    )
    due_soon = Clock.objects.filter(
        within(officer, "message__case__"),
        state=Clock.State.RUNNING,
        due_at__lt=_day_end(moment),
        message__case__state=Case.State.OPEN,
    )
    due = due_soon.aggregate(
        overdue=Count("message__case", filter=Q(due_at__lte=moment), distinct=True),
        today=Count("message__case", filter=Q(due_at__gt=moment), distinct=True),
    )
    return {
        Section.NEW: open_cases.filter(holder=None, is_ours=False).count(),
        Section.DUE_TODAY: due["today"],
        Section.OVERDUE: due["overdue"],
        **{section: waiting[section.value] for section in _WAITING},
    }


def parked_counts(officer: Officer) -> dict[str, int]:
    """Returns how many messages have arrived and are in no case, by the code of the reason for which they wait.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    parked = ReceivedMessage.objects.filter(state=ReceivedMessage.State.PARKED)
    return dict(parked.order_by("reason_code").values_list("reason_code").annotate(Count("pk")))


def _of_section(section: Section | None, path: str) -> Q:
    if section is Section.NEW:
        return Q(**{f"{path}holder": None, f"{path}is_ours": False})
    return waits_on(_WAITING[section], path=path) if section in _WAITING else Q()


def _due_in(section: Section | None, now: datetime) -> Q:
    # A paused clock is late for nobody, and stands in no section that is about lateness.
    if section is Section.OVERDUE:
        return Q(state=Clock.State.RUNNING, due_at__lte=now)
    if section is Section.DUE_TODAY:
        return Q(state=Clock.State.RUNNING, due_at__gt=now, due_at__lt=_day_end(now))
    return Q(state__in=_OPEN_CLOCKS)


def _clocked(
    officer: Officer,
    section: Section | None,
    after: _Place | None,
    limit: int,
    *,
    now: datetime,
    without: Collection[UUID],
) -> dict[Case, Clock]:
    """Returns so many cases with their clocks, of each the one that is due first, by what is due first."""
    due = _due_in(section, now)
    earlier = Clock.objects.filter(due, message__case=OuterRef("message__case")).filter(
        Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
    )
    rows = Clock.objects.filter(
        due,
        ~Exists(earlier),
        _of_section(section, "message__case__"),
        within(officer, "message__case__"),
        message__case__state=Case.State.OPEN,
    )
    if without:
        rows = rows.exclude(message__case__in=without)
    if after is not None:
        beyond = Q(due_at__gt=after.at) | Q(due_at=after.at, pk__gt=after.key)
        rows = rows.filter(beyond, due_at__gte=after.at)
    # One list for each state, as the index has them; both are in order. Only what is shown is read whole.
    keys = rows.order_by("due_at", "pk").values_list("due_at", "pk")
    found = list(merge(*(list(keys.filter(state=state)[:limit]) for state in _OPEN_CLOCKS)))[:limit]
    clocks = Clock.objects.in_bulk([key for _due, key in found])
    cases = {
        case.clock_key: case for case in Case.objects.filter(messages__in=clocks).annotate(clock_key=F("messages"))
    }
    return {cases[key]: clocks[key] for _due, key in found if key in clocks and key in cases}


def _unclocked(
    officer: Officer, section: Section | None, after: _Place | None, limit: int, *, without: Collection[UUID]
) -> list[Case]:
    """Returns so many open cases without a clock that has not ended, the last changed first."""
    if section in {Section.OVERDUE, Section.DUE_TODAY}:
        return []
    ticking = Clock.objects.filter(message__case=OuterRef("pk"), state__in=_OPEN_CLOCKS)
    rows = cases_for(officer).filter(_of_section(section, ""), ~Exists(ticking), state=Case.State.OPEN)
    if without:
        rows = rows.exclude(pk__in=without)
    if after is not None:
        beyond = Q(changed_at__lt=after.at) | Q(changed_at=after.at, pk__lt=after.key)
        rows = rows.filter(beyond, changed_at__lte=after.at)
    return list(rows.order_by("-changed_at", "-pk")[:limit])


def queue(
    officer: Officer,
    *,
    section: Section | None = None,
    after: str = "",
    limit: int = 50,
    first: Sequence[Case] = (),
    now: datetime | None = None,
) -> list[QueueRow]:
    """Returns a page of open cases, what is due first at the top.

    Args:
        officer: Who looks.
        section: One section; all open cases where it is omitted.
        after: :attr:`QueueRow.place` of the last row of the page before; what is no place is the beginning.
        limit: Rows of the page, at most :data:`PAGE_MAX`.
        first: Cases that stand above the others and are not counted in ``limit``: on the first page, and nowhere else.
        now: The time.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    moment, wanted, begin = now or timezone.now(), min(limit, PAGE_MAX), _Place.read(after)
    on_top = [] if begin is not None else list(first)
    without = [case.pk for case in first]
    clocks: dict[Case, Clock] = {}
    if begin is None or begin.is_clocked:
        clocks, begin = _clocked(officer, section, begin, wanted, now=moment, without=without), None
    left = wanted - len(clocks)
    cases = _unclocked(officer, section, begin, left, without=without) if left > 0 else []
    cases = [*on_top, *cases]
    ended = _last_clocks(cases)
    places = {
        case: (clock, _Place(is_clocked=True, at=clock.due_at, key=clock.pk)) for case, clock in clocks.items()
    } | {case: (ended.get(case.pk), _Place(is_clocked=False, at=case.changed_at, key=case.pk)) for case in cases}
    return _rows({case: places[case] for case in [*on_top, *places]}, moment)


def _last_clocks(cases: Sequence[Case]) -> dict[UUID, Clock]:
    rows = Clock.objects.filter(message__case__in=cases).order_by("due_at")
    return {case: clock for clock, case in ((one, one.case_key) for one in rows.annotate(case_key=F("message__case")))}


def _rows(places: Mapping[Case, tuple[Clock | None, _Place]], now: datetime) -> list[QueueRow]:
    # Few parties and holders, many rows: each is read once, and not with every case.
    parties = {party.code: party for party in Party.objects.all()}
    ours = parties[our_party()]
    holders = Officer.objects.in_bulk({case.holder_id for case in places if case.holder_id is not None})
    for case in places:
        case.peer = parties[case.peer_id]
        if case.holder_id is not None:
            case.holder = holders[case.holder_id]
    owing = as_they_wait(places)
    newest = _newest_messages(places)
    highest = highest_handling(places)
    outcomes = _outcomes([case.pk for case, (clock, _) in places.items() if _is_answered(clock, newest.get(case.pk))])
    return [
        QueueRow(
            case=case,
            message=newest.get(case.pk),
            clock=clock,
            reading=read_clock(clock, parties=(ours, case.peer), now=now) if clock is not None else None,
            handling=highest.get(case.pk, ""),
            place=str(place),
            outcome=outcomes.get(case.pk, ""),
            owes=case.pk in owing,
        )
        for case, (clock, place) in places.items()
    ]


class _Answer(msgspec.Struct, frozen=True):
    """What of an answer the queue shows."""

    outcome: str = ""


def _is_answered(clock: Clock | None, newest: Message | None) -> bool:
    return (clock is not None and clock.state == Clock.State.ENDED) or (newest is not None and newest.kind == ANSWER)


def _outcomes(cases: Collection[UUID]) -> dict[UUID, str]:
    """Returns what the last answer in each of these cases says, in one statement."""
    answers = Message.objects.filter(case__in=cases, kind=ANSWER, state__in=GIVEN).order_by("created_at", "id")
    rows = answers.values_list("case", "content")
    return {case: msgspec.json.decode(bytes(content or b"{}"), type=_Answer).outcome for case, content in rows}


def highest_handling(cases: Iterable[Case]) -> dict[UUID, str]:
    """Returns the highest handling of each case's messages, in one statement."""
    rows = Message.objects.filter(case__in=[case.pk for case in cases]).order_by().values_list("case")
    return dict(rows.annotate(Max("handling")))


def _newest_messages(cases: Iterable[Case]) -> dict[UUID, Message]:
    newest = Message.objects.filter(case=OuterRef("pk")).order_by("-created_at", "-pk").values("pk")[:1]
    keys = Case.objects.filter(pk__in=[case.pk for case in cases]).order_by().values(newest=Subquery(newest))
    rows = Message.objects.filter(pk__in=keys).defer(*_CONTENT)
    return {message.case_id: message for message in rows}
