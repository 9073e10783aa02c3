"""What is different between two revisions is told by item and field, in words."""

import time
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.workplan.codes import Language
from accord.workplan.content import Wording
from accord.workplan.differing import Change, Mark, applied, difference, marked, moved_keys
from tests.workplan.plans import large_plan, said, small_plan
from tests.workplan.strategies import plans

PLAN = small_plan()
A1, A2 = PLAN.actions


def test_equal_plans_differ_in_nothing():
    found = difference(PLAN, small_plan())
    assert not found
    assert applied(PLAN, found) == PLAN


def test_a_correction_of_one_language_touches_that_language():
    after = replace(PLAN, actions=(A1, replace(A2, title=replace(A2.title, fr="Essayer les points de contact"))))
    (change,) = difference(PLAN, after).changes
    (field,) = change.fields
    assert (change.part, change.key, change.change) == ("actions", "A2", Change.CHANGED)
    assert (field.name, field.language) == ("title", Language.FR)
    assert field.marks[0].change is Change.REMOVED
    assert field.after == "Essayer les points de contact"


def test_what_was_added_removed_changed_and_moved_is_told_apart():
    a3, a4 = replace(A1, id="A3"), replace(A1, id="A4")
    before = replace(PLAN, actions=(A1, A2, a3))
    after = replace(PLAN, actions=(a3, replace(A1, due_on=date(2026, 7, 1)), a4), in_force_on=date(2026, 4, 1))
    found = difference(before, after)
    assert [(one.key, one.change, one.is_moved) for one in found.changes] == [
        ("plan", Change.CHANGED, False),
        ("A3", Change.MOVED, True),
        ("A1", Change.CHANGED, False),
        ("A4", Change.ADDED, False),
        ("A2", Change.REMOVED, False),
    ]
    assert found.counted() == {Change.ADDED: 1, Change.REMOVED: 1, Change.CHANGED: 2, Change.MOVED: 1}


def test_rows_without_a_code_are_known_by_what_they_are_about():
    after = replace(
        PLAN,
        clocks=(replace(PLAN.clocks[0], seconds=3600), *PLAN.clocks[1:]),
        progress=(replace(PLAN.progress[0], reason=said("Done.")),),
        ceilings=(),
    )
    assert [(one.part, one.key, one.change) for one in difference(PLAN, after).changes] == [
        ("clocks", "threat-to-life/direct", Change.CHANGED),
        ("ceilings", "precursors", Change.REMOVED),
        ("progress", "A1/2026-04-01/CA", Change.CHANGED),
    ]


def test_two_items_of_one_code_are_told_apart_while_a_draft_has_them():
    after = replace(PLAN, actions=(A1, A2, replace(A2, title=said("Twice"))))
    (change,) = difference(PLAN, after).changes
    assert (change.key, change.change) == ("A2#2", Change.ADDED)


def test_the_words_that_went_and_came_are_marked():
    assert marked("By 30 June, two sides name officers.", "By 31 July, two sides name liaison officers.") == (
        Mark(change=Change.SAME, text="By "),
        Mark(change=Change.REMOVED, text="30 June"),
        Mark(change=Change.ADDED, text="31 July"),
        Mark(change=Change.SAME, text=", two sides name"),
        Mark(change=Change.ADDED, text=" liaison"),
        Mark(change=Change.SAME, text=" officers."),
    )


def test_a_hindi_word_is_marked_whole():
    assert [mark.text for mark in marked("बैठक की तिथि", "बैठकें की तिथि")] == ["बैठक", "बैठकें", " की तिथि"]


def test_only_numbers_that_changed_are_no_texts():
    after = replace(PLAN, in_force_on=date(2026, 4, 1))
    (change,) = difference(PLAN, after).changes
    assert change.fields[0].marks == ()


@given(plans(), plans())
def test_a_difference_makes_the_second_of_the_first(before, after):
    assert applied(before, difference(before, after)) == after


@given(plans(), plans())
def test_what_was_added_one_way_was_removed_the_other_way(before, after):
    there, back = difference(before, after).counted(), difference(after, before).counted()
    assert there[Change.ADDED] == back[Change.REMOVED]
    assert there[Change.REMOVED] == back[Change.ADDED]


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_marks_hold_both_texts(before, after):
    marks = marked(before, after)
    assert "".join(mark.text for mark in marks if mark.change is not Change.ADDED) == before
    assert "".join(mark.text for mark in marks if mark.change is not Change.REMOVED) == after


@given(st.permutations(range(7)))
def test_no_more_is_moved_than_must_be(order):
    keys = [str(number) for number in range(7)]
    after = [str(number) for number in order]
    moved = moved_keys(keys, after)
    stay = [key for key in after if key not in moved]
    assert stay == sorted(stay)
    longest = max(
        len(chosen)
        for mask in range(128)
        if (chosen := [key for key in after if mask >> int(key) & 1]) == sorted(chosen)
    )
    assert len(stay) == longest


def test_two_thousand_actions_are_compared_in_under_a_third_of_a_second():
    before = large_plan(actions=2_000)
    rows = [
        replace(row, title=Wording(en=f"Lists, section {number}", fr=row.title.fr, hi=row.title.hi))
        for number, row in enumerate(before.actions)
    ]
    after = replace(before, actions=(*rows[1_000:], *rows[:1_000]))
    began = time.process_time()
    found = difference(before, after)
    for change in found.changes:
        for field in change.fields:
            assert field.marks
    assert time.process_time() - began < 0.3
    assert found.counted()[Change.CHANGED] == 2_000
