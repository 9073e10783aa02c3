"""The timeliness report: how soon its sender answered and was answered in a month or quarter; counts alone."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency

__all__ = ["ROWS_MAX", "TimelinessReport", "TimelinessRow"]

ROWS_MAX: Final = len(Theme) * len(Urgency)
"""Rows of one side: one for each theme and urgency."""

COUNT_MAX: Final = 1_000_000
"""Requests of one row: far more than two parties ask each other in a quarter."""

SECONDS_MAX: Final = 10 * 366 * 86_400
"""The longest median, in seconds: ten years."""

DAYS_MAX: Final = 92
"""Days of the longest period, a quarter."""

Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=SECONDS_MAX)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class TimelinessRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The requests of one theme and urgency whose clock began in the period.

    Args:
        theme: Their theme.
        urgency: Their urgency.
        requests: How many clocks began.
        in_time: How many were answered within their limit.
        due: How many were answered, or should have been.
        open: How many were not answered yet.
        median_seconds: The time in which half of the answers were given; absent without answers.
    """

    theme: Theme
    urgency: Urgency
    requests: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)]
    in_time: Count
    due: Count
    open: Count
    median_seconds: Seconds | None = None

    def __post_init__(self) -> None:
        answered = self.requests - self.open
        if not self.in_time <= answered <= self.due <= self.requests:
            raise ValueError("requests: the counts of a row contradict one another")
        if (self.median_seconds is None) is not (answered == 0):
            raise ValueError("median_seconds: it stands where there are answers, and nowhere else")


Rows = Annotated[tuple[TimelinessRow, ...], msgspec.Meta(max_length=ROWS_MAX)]


class TimelinessReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What its sender's own log and clocks show of a period that is over.

    It names no case, message, officer or person, and tells of no request that its recipient does not know: it asked
    them, or was asked.

    Args:
        schema_version: Version of the schema.
        first_day: First day of the period, by UTC.
        last_day: Last day of it, included.
        as_of: Moment at which the figures were taken; what was open then may be answered since.
        received: Requests that the sender received: how it answers.
        sent: Requests that the sender sent: how it is answered, by its own clocks.

    Source: Directive (EU) 2023/977, article 18, as a model.
    """

    schema_version: Literal[1]
    first_day: date
    last_day: date
    as_of: Moment
    received: Rows
    sent: Rows

    def __post_init__(self) -> None:
        if not 0 <= (self.last_day - self.first_day).days < DAYS_MAX:
            raise ValueError("last_day: a period is a month or a quarter")
        for name, rows in (("received", self.received), ("sent", self.sent)):
            if len({(row.theme, row.urgency) for row in rows}) != len(rows):
                raise ValueError(f"{name}: each theme and urgency may stand once")
