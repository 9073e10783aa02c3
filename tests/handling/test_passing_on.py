"""A draft that holds received matter keeps its purpose and names its maker, or has its originator's permission."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.courier.models import Channel
from accord.exchange import services
from accord.exchange.drafts import DraftIncomplete
from accord.exchange.errors import ActRefused
from accord.exchange.gate_facts import facts_of
from accord.exchange.models import Message
from accord.handling.finding import not_yet_permitted, take_over_handling
from accord.handling.models import Grant
from accord.handling.passing_on import ASK
from accord.handling.uses import Intended
from accord.officers.models import Act
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode
from tests.desk import Desk, approved, information_fields, own_side
from tests.handling.story import answered, asked
from tests.handling.test_circumstances import stopped
from tests.handling.test_corrections import ONLY, SAID, corrected
from tests.handling.test_derivations import drafted, problems, received_information
from tests.registers import profiled

LEAD = Intended(use=UseCode.LEAD, purpose=Purpose.PROSECUTE)


def quoted(desk: Desk, **changed: object) -> Message:
    """A draft that quotes what India sent and has taken its handling over."""
    draft = drafted(desk, SAID, **changed)
    return take_over_handling(desk.liaison, draft, version=draft.version)


def granted(desk: Desk, source: Message, intended: Intended = LEAD, **changed: object) -> Grant:
    answered(desk, asked(desk, source, intended), number=20, **changed)
    return Grant.objects.latest("answered_at")


def ready(desk: Desk, draft: Message) -> Message:
    draft.refresh_from_db()
    return approved(desk, services.submit(desk.liaison, draft, version=draft.version))


def test_another_purpose_is_stopped_with_its_field_reason_and_cure(desk: Desk) -> None:
    source = received_information(desk)
    draft = quoted(desk, purpose="prosecute")
    (problem,) = services.check_draft(desk.liaison, draft).problems
    assert problem.field == "purpose"
    assert source.reference in problem.sentence
    assert problem.sentence.endswith("which came for another purpose: investigate.")
    assert problem.next_step == ASK
    with pytest.raises(DraftIncomplete):
        services.submit(desk.liaison, draft, version=draft.version)
    (lacking,) = not_yet_permitted(draft)
    assert (lacking.item, lacking.use, lacking.recipient, lacking.purpose) == (source, "lead", "RCMP", "prosecute")


def test_a_grant_for_exactly_that_lets_it_leave_and_is_on_record(desk: Desk) -> None:
    source = received_information(desk)
    draft = quoted(desk, purpose="prosecute")
    grant = granted(desk, source, used_once=True)
    assert facts_of(draft, releaser=None, now=timezone.now()).originator_permission
    left = services.release(desk.releasing, ready(desk, draft))
    grant.refresh_from_db()
    assert left.released_at == grant.used_at
    used = Act.objects.get(verb="use message")
    assert (used.object_id, used.detail["grant"]) == (str(source.pk), str(grant.pk))
    assert problems(desk, quoted(desk, purpose="prosecute")) == {"purpose"}, "one use used it up"


@pytest.mark.parametrize(
    "other",
    [replace(LEAD, purpose=Purpose.PREVENT), replace(LEAD, use=UseCode.COURT, recipient="RCMP")],
    ids=["another purpose", "another use"],
)
def test_a_grant_for_something_else_unlocks_nothing(desk: Desk, other: Intended) -> None:
    source = received_information(desk)
    draft = quoted(desk, purpose="prosecute")
    granted(desk, source, other)
    assert problems(desk, draft) == {"purpose"}


def test_a_grant_that_is_denied_or_ended_before_release_stops_what_was_approved(desk: Desk) -> None:
    source = received_information(desk)
    draft = quoted(desk, purpose="prosecute")
    grant = granted(desk, source)
    message = ready(desk, draft)
    Grant.objects.filter(pk=grant.pk).update(permitted_until=timezone.now().date() - timedelta(days=1))
    with pytest.raises(ActRefused) as refused:
        services.release(desk.releasing, message)
    assert (refused.value.reason_code, refused.value.fields) == ("handling.not-as-governed", {"field": "purpose"})
    message.refresh_from_db()
    assert message.state == Message.State.APPROVED
    assert message.released_at is None


def test_what_was_granted_before_a_restriction_is_granted_no_more(desk: Desk) -> None:
    source = received_information(desk)
    draft = quoted(desk, purpose="prosecute")
    granted(desk, source)
    corrected(desk, source, "restrict", number=30, new_caveats=[ONLY], new_handling="H2")
    draft.refresh_from_db()
    assert problems(desk, draft) == {"purpose"}


def test_to_save_a_life_its_giver_is_told_at_once(desk: Desk) -> None:
    received_information(desk)
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A threat")
    threat = {"is_life_threat": True, "imminence": "The drum leaks beside a school.", "is_minimum_data": True}
    fields = information_fields(facts=SAID, purpose="protect-life")
    draft = services.draft_information(desk.liaison, case, fields, own=own_side(**threat))
    assert "purpose" not in problems(desk, draft)
    sure = services.save_draft(desk.liaison, draft, version=1, fields=fields, own=own_side())
    assert "purpose" in problems(desk, sure)


def britain(desk: Desk) -> Any:
    """A third party with a channel of its own, and a case with it."""
    party = Party.objects.create(code="GB", profile={**load_profile("canada").to_json(), "code": "GB"})
    Channel.objects.create(peer=party, party_code="CA")
    profiled("GB", assessed_on=timezone.now().date())
    return services.create_case(desk.liaison, peer="GB", theme="precursors", title="A drum")


def to_britain(desk: Desk, **own: object) -> Message:
    fields = information_fields(recipient=("GB", "RCMP"), facts=SAID)
    draft = services.draft_information(desk.liaison, britain(desk), fields, own=own_side(**own))
    return take_over_handling(desk.liaison, draft, version=draft.version)


THIRD = Intended(use=UseCode.THIRD_STATE, purpose=Purpose.INVESTIGATE, recipient="GB")


def test_nothing_goes_to_a_third_state_on_an_officers_word_that_its_giver_consents(desk: Desk) -> None:
    source = received_information(desk)
    draft = to_britain(desk, has_originator_consent=True)
    found = {one.field: one for one in services.check_draft(desk.liaison, draft).problems}
    assert "came from IN" in found["recipient"].sentence
    assert {"BI-03.holds-third", "CA-21.no-consent"} <= stopped(desk, draft)
    granted(desk, source, THIRD)
    assert "recipient" not in problems(desk, draft)
    assert not stopped(desk, draft) & {"BI-03.holds-third", "CA-21.no-consent"}


def test_a_permission_of_the_giver_does_not_speak_for_the_third_party_that_made_it(desk: Desk) -> None:
    source = received_information(desk, originator={"party": "FR", "agency": "DGSI"})
    draft = to_britain(desk)
    granted(desk, source, THIRD)
    assert "BI-03.holds-third" in stopped(desk, draft)


def test_who_made_it_is_named_and_taken_over(desk: Desk) -> None:
    maker = {"party": "FR", "agency": "DGSI"}
    received_information(desk, originator=maker, third_party_origin={"party": "FR"})
    draft = drafted(desk, SAID)
    assert problems(desk, draft) == {"caveats", "handling", "originator", "third_party_origin"}
    mended = take_over_handling(desk.liaison, draft, version=draft.version)
    assert mended.fields["originator"] == maker
    assert mended.fields["third_party_origin"] == {"party": "FR"}
    assert problems(desk, mended) == set()


def test_another_originator_is_not_named_in_the_place_of_its_own(desk: Desk) -> None:
    received_information(desk)
    draft = quoted(desk, originator={"party": "FR", "agency": "DGSI"})
    assert draft.fields["originator"] == {"party": "IN", "agency": "NCB"}
    wrong = services.save_draft(
        desk.liaison,
        draft,
        version=draft.version,
        fields={**draft.fields, "originator": {"party": "CA", "agency": "RCMP"}},
    )
    (problem,) = services.check_draft(desk.liaison, wrong).problems
    assert problem.field == "originator"
    assert problem.sentence.endswith("which was made by IN NCB.")


def test_a_message_names_one_maker_and_holds_the_matter_of_no_second(desk: Desk) -> None:
    received_information(desk, originator={"party": "FR", "agency": "DGSI"})
    second = "The lorry that carried the drums was seen at the northern gate at four, without plates and with two men."
    received_information(desk, 2, facts=second, originator={"party": "GB", "agency": "NCA"})
    draft = drafted(desk, f"{SAID} {second}")
    mended = take_over_handling(desk.liaison, draft, version=draft.version)
    (problem,) = services.check_draft(desk.liaison, mended).problems
    assert problem.field == "originator"
    assert problem.next_step.startswith("A message names one")
