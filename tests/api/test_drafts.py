"""From a draft to its release: the law, the second officer, and nothing lost on the way."""

import hashlib
import json

import pytest

from accord.courier.models import Outbox
from accord.node.api.limits import BODY_BYTES_MAX
from accord.officers.permissions import Role
from accord.release.models import DecisionRecord
from tests.api.conftest import Caller
from tests.api.story import drafted, own_side, request_fields, word_of

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]


def test_a_request_is_drafted_checked_approved_and_released(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"

    check = liaison.get(f"{path}/check").json()
    assert check["lets_pass"] is True
    submitted = liaison.post(f"{path}/submit", {"version": 1}).json()
    shown = releasing.get(f"{path}/approval").json()
    assert shown["payload"] == check["payload"]
    assert hashlib.sha256(shown["payload"].encode()).hexdigest() == shown["payload_digest"]
    approved = releasing.post(f"{path}/approve", word_of(shown)).json()
    released = releasing.post(f"{path}/release").json()

    assert [item["state"] for item in (submitted, approved, released)] == ["submitted", "approved", "released"]
    outbox = Outbox.objects.get()
    assert bytes(outbox.payload).decode() == shown["payload"]
    assert str(outbox.envelope_id) == released["envelope_id"]
    timeline = [moment["what"] for moment in liaison.get(f"/cases/{draft['case_id']}").json()["timeline"]]
    assert timeline == [
        "case opened",
        "request drafted",
        "request submitted for approval",
        "request approved",
        "request released",
    ]


def test_a_draft_the_law_stops_is_told_rule_citation_cure_and_decider(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison, accuracy=None, caveats=None)
    path = f"/messages/{draft['id']}"

    check = liaison.get(f"{path}/check").json()

    assert check["lets_pass"] is False
    assert {item["field"] for item in check["problems"]} == {"accuracy", "caveats"}
    stopped = {reason["rule"]: reason for reason in check["reasons"] if reason["outcome"] == "refuse"}
    assert {"CA-05", "CA-06"} <= set(stopped)
    assert all(reason[part] for reason in stopped.values() for part in ("citation", "sentence", "cure", "decider"))
    assert DecisionRecord.objects.count() == 0


def test_a_refusal_at_submission_is_a_problem_with_reasons_and_stays_on_record(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)
    saved = liaison.put(
        f"/messages/{draft['id']}/draft",
        {"version": 1, "fields": request_fields(), "own_side": own_side(is_compelled=True)},
    ).json()

    answer = liaison.post(f"/messages/{draft['id']}/submit", {"version": saved["version"]})

    assert answer.status_code == 422
    assert answer.json()["code"].startswith("law.")
    assert answer.json()["fields"]["reasons"][0]["cure"]
    record = DecisionRecord.objects.get()
    assert record.outcome == answer.json()["fields"]["outcome"]
    listed = callers[Role.REVIEWER].get("/decisions").json()["items"]
    assert [row["number"] for row in listed] == [record.pk]
    shown = callers[Role.REVIEWER].get(f"/decisions/{record.pk}").json()
    assert shown["facts"]["kind"] == "request"
    assert len(bytes.fromhex(shown["salt"])) == 32


def test_a_colleagues_save_is_never_overwritten_and_both_texts_come_back(callers: CallersByRole) -> None:
    liaison, duty = callers[Role.LIAISON], callers[Role.DUTY]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}/draft"
    theirs, mine = request_fields(facts="The colleague's text."), request_fields(facts="My text.")
    assert duty.put(path, {"version": 1, "fields": theirs}).status_code == 200

    answer = liaison.put(path, {"version": 1, "fields": mine})

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "exchange.stale-draft"
    assert (problem["yours"]["facts"], problem["stored"]["facts"]) == ("My text.", "The colleague's text.")
    assert problem["fields"]["stored_version"] == 2
    stored = liaison.get(f"/messages/{draft['id']}").json()
    assert stored["content"]["facts"] == "The colleague's text."
    again = liaison.put(path, {"version": 2, "fields": mine})
    assert again.json()["version"] == 3


