"""Counting: what is new since the last look is read from the cases that changed, and the days it touches are made anew.

Three steps, each a transaction of its own, so that a look can stop anywhere and go on later:

1. *Observe.* The cases that changed since the cursor are read whole, a batch at a time, in the order of their change.
   What is observed of them replaces what was observed before; the days where anything is different become stale. Cases
   with a message of ours whose receipt or outcome is still to come are read at each look, as no change tells of it.
2. *Let fall due.* A day becomes stale, too, when the limit of something that is open passed since the last look.
3. *Fold.* Stale days are counted anew from their observations, and the quarters they lie in from their days.

Invariants:
    * a figure is a function of the observations alone: counting all from the beginning gives the same;
    * after a complete pass the cursor is set back by :data:`OVERLAP`, so that a transaction that began before the pass
      and ended after it is read by the next one;
    * with other sources than last time everything is counted from the beginning.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accord.exchange.models import Case, Message
from accord.vocabulary.periods import quarter_of
from accord.workplan.models import AwaitedCase, CountCursor, CountedPeriod, Observation, StaleDay

from .definitions import definitions
from .sources import Kept, sources
from .stored import COLUMNS, Seen, among, cells_of_days, cells_of_quarter, day_of, rows_read, seen, store, write_periods

__all__ = ["CASES_A_BATCH", "Counted", "CountingClock", "count_new", "counted_at"]

CASES_A_BATCH: Final = 500
"""Cases of one transaction: some thirty milliseconds, for which others that write wait."""

DAYS_A_BATCH: Final = 7
"""Days folded in one transaction."""

OVERLAP: Final = timedelta(minutes=10)
"""By so much the next pass begins before the last one: far longer than a transaction of this node lasts."""

COUNT_SECONDS: Final = 30
"""Seconds between two looks of a running node: figures of a quarter are not asked by the second."""

TURN_SECONDS: Final = 0.02
"""Seconds that one turn of a running node takes while there is much to count; what arrives meanwhile waits so long."""

_LAYOUT: Final = "1"
"""Raised when what is stored of an observation changes."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a look did.

    Args:
        cases: Cases that were read.
        days: Days that were counted anew.
        is_complete: Whether nothing is left to be counted now.
    """

    cases: int
    days: int
    is_complete: bool


class CountingClock:
    """Counts from time to time in a running node, a little at a turn."""

    def __init__(self) -> None:
        self._due_at = 0.0

    def count_due(self) -> bool:
        """Counts for a while where it is time; returns whether there is more at once."""
        if time.monotonic() < self._due_at:
            return False
        found = count_new(seconds=TURN_SECONDS)
        self._due_at = time.monotonic() + (COUNT_SECONDS if found.is_complete else 0)
        return not found.is_complete


def counted_at() -> datetime | None:
    """Returns when everything had been counted last; ``None`` before the first time."""
    return CountCursor.objects.filter(pk=1).values_list("counted_at", flat=True).first()


def count_new(*, now: datetime | None = None, seconds: float | None = None) -> Counted:
    """Counts what is new; figures are right as of its end.

    Args:
        now: The time.
        seconds: For how long at most, at least one batch; without, until nothing is left.
    """
    moment = now or timezone.now()
    ends_at = None if seconds is None else time.monotonic() + seconds
    _begin(moment)
    cases = days = 0
    for keys in _to_read(moment):
        cases += len(keys)
        if ends_at is not None and time.monotonic() >= ends_at:
            return Counted(cases=cases, days=days, is_complete=False)
    _let_fall_due(moment)
    while folded := _fold_some(moment):
        days += folded
        if ends_at is not None and time.monotonic() >= ends_at:
            return Counted(cases=cases, days=days, is_complete=False)
    CountCursor.objects.filter(pk=1).update(counted_at=moment)
    return Counted(cases=cases, days=days, is_complete=True)


def _version() -> str:
    names = [*(f"{one.name}={sorted(one.families)}" for one in sources()), *sorted(one.code for one in definitions())]
    return hashlib.sha256("\n".join([_LAYOUT, *names]).encode()).hexdigest()


@transaction.atomic
def _begin(now: datetime) -> None:
    cursor, _ = CountCursor.objects.select_for_update().get_or_create(pk=1)
    if cursor.version != _version():
        for model in (StaleDay, CountedPeriod, Observation, AwaitedCase):
            model.objects.all().delete()
        cursor.version = _version()
        cursor.changed_at = cursor.case_key = cursor.pass_began_at = cursor.due_until = cursor.counted_at = None
    if cursor.pass_began_at is None:
        cursor.pass_began_at = now
    cursor.save()


def _to_read(now: datetime) -> Iterator[Sequence[UUID]]:
    """Reads batch after batch, each in a transaction; yields the keys of what was read."""
    awaited = list(AwaitedCase.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(awaited), CASES_A_BATCH):
        keys = awaited[start : start + CASES_A_BATCH]
        with transaction.atomic():
            CountCursor.objects.select_for_update().get(pk=1)
            _observe(keys)
        yield keys
    with transaction.atomic():
        cursor = CountCursor.objects.select_for_update().get(pk=1)
        _observe_without_case(cursor.changed_at)
    while True:
        with transaction.atomic():
            cursor = CountCursor.objects.select_for_update().get(pk=1)
            rows = _after(cursor)
            keys = [key for key, _ in rows]
            if not rows:
                began = cursor.pass_began_at or now
                cursor.changed_at, cursor.case_key, cursor.pass_began_at = began - OVERLAP, None, None
                cursor.save()
                return
            _observe(keys)
            cursor.case_key, cursor.changed_at = rows[-1]
            cursor.save()
        yield keys


def _after(cursor: CountCursor) -> list[tuple[UUID, datetime]]:
    cases = Case.objects.order_by("changed_at", "pk")
    if cursor.changed_at is not None and cursor.case_key is not None:
        later = Q(changed_at__gt=cursor.changed_at) | Q(changed_at=cursor.changed_at, pk__gt=cursor.case_key)
        cases = cases.filter(later, changed_at__gte=cursor.changed_at)
    elif cursor.changed_at is not None:
        cases = cases.filter(changed_at__gte=cursor.changed_at)
    return list(cases.values_list("pk", "changed_at")[:CASES_A_BATCH])


def _observe(cases: Sequence[UUID]) -> None:
    """Replaces what was observed of some cases by what is to be observed of them now."""
    found: dict[UUID, list[Seen]] = defaultdict(list)
    kept: set[tuple[UUID, str]] = set()
    kinds = _kinds_of(cases)
    for source in sources():
        chosen = [case for case in cases if kinds[case] & source.kinds] if source.kinds else cases
        for one in source.of_cases(chosen) if chosen else ():
            if isinstance(one, Kept):
                kept |= {(one.subject, family) for family in source.families}
            else:
                found[one.case or one.subject].append(seen(one))
    before: dict[UUID, set[Seen]] = defaultdict(set)
    for row in Observation.objects.filter(case__in=among(cases)).values_list(*COLUMNS):
        before[row[1]].add(row)
        if (row[2], row[4]) in kept and row not in found[row[1]]:
            found[row[1]].append(row)
    known = {case: rows for case, rows in before.items() if rows != set(found.get(case, ()))}
    if known:
        Observation.objects.filter(case__in=among(list(known))).delete()
    new = [row for case, rows in found.items() if case in known or case not in before for row in rows]
    store(new)
    _make_stale(new if not known else {*new} ^ {row for rows in known.values() for row in rows})


def _observe_without_case(since: datetime | None) -> None:
    observed = [one for source in sources() for one in source.since(since)]
    found, subjects = {seen(one) for one in observed}, {one.subject for one in observed}
    if not subjects:
        return
    held = Observation.objects.filter(case=None, subject__in=subjects)
    before: set[Seen] = set(held.values_list(*COLUMNS))
    if before == found:
        return
    held.delete()
    store(found)
    _make_stale(before ^ found)


def _make_stale(rows: Iterable[Seen]) -> None:
    _mark({(row[0], day_of(row)) for row in rows})


def _mark(days: Iterable[tuple[str, date]]) -> None:
    StaleDay.objects.bulk_create([StaleDay(peer_id=peer, day=day) for peer, day in sorted(days)], ignore_conflicts=True)


_UNDERWAY: Final = {Message.State.RELEASED, Message.State.BLOCKED, Message.State.DELIVERED}


def _kinds_of(cases: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Returns which kinds of message each case has, and notes which have something of ours whose end is to come.

    One look at the messages of all cases spares each source its own.
    """
    kinds: dict[UUID, set[str]] = defaultdict(set)
    wanted: set[UUID] = set()
    messages = Message.objects.filter(case__in=among(cases)).values_list("case", "kind", "direction", "state")
    for case, kind, direction, state in rows_read(messages, keys=(0,)):
        kinds[case].add(kind)
        if direction == Message.Direction.OUT and state in _UNDERWAY:
            wanted.add(case)
    held = set(AwaitedCase.objects.filter(case__in=among(cases)).values_list("case", flat=True))
    if held - wanted:
        AwaitedCase.objects.filter(case__in=held - wanted).delete()
    AwaitedCase.objects.bulk_create([AwaitedCase(case_id=case) for case in wanted - held], ignore_conflicts=True)
    return kinds


