"""What is on file about a draft, at the desk: one writes, another decides, and departing goes to the head."""

from typing import Any

import pytest

from accord.exchange.models import Message
from accord.handling.assessing import HEAD, Question
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from tests.desk import Desk, own_side
from tests.desk_pages.conftest import SignIn
from tests.exchange.test_what_the_gate_is_told import informing

ABOUT_A_PERSON = {"person_categories": ["suspect"], "arrangement_id": "ARR-2026-1"}
ASSESSED = {
    "act": "assess",
    **{f"answer-{one.value}": "no" for one in Question},
    "outcome": "substantial",
    "reasons": "The place is known.",
    "measures": "caveat on use\n\n",
}
WEIGHED = {
    "act": "weigh",
    "conduct": "A drum.",
    "expression": "A protest on the same day.",
    "predominates": "conduct",
    "why": "The drum.",
}


@pytest.fixture
def draft(desk: Desk) -> Message:
    return informing(desk, own=own_side(protection_statuses=["none"], is_in_custody=False), **ABOUT_A_PERSON)


def test_a_risk_that_was_found_goes_to_the_head_where_it_is_departed_from(
    desk: Desk, draft: Message, sign_in: SignIn
) -> None:
    place = f"/desk/drafts/{draft.pk}/assessments"
    duty, releasing = sign_in(desk.duty), sign_in(desk.releasing)
    assert "the gate is told of the risk profile alone" in duty.get(place).content.decode()
    assert duty.post(place, ASSESSED).status_code == 302
    made = MistreatmentAssessment.objects.get()
    assert made.measures == ["caveat on use"]
    page = duty.get(place).content.decode()
    assert 'value="agree"' not in page
    assert "somebody else decides" in page
    assert 'value="override"' in releasing.get(place).content.decode()
    word: dict[str, Any] = {"act": "decide", "word": "override", "reason": "The place is closed."}
    refused = releasing.post(place, word)
    assert "handling.override-ground" in refused.content.decode()
    assert "The place is closed." in refused.content.decode()
    assert releasing.post(place, {**word, "override": "factual-error"}).status_code == 302
    head = sign_in(desk.head(HEAD))
    assert 'value="allow"' in head.get(place).content.decode()
    assert 'value="allow"' not in releasing.get(place).content.decode()
    assert head.post(place, {"act": "settle", "word": "deny", "reason": "It is open again."}).status_code == 302
    assert "denied by the head of the agency" in duty.get(place).content.decode()


def test_the_author_of_a_draft_finds_no_form_to_assess_it_and_posts_none(
    desk: Desk, draft: Message, sign_in: SignIn
) -> None:
    place, liaison = f"/desk/drafts/{draft.pk}/assessments", sign_in(desk.liaison)
    assert "a colleague assesses it" in liaison.get(place).content.decode()
    answer = liaison.post(place, ASSESSED)
    assert "handling.own-file" in answer.content.decode()
    assert not MistreatmentAssessment.objects.exists()


@pytest.mark.parametrize(
    "changed", [{"answer-names-person": ""}, {"outcome": ""}, {"reasons": " "}], ids=["question", "outcome", "reasons"]
)
def test_a_refused_form_keeps_its_words(desk: Desk, draft: Message, sign_in: SignIn, changed: dict[str, str]) -> None:
    page = sign_in(desk.duty).post(f"/desk/drafts/{draft.pk}/assessments", {**ASSESSED, **changed})
    assert page.status_code in {400, 409, 422}
    assert "caveat on use" in page.content.decode()
    assert not MistreatmentAssessment.objects.exists()


def test_a_test_of_predominance_is_written_by_one_and_decided_by_another(
    desk: Desk, draft: Message, sign_in: SignIn
) -> None:
    place = f"/desk/drafts/{draft.pk}/assessments"
    assert sign_in(desk.liaison).post(place, WEIGHED).status_code == 302
    releasing = sign_in(desk.releasing)
    assert "A protest on the same day." in releasing.get(place).content.decode()
    word = {"act": "decide-weighing", "word": "agree", "reason": "It is about the drum."}
    assert releasing.post(place, word).status_code == 302
    assert PredominanceTest.objects.get().decision == "agreed"


def test_a_draft_and_its_holds_lead_to_what_is_on_file(desk: Desk, draft: Message, sign_in: SignIn) -> None:
    link = f'href="/desk/drafts/{draft.pk}/assessments"'
    assert link in sign_in(desk.liaison).get(f"/desk/drafts/{draft.pk}/").content.decode()
    assert link in sign_in(desk.releasing).get(f"/desk/approvals/{draft.pk}/holds").content.decode()
