"""One private draft a peer; a save never overwrites a colleague's in silence, and each can be undone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from msgspec.structs import replace

from accord.instruments.canonical import canonical_bytes
from accord.instruments.errors import InstrumentRefused
from accord.instruments.models import Text
from accord.instruments.services import end, offer
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.workplan import saving
from accord.workplan.content import Plan, Wording
from accord.workplan.differing import Change
from accord.workplan.drafting import (
    discard_draft,
    merge_theirs,
    prepare_for_signing,
    problems_with,
    save_plan,
    start_from_agreed,
    start_from_plan,
    start_from_template,
    take_theirs_as_base,
    undo,
)
from accord.workplan.errors import PlanConflicts, PlanNotReady, PlanRefused, StalePlan
from accord.workplan.merging import Choice
from accord.workplan.models import DraftSave, PlanDraft
from accord.workplan.reading import agreed_text, compared, draft_with, last_save, plan_of_text, revisions_with
from accord.workplan.theirs import merge_with
from tests.desk import Desk
from tests.workplan.plans import said, small_plan
from tests.workplan.signing import signed, they_offer

PLAN = small_plan()
A1, A2 = PLAN.actions


def changed(plan: Plan, code: str = "A2", **fields: object) -> Plan:
    return replace(plan, actions=tuple(replace(row, **fields) if row.id == code else row for row in plan.actions))


def policy(desk: Desk):
    return desk.officers[Role.POLICY]


def begun(desk: Desk, plan: Plan = PLAN) -> PlanDraft:
    return start_from_plan(policy(desk), peer="IN", plan=plan)


def their_text() -> Text:
    return Text.objects.filter(is_ours=False).latest("prepared_at")


def test_a_draft_from_the_template_is_our_own_text_and_ready(desk: Desk) -> None:
    draft = start_from_template(policy(desk), peer="IN")
    plan = last_save(draft).plan
    assert not plan.is_template
    assert "work of neither government" in plan.about.en
    assert [problem for problem in problems_with(draft) if problem.blocks] == []
    assert draft_with("IN") == draft
    assert Act.objects.filter(verb="save plan").count() == 1


def test_one_draft_is_written_towards_a_peer(desk: Desk) -> None:
    begun(desk)
    with pytest.raises(PlanRefused) as refused:
        start_from_template(policy(desk), peer="IN")
    assert refused.value.reason_code == "workplan.draft-exists"


@pytest.mark.parametrize("role", [Role.LIAISON, Role.SIGNATORY, Role.REVIEWER, Role.ADMINISTRATOR])
def test_who_may_not_prepare_texts_writes_no_draft(desk: Desk, role: Role) -> None:
    with pytest.raises(NotPermitted):
        start_from_plan(desk.officers[role], peer="IN", plan=PLAN)
    assert not PlanDraft.objects.exists()


def test_a_draft_is_towards_a_party_that_is_known_and_named_in_it(desk: Desk) -> None:
    with pytest.raises(PlanRefused) as refused:
        start_from_plan(policy(desk), peer="ZZ", plan=PLAN)
    assert refused.value.reason_code == "workplan.unknown-party"
    with pytest.raises(PlanRefused) as refused:
        begun(desk, replace(PLAN, parties=("CA", "ZZ")))
    assert refused.value.reason_code == "workplan.other-parties"
    with pytest.raises(PlanRefused) as refused:
        start_from_agreed(policy(desk), peer="IN")
    assert refused.value.reason_code == "workplan.nothing-agreed"
    assert not PlanDraft.objects.exists()


def test_what_two_colleagues_changed_apart_is_in_the_draft(desk: Desk) -> None:
    draft = begun(desk)
    second = desk.again(Role.POLICY, "second-policy")
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 31)))
    save = save_plan(second, draft, seen=1, plan=changed(PLAN, title=said("Try the contact points")))
    (_first, action) = save.plan.actions
    assert (action.due_on, action.title.en) == (date(2026, 8, 31), "Try the contact points")
    assert save.version == 3


def test_what_two_colleagues_changed_alike_hands_both_texts_back_and_stores_nothing(desk: Desk) -> None:
    draft = begun(desk)
    second = desk.again(Role.POLICY, "second-policy")
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 31)))
    ours = changed(PLAN, due_on=date(2026, 9, 30))
    with pytest.raises(StalePlan) as stale:
        save_plan(second, draft, seen=1, plan=ours)
    (conflict,) = stale.value.merged.open
    assert (conflict.ours, conflict.theirs) == (date(2026, 9, 30), date(2026, 8, 31))
    assert (stale.value.stored_version, stale.value.yours, stale.value.http_status) == (2, ours, 409)
    assert stale.value.saved_by == policy(desk).display_name
    assert last_save(draft_with("IN")).version == 2
    save = save_plan(second, draft, seen=1, plan=ours, choices={conflict.name: Choice.OURS})
    assert save.plan.actions[1].due_on == date(2026, 9, 30)


def test_a_save_that_changes_nothing_is_told(desk: Desk) -> None:
    draft = begun(desk)
    with pytest.raises(PlanRefused) as refused:
        save_plan(policy(desk), draft, seen=1, plan=PLAN)
    assert refused.value.reason_code == "workplan.nothing-changed"


def test_saves_are_undone_one_after_the_other_and_an_undoing_too(desk: Desk) -> None:
    draft = begun(desk)
    one, two = changed(PLAN, due_on=date(2026, 8, 1)), changed(PLAN, due_on=date(2026, 9, 1))
    save_plan(policy(desk), draft, seen=1, plan=one)
    save_plan(policy(desk), draft, seen=2, plan=two)
    assert undo(policy(desk), draft, seen=3).plan == one
    assert undo(policy(desk), draft, seen=4).plan == PLAN
    with pytest.raises(PlanRefused) as refused:
        undo(policy(desk), draft, seen=5)
    assert refused.value.reason_code == "workplan.nothing-to-undo"
    assert undo(policy(desk), draft, seen=5, to=3).plan == two
    assert [save.why for save in draft.saves.all()] == ["undone", "undone", "undone", "edited", "edited", "file"]


def test_nothing_is_undone_that_the_officer_did_not_see(desk: Desk) -> None:
    draft = begun(desk)
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 1)))
    for act in (undo, discard_draft, prepare_for_signing):
        with pytest.raises(PlanRefused) as refused:
            act(policy(desk), draft, seen=1)
        assert refused.value.reason_code == "workplan.version-moved"


def test_old_saves_make_room_and_a_change_on_a_lost_one_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "SAVES_MAX", 2)
    draft = begun(desk)
    for day in (1, 2, 3):
        save_plan(policy(desk), draft, seen=day, plan=changed(PLAN, due_on=date(2026, 8, day)))
    assert [save.version for save in draft.saves.all()] == [4, 3]
    with pytest.raises(PlanRefused) as refused:
        save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 9, 1)))
    assert refused.value.reason_code == "workplan.version-gone"


def test_a_draft_with_problems_is_not_made_ready_and_says_which(desk: Desk) -> None:
    draft = begun(desk, changed(PLAN, depends_on=("A9",)))
    with pytest.raises(PlanNotReady) as refused:
        prepare_for_signing(policy(desk), draft, seen=1)
    assert refused.value.fields == {"items": "A2"}
    assert not Text.objects.exists()


def test_an_agency_that_a_profile_does_not_have_is_a_problem(desk: Desk) -> None:
    owners = (replace(A2.owners[0], agency="NOBODY"), A2.owners[1])
    draft = begun(desk, changed(PLAN, owners=owners))
    assert [problem.code for problem in problems_with(draft)] == ["workplan.unknown-agency"]


def test_what_is_prepared_is_offered_by_another_officer(desk: Desk) -> None:
    draft = begun(desk)
    text = prepare_for_signing(policy(desk), draft, seen=1, words="For the meeting.")
    assert text.content == canonical_bytes(PLAN)
    assert (text.state, text.note) == (Text.State.PREPARED, "For the meeting.")
    assert revisions_with("IN") == []
    offered = offer(desk.officers[Role.SIGNATORY], text)
    assert offered.state == Text.State.OFFERED
    assert revisions_with("IN") == [offered]


def test_the_next_draft_starts_from_what_both_signed_and_follows_it(desk: Desk) -> None:
    text = signed(desk, PLAN)
    assert agreed_text("IN") == text
    draft = start_from_agreed(policy(desk), peer="IN")
    with pytest.raises(InstrumentRefused) as refused:
        prepare_for_signing(policy(desk), draft, seen=1)
    assert refused.value.reason_code == "instruments.nothing-changed"
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 1)))
    following = prepare_for_signing(policy(desk), draft, seen=2)
    assert (following.number, bytes(following.previous)) == (2, bytes(text.digest))
    (change,) = compared(plan_of_text(text), last_save(draft_with("IN")).plan).changes
    assert (change.key, change.change) == ("A2", Change.CHANGED)


def test_from_a_plan_that_ends_later_the_next_one_starts_and_begins_anew(desk: Desk) -> None:
    text = signed(desk, PLAN)
    day = timezone.now().date() + timedelta(days=30)
    end(desk.officers[Role.SIGNATORY], text.instrument, from_day=day, reason="A new plan is to follow.")
    assert agreed_text("IN") == text
    draft = start_from_agreed(policy(desk), peer="IN")
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 1)))
    following = prepare_for_signing(policy(desk), draft, seen=2)
    assert (following.number, following.previous) == (1, None)
    assert following.instrument_id != text.instrument_id


def test_what_they_changed_is_merged_into_our_draft(desk: Desk) -> None:
    text = signed(desk, PLAN)
    draft = start_from_agreed(policy(desk), peer="IN")
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 1)))
    assert they_offer(desk, changed(PLAN, title=Wording(en="Try", fr="Essayer", hi="परखना")), follows=text) == ""
    found = merge_with(draft_with("IN"), their_text())
    assert found.conflicts == ()
    save = merge_theirs(policy(desk), draft, seen=2, text=their_text())
    assert save.plan.actions[1].title.en == "Try"
    assert save.plan.actions[1].due_on == date(2026, 8, 1)
    assert save.why == DraftSave.Why.MERGED


def test_what_both_sides_changed_needs_a_choice_before_it_is_merged(desk: Desk) -> None:
    text = signed(desk, PLAN)
    draft = start_from_agreed(policy(desk), peer="IN")
    save_plan(policy(desk), draft, seen=1, plan=changed(PLAN, due_on=date(2026, 8, 1)))
    they_offer(desk, changed(PLAN, due_on=date(2026, 9, 1)), follows=text)
    with pytest.raises(PlanConflicts) as conflicts:
        merge_theirs(policy(desk), draft, seen=2, text=their_text())
    choices = {conflict.name: Choice.THEIRS for conflict in conflicts.value.merged.open}
    save = merge_theirs(policy(desk), draft, seen=2, text=their_text(), choices=choices)
    assert save.plan.actions[1].due_on == date(2026, 9, 1)


def test_where_nothing_was_agreed_what_both_wrote_is_put_side_by_side(desk: Desk) -> None:
    draft = begun(desk)
    a3 = replace(A1, id="A3")
    assert they_offer(desk, replace(PLAN, actions=(A1, a3), in_force_on=date(2026, 5, 1))) == ""
    found = merge_with(draft, their_text())
    assert [row.id for row in found.plan.actions] == ["A1", "A2", "A3"]
    assert [conflict.field for conflict in found.open] == []
    assert found.plan.in_force_on == PLAN.in_force_on


def test_theirs_can_be_taken_as_the_base_and_ours_stays_in_the_history(desk: Desk) -> None:
    draft = begun(desk)
    theirs = changed(PLAN, due_on=date(2026, 9, 1))
    they_offer(desk, theirs)
    save = take_theirs_as_base(policy(desk), draft, seen=1, text=their_text())
    assert save.plan == theirs
    assert draft_with("IN").started_from == their_text()
    assert undo(policy(desk), draft, seen=2).plan == PLAN


def test_a_text_of_ours_is_no_base_to_take_from_them(desk: Desk) -> None:
    text = signed(desk, PLAN)
    draft = start_from_agreed(policy(desk), peer="IN")
    with pytest.raises(PlanRefused) as refused:
        take_theirs_as_base(policy(desk), draft, seen=1, text=text)
    assert refused.value.reason_code == "workplan.not-theirs"


def test_a_discarded_draft_is_gone_and_a_new_one_can_begin(desk: Desk) -> None:
    draft = begun(desk)
    discard_draft(policy(desk), draft, seen=1)
    with pytest.raises(PlanRefused) as refused:
        save_plan(policy(desk), draft, seen=1, plan=PLAN)
    assert refused.value.reason_code == "workplan.draft-gone"
    assert begun(desk).version == 1


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, clocks=PLAN.clocks[1:]),
        replace(PLAN, parties=("IN", "CA")),
        replace(PLAN, is_template=True),
        replace(PLAN, actions=(A1, A1)),
    ],
)
def test_a_plan_of_theirs_that_a_node_could_not_work_with_is_refused(desk: Desk, plan: Plan) -> None:
    assert they_offer(desk, plan) == "instruments.not-of-type"
    assert not Text.objects.exists()


@pytest.mark.parametrize("parties", [("CA", "ZZ"), ("IN", "ZZ")])
def test_a_plan_between_others_is_not_theirs_to_offer(desk: Desk, parties: tuple[str, str]) -> None:
    bare = Plan(
        schema_version=1,
        parties=parties,
        title=PLAN.title,
        in_force_on=PLAN.in_force_on,
        languages=PLAN.languages,
        caveat=PLAN.caveat,
    )
    assert they_offer(desk, bare) == "instruments.not-theirs-to-offer"