def test_the_drafter_approves_and_releases_nothing_of_their_own(callers: CallersByRole, officers: object) -> None:
    draft = drafted(callers[Role.LIAISON])
    callers[Role.LIAISON].post(f"/messages/{draft['id']}/submit", {"version": 1})

    for act in ("approve", "release"):
        answer = callers[Role.LIAISON].post(
            f"/messages/{draft['id']}/{act}", {"payload_digest": "0" * 64, "facts_digest": "0" * 64}
        )
        assert answer.status_code == 403, act


def test_an_approval_of_another_text_than_the_one_that_would_leave_is_refused(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"
    liaison.post(f"{path}/submit", {"version": 1})
    old = word_of(releasing.get(f"{path}/approval").json())
    liaison.put(f"{path}/draft", {"version": 1, "fields": request_fields(facts="Changed afterwards.")})
    liaison.post(f"{path}/submit", {"version": 2})

    answer = releasing.post(f"{path}/approve", old)

    assert answer.status_code == 409
    assert answer.json()["code"] == "release.payload-changed"
    assert releasing.post(f"{path}/release").status_code == 409
    assert not Outbox.objects.exists()


def test_a_change_after_approval_needs_a_new_approval(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"
    liaison.post(f"{path}/submit", {"version": 1})
    word = word_of(releasing.get(f"{path}/approval").json())
    releasing.post(f"{path}/approve", word)
    liaison.put(f"{path}/draft", {"version": 1, "fields": request_fields(facts="Changed afterwards.")})

    answer = releasing.post(f"{path}/release")

    assert answer.status_code == 409
    assert not Outbox.objects.exists()


def test_a_message_sent_back_returns_to_its_drafter_with_the_reason(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"
    liaison.post(f"{path}/submit", {"version": 1})

    answer = releasing.post(f"{path}/send-back", {"reason": "Name the consignment."})

    assert answer.json()["state"] == "draft"
    assert liaison.get(path).json()["return_reason"] == "Name the consignment."
    assert releasing.get("/approvals").json()["items"] == []


def test_a_double_submit_opens_one_case_and_a_double_release_sends_once(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    body = {"peer": "IN", "theme": "fraud", "title": "Twice"}
    first, second = (liaison.post("/cases", body, key="the-same") for _ in range(2))
    assert first.content == second.content
    assert liaison.get("/cases").json()["items"] == [
        {key: value for key, value in first.json().items() if key not in {"messages", "inquiries", "timeline"}}
    ]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"
    for _ in range(2):
        assert liaison.post(f"{path}/submit", {"version": 1}).status_code == 200
    word = word_of(releasing.get(f"{path}/approval").json())
    for _ in range(2):
        assert releasing.post(f"{path}/approve", word).status_code == 200
    for _ in range(2):
        assert releasing.post(f"{path}/release").status_code == 200
    assert Outbox.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the \u202eevil\u202c name", "a bidirectional override"),
        ("Spe\u200bcimen", "a zero-width space"),
        ("Spe\u2066ci\u2069men", "an isolate"),
        ("\ufeffSpecimen", "a byte order mark"),
        ("Specimen\x00", "a NUL"),
        ("e\u0301tat", "a text that is not composed"),
    ],
    ids=lambda value: value if value.isascii() and " " in value else "",
)
def test_a_text_that_hides_or_reorders_is_refused_with_field_and_position(
    callers: CallersByRole, text: str, name: str
) -> None:
    liaison = callers[Role.LIAISON]
    case = liaison.post("/cases", {"peer": "IN", "theme": "fraud", "title": "Plain"}).json()

    for answer in (
        liaison.post("/cases", {"peer": "IN", "theme": "fraud", "title": text}),
        liaison.post(f"/cases/{case['id']}/requests", {"fields": request_fields(facts=text)}),
        liaison.post(f"/cases/{case['id']}/requests", {"fields": {}, "own_side": {"imminence": text}}),
    ):
        assert answer.status_code == 422, name
        assert answer.json()["code"] == "text.refused-character"
        assert isinstance(answer.json()["fields"]["position"], int)
        assert text not in json.dumps(answer.json(), ensure_ascii=False)


def test_hindi_and_french_texts_pass(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    text = "क्‍ष और प्रतिबंधित पदार्थ — pièce n° 5, à l'œuvre"

    draft = drafted(liaison, facts=text)

    assert liaison.get(f"/messages/{draft['id']}").json()["content"]["facts"] == text


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"facts": "x" * 20_001}, "facts"),
        ({"facts": ""}, "facts"),
        ({"liaison_contact": "x" * 201}, "liaison_contact"),
        ({"duty_phone": "call me"}, "duty_phone"),
        ({"urgency": "whenever"}, "urgency"),
        ({"substances": [{"name": "x", "cas_number": "79099-07-4"}]}, "substances"),
        ({"unknown_field": "x"}, "unknown_field"),
        ({"message_ref": "CA-2026-000001/9"}, "message_ref"),
        ({"protection_statuses": ["protected"]}, "protection_statuses"),
    ],
    ids=[
        "too long",
        "empty",
        "a line too long",
        "no telephone number",
        "no such urgency",
        "a wrong check digit",
        "an unknown field",
        "a field the node fills",
        "protection status on the wire",
    ],
)
def test_a_field_that_is_refused_is_named_and_its_value_is_not_repeated(
    callers: CallersByRole, fields: dict[str, object], refused: str
) -> None:
    liaison = callers[Role.LIAISON]
    case = liaison.post("/cases", {"peer": "IN", "theme": "fraud", "title": "Plain"}).json()

    answer = liaison.post(f"/cases/{case['id']}/requests", {"fields": fields})

    assert answer.status_code == 422
    assert answer.json()["fields"]["field"].startswith(refused)
    assert "call me" not in answer.content.decode()


