"""Days, calendar months and quarters, by UTC, over which both sides count the same requests."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

__all__ = [
    "Period",
    "ended_periods",
    "last_quarters",
    "midnight_after",
    "midnight_of",
    "period_of",
    "quarter_of",
]

_CODE: Final = re.compile(r"(20[0-9]{2})-(?:(0[1-9]|1[0-2])|Q([1-4]))")
MONTHS: Final = 12
MONTHS_A_QUARTER: Final = 3
MONTHS_OFFERED: Final = 6
"""Months that are offered for publication: half a year."""
QUARTERS_OFFERED: Final = 4


def midnight_of(day: date) -> datetime:
    """Returns the moment at which a day begins, by UTC."""
    return datetime.combine(day, time(), UTC)


def midnight_after(day: date) -> datetime:
    """Returns the moment at which a day is over, by UTC."""
    return midnight_of(day + timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Period:
    """A month or a quarter.

    Args:
        first_day: Its first day.
        last_day: Its last day, included.
    """

    first_day: date
    last_day: date

    @property
    def code(self) -> str:
        """Returns how it is written: ``2026-09``, ``2026-Q3``, or its two days where it is neither."""
        if self == _from(self.first_day.year, self.first_day.month, 1):
            return f"{self.first_day:%Y-%m}"
        if self.first_day.month % MONTHS_A_QUARTER == 1 and self == _from(
            self.first_day.year, self.first_day.month, MONTHS_A_QUARTER
        ):
            return f"{self.first_day.year}-Q{self.first_day.month // MONTHS_A_QUARTER + 1}"
        return f"{self.first_day.isoformat()}/{self.last_day.isoformat()}"

    @property
    def is_calendar(self) -> bool:
        """Returns whether it is a whole calendar month or quarter."""
        return _CODE.fullmatch(self.code) is not None

    @property
    def is_quarter(self) -> bool:
        """Returns whether it is a whole calendar quarter."""
        return self.is_calendar and "Q" in self.code

    @property
    def since(self) -> datetime:
        """Returns its first moment."""
        return midnight_of(self.first_day)

    @property
    def until(self) -> datetime:
        """Returns the first moment after it."""
        return midnight_after(self.last_day)

    def is_over(self, now: datetime) -> bool:
        """Returns whether all of it has passed."""
        return now >= self.until


def _from(year: int, month: int, months: int) -> Period:
    over, after = divmod(month - 1 + months, MONTHS)
    return Period(first_day=date(year, month, 1), last_day=date(year + over, after + 1, 1) - timedelta(days=1))


def period_of(code: str) -> Period | None:
    """Returns the period that a code names, or ``None`` where it names none."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if quarter:
        return _from(int(year), MONTHS_A_QUARTER * (int(quarter) - 1) + 1, MONTHS_A_QUARTER)
    return _from(int(year), int(month), 1)


def ended_periods(now: datetime) -> list[Period]:
    """Returns the quarters and then the months that may be published, the newest first."""
    today = now.astimezone(UTC).date()
    of_month = [_back(today, count, 1) for count in range(1, MONTHS_OFFERED + 1)]
    begins = today.replace(month=today.month - (today.month - 1) % MONTHS_A_QUARTER, day=1)
    of_quarter = [_back(begins, count, MONTHS_A_QUARTER) for count in range(1, QUARTERS_OFFERED + 1)]
    return [*of_quarter, *of_month]


def _back(day: date, count: int, months: int) -> Period:
    over, month = divmod(day.year * MONTHS + day.month - 1 - count * months, MONTHS)
    return _from(over, month + 1, months)


def quarter_of(day: date) -> Period:
    """Returns the quarter in which a day lies."""
    return _from(day.year, day.month - (day.month - 1) % MONTHS_A_QUARTER, MONTHS_A_QUARTER)


def last_quarters(day: date, count: int) -> list[Period]:
    """Returns so many quarters, the oldest first; the last is the one in which the day lies."""
    begins = quarter_of(day).first_day
    return [_back(begins, back, MONTHS_A_QUARTER) for back in reversed(range(count))]
