"""The template is data, says of itself what it is, and makes sense but for being a template."""

import pytest

from accord.instruments.canonical import canonical_bytes, read_canonical
from accord.parties.profile import load_profile
from accord.vocabulary.subjects import Theme
from accord.workplan.checking import problems_of
from accord.workplan.codes import Verb
from accord.workplan.content import Plan
from accord.workplan.errors import PlanRefused
from accord.workplan.template import shipped_templates, template_plan

TEMPLATES = shipped_templates()


@pytest.mark.parametrize("plan", TEMPLATES, ids=lambda plan: "-".join(plan.parties))
def test_a_template_makes_sense_but_for_being_one(plan: Plan) -> None:
    profiles = {profile.code: profile for profile in map(load_profile, ("canada", "india"))}
    agencies = {code: frozenset(one.code for one in profile.agencies) for code, profile in profiles.items()}
    assert [problem.code for problem in problems_of(plan, agencies=agencies)] == ["workplan.template"]
    assert read_canonical(canonical_bytes(plan), Plan) == plan


@pytest.mark.parametrize("plan", TEMPLATES, ids=lambda plan: "-".join(plan.parties))
def test_a_template_says_in_each_language_that_it_is_nobodys_work(plan: Plan) -> None:
    assert plan.is_template
    assert "work of neither government" in plan.about.en
    assert "aucun des deux gouvernements" in plan.about.fr
    assert "किसी भी सरकार की रचना नहीं" in plan.about.hi


def test_the_template_has_what_the_statement_names_and_leaves_the_contested_lanes_closed() -> None:
    plan = template_plan(("IN", "CA"))
    assert len(plan.commitments) == 12
    assert all(row.source is not None and row.source.on.isoformat() == "2026-02-07" for row in plan.commitments)
    verbs = {row.id: row.verb for row in plan.commitments}
    assert (verbs["C1"], verbs["C7"], verbs["C8"]) == (Verb.WILL, Verb.INTEND, Verb.CONTINUE)
    assert not {Theme.IMMIGRATION, Theme.FOREIGN_INTERFERENCE} & set(plan.lanes)
    # Incentives that harm: arrests and removals are counted nowhere.
    said = " ".join(row.title.en.lower() + row.definition for row in plan.indicators)
    assert "arrest" not in said
    assert "removal" not in said


def test_no_template_ships_for_other_parties() -> None:
    with pytest.raises(PlanRefused) as refused:
        template_plan(("CA", "ZZ"))
    assert refused.value.reason_code == "workplan.no-template"
