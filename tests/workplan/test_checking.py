"""What is wrong with a plan is found at once, each with the item, the field, the reason and the next step."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.checking import problems_of
from accord.workplan.codes import Function, Language, Recurrence
from accord.workplan.content import Ceiling, ClockRow, Owner, Wording
from tests.workplan.plans import BOTH, large_plan, said, small_plan

PLAN = small_plan()
A1, A2 = PLAN.actions
C1 = PLAN.commitments[0]
R1 = PLAN.priorities[0]


def with_action(**changes):
    return replace(PLAN, actions=(A1, replace(A2, **changes)))


def with_commitment(**changes):
    return replace(PLAN, commitments=(replace(C1, **changes),))


def test_a_plan_that_makes_sense_has_no_problem():
    assert problems_of(PLAN) == ()


@pytest.mark.parametrize(
    ("plan", "item", "field", "code"),
    [
        (replace(PLAN, actions=(A1, A2, A1)), "A1", "id", "workplan.duplicate"),
        (with_action(under="C7"), "A2", "under", "workplan.unknown-item"),
        (with_action(under="P1"), "A2", "under", "workplan.place"),
        (with_action(under=None), "A2", "under", "workplan.place"),
        (
            replace(PLAN, pillars=(replace(PLAN.pillars[0], under="P2"), PLAN.pillars[1])),
            "P1",
            "under",
            "workplan.place",
        ),
        (with_action(depends_on=("A9",)), "A2", "depends_on", "workplan.unknown-item"),
        (with_action(depends_on=("A2",)), "A2", "depends_on", "workplan.circle"),
        (with_action(serves=("C1",)), "A2", "serves", "workplan.unknown-item"),
        (with_action(starts_on=date(2026, 8, 1)), "A2", "due_on", "workplan.due-before-start"),
        (with_action(due_on=None, recurs_until=None), "A2", "due_on", "workplan.recurs-from-no-day"),
        (with_action(recurs_until=date(2026, 7, 1)), "A2", "recurs_until", "workplan.recurs-until"),
        (with_action(recurrence=Recurrence.ONCE), "A2", "recurs_until", "workplan.recurs-until"),
        (with_action(owners=BOTH[:1]), "A2", "owners", "workplan.owner-missing"),
        (
            with_action(owners=(*BOTH, Owner(party="XX", agency="AA", function=Function.HEAD))),
            "A2",
            "owners",
            "workplan.no-side",
        ),
        (with_commitment(verb=None), "C1", "verb", "workplan.verb-missing"),
        (replace(PLAN, priorities=(replace(R1, side="XX"),)), "R1", "side", "workplan.no-side"),
        (replace(PLAN, priorities=(replace(R1, side="IN"),)), "R1", "owners", "workplan.owner-missing"),
        (with_action(title=Wording(en="Test", fr="Tester")), "A2", "title", "workplan.version-missing"),
        (replace(PLAN, languages=(Language.EN, Language.FR)), "plan", "title", "workplan.version-not-wanted"),
        (
            with_action(text=Wording(en="Within 7 days.", fr="Dans les 8 jours.", hi="7 दिनों में।")),
            "A2",
            "text",
            "workplan.versions-differ",
        ),
        (with_action(text=said("By 31 June 2026.")), "A2", "text", "workplan.no-such-day"),
        (with_action(text=said("By 06/07/2026.")), "A2", "text", "workplan.two-readings"),
        (with_action(text=said("Hid\u200bden.")), "A2", "text", "workplan.hidden-sign"),
        (replace(PLAN, parties=("IN", "CA")), "plan", "parties", "workplan.parties"),
        (replace(PLAN, parties=("CA", "CA")), "plan", "parties", "workplan.parties"),
        (replace(PLAN, is_template=True), "plan", "is_template", "workplan.template"),
        (replace(PLAN, lanes=(Theme.FRAUD, Theme.FRAUD)), "plan", "lanes", "workplan.twice"),
        (
            replace(
                PLAN,
                ceilings=(
                    *PLAN.ceilings,
                    Ceiling(theme=Theme.PRECURSORS, classification=Classification.RESTRICTED, handling=Handling.H3),
                ),
            ),
            "plan",
            "ceilings",
            "workplan.twice",
        ),
        (replace(PLAN, clocks=PLAN.clocks[1:]), "plan", "clocks", "workplan.clocks-incomplete"),
        (replace(PLAN, clocks=(*PLAN.clocks[1:], PLAN.clocks[1])), "plan", "clocks", "workplan.clocks-incomplete"),
        (
            replace(
                PLAN,
                clocks=(
                    ClockRow(urgency=Urgency.THREAT_TO_LIFE, access=AccessClass.DIRECT, seconds=7 * 3600),
                    *PLAN.clocks[1:],
                ),
            ),
            "plan",
            "clocks",
            "workplan.clocks-order",
        ),
        (replace(PLAN, progress=(replace(PLAN.progress[0], item="A9"),)), "plan", "progress", "workplan.unknown-item"),
        (replace(PLAN, progress=(replace(PLAN.progress[0], by="XX"),)), "A1", "progress", "workplan.no-side"),
        (replace(PLAN, progress=PLAN.progress * 2), "A1", "progress", "workplan.progress-twice"),
    ],
)
def test_what_is_wrong_is_named(plan, item, field, code):
    found = [problem for problem in problems_of(plan) if problem.code == code]
    assert (found[0].item, found[0].field) == (item, field)
    assert all(problem.blocks for problem in found)
    assert all(problem.sentence.endswith(".") and problem.next_step.endswith(".") for problem in found)


def test_a_circle_is_told_once_with_all_its_items():
    plan = replace(PLAN, actions=(replace(A1, depends_on=("A2",)), A2))
    (problem,) = [problem for problem in problems_of(plan) if problem.code == "workplan.circle"]
    assert problem.sentence == "These wait for each other: A1 → A2 → A1."


def test_a_day_before_that_of_what_is_needed_is_shown_and_blocks_nothing():
    plan = with_action(due_on=date(2026, 6, 1))
    (problem,) = problems_of(plan)
    assert (problem.item, problem.code, problem.blocks) == ("A2", "workplan.due-before-needed", False)


def test_agencies_and_definitions_are_looked_up_where_they_are_known():
    agencies = {"CA": frozenset({"RCMP"}), "IN": frozenset({"CBI"})}
    found = problems_of(PLAN, agencies=agencies, definitions=frozenset({"other"}))
    assert {problem.code for problem in found} == {"workplan.unknown-agency", "workplan.unknown-definition"}
    known = {"CA": frozenset({"RCMP"}), "IN": frozenset({"NCB"})}
    assert problems_of(PLAN, agencies=known, definitions=frozenset({"answers.within-clock"})) == ()


def test_a_long_chain_of_dependencies_is_walked():
    plan = large_plan(actions=2_000)
    rows = tuple(
        replace(row, depends_on=(plan.actions[number - 1].id,), text=None) for number, row in enumerate(plan.actions)
    )
    assert [problem.code for problem in problems_of(replace(plan, actions=rows)) if problem.blocks] == [
        "workplan.circle"
    ]


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=20))
def test_a_circle_is_found_exactly_where_there_is_one(edges):
    after = {number: sorted({b for a, b in edges if a == number}) for number in range(1, 9)}
    rows = tuple(
        replace(
            A1, id=f"A{number}", due_on=None, starts_on=None, depends_on=tuple(f"A{other}" for other in after[number])
        )
        for number in after
    )
    plan = replace(PLAN, actions=rows)
    has_circle = any(problem.code == "workplan.circle" for problem in problems_of(plan))
    left = dict(after)
    while True:
        free = [number for number, others in left.items() if not any(other in left for other in others)]
        if not free:
            break
        for number in free:
            del left[number]
    assert has_circle == bool(left)
