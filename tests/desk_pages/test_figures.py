"""Numbers, dates and sizes as each language and country writes them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from accord.node.desk import figures

NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
NOON = datetime(2026, 11, 29, 3, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("language", "party", "written"),
    [
        ("en", "CA", "1,234,567"),
        ("fr", "CA", f"1{NARROW}234{NARROW}567"),
        ("fr", "IN", f"1{NARROW}234{NARROW}567"),
        ("en", "IN", "12,34,567"),
        ("hi", "IN", "12,34,567"),
        ("hi", "CA", "12,34,567"),
    ],
)
def test_digits_are_grouped_as_the_reader_groups_them(
    language: str, party: str, written: str, settings: pytest.FixtureRequest
) -> None:
    settings.ACCORD_PARTY = party  # type: ignore[attr-defined]
    with translation.override(language):
        assert figures.number_of(1_234_567) == written


@pytest.mark.parametrize(
    ("language", "size_bytes", "written"),
    [
        ("en", 832, f"832{NO_BREAK}B"),
        ("fr", 1_240_000, f"1,2{NO_BREAK}Mo"),
        ("en", 1_240_000, f"1.2{NO_BREAK}MB"),
        ("en", 2_000, f"2{NO_BREAK}kB"),
        ("fr", 3_000_000_000, f"3{NO_BREAK}Go"),
    ],
)
def test_a_size_is_in_a_unit_that_fits(language: str, size_bytes: int, written: str) -> None:
    with translation.override(language):
        assert figures.size_of(size_bytes) == written


def test_a_date_has_its_weekday_and_a_time_twenty_four_hours() -> None:
    delhi = ZoneInfo("Asia/Kolkata")
    late = NOON.replace(hour=17)
    with translation.override("fr"):
        assert figures.day_of(date(2026, 11, 29)) == "dim. 29 nov. 2026"
        assert figures.stamp_of(late, delhi) == "dim. 29 nov. 2026, 22:35:09"
    with translation.override("en"):
        assert figures.clock_time_of(late.astimezone(delhi)) == "22:35"
    with translation.override("hi"):
        assert figures.day_of(date(2026, 11, 29)).startswith("रवि")


def test_a_distance_in_time_is_said_in_words() -> None:
    with translation.override("fr"):
        assert figures.distance_of(NOON - timedelta(minutes=4), now=NOON) == "il y a 4 minutes"
    with translation.override("en"):
        assert figures.duration_of(timedelta(days=2, hours=4, minutes=3)) == "2 days 4 h"


@pytest.mark.parametrize("written", ["1E-999999999", "1E+999999999", "NaN"])
def test_a_number_that_cannot_be_written_out_stands_as_it_was_written(written: str) -> None:
    assert figures.number_of(Decimal(written)) == written
    assert figures.number_of(Decimal("0.000001")) == "0.000001"
