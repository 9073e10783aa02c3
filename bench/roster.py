"""What a year of a duty roster costs: forty shifts of two capitals, with holidays, absences and exchanges.

The promise is 366 days under 200 ms. The year holds four clock changes of one capital and none of the other; holidays
come from the calendars of both, which are loaded before the clock starts, as on a node that has shown one page.
"""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import Final

from accord.liaison.roster.calendars import holidays_of
from accord.liaison.roster.coverage import Coverage, HolidayRule, Shift, Span, coverage_of, moment_of
from accord.parties.profile import load_profile
from bench.results import Figure

__all__ = ["DAYS", "SHIFTS", "measure_roster"]

DAYS: Final = 366
SHIFTS: Final = 40
ROUNDS: Final = 5
START: Final = datetime(2026, 10, 1, tzinfo=UTC)
OFFICERS: Final = 12


def measure_roster() -> list[Figure]:
    """Returns the CPU time of a year and of the sixty days that are looked ahead, milliseconds."""
    return [
        Figure(name="roster.coverage.366_days", value=_milliseconds(DAYS), unit="ms", target="under 200 ms"),
        Figure(name="roster.coverage.60_days", value=_milliseconds(60), unit="ms"),
    ]


def _milliseconds(days: int) -> float:
    calendar = holidays_of(map(load_profile, ("canada", "india")))

    def computed() -> Coverage:
        span = Span(START, START + timedelta(days=days))
        return coverage_of(_shifts(), span, is_holiday=calendar.is_holiday, absences=_absences(), taken_over=_swaps())

    computed()
    taken = []
    for _round in range(ROUNDS):
        # Nothing that the last round remembered: the first page of a morning pays the whole price.
        moment_of.cache_clear()
        began = time.process_time()
        found = computed()
        taken.append((time.process_time() - began) * 1000)
    if not found.gaps or len(found.watches) < days:
        msg = "the specimen roster has no gaps or too few watches"
        raise RuntimeError(msg)
    return min(taken)


def _shifts() -> list[Shift]:
    zones = (("America/Toronto", "CA"), ("Asia/Kolkata", "IN"))
    return [
        Shift(
            key=key,
            holder=key % OFFICERS,
            zone=zones[key % 2][0],
            begins=wall_time(8 + key % 3),
            ends=wall_time((20 + key % 7) % 24),
            weekdays=frozenset(day for day in range(7) if (day + key) % 3),
            first_on=date(2026, 9, 1),
            rule=tuple(HolidayRule)[key % 3],
            holidays_of=zones[key % 2][1],
        )
        for key in range(SHIFTS)
    ]


def _absences() -> dict[int, list[Span]]:
    begins = [START + timedelta(days=place * 17, hours=place) for place in range(20)]
    return {officer: [Span(one, one + timedelta(days=2)) for one in begins] for officer in range(OFFICERS)}


def _swaps() -> dict[tuple[int, date], int]:
    return {(place % SHIFTS, date(2026, 10, 1) + timedelta(days=place)): place % OFFICERS for place in range(200)}
