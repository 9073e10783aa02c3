"""Numbers, dates, durations and sizes as the reader writes them.

One set for pages, charts and letters: Babel knows the habits (CLDR), and what it does not know is put right here.
Lakh grouping in India, a narrow no-break space in French, twenty-four hours everywhere, the weekday with each date:
an officer who reads of a deadline at three in the morning must not have to think which day that is.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, pgettext

from accord.exchange.kinds.decimals import is_plain

__all__ = [
    "clock_seconds_of",
    "clock_time_of",
    "colon",
    "day_minutes_of",
    "day_month_of",
    "day_of",
    "distance_of",
    "duration_of",
    "locale_in_use",
    "month_of",
    "number_of",
    "size_of",
    "stamp_of",
]

LOCALES: Final[Mapping[tuple[str, str], str]] = {
    ("en", "CA"): "en_CA",
    ("fr", "CA"): "fr_CA",
    ("en", "IN"): "en_IN",
    ("hi", "IN"): "hi_IN",
    ("hi", "CA"): "hi_IN",
    ("fr", "IN"): "fr_FR",
}
"""A state's own habits of writing numbers and dates, by the officer's language and the node's country."""

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
NARROW: Final = "\N{NARROW NO-BREAK SPACE}"

UNITS: Final = ((1_000_000_000, "digital-gigabyte"), (1_000_000, "digital-megabyte"), (1_000, "digital-kilobyte"))
"""Multiples of a byte, decimal as file managers and the SI have them."""


def locale_in_use() -> Locale:
    """Returns the locale of the language in use at this node."""
    return _locale((get_language() or "en")[:2], settings.ACCORD_PARTY)


@lru_cache(maxsize=16)
def _locale(language: str, party: str) -> Locale:
    return Locale.parse(LOCALES.get((language, party), language))


def _spaced(text: str, locale: Locale) -> str:
    # CLDR groups digits in fr_CA with a full no-break space; the narrow one is the typographers' (and fr_FR's).
    return text.replace(NO_BREAK, NARROW) if locale.language == "fr" else text


def number_of(value: float | Decimal) -> str:
    """Returns a number: 1 234,5 in French, 12,34,567 in India; of a decimal no place is rounded away.

    A decimal that cannot be written out in digits stands as the message has it.
    """
    if isinstance(value, Decimal) and not is_plain(value):
        return str(value)
    locale = locale_in_use()
    told = format_decimal(value, locale=locale, decimal_quantization=not isinstance(value, Decimal))
    return _spaced(told, locale)


def size_of(size_bytes: int) -> str:
    """Returns a size in the largest unit that leaves a whole one: 1.2 MB; 1,2 Mo in French."""
    locale = locale_in_use()
    factor, unit = next(((factor, unit) for factor, unit in UNITS if size_bytes >= factor), (1, "digital-byte"))
    value = round(size_bytes / factor, 1)
    short = value if value % 1 else int(value)
    if unit == "digital-byte":
        return f"{number_of(short)}{NO_BREAK}{gettext('B')}"
    return format_unit(short, unit, length="short", locale=locale).replace(" ", NO_BREAK)


def day_of(value: date) -> str:
    """Returns a date with its weekday and year: Sun 29 Nov 2026; dim. 29 nov. 2026."""
    return _day(value.date() if isinstance(value, datetime) else value, locale_in_use())


# A list names the same days and minutes over and over, and Babel reads its pattern anew each time.
@lru_cache(maxsize=4096)
def _day(value: date, locale: Locale) -> str:
    return str(format_date(value, "EEE d MMM y", locale=locale))


@lru_cache(maxsize=4096)
def _clock_time(value: time, locale: Locale) -> str:
    return str(format_time(value, "HH:mm", locale=locale))


def day_month_of(value: date) -> str:
    """Returns the day and the month alone, as charts have room for: 29 Nov."""
    return format_date(value, "d MMM", locale=locale_in_use())


def month_of(value: date) -> str:
    """Returns a month with its year: Nov 2026; nov. 2026."""
    return _month(value.replace(day=1), locale_in_use())


@lru_cache(maxsize=512)
def _month(value: date, locale: Locale) -> str:
    return str(format_date(value, "MMM y", locale=locale))


def clock_time_of(value: datetime) -> str:
    """Returns hours and minutes of an aware time in its own zone, of twenty-four hours."""
    return _clock_time(time(value.hour, value.minute), locale_in_use())


def clock_seconds_of(value: datetime, zone: tzinfo) -> str:
    """Returns hours, minutes and seconds of a moment in a zone."""
    return str(format_time(value, "HH:mm:ss", locale=locale_in_use(), tzinfo=zone))


def stamp_of(value: datetime, zone: tzinfo) -> str:
    """Returns a moment in a zone, with weekday and seconds: Sun 29 Nov 2026, 14:02:01."""
    return format_datetime(value, "EEE d MMM y, HH:mm:ss", tzinfo=zone, locale=locale_in_use())


def day_minutes_of(value: datetime, zone: tzinfo) -> str:
    """Returns a moment in a zone, to the minute and without its year: 29 Nov, 14:02."""
    return format_datetime(value, "d MMM, HH:mm", tzinfo=zone, locale=locale_in_use())


def distance_of(value: datetime, *, now: datetime | None = None) -> str:
    """Returns how long ago something was, or in how long it will be, in one unit."""
    distance = value - (now or datetime.now(tz=value.tzinfo))
    return format_timedelta(distance, add_direction=True, locale=locale_in_use())


def duration_of(value: timedelta) -> str:
    """Returns a duration without its sign, in its two largest units: 2 days 4 h."""
    seconds = int(abs(value).total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes = rest // 60
    if days:
        parts = (ngettext("%(count)d day", "%(count)d days", days) % {"count": days}, _hours(hours) if hours else "")
    elif hours:
        parts = (_hours(hours), _minutes(minutes) if minutes else "")
    else:
        parts = (_minutes(minutes), "")
    return " ".join(part for part in parts if part)


def _hours(count: int) -> str:
    return ngettext("%(count)d h", "%(count)d h", count) % {"count": count}


def _minutes(count: int) -> str:
    return ngettext("%(count)d min", "%(count)d min", count) % {"count": count}


def colon() -> str:
    """Returns the colon between a label and what it names, as the reader's language sets it."""
    return pgettext("after a label", "%s:") % ""