@transaction.atomic
def _let_fall_due(now: datetime) -> None:
    cursor = CountCursor.objects.select_for_update().get(pk=1)
    passed = Observation.objects.filter(done_at=None, due_at__lt=now)
    if cursor.due_until is not None:
        passed = passed.filter(due_at__gte=cursor.due_until)
    _mark(passed.values_list("peer", "day").distinct())
    cursor.due_until = now
    cursor.save(update_fields=["due_until"])


@transaction.atomic
def _fold_some(now: datetime) -> int:
    """Counts some stale days anew, and the quarters in which they lie; returns how many days."""
    CountCursor.objects.select_for_update().get(pk=1)
    first = StaleDay.objects.order_by("peer", "day").first()
    if first is None:
        return 0
    quarter = quarter_of(first.day)
    stale = StaleDay.objects.filter(peer=first.peer_id, day__lte=quarter.last_day).order_by("day")[:DAYS_A_BATCH]
    days = [row.day for row in stale]
    write_periods(first.peer_id, cells_of_days(first.peer_id, days, now), is_quarter=False)
    StaleDay.objects.filter(peer=first.peer_id, day__in=days).delete()
    # The days of the quarter that are still stale are folded next, and the quarter with the last of them.
    if not StaleDay.objects.filter(peer=first.peer_id, day__lte=quarter.last_day).exists():
        cells = cells_of_quarter(first.peer_id, quarter)
        write_periods(first.peer_id, {quarter.first_day: cells}, is_quarter=True)
    return len(days)
