"""The periods: for how long each kind of thing is kept, and why; the rules are data.

A period runs from a moment in UTC and ends with its last day. What is over that day is due.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from accord.handling.retention import KEEP_DAYS_MAX

__all__ = ["Kept", "Period", "all_periods", "is_over_before", "last_day_of", "period_of"]


class Kept(StrEnum):
    """What is kept."""

    SEALED_FILE = "sealed-file"
    UNREAD_LINE = "unread-line"
    FLAG = "flag"
    WRONG_FLAG = "wrong-flag"
    RIGHT_FLAG = "right-flag"
    FOLLOWED_FLAG = "followed-flag"
    MISSED_LINE = "missed-line"
    RECEIVER = "receiver"
    MENTION = "mention"
    SCREENING = "screening"


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long one kind of thing is kept.

    Args:
        of: What is kept.
        days: Days after the moment from which it runs; its last day is that many days later.
        reason: Why so long, in English.
    """

    of: Kept
    days: Annotated[int, msgspec.Meta(ge=2, le=KEEP_DAYS_MAX)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    periods: tuple[Period, ...]


@cache
def all_periods() -> dict[Kept, Period]:
    """Returns the periods in the order of the table; each kind of thing has one."""
    table = msgspec.toml.decode(files(__package__).joinpath("periods.toml").read_text("utf-8"), type=_File)
    found = {one.of: one for one in table.periods}
    if len(found) != len(table.periods) or set(found) != set(Kept):
        msg = "periods.toml has a kind of thing twice, or lacks one"
        raise ValueError(msg)
    return found


def period_of(kept: Kept) -> Period:
    """Returns the period of a kind of thing."""
    return all_periods()[kept]


def last_day_of(kept: Kept, since: datetime) -> date:
    """Returns the last day on which a thing is kept.

    Args:
        kept: Its kind.
        since: The moment from which its period runs.
    """
    return since.astimezone(UTC).date() + timedelta(days=period_of(kept).days)


def is_over_before(kept: Kept, now: datetime) -> datetime:
    """Returns the moment before which a period must have begun to be over now.

    Args:
        kept: The kind of thing.
        now: The time.
    """
    first = now.astimezone(UTC).date() - timedelta(days=period_of(kept).days)
    return datetime.combine(first, time(), tzinfo=UTC)
