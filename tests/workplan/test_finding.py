"""The order in which a plan is read, what is looked for in it, and what a change of one thing changes."""

from datetime import date

import msgspec
import pytest

from accord.workplan.changing import moved_item, next_code, with_item, without_item
from accord.workplan.content import Action, Item, Wording, all_items, items_by_id
from accord.workplan.finding import Wanted, counted, found, reading_order, with_those_above
from tests.workplan.plans import small_plan

TODAY = date(2026, 7, 10)


def codes(wanted: Wanted) -> list[str]:
    plan = small_plan()
    return [one.item.id for one in found(plan, reading_order(plan, today=TODAY), wanted, today=TODAY)]


def test_each_item_is_read_once_below_what_it_belongs_to() -> None:
    places = reading_order(small_plan(), today=TODAY)
    assert [one.item.id for one in places] == ["P1", "R1", "C1", "A1", "D1", "A2", "M1", "I1", "P2"]
    assert [one.above for one in places if one.item.id == "D1"] == [("P1", "C1", "A1")]
    assert {one.pillar for one in places} == {"P1", "P2"}


def test_what_belongs_to_nothing_or_to_itself_is_still_seen() -> None:
    plan = small_plan()
    lost: tuple[Item, ...] = (
        Action(id="A7", title=Wording(en="Lost"), under="C99"),
        Action(id="A8", title=Wording(en="One of a circle"), under="A9"),
        Action(id="A9", title=Wording(en="The other"), under="A8"),
    )
    plan = msgspec.structs.replace(plan, actions=(*plan.actions, *lost))
    places = reading_order(plan, today=TODAY)
    assert sorted(one.item.id for one in places) == sorted(items_by_id(plan))


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (Wanted(pillar="P2"), ["P2"]),
        (Wanted(side="CA"), ["R1", "C1", "A2"]),
        (Wanted(side="IN"), []),
        (Wanted(status="under-way"), ["A1"]),
        (Wanted(due="overdue"), ["A1"]),
        (Wanted(due="soon"), ["A2", "M1"]),
        (Wanted(due="nonsense"), []),
        (Wanted(words="TELEPHONE month"), ["A2"]),
        (Wanted(words="A2"), ["A2"]),
        (Wanted(owner="CA/RCMP", words="fewer"), ["R1"]),
    ],
)
def test_what_is_looked_for_is_found(wanted: Wanted, shown: list[str]) -> None:
    assert codes(wanted) == shown


def test_what_is_found_is_shown_below_what_it_belongs_to() -> None:
    plan = small_plan()
    places = reading_order(plan, today=TODAY)
    rows = with_those_above(places, [one for one in places if one.item.id == "D1"])
    assert [(one.item.id, is_asked) for one, is_asked in rows] == [
        ("P1", False),
        ("C1", False),
        ("A1", False),
        ("D1", True),
    ]
    assert sum(counted(places)["P1"].values()) == 2


def test_a_code_that_was_taken_out_is_not_given_again_while_it_is_spoken_of() -> None:
    plan = small_plan()
    assert next_code(plan, "actions") == "A3"
    last = without_item(plan, "A2")
    assert next_code(last, "actions") == "A2"
    told = msgspec.structs.replace(plan, actions=plan.actions[1:])
    assert next_code(told, "actions") == "A3"


def test_to_move_down_and_up_again_changes_nothing() -> None:
    plan = small_plan()
    down = moved_item(plan, "A1", "down")
    assert [one.id for one in down.actions] == ["A2", "A1"]
    assert moved_item(down, "A1", "up") == plan
    assert moved_item(plan, "A1", "up") == plan
    assert moved_item(plan, "A99", "up") == plan
    assert moved_item(plan, "nothing", "down") == plan


def test_an_item_is_put_in_the_place_of_the_one_of_its_code() -> None:
    plan = small_plan()
    for item in all_items(plan):
        assert with_item(plan, item) == plan
        assert item.id not in items_by_id(without_item(plan, item.id))
