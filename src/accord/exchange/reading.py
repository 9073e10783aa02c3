"""Reading: cases, messages and the queue, for officers who may read content.

Reads go to the models and are ordered so that a page can go on where the last one ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accord.exchange.clocks import ClockReading, read_clock
from accord.exchange.errors import NotFound
from accord.exchange.models import Case, Clock, Message
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.gate import our_party

__all__ = [
    "PAGE_MAX",
    "QueueRow",
    "Section",
    "clock_reading",
    "messages_of",
    "queue",
    "queue_counts",
    "read_case",
    "read_message",
]

PAGE_MAX: Final = 200
"""Rows of one page of the queue: four screens; more is searched, not scrolled."""


class Section(StrEnum):
    """The counts above the queue; each is a filter of it."""

    NEW = "new"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"
    WAITING_ON_US = "waiting-on-us"
    WAITING_ON_THEM = "waiting-on-them"
    WAITING_ON_GATE = "waiting-on-gate"


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One row of the queue.

    Args:
        case: The case with its peer and holder.
        message: The newest message that shows why it is here.
        clock: The clock that runs, if any.
        reading: The clock in both capitals' time.
    """

    case: Case
    message: Message | None
    clock: Clock | None
    reading: ClockReading | None


def _day_end(now: datetime) -> datetime:
    zone = Party.objects.get(code=our_party()).described.zone
    local = now.astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _open_cases() -> QuerySet[Case]:
    return Case.objects.filter(state=Case.State.OPEN)


def _in_section(section: Section, now: datetime) -> Q:
    running = Q(messages__clock__state=Clock.State.RUNNING)
    return {
        Section.NEW: Q(holder=None, is_ours=False),
        Section.DUE_TODAY: running & Q(messages__clock__due_at__gt=now, messages__clock__due_at__lt=_day_end(now)),
        Section.OVERDUE: running & Q(messages__clock__due_at__lte=now),
        Section.WAITING_ON_US: Q(waiting_on=Case.Waiting.US),
        Section.WAITING_ON_THEM: Q(waiting_on=Case.Waiting.THEM),
        Section.WAITING_ON_GATE: Q(waiting_on=Case.Waiting.GATE),
    }[section]


def queue_counts(officer: Officer, *, now: datetime | None = None) -> dict[Section, int]:
    """Returns how many open cases each section holds.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    moment = now or timezone.now()
    return {section: _open_cases().filter(_in_section(section, moment)).distinct().count() for section in Section}


def queue(
    officer: Officer,
    *,
    section: Section | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
    now: datetime | None = None,
) -> list[QueueRow]:
    """Returns a page of open cases, the most recently changed last seen first.

    Args:
        officer: Who looks.
        section: One section; all open cases where it is omitted.
        after: ``changed_at`` and key of the last case of the page before.
        limit: Rows of the page, at most :data:`PAGE_MAX`.
        now: The time.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    moment = now or timezone.now()
    cases = _open_cases()
    if section is not None:
        cases = cases.filter(_in_section(section, moment)).distinct()
    if after is not None:
        changed_at, key = after
        cases = cases.filter(Q(changed_at__lt=changed_at) | Q(changed_at=changed_at, pk__lt=key))
    cases = cases.select_related("peer", "holder").order_by("-changed_at", "-pk")
    newest_last = Message.objects.select_related("clock").order_by("created_at", "id")
    page = cases.prefetch_related(Prefetch("messages", queryset=newest_last))[: min(limit, PAGE_MAX)]
    return _rows(page, moment)


def _rows(cases: Iterable[Case], now: datetime) -> list[QueueRow]:
    ours = Party.objects.get(code=our_party())
    rows = []
    for case in cases:
        messages = list(case.messages.all())
        clocks = [message.clock for message in messages if hasattr(message, "clock")]
        open_clocks = [clock for clock in clocks if clock.state != Clock.State.ENDED]
        clock = min(open_clocks or clocks, key=lambda item: item.due_at, default=None)
        rows.append(
            QueueRow(
                case=case,
                message=messages[-1] if messages else None,
                clock=clock,
                reading=read_clock(clock, parties=(ours, case.peer), now=now) if clock is not None else None,
            )
        )
    return rows


def clock_reading(message: Message, *, now: datetime | None = None) -> ClockReading | None:
    """Returns a request's clock in both capitals' time, or ``None`` where it has none."""
    clock = Clock.objects.filter(message=message).first()
    if clock is None:
        return None
    parties = (Party.objects.get(code=our_party()), message.case.peer)
    return read_clock(clock, parties=parties, now=now or timezone.now())


def read_case(officer: Officer, own_ref: str) -> Case:
    """Returns a case by our reference.

    Raises:
        NotPermitted: The officer may not read cases.
        NotFound: There is none.
    """
    require(officer, Permission.CASE_READ)
    case = Case.objects.select_related("peer", "holder").filter(own_ref=own_ref).first()
    if case is None:
        raise NotFound("There is no case with this reference.", fields={"reference": own_ref[:48]})
    return case


def read_message(officer: Officer, key: UUID) -> Message:
    """Returns a message by its key.

    Raises:
        NotPermitted: The officer may not read cases.
        NotFound: There is none.
    """
    require(officer, Permission.CASE_READ)
    found = Message.objects.select_related("case", "case__peer", "approval", "drafted_by", "released").filter(pk=key)
    message = found.first()
    if message is None:
        raise NotFound("There is no such message.")
    return message


def messages_of(officer: Officer, case: Case) -> list[Message]:
    """Returns the messages of a case in time.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    return list(case.messages.select_related("drafted_by", "approval", "released").order_by("created_at", "id"))
