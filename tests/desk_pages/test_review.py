"""The reviewer's pages: lists of the own node, decisions with their facts, emergencies, and tables to take along."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accord.exchange.models import EmergencyReview, Message
from accord.handling.uses import use_item
from accord.node.desk.views.review import COLUMNS, TITLES, _within_reach
from accord.officers.models import Act
from accord.release.models import DecisionRecord
from accord.vocabulary.uses import UseCode
from tests.desk import Desk, received_request, released_request, submitted_request
from tests.desk_pages.conftest import SignIn
from tests.handling.story import COURT, answered, asked, item_from_india

LISTS = sorted(TITLES)


def emergency(desk: Desk, *, hours: int = 24) -> Message:
    message = released_request(desk)
    EmergencyReview.objects.create(message=message, due_at=timezone.now() + timedelta(hours=hours))
    return message


@pytest.mark.parametrize("name", LISTS)
def test_each_list_opens_empty_and_full(desk: Desk, sign_in: SignIn, name: str) -> None:
    client = sign_in(desk.reviewer)
    target = reverse("desk:review-list", args=[name])
    assert client.get(target).status_code == 200
    emergency(desk)
    received_request(desk)
    page = client.get(target)
    assert page.status_code == 200
    assert all(len(row) == len(COLUMNS[name]) for row in page.context.get("rows") or [])


def test_a_period_leaves_out_what_lies_outside(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    client, target = sign_in(desk.reviewer), reverse("desk:review-list", args=["decisions"])
    today, later = timezone.now().date(), timezone.now().date() + timedelta(days=2)
    assert client.get(target, {"since": today - timedelta(days=1), "until": today}).context["rows"]
    assert not client.get(target, {"since": later}).context["rows"]
    assert client.get(target, {"since": "soon"}).context["rows"]


def test_a_long_list_goes_on_where_the_page_ended(desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from accord.node.desk.views import review

    monkeypatch.setattr(review, "ROWS", 2)
    submitted_request(desk)
    client, target = sign_in(desk.reviewer), reverse("desk:review-list", args=["acts"])
    seen, address = [], target
    while address:
        page = client.get(address)
        seen += page.context["rows"]
        address = f"{target}{page.context['next']}" if page.context["next"] else ""
    assert len(seen) == Act.objects.count() > 2


def test_a_decision_is_shown_with_the_facts_it_rested_on(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    record = DecisionRecord.objects.get()
    page = sign_in(desk.reviewer).get(reverse("desk:review-decision", args=[record.pk])).content.decode()
    assert bytes(record.commitment).hex() in page
    assert "79099-07-3" in page


def test_the_decision_of_a_use_says_its_act_in_order_and_leads_to_what_the_reviewer_reads(
    desk: Desk, sign_in: SignIn
) -> None:
    intended = replace(COURT, use=UseCode.THIRD_STATE, recipient="FR")
    item = item_from_india(desk)
    permission = answered(desk, asked(desk, item, intended))
    assert permission is not None
    made = use_item(desk.duty, item, intended)
    client, address = sign_in(desk.reviewer), reverse("desk:review-decision", args=[made.decision_id])
    page = client.get(address)
    words = page.content.decode()
    parts = page.context["facts"]
    assert [part.name for part in parts][:5] == ["action", "use_act", "use_recipient", "use_purpose", "use_effect"]
    assert [str(part.label) for part in parts][:3] == ["What is to be done", "Act of use", "Who gets it"]
    assert [part.text for part in parts][:3] == ["use of what was received", "Pass it to a third state", "FR"]
    assert "What the receiver is to do" not in words
    assert "it is used as a lead" not in words
    case = reverse("desk:case", args=[item.case.own_ref])
    assert f'href="{case}#message-{item.pk}"' in words
    assert f'href="{case}#message-{permission.pk}"' in words
    assert client.get(case).status_code == 200


def test_a_decision_leads_to_no_case_that_the_reviewer_does_not_read(desk: Desk) -> None:
    made = use_item(desk.duty, item_from_india(desk), replace(COURT, use=UseCode.LEAD, recipient=""))
    assert _within_reach(desk.reviewer, made.decision)["about"] == made.item
    desk.reviewer.scope_agencies = ["CBSA"]
    desk.reviewer.save()
    assert _within_reach(desk.reviewer, made.decision) == {"about": None, "granted": None}


def test_a_decision_that_is_none_is_said_to_be_none(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.reviewer).get(reverse("desk:review-decision", args=[4711]))
    assert answer.status_code == 404


def test_the_first_page_says_what_waits_and_what_is_late(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.reviewer)
    assert "No emergency waits" in client.get(reverse("desk:review")).content.decode()
    emergency(desk)
    assert "1 emergency waits for your review" in client.get(reverse("desk:review")).content.decode()
    EmergencyReview.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert "1 emergency was not reviewed within 24 hours" in client.get(reverse("desk:review")).content.decode()


def test_an_emergency_is_reviewed_once_with_a_reason(desk: Desk, sign_in: SignIn) -> None:
    message = emergency(desk)
    client, target = sign_in(desk.reviewer), reverse("desk:review-list", args=["emergencies"])
    given = {"message": str(message.pk), "outcome": "justified"}
    refused = client.post(target, {**given, "reason": " "})
    assert refused.status_code >= 400
    assert EmergencyReview.objects.get().reviewed_at is None
    client.post(target, {**given, "reason": "SPECIMEN needed within the hour"})
    held = EmergencyReview.objects.get()
    assert (held.outcome, held.reviewed_by) == ("justified", desk.reviewer)
    page = client.get(target).content.decode()
    assert "SPECIMEN needed within the hour" in page
    assert "Record your finding" not in page
    assert client.post(target, {**given, "outcome": "not-justified", "reason": "SPECIMEN"}).status_code == 409


@pytest.mark.parametrize(
    "given", [{"message": "x", "outcome": "justified"}, {"message": "", "outcome": ""}], ids=["no key", "nothing"]
)
def test_an_emergency_that_is_none_is_not_found(desk: Desk, sign_in: SignIn, given: dict[str, str]) -> None:
    target = reverse("desk:review-list", args=["emergencies"])
    assert sign_in(desk.reviewer).post(target, {**given, "reason": "SPECIMEN"}).status_code == 404


def test_a_table_is_taken_along_and_noted_and_holds_no_formula(desk: Desk, sign_in: SignIn) -> None:
    message = emergency(desk)
    client = sign_in(desk.reviewer)
    client.post(
        reverse("desk:review-list", args=["emergencies"]),
        {"message": str(message.pk), "outcome": "justified", "reason": "=1+1"},
    )
    answer = client.get(reverse("desk:review-export", args=["emergencies"]))
    assert "'=1+1" in answer.content.decode()
    assert Act.objects.filter(verb="export list", officer=desk.reviewer).count() == 1
    assert client.get(reverse("desk:review-export", args=["nothing"])).status_code == 404


def test_the_facts_of_a_release_are_not_shown_to_others(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    record = DecisionRecord.objects.get()
    answer = sign_in(desk.liaison).get(reverse("desk:review-decision", args=[record.pk]))
    assert answer.status_code == 403
