"""A registry number one slip from a listed one is found where its own check digit fails, and nowhere else."""

from itertools import pairwise

import pytest

from accord.exchange.kinds.particulars import cas_number_is_valid
from accord.workstreams.drugs.screening.folding import Folded
from accord.workstreams.drugs.screening.near_numbers import NearNumbers
from accord.workstreams.drugs.substances.shipped import shipped_table

TABLE = shipped_table()
FINDER = NearNumbers(TABLE)
LISTED = {number: one.id for one in TABLE.substances for number in one.cas}


def slips(number: str) -> set[str]:
    """Written out once more, with the hyphens in place: each digit as another, and each exchanged with the next one."""
    places = [place for place, sign in enumerate(number) if sign != "-"]
    found = {f"{number[:place]}{digit}{number[place + 1 :]}" for place in places for digit in "0123456789"}
    for one, next_one in pairwise(places):
        signs = list(number)
        signs[one], signs[next_one] = signs[next_one], signs[one]
        found.add("".join(signs))
    return found - {number}


@pytest.mark.parametrize("number", LISTED)
def test_each_slip_is_found_unless_its_check_digit_is_right(number: str) -> None:
    written = sorted(slips(number))
    found = FINDER.find(Folded([f"drum, {one} powder" for one in written]))
    for place, one in enumerate(written):
        told = [(near.substance, near.wording, near.written, near.sort) for near in found.get(place, ())]
        is_other = cas_number_is_valid(one)
        assert told == ([] if is_other else [(LISTED[number], number, one, "near-number")]), one
    assert any(map(cas_number_is_valid, written))


@pytest.mark.parametrize("text", ["", "-99-9", "12-34-5", "79099-07-3", "179099-07-4", "79099-07-4-2", "A79099-07-4"])
def test_numbers_of_another_form_and_listed_ones_are_not_near(text: str) -> None:
    assert FINDER.find(Folded([text, "tea"])) == {}


def test_dashes_of_papers_are_hyphens_and_a_line_is_told_of_each_number_once() -> None:
    found = FINDER.find(Folded(["tea", "79099\u201307\u20134 and 79099-07-4", "79099-07-4"]))
    assert {place: [near.written for near in told] for place, told in found.items()} == {
        1: ["79099-07-4"],
        2: ["79099-07-4"],
    }
