"""Retention over the API: timers that are listed by their day, needs that are stated, holds that two officers need."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accord.exchange.models import Message
from accord.handling.models import ErasureClaim, Keeping, LegalHold
from accord.handling.retention import erase_due
from accord.officers.permissions import Role
from tests.api.conftest import CallerOf
from tests.api.story import stranger_of
from tests.desk import TODAY, Desk, days, desk, released_request
from tests.handling.test_retention import kept, later

__all__ = ["desk"]

WHY = {"reason": "A complaint is examined."}


def test_timers_are_listed_by_their_day_and_chosen_by_what_is_due(desk: Desk, caller_of: CallerOf) -> None:
    late, soon = (kept(desk, case=f"IN-2026-00000{n}", retention_until=days(n * 10)) for n in (9, 1))
    Keeping.objects.filter(pk=late.pk).update(review_on=TODAY)
    duty = caller_of(desk.duty)

    def found(**asked: object) -> list[str]:
        return [row["message"] for row in duty.get("/retention", **asked).json()["items"]]

    assert found() == [str(soon.pk), str(late.pk)]
    assert found(ends_by=days(20)) == [str(soon.pk)]
    assert found(review_by=days(0)) == [str(late.pk)]
    assert found(case_id=str(late.case_id)) == [str(late.pk)]
    first = duty.get("/retention", limit=1).json()
    rest = duty.get("/retention", limit=1, cursor=first["next"]).json()
    assert ([row["message"] for row in rest["items"]], rest["next"]) == ([str(late.pk)], None)
    assert erase_due(now=later(11)) == 1
    assert found(is_erased="true") == [str(soon.pk)]
    assert found(is_erased="false") == [str(late.pk)]


def test_two_with_one_last_day_are_on_two_pages(desk: Desk, caller_of: CallerOf) -> None:
    for number in (1, 2, 3):
        kept(desk, case=f"IN-2026-00000{number}", retention_until=days(10))
    duty, seen, cursor = caller_of(desk.duty), [], {}
    for _ in range(3):
        page = duty.get("/retention", limit=1, **cursor).json()
        seen += [row["message"] for row in page["items"]]
        cursor = {"cursor": page["next"]}
    assert (len(set(seen)), page["next"]) == (3, None)


def test_a_hold_keeps_a_case_until_another_officer_lifts_it(desk: Desk, caller_of: CallerOf) -> None:
    message = kept(desk, retention_until=days(10))
    releasing, other = caller_of(desk.releasing), caller_of(desk.again(Role.RELEASING, "another"))
    holds = f"/cases/{message.case_id}/legal-holds"
    placed = releasing.post(holds, WHY, key="one")
    assert (placed.status_code, placed.json()["reason"]) == (201, WHY["reason"])
    assert releasing.post(holds, WHY, key="one").json() == placed.json()
    assert releasing.post(holds, WHY).json()["code"] == "handling.held-already"
    shown = caller_of(desk.duty).get(f"/messages/{message.pk}/retention").json()
    assert (shown["timer"]["is_held"], shown["hold"]["id"]) == (True, placed.json()["id"])
    assert [row["message"] for row in releasing.get("/retention", is_held="true").json()["items"]] == [str(message.pk)]
    assert erase_due(now=later(11)) == 0
    lift = f"{holds}/{placed.json()['id']}/lift"
    assert releasing.post(lift, {"reason": "Settled."}).json()["code"] == "handling.own-hold"
    lifted = other.post(lift, {"reason": "Settled."}).json()
    assert (lifted["lifted_by"], lifted["lift_reason"]) == ("another", "Settled.")
    assert other.post(lift, {"reason": "Settled."}).json()["code"] == "handling.hold-lifted"
    assert [row["id"] for row in other.get(holds).json()] == [placed.json()["id"]]
    assert erase_due(now=later(11)) == 1
    timer = other.get(f"/messages/{message.pk}/retention").json()["timer"]
    assert timer["erased_at"] is not None


def test_a_hold_is_lifted_by_the_address_of_its_own_case(desk: Desk, caller_of: CallerOf) -> None:
    one, two = (kept(desk, case=f"IN-2026-00000{n}") for n in (1, 2))
    hold = caller_of(desk.releasing).post(f"/cases/{one.case_id}/legal-holds", WHY).json()["id"]
    other = caller_of(desk.again(Role.RELEASING, "another"))
    assert other.post(f"/cases/{two.case_id}/legal-holds/{hold}/lift", WHY).status_code == 404
    assert LegalHold.objects.get().lifted_at is None


def test_a_need_is_stated_and_moves_no_last_day(desk: Desk, caller_of: CallerOf) -> None:
    message, duty = kept(desk, retention_until=days(300)), caller_of(desk.duty)
    before = duty.get(f"/messages/{message.pk}/retention").json()["timer"]
    stated = duty.post(f"/messages/{message.pk}/need", {"need": "The trial begins."}).json()
    assert (stated["need"], stated["reviewed_by"]) == ("The trial begins.", "duty")
    assert stated["keep_until"] == before["keep_until"] == (TODAY + timedelta(days=300)).isoformat()
    sent = released_request(desk)
    refused = duty.post(f"/messages/{sent.pk}/need", {"need": "The trial begins."})
    assert (refused.status_code, refused.json()["code"]) == (409, "handling.not-kept")


def test_what_the_other_side_says_it_erased_of_ours_is_shown_as_its_claim(desk: Desk, caller_of: CallerOf) -> None:
    sent, liaison = released_request(desk), caller_of(desk.liaison)
    assert liaison.get(f"/messages/{sent.pk}/retention").json() == {
        "timer": None,
        "hold": None,
        "erasure_claimed_at": None,
    }
    ErasureClaim.objects.create(message=Message.objects.get(pk=sent.pk), claimed_at=timezone.now())
    assert liaison.get(f"/messages/{sent.pk}/retention").json()["erasure_claimed_at"] is not None


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/cases/{case}/legal-holds", {}, "reason"),
        ("/cases/{case}/legal-holds", {"reason": "x" * 2001}, "reason"),
        ("/cases/{case}/legal-holds", {"reason": "So.", "until": "2027-01-01"}, "until"),
    ],
)
def test_what_is_refused_is_named(desk: Desk, caller_of: CallerOf, path: str, body: dict[str, str], field: str) -> None:
    refused = caller_of(desk.releasing).post(path.format(case=kept(desk).case_id), body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["fields"]["refused"]] == [field]
    assert not LegalHold.objects.exists()


def test_blank_words_are_refused_by_their_field(desk: Desk, caller_of: CallerOf) -> None:
    message = kept(desk)
    blank = caller_of(desk.releasing).post(f"/cases/{message.case_id}/legal-holds", {"reason": " "})
    assert (blank.status_code, blank.json()["code"], blank.json()["fields"]["field"]) == (422, "text.blank", "reason")
    said = caller_of(desk.duty).post(f"/messages/{message.pk}/need", {"need": " "}).json()
    assert (said["code"], said["fields"]["field"]) == ("text.blank", "need")
    for day in ("soon", "0"):
        assert caller_of(desk.duty).get("/retention", ends_by=day).status_code == 422


def test_who_may_not_release_holds_nothing_and_who_may_not_answer_states_no_need(
    desk: Desk, caller_of: CallerOf
) -> None:
    message = kept(desk)
    for caller, path in (
        (caller_of(desk.duty), f"/cases/{message.case_id}/legal-holds"),
        (caller_of(desk.releasing), f"/messages/{message.pk}/need"),
    ):
        assert caller.post(path, WHY).json()["code"] == "officer.not-permitted"
    assert caller_of(desk.administrator).get("/retention").status_code == 403


@pytest.mark.parametrize("role", [Role.DUTY, Role.RELEASING])
def test_who_need_not_know_is_told_what_is_told_of_none(desk: Desk, caller_of: CallerOf, role: Role) -> None:
    message = kept(desk)
    hold = caller_of(desk.releasing).post(f"/cases/{message.case_id}/legal-holds", WHY).json()["id"]
    stranger = stranger_of(desk, caller_of, role)
    assert stranger.get("/retention").json() == {"items": [], "next": None}

    def told(case: object, of: object, held: object) -> list[tuple[int, object]]:
        asked = [stranger.get(f"/messages/{of}/retention"), stranger.get(f"/cases/{case}/legal-holds")]
        if role is Role.RELEASING:
            asked.append(stranger.post(f"/cases/{case}/legal-holds", WHY))
            asked.append(stranger.post(f"/cases/{case}/legal-holds/{held}/lift", WHY))
        else:
            asked.append(stranger.post(f"/messages/{of}/need", {"need": "So."}))
        return [(one.status_code, one.json()) for one in asked]

    there = told(message.case_id, message.pk, hold)
    assert there == told(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    assert {status for status, _problem in there} == {404}
