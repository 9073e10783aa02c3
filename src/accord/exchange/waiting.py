"""The queue: open cases in the order in which they are due, a page at a time, and the counts above it.

First stand the cases with a clock that has not ended, by its limit, or with a wait of a room above, by its end; then
those without, the last changed first. Each page is found along an index, whatever the number of cases, and one page
goes on where the last one ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import merge
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accord.exchange.clocks import ClockReading, read_clock
from accord.exchange.kinds import ANSWER
from accord.exchange.models import Case, Clock, Message
from accord.exchange.owing import as_they_wait, waits_on
from accord.exchange.reach import cases_for, within
from accord.exchange.waits import waits
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
        waits_until: When the wait of a room above ends that is due before the clock, or where no clock runs.
    """

    case: Case
    message: Message | None
    clock: Clock | None
    reading: ClockReading | None
    handling: str
    place: str
    outcome: str = ""
    owes: bool = False
    waits_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Due:
    """What of a case is due first: a clock, or else a wait until a moment."""

    clock: Clock | None = None
    waits_until: datetime | None = None


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
    """Returns how many open cases each section holds, in four statements and one for each room that names waits.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    moment = now or timezone.now()
    open_cases = cases_for(officer).filter(state=Case.State.OPEN)
    waiting = open_cases.aggregate(
        **{section.value: Count("pk", filter=waits_on(word)) for section, word in _WAITING.items()}
    )
    overdue, today = _count_due(officer, moment)
    return {
        Section.NEW: open_cases.filter(holder=None, is_ours=False).count(),
        Section.DUE_TODAY: today,
        Section.OVERDUE: overdue,
        **{section: waiting[section.value] for section in _WAITING},
    }


def _count_due(officer: Officer, now: datetime) -> tuple[int, int]:
    """Returns in how many open cases something is overdue, and in how many something else is due today."""
    late, later = Q(due_at__lte=now), Q(due_at__gt=now)
    soon = Q(due_at__lt=_day_end(now))
    of_officer = Q(within(officer, "message__case__"), soon, message__case__state=Case.State.OPEN)
    counts = {"overdue": 0, "today": 0}
    counted: list[QuerySet[Any]] = []  # Any: rows of clocks, and of the models of rooms
    for rows in (Clock.objects.filter(state=Clock.State.RUNNING), *waits()):
        # A case in which a clock and a wait are overdue is one case.
        found = rows.filter(of_officer).aggregate(
            overdue=Count("message__case", filter=late & _in_none_of(counted, late), distinct=True),
            today=Count("message__case", filter=later & _in_none_of(counted, later & soon), distinct=True),
        )
        counts = {name: count + found[name] for name, count in counts.items()}
        counted.append(rows)
    return counts["overdue"], counts["today"]


def _in_none_of(counted: Iterable[QuerySet[Any]], condition: Q) -> Q:  # Any: as above
    found = Q()
    for rows in counted:
        found &= Q(~Exists(rows.filter(condition, message__case=OuterRef("message__case"))))
    return found


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


def _due_in(section: Section | None, now: datetime) -> list[QuerySet[Any]]:  # Any: clocks, and models of rooms
    """Returns what is due in a section: running clocks, clocks that stand still, and the waits of each room."""
    # A paused clock is late for nobody, and stands in no section that is about lateness.
    if section is Section.OVERDUE:
        due = Q(due_at__lte=now)
    elif section is Section.DUE_TODAY:
        due = Q(due_at__gt=now, due_at__lt=_day_end(now))
    else:
        due = Q()
    states = _OPEN_CLOCKS[:1] if due else _OPEN_CLOCKS
    return [*(Clock.objects.filter(due, state=state) for state in states), *(rows.filter(due) for rows in waits())]


def _clocked(
    officer: Officer,
    section: Section | None,
    after: _Place | None,
    limit: int,
    *,
    now: datetime,
    without: Collection[UUID],
) -> dict[Case, tuple[_Due, _Place]]:
    """Returns so many cases with what is due first in each, by what is due first."""
    due = _due_in(section, now)
    wanted = Q(
        _none_is_earlier(due),
        _of_section(section, "message__case__"),
        within(officer, "message__case__"),
        message__case__state=Case.State.OPEN,
    )
    if without:
        wanted &= ~Q(message__case__in=without)
    if after is not None:
        wanted &= Q(Q(due_at__gt=after.at) | Q(due_at=after.at, pk__gt=after.key), due_at__gte=after.at)
    # One list for each state, as the index has them, and for each room; all are in order. Only what is shown is read
    # whole.
    keys = (rows.filter(wanted).order_by("due_at", "pk").values_list("due_at", "pk")[:limit] for rows in due)
    found = list(merge(*map(list, keys)))[:limit]
    shown = [key for _due, key in found]
    clocks = Clock.objects.in_bulk(shown)
    cases = {case.due_key: case for case in Case.objects.filter(messages__in=shown).annotate(due_key=F("messages"))}
    return {
        cases[key]: (
            _Due(clock=clocks[key]) if key in clocks else _Due(waits_until=at),
            _Place(is_clocked=True, at=at, key=key),
        )
        for at, key in found
        if key in cases
    }


def _none_is_earlier(due: Iterable[QuerySet[Any]]) -> Q:  # Any: as above
    """Returns the condition that of all that is due in a case this is the first."""
    before = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
    found = Q()
    for rows in due:
        found &= Q(~Exists(rows.filter(before, message__case=OuterRef("message__case"))))
    return found


def _unclocked(
    officer: Officer, section: Section | None, after: _Place | None, limit: int, *, without: Collection[UUID]
) -> list[Case]:
    """Returns so many open cases in which no clock and no wait goes on, the last changed first."""
    if section in {Section.OVERDUE, Section.DUE_TODAY}:
        return []
    rows = cases_for(officer).filter(_of_section(section, ""), state=Case.State.OPEN)
    for ticking in (Clock.objects.filter(state__in=_OPEN_CLOCKS), *waits()):
        rows = rows.filter(~Exists(ticking.filter(message__case=OuterRef("pk"))))
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
    clocked: dict[Case, tuple[_Due, _Place]] = {}
    if begin is None or begin.is_clocked:
        clocked, begin = _clocked(officer, section, begin, wanted, now=moment, without=without), None
    left = wanted - len(clocked)
    cases = _unclocked(officer, section, begin, left, without=without) if left > 0 else []
    ended = _last_clocks([*on_top, *cases])
    waiting = _first_waits(on_top)
    places = clocked | {
        case: (
            _first_of(ended.get(case.pk), waiting.get(case.pk)),
            _Place(is_clocked=False, at=case.changed_at, key=case.pk),
        )
        for case in [*on_top, *cases]
    }
    return _rows({case: places[case] for case in [*on_top, *places]}, moment)


def _last_clocks(cases: Sequence[Case]) -> dict[UUID, Clock]:
    rows = Clock.objects.filter(message__case__in=cases).order_by("due_at")
    return {case: clock for clock, case in ((one, one.case_key) for one in rows.annotate(case_key=F("message__case")))}


def _first_waits(cases: Sequence[Case]) -> dict[UUID, datetime]:
    found: dict[UUID, datetime] = {}
    for rows in waits() if cases else ():
        for case, due_at in rows.filter(message__case__in=cases).values_list("message__case", "due_at"):
            found[case] = min(due_at, found.get(case, due_at))
    return found


def _first_of(clock: Clock | None, waits_until: datetime | None) -> _Due:
    is_first = clock is not None and clock.state in _OPEN_CLOCKS and waits_until and clock.due_at <= waits_until
    return _Due(clock=clock, waits_until=None if is_first else waits_until)


def _rows(places: Mapping[Case, tuple[_Due, _Place]], now: datetime) -> list[QueueRow]:
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
    answered = [case.pk for case, (due, _) in places.items() if _is_answered(due.clock, newest.get(case.pk))]
    outcomes = _outcomes(answered)
    return [
        QueueRow(
            case=case,
            message=newest.get(case.pk),
            clock=due.clock,
            reading=read_clock(due.clock, parties=(ours, case.peer), now=now) if due.clock is not None else None,
            handling=highest.get(case.pk, ""),
            place=str(place),
            outcome=outcomes.get(case.pk, ""),
            owes=case.pk in owing,
            waits_until=due.waits_until,
        )
        for case, (due, place) in places.items()
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