def test_a_member_the_operation_does_not_know_is_refused(callers: CallersByRole) -> None:
    answer = callers[Role.LIAISON].post("/cases", {"peer": "IN", "theme": "fraud", "title": "x", "titel": "y"})

    assert answer.status_code == 422
    assert answer.json()["fields"]["refused"] == [
        {
            "field": "titel",
            "name": "titel",
            "pointer": "/titel",
            "reason": "there is no field of this name",
            "next_step": "Correct the name, or leave it out.",
        }
    ]


def test_every_refused_field_of_a_draft_is_told_at_once_with_its_place_in_the_body(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    case = liaison.post("/cases", {"peer": "IN", "theme": "fraud", "title": "Plain"}).json()
    caveat = {"who_may_access": ["NCB"], "permitted_uses": ["lead"], "procedure_contact": "A", "expires_on": "soon"}
    body = {"fields": {"duty_phone": "call me", "caveats": [caveat], "theme": 5}}

    told = liaison.post(f"/cases/{case['id']}/requests", body).json()
    own = liaison.post(f"/cases/{case['id']}/requests", {"fields": {}, "own_side": {"exposure": "big"}}).json()

    assert [item["pointer"] for item in told["fields"]["refused"]] == [
        "/fields/duty_phone",
        "/fields/caveats/0/expires_on",
        "/fields/theme",
    ]
    assert told["fields"]["refused"][1]["name"] == "caveat 1, expires on"
    assert (
        told["title"] == "The field 'duty phone' is refused: it is not in the form of such a code. 2 more are refused."
    )
    assert "+1 613 555 0100" in told["next_step"]
    assert (own["status"], own["fields"]["pointer"]) == (422, "/own_side/exposure")


@pytest.mark.parametrize(
    ("query", "step"),
    [
        ({"limit": "1000"}, "Give a number of at most 100."),
        ({"state": "ajar"}, "Take one of: open, closed."),
        ({"cursor": "??"}, "Correct it as the API's description says."),
    ],
)
def test_a_refused_parameter_is_told_in_plain_words(callers: CallersByRole, query: dict[str, str], step: str) -> None:
    answer = callers[Role.LIAISON].get("/cases", **query)

    (refused,) = answer.json()["fields"]["refused"]
    assert (refused["parameter"], refused["next_step"]) == (next(iter(query)), step)
    assert "_" not in refused["reason"]


def test_what_a_check_finds_is_named_in_words_with_its_place(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison, duty_phone=None, sender={"party": "IN", "agency": "NCB"})

    check = liaison.get(f"/messages/{draft['id']}/check").json()

    assert {"name": "sender, party", "pointer": "/fields/sender/party"}.items() <= check["problems"][0].items()


def test_a_body_over_the_limit_or_of_another_media_type_is_refused(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]

    too_large = liaison.post("/cases", {"title": "x" * BODY_BYTES_MAX})
    other = liaison.client.post(
        "/api/v1/cases",
        data="title=x",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {liaison.secret}", "Idempotency-Key": "k"},
    )

    assert (too_large.status_code, other.status_code) == (413, 415)


def test_a_peer_without_a_channel_is_refused(callers: CallersByRole) -> None:
    answer = callers[Role.LIAISON].post("/cases", {"peer": "XX", "theme": "fraud", "title": "Nobody there"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "release.no-channel"


def test_the_approver_is_shown_what_the_gate_was_told(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"
    liaison.post(f"{path}/submit", {"version": 1})

    shown = releasing.get(f"{path}/approval").json()

    assert own_side().items() <= shown["own_side"].items()
    assert (shown["facts"]["drafter"], shown["facts"]["theme"]) == ("liaison", "precursors")
    assert len(shown["facts_digest"]) == 64


def test_a_word_for_other_facts_behind_the_same_text_is_refused(callers: CallersByRole) -> None:
    liaison, releasing = callers[Role.LIAISON], callers[Role.RELEASING]
    draft = drafted(liaison)
    path = f"/messages/{draft['id']}"
    liaison.post(f"{path}/submit", {"version": 1})
    before = releasing.get(f"{path}/approval").json()
    other = own_side(legitimate_aim="Another aim than the one that was shown.")
    liaison.put(f"{path}/draft", {"version": 1, "fields": draft["content"], "own_side": other})
    liaison.post(f"{path}/submit", {"version": 2})
    after = releasing.get(f"{path}/approval").json()

    answer = releasing.post(f"{path}/approve", word_of(before))

    assert after["payload_digest"] == before["payload_digest"]
    assert answer.status_code == 409
    assert answer.json()["code"] == "release.facts-changed"
    assert releasing.post(f"{path}/approve", word_of(after)).status_code == 200


def test_a_text_is_replaced_by_its_entity_tag_and_a_stale_one_brings_both_texts(callers: CallersByRole) -> None:
    liaison, colleague = callers[Role.LIAISON], callers[Role.DUTY]
    path = f"/messages/{drafted(liaison)['id']}"
    tag = liaison.get(path).headers["ETag"]
    mine = {"fields": request_fields(facts="Mine."), "own_side": own_side()}

    first = colleague.put(f"{path}/draft", {"fields": request_fields(facts="Theirs.")}, **{"If-Match": tag})
    stale = liaison.put(f"{path}/draft", mine, **{"If-Match": tag})
    again = liaison.put(f"{path}/draft", mine, **{"If-Match": first.headers["ETag"]})

    assert (tag, first.status_code, first.headers["ETag"]) == ('"1"', 200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "exchange.stale-draft")
    assert (stale.json()["yours"]["facts"], stale.json()["stored"]["facts"]) == ("Mine.", "Theirs.")
    assert "ETag" not in stale.headers
    assert (again.status_code, again.json()["content"]["facts"]) == (200, "Mine.")


@pytest.mark.parametrize(
    ("tag", "version", "status", "code"),
    [
        (None, None, 428, "api.version-needed"),
        ('"1"', 2, 400, "api.malformed"),
        ("1", None, 422, "api.invalid"),
        ('W/"1"', None, 422, "api.invalid"),
        ('"1"', 1, 200, None),
    ],
)
def test_a_writer_says_which_text_it_replaces_and_says_it_once(
    callers: CallersByRole, tag: str | None, version: int | None, status: int, code: str | None
) -> None:
    liaison = callers[Role.LIAISON]
    body = {"fields": request_fields(), **({} if version is None else {"version": version})}

    answer = liaison.put(
        f"/messages/{drafted(liaison)['id']}/draft", body, **({} if tag is None else {"If-Match": tag})
    )

    assert (answer.status_code, answer.json().get("code")) == (status, code)
