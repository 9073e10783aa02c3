"""Amounts in papers: as they are written in trade, and never at the price of a hostile cell."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening.papers import decimal_of, kilograms, read_papers
from accord.workstreams.drugs.screening.weights_of_goods import odd_weights

LIMITS = {"least_kg": 0.01, "most_kg": 3000.0}


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("25", "kg", "25"),
        ("25 KGS", "", "25"),
        ("1,000.5", "KG", "1000.5"),
        ("1 000,5 kg", "", "1000.5"),
        ("1\u202f000 kg.", "", "1000"),
        ("12'500", "kg", "12500"),
        ("500 g", "", "0.5"),
        ("10", "lb", "4.5359237"),
        ("25", "", None),
        ("25 kg 3", "", None),
        ("kg", "kg", None),
        ("", "kg", None),
    ],
)
def test_a_weight_is_read_as_papers_write_it(text: str, unit: str, found: str | None) -> None:
    assert kilograms(text, unit) == (None if found is None else Decimal(found))


@pytest.mark.parametrize(
    "text", ["1E+100000", "1e-999999999", "9" * 16, "0." + "0" * 10, "NaN", "Infinity", "-3", "١٢"]
)
def test_what_is_no_amount_of_goods_is_none(text: str) -> None:
    assert decimal_of(text) is None
    assert kilograms(f"{text} kg") is None
    papers = read_papers({"packages": text, "gross": "25", "unit": "kg"})
    assert papers.packages is None
    assert odd_weights(papers, LIMITS) == []


def test_a_cell_too_long_is_read_as_nothing_at_all() -> None:
    assert kilograms("1" + " " * 60_000 + "!") is None
    assert kilograms("1" + " " * 60_000 + "kg") is None
    assert decimal_of("1" + " " * 60_000) is None


@given(st.text(alphabet="0123456789.,' \u00a0%kgKGSlb!", max_size=64))
def test_whatever_stands_there_is_a_bounded_amount_or_none(text: str) -> None:
    found = kilograms(text, "kg")
    assert found is None or 0 <= found < Decimal("1e19")
