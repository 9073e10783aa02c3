"""Weights are learned from a part of the marks, measured on the other, and count when a second officer agrees."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.officers.four_eyes import FourEyes
from accord.officers.permissions import NotPermitted, Role
from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.marks.errors import WeightsRefused
from accord.workstreams.drugs.marks.measuring import Share, Told
from accord.workstreams.drugs.marks.tuning import (
    MARKS_MIN,
    agree_to_weights,
    held_out,
    propose_weights,
    refuse_weights,
    tune,
    tuned,
)
from accord.workstreams.drugs.marks.weights import Weighing, in_force
from accord.workstreams.drugs.models import Screening
from accord.workstreams.drugs.screening.rules import shipped_weights
from tests.desk import Desk
from tests.workstreams.drugs.screened import manifest

SHIPPED = Weighing(number=0, weights=shipped_weights(), threshold=50)


def marks(rule: str, right: int, wrong: int) -> list[Told]:
    told = [Told(key=f"{rule}-{n}", rules=frozenset({rule}), is_true=n < right) for n in range(right + wrong)]
    return sorted(told, key=lambda one: one.key)


def test_a_rule_that_is_mostly_wrong_weighs_less_and_one_that_is_right_more() -> None:
    found = tuned([*marks("equipment", 2, 98), *marks("vague", 97, 3)], SHIPPED)
    assert found.weights["equipment"] < 20 < SHIPPED.weights["equipment"]
    assert found.weights["vague"] > 85 > SHIPPED.weights["vague"]
    assert found.weights["number"] == SHIPPED.weights["number"]


def test_both_weightings_are_measured_on_the_part_held_out_alone() -> None:
    told = [*marks("equipment", 2, 98), *marks("vague", 97, 3)]
    apart = [one for one in told if held_out(one.key)]
    found = tuned(told, SHIPPED)
    assert found.held_out == len(apart)
    assert found.learned_from == len(told) - len(apart)
    assert found.before.precision.whole == len(apart)
    # Alone, the presses no longer reach the threshold: what is left is nearly all right.
    assert found.after.precision.whole < found.before.precision.whole
    assert (found.after.precision.value or 0) > (found.before.precision.value or 1)
    # A right one that is no longer flagged is counted as missed.
    assert found.after.recall.whole == found.before.recall.whole


def test_few_marks_move_a_weight_little_and_too_few_none() -> None:
    found = tuned([*marks("equipment", 0, 3), *marks("vague", 20, 0)], SHIPPED)
    assert abs(found.weights["equipment"] - SHIPPED.weights["equipment"]) < 20
    with pytest.raises(WeightsRefused):
        tuned(marks("vague", MARKS_MIN - 1, 0), SHIPPED)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=200, max_size=300, unique=True))
def test_some_two_of_five_are_held_out_the_same_ones_always(keys: list[str]) -> None:
    apart = [held_out(key) for key in keys]
    assert apart == [held_out(key) for key in keys]


def test_the_part_held_out_is_some_two_fifths() -> None:
    assert 0.35 < sum(held_out(str(number)) for number in range(5_000)) / 5_000 < 0.45


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_in_its_interval(part: int, more: int) -> None:
    share = Share(part=part, whole=part + more)
    if share.interval is None:
        assert share.value is None
        return
    below, above = share.interval
    assert 0 <= below <= (share.value or 0) + 1e-9
    assert (share.value or 0) - 1e-9 <= above <= 1


def test_weights_count_for_new_screenings_when_a_second_officer_agrees(desk: Desk, home: Path) -> None:
    counsel, decider = desk.officers[Role.COUNSEL], desk.officers[Role.DECIDER]
    waiting = propose_weights(counsel, weights={"name": 10}, why="SPECIMEN")
    assert in_force().number == 0
    with pytest.raises(FourEyes):
        agree_to_weights(counsel, waiting)
    with pytest.raises(WeightsRefused):
        propose_weights(counsel, weights={"name": 20})
    with pytest.raises(NotPermitted):
        agree_to_weights(desk.liaison, waiting)
    before = screen_file(desk.liaison, manifest(3, hits=(2,)), name="SPECIMEN-1.csv")
    screen_to_the_end()
    agree_to_weights(decider, waiting)
    after = screen_file(desk.liaison, manifest(4, hits=(2,)), name="SPECIMEN-2.csv")
    screen_to_the_end()
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.weights_number, before.flagged) == (0, 1)
    assert (after.weights_number, after.flagged) == (1, 0)
    assert before.rules_digest != after.rules_digest
    with pytest.raises(WeightsRefused):
        agree_to_weights(decider, waiting)
    again = propose_weights(counsel, weights={"name": 80})
    agree_to_weights(decider, again)
    assert (in_force().number, in_force().weights["name"]) == (2, 80)


def test_a_proposal_can_be_taken_back(desk: Desk) -> None:
    counsel = desk.officers[Role.COUNSEL]
    refuse_weights(counsel, propose_weights(counsel, weights={"name": 10}))
    assert in_force().number == 0
    assert propose_weights(counsel, weights={"name": 11}).number == 2


@pytest.mark.parametrize("weights", [{"name": 0}, {"name": 100}, {"nationality": 50}])
def test_weights_out_of_range_or_of_no_rule_are_refused(desk: Desk, weights: dict[str, int]) -> None:
    with pytest.raises(WeightsRefused):
        propose_weights(desk.officers[Role.COUNSEL], weights=weights)


def test_without_marks_nothing_is_proposed(desk: Desk) -> None:
    with pytest.raises(WeightsRefused):
        tune()
    assert not Screening.objects.exists()
