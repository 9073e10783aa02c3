"""What one side changed alone is taken; what both changed differently a person chooses."""

from datetime import date

from hypothesis import given
from msgspec.structs import replace

from accord.workplan.codes import Verb
from accord.workplan.differing import difference
from accord.workplan.entries import ROWS, entries_of
from accord.workplan.merging import Choice, merged
from tests.workplan.plans import said, small_plan
from tests.workplan.strategies import plans

BASE = small_plan()
A1, A2 = BASE.actions


def with_actions(*rows):
    return replace(BASE, actions=rows)


def test_what_each_side_changed_alone_is_in_the_merged_plan():
    ours = with_actions(A1, replace(A2, title=replace(A2.title, fr="Essais"), due_on=date(2026, 8, 1)))
    theirs = with_actions(replace(A1, verb=Verb.SHALL), replace(A2, title=replace(A2.title, hi="परीक्षण")))
    found = merged(BASE, ours, theirs)
    assert found.conflicts == ()
    first, second = found.plan.actions
    assert first.verb is Verb.SHALL
    assert (second.title.en, second.title.fr, second.title.hi) == (A2.title.en, "Essais", "परीक्षण")
    assert second.due_on == date(2026, 8, 1)


def test_what_both_changed_is_chosen_by_a_person():
    ours = with_actions(A1, replace(A2, due_on=date(2026, 8, 1)))
    theirs = with_actions(A1, replace(A2, due_on=date(2026, 9, 1)))
    found = merged(BASE, ours, theirs)
    (conflict,) = found.open
    assert (conflict.name, conflict.base, conflict.ours, conflict.theirs) == (
        "actions:A2:due_on",
        date(2026, 7, 31),
        date(2026, 8, 1),
        date(2026, 9, 1),
    )
    assert found.plan == ours
    chosen = merged(BASE, ours, theirs, choices={conflict.name: Choice.THEIRS})
    assert (chosen.plan, chosen.open, chosen.conflicts) == (theirs, (), (conflict,))


def test_the_same_change_on_both_sides_is_no_conflict():
    both = with_actions(A1, replace(A2, due_on=date(2026, 8, 1)))
    assert merged(BASE, both, both).conflicts == ()


def test_what_one_took_out_and_the_other_changed_is_a_conflict_about_the_whole():
    ours, theirs = with_actions(A1), with_actions(A1, replace(A2, due_on=date(2026, 8, 1)))
    found = merged(BASE, ours, theirs)
    (conflict,) = found.open
    assert (conflict.key, conflict.field, conflict.ours) == ("A2", "", None)
    assert found.plan == ours
    assert merged(BASE, ours, theirs, choices={conflict.name: Choice.THEIRS}).plan == theirs


def test_two_new_items_of_one_code_are_a_conflict():
    ours, theirs = (with_actions(A1, A2, replace(A1, id="A3", title=said(text))) for text in ("Ours", "Theirs"))
    (conflict,) = merged(BASE, ours, theirs).open
    assert (conflict.key, conflict.base) == ("A3", None)


def test_what_both_added_stands_beside_its_neighbour():
    a3, a4 = replace(A1, id="A3"), replace(A1, id="A4")
    found = merged(BASE, with_actions(A1, a3, A2), with_actions(A1, A2, a4))
    assert [row.id for row in found.plan.actions] == ["A1", "A3", "A2", "A4"]
    assert found.conflicts == ()


def test_two_orders_are_a_conflict_and_one_is_taken():
    a3 = replace(A1, id="A3")
    base = with_actions(A1, A2, a3)
    ours, theirs = with_actions(A2, A1, a3), with_actions(A1, a3, A2)
    assert merged(base, base, theirs).plan == theirs
    found = merged(base, ours, theirs)
    assert [conflict.name for conflict in found.open] == ["actions::order"]
    assert found.plan == ours
    assert merged(base, ours, theirs, choices={"actions::order": Choice.THEIRS}).plan == theirs


@given(plans(), plans())
def test_merged_with_the_base_itself_a_plan_is_what_it_was(base, plan):
    for found in (merged(base, plan, base), merged(base, base, plan), merged(base, plan, plan)):
        assert found.plan == plan
        assert found.conflicts == ()


@given(plans(), plans(), plans())
def test_who_is_called_ours_changes_no_conflict(base, one, other):
    here, there = merged(base, one, other), merged(base, other, one)
    assert {(c.name, str(c.ours), str(c.theirs)) for c in here.conflicts} == {
        (c.name, str(c.theirs), str(c.ours)) for c in there.conflicts
    }
    if not here.conflicts:
        for part in ROWS:
            assert entries_of(here.plan, part) == entries_of(there.plan, part)


@given(plans(), plans(), plans())
def test_choices_decide_every_conflict_and_touch_no_other(base, one, other):
    found = merged(base, one, other)
    choices = {conflict.name: Choice.THEIRS for conflict in found.conflicts}
    theirs = merged(base, one, other, choices=choices)
    assert theirs.open == ()
    assert [c.name for c in theirs.conflicts] == [c.name for c in found.conflicts]
    # Where theirs was chosen throughout, it is the merge of the other side seen from there.
    mirror = merged(base, other, one)
    for part in ROWS:
        assert entries_of(theirs.plan, part).keys() == entries_of(mirror.plan, part).keys()
    assert merged(base, one, other, choices={"no such conflict": Choice.THEIRS}).plan == found.plan


@given(plans(), plans())
def test_a_merge_takes_nothing_that_neither_side_wrote(base, other):
    found = merged(base, other, base)
    assert not difference(other, found.plan)
