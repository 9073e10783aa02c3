"""Texts that both sides sign, over the API: prepared by one, offered by another, answered, ended, taken along."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from accord.officers.permissions import Role
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk
from tests.instruments.conftest import told
from tests.instruments.test_services import content, their_text, they_answer, they_offer

__all__ = ["desk", "told"]

pytestmark = pytest.mark.usefixtures("told")

NEW = {"peer": "IN", "type": "specimen", "content": {"words": "first", "proposed_by": ""}}


def test_a_text_is_prepared_by_one_offered_by_another_and_agreed_with_their_signature(
    desk: Desk, caller_of: CallerOf
) -> None:
    policy, signatory = caller_of(desk.officers[Role.POLICY]), caller_of(desk.officers[Role.SIGNATORY])
    made = policy.post("/texts", NEW)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert policy.post(f"/texts/{key}/offer").status_code == 403
    assert signatory.post(f"/texts/{key}/offer").json()["state"] == "offered"
    from accord.instruments.models import Text

    assert they_answer(desk, Text.objects.get(pk=key), "accept") == ""
    shown = signatory.get(f"/texts/{key}").json()
    assert (shown["state"], shown["is_in_force"], shown["content"]) == ("agreed", True, NEW["content"])
    assert [one["is_ours"] for one in shown["signatures"]] == [True, False]
    [row] = signatory.get("/texts", state="agreed", type="specimen").json()["items"]
    assert "content" not in row
    with zipfile.ZipFile(io.BytesIO(signatory.get(f"/texts/{key}/signed").content)) as file:
        assert file.read("text.json") == content("first")
    today = datetime.now(UTC).date().isoformat()
    ended = signatory.post(f"/texts/{key}/end", {"from_day": today, "reason": "The law changed."}).json()
    assert ended["ends_on"] == today


def test_theirs_is_asked_about_declined_or_signed(desk: Desk, caller_of: CallerOf) -> None:
    policy, signatory = caller_of(desk.officers[Role.POLICY]), caller_of(desk.officers[Role.SIGNATORY])
    they_offer(desk)
    key = their_text().pk
    asked = policy.post(f"/texts/{key}/remark", {"words": "Why March?"}).json()
    assert [one["words"] for one in asked["remarks"]] == ["Why March?"]
    declined = signatory.post(f"/texts/{key}/decline", {"reason": "Too early."}).json()
    assert (declined["state"], declined["reason"]) == ("declined", "Too early.")
    late = signatory.post(f"/texts/{key}/accept")
    assert (late.status_code, late.json()["code"]) == (422, "instruments.not-on-offer")
    they_offer(desk)
    assert signatory.post(f"/texts/{their_text().pk}/accept").json()["state"] == "accepted"


def test_what_is_not_of_its_type_and_what_is_not_there_is_refused_by_name(desk: Desk, caller_of: CallerOf) -> None:
    policy, signatory = caller_of(desk.officers[Role.POLICY]), caller_of(desk.officers[Role.SIGNATORY])
    wrong = policy.post("/texts", {**NEW, "content": {"words": 7, "proposed_by": ""}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "instruments.not-of-type")
    assert policy.post("/texts", {**NEW, "type": "unheard"}).json()["code"] == "instruments.unknown-type"
    nowhere = "6f2d4a0e-5b63-4f0c-9d1f-2f3a0b9c8d7e"
    assert policy.post("/texts", {**NEW, "instrument": nowhere}).status_code == 404
    assert signatory.get(f"/texts/{nowhere}").status_code == 404
    key = policy.post("/texts", NEW).json()["id"]
    assert policy.post(f"/texts/{key}/discard").json()["state"] == "withdrawn"
    key = policy.post("/texts", NEW).json()["id"]
    signatory.post(f"/texts/{key}/offer")
    assert signatory.post(f"/texts/{key}/withdraw", {}).json()["state"] == "withdrawing"


@pytest.mark.parametrize(
    "given",
    [{"content": {"words": "\ud800", "proposed_by": ""}}, {"content": {"\udfff": ""}}, {"note": "a\ud800b"}],
    ids=["in a text", "as a name", "beside the offer"],
)
def test_half_of_a_surrogate_pair_is_refused_with_its_reason(
    desk: Desk, caller_of: CallerOf, given: dict[str, object]
) -> None:
    answer = caller_of(desk.officers[Role.POLICY]).post("/texts", {**NEW, **given})
    assert (answer.status_code, answer.json()["code"]) == (400, "api.malformed")
    assert b"half of a surrogate pair" in answer.content
