"""Each operation answers exactly the roles that hold its permission, and says nothing to the others."""

import json
import uuid

import pytest
from django.http import HttpResponse
from django.test import Client

from accord.node.api import rates
from accord.node.api.application import api
from accord.node.api.operations import OFFERED, Everyone, Offered
from accord.officers.models import Officer
from accord.officers.permissions import CONTENT_PERMISSIONS, ROLE_PERMISSIONS, Permission, Role
from tests.api.conftest import Caller, CallerOf
from tests.api.story import drafted, own_side, request_fields
from tests.simulators.paired_node import PairedNode

NAMES = sorted(item["operationId"] for path in api.get_openapi_schema()["paths"].values() for item in path.values())


DESK = "liaison duty"
READERS = "liaison duty releasing decider reviewer"
APPROVERS = "releasing"
EVERYONE = "liaison duty releasing decider counsel policy signatory reviewer administrator"
AGREEMENT = EVERYONE.removesuffix(" administrator")

MAY = {
    "abort_upload": DESK,
    "acknowledge_alarm": "administrator",
    "answer_hold_of_message": "releasing decider",
    "answer_request": DESK,
    "assign_case": DESK,
    "link_case": DESK,
    "list_links": READERS,
    "list_notes": READERS,
    "new_note": DESK,
    "unlink_case": DESK,
    "approve_message": APPROVERS,
    "attach_file": DESK,
    "begin_upload": DESK,
    "break_into_case": DESK,
    "change_team": f"{DESK} releasing",
    "keep_case_to_team": f"{DESK} releasing",
    "list_team": READERS,
    "check_message": READERS,
    "clarify_message": DESK,
    "close_one_case": DESK,
    "complete_upload": DESK,
    "confirm_thaw_of_channel": "releasing administrator",
    "delay_answer": DESK,
    "detach_file": DESK,
    "discard_message": DESK,
    "download_file": READERS,
    "export_evidence": "liaison duty releasing reviewer",
    "hand_over_case": DESK,
    "export_list": "reviewer",
    "list_acts": "reviewer",
    "list_alarms": "reviewer",
    "list_approvals": APPROVERS,
    "list_cases": READERS,
    "list_channels": EVERYONE,
    "list_clocks": "reviewer",
    "list_decisions": "reviewer",
    "list_emergencies": "reviewer",
    "list_holds": "reviewer",
    "list_kinds": EVERYONE,
    "list_parked": "duty",
    "list_register_entries": EVERYONE,
    "list_stopped": "reviewer",
    "neither_confirm_nor_deny": DESK,
    "new_information": DESK,
    "new_inquiry": DESK,
    "new_request": DESK,
    "open_case": DESK,
    "propose_thaw_of_channel": "releasing administrator",
    "put_part": DESK,
    "recall_message": APPROVERS,
    "record_agency_reply": DESK,
    "record_review": "reviewer",
    "refuse_request": DESK,
    "release_message": APPROVERS,
    "replace_draft": DESK,
    "resume_channel": "administrator",
    "resume_clock_of": DESK,
    "retry_parked": "duty",
    "send_back_message": APPROVERS,
    "search_texts": READERS,
    "show_approval": READERS,
    "show_case": READERS,
    "show_channel": EVERYONE,
    "show_decision": "reviewer",
    "show_kind_schema": EVERYONE,
    "show_me": EVERYONE,
    "show_message": READERS,
    "show_message_times": READERS,
    "show_queue": READERS,
    "show_queue_counts": READERS,
    "show_register_entry": EVERYONE,
    "show_roots": EVERYONE,
    "show_upload": DESK,
    "show_vocabulary": EVERYONE,
    "submit_message": DESK,
    "suspend_channel": "administrator",
    "take_case": DESK,
    "use_message": DESK,
    "correct_message": DESK,
    "show_correction": READERS,
    "report_on_correction": DESK,
    "list_uses": READERS,
    "list_grants": READERS,
    "ask_for_permission": DESK,
    "answer_for_permission": DESK,
    "take_back_message": DESK,
    "withdraw_message": APPROVERS,
    "answer_to_objection": DESK,
    "escalate_objection": DESK,
    "list_objections": READERS,
    "object_to_use": DESK,
    "show_objection": READERS,
    "import_plan": "policy",
    "list_promises": "policy",
    "prepare_plan": "policy",
    "save_plan_draft": "policy",
    "show_indicators": AGREEMENT,
    "show_plan": AGREEMENT,
    "show_roster": AGREEMENT,
    "start_plan": "policy",
    "take_promises": "policy",
    "accept_clause": "policy",
    "add_one_clause": "policy",
    "begin_one_statement": "policy",
    "comment_on_clause": "policy",
    "join_one_statement": "policy",
    "keep_clause_draft": "policy",
    "list_statements": AGREEMENT,
    "prepare_one_statement": "policy",
    "propose_clause": "policy",
    "show_statement": AGREEMENT,
    "withdraw_clause": "policy",
    "accept_text": "signatory",
    "decline_text": "signatory",
    "discard_text": "policy",
    "end_consent": "signatory",
    "list_texts": AGREEMENT,
    "offer_text": "signatory",
    "prepare_text": "policy",
    "remark_on_text": "policy",
    "show_text": AGREEMENT,
    "take_signed_text": AGREEMENT,
    "bring_manifest": DESK,
    "download_refused_lines": READERS,
    "let_screening_go_on": DESK,
    "list_flags": READERS,
    "list_screenings": READERS,
    "mark_one_flag": DESK,
    "show_one_flag": READERS,
    "show_one_screening": READERS,
    "show_register": EVERYONE,
    "stop_one_screening": DESK,
    "unmark_flag": DESK,
    "list_notices": READERS,
    "new_drug_message": DESK,
    "new_incident_of_notice": DESK,
    "new_notice_reply": DESK,
    "new_shipment_outcome": DESK,
    "withdraw_text": "signatory",
    "list_lanes": EVERYONE,
    "resume_one_lane": APPROVERS,
    "suspend_one_lane": APPROVERS,
    "confirm_need_of": DESK,
    "lift_legal_hold": APPROVERS,
    "list_legal_holds": READERS,
    "list_timers": READERS,
    "place_legal_hold": APPROVERS,
    "show_retention": READERS,
    "assess_message": DESK,
    "decide_on_assessment": "releasing decider",
    "decide_on_weighing": "releasing decider",
    "list_assessments": READERS,
    "list_weighings": READERS,
    "settle_assessment": "releasing decider",
    "weigh_message": DESK,
    "add_one_witness": "reviewer",
    "begin_log_check": "reviewer",
    "draw_decisions": "reviewer",
    "export_whole_log": "reviewer",
    "list_disclosures": "reviewer",
    "list_outward_uses": "reviewer",
    "list_findings": "reviewer",
    "list_logs": "reviewer",
    "list_witnesses": "reviewer",
    "read_on_in_logs": "reviewer",
    "request_to_witness": "reviewer",
    "retire_one_witness": "reviewer",
    "show_log_check": "reviewer",
    "show_timeliness": "reviewer",
    "show_year_statistics": "reviewer",
    "take_cosignatures": "reviewer",
    "write_finding": "reviewer",
}
"""Who may call what, declared apart from the source: an operation that is new or moved is decided here too."""


def _path_of(offered: Offered) -> str:
    path = offered.path
    for name, value in {
        "kind": "request",
        "number": "1",
        "entry": "1",
        "alarm_id": "1",
        "peer": "IN",
        "sha256": "0" * 64,
        "offset": "0",
        "name": "acts",
        "whose": "ours",
        "year": "2026",
    }.items():
        path = path.replace(f"{{{name}}}", value)
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + str(uuid.uuid4()) + path[end + 1 :]
    return path


def _call(caller: Caller, offered: Offered) -> HttpResponse:
    path = _path_of(offered)
    if offered.method == "GET":
        return caller.get(path)
    if offered.method == "POST":
        return caller.post(path)
    return caller.delete(path) if offered.method == "DELETE" else caller.put(path, {})


def _is_allowed(role: Role, offered: Offered) -> bool:
    return role.value in MAY[offered.name].split()


def test_every_operation_is_in_the_table_and_the_table_holds_nothing_else() -> None:
    assert set(NAMES) == set(OFFERED) == set(MAY), "decide who may call it, and write it into the table"


def test_the_table_is_what_the_declared_permissions_give() -> None:
    for name in NAMES:
        permission = OFFERED[name].permission
        given = {role for role in Role if isinstance(permission, Everyone) or permission in ROLE_PERMISSIONS[role]}
        assert given == {role for role in Role if _is_allowed(role, OFFERED[name])}, name


@pytest.mark.parametrize("role", list(Role))
def test_each_operation_answers_exactly_the_roles_that_may(
    node: PairedNode, callers: dict[Role, Caller], role: Role
) -> None:
    for name in NAMES:
        offered = OFFERED[name]
        answer = _call(callers[role], offered)
        if _is_allowed(role, offered):
            assert answer.status_code not in {401, 403, 500}, (name, answer.content)
        else:
            assert answer.status_code == 403, (name, answer.content)
            assert answer.json()["code"] == "officer.not-permitted"
            assert answer.json()["fields"]["permission"] == offered.permission.value


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer accord_wrong"}], ids=["no account", "a wrong one"])
def test_no_operation_answers_a_stranger(node: PairedNode, header: dict[str, str]) -> None:
    for name in NAMES:
        rates.SIGN_IN_FAILURES.forget_all()
        offered = OFFERED[name]
        answer = Client().generic(offered.method, f"/api/v1{_path_of(offered)}", headers=header)
        assert answer.status_code == 401, name
        assert "RateLimit" not in answer.headers


def test_whoever_may_not_learns_neither_of_the_bodys_faults_nor_of_the_object(
    node: PairedNode, callers: dict[Role, Caller]
) -> None:
    case = callers[Role.LIAISON].post("/cases", {"peer": "IN", "theme": "cyber", "title": "A case"}).json()
    there, missing = f"/cases/{case['id']}", f"/cases/{uuid.uuid4()}"

    seen = {json.dumps(callers[Role.ADMINISTRATOR].get(path).json()) for path in (there, missing)}
    sent = {
        json.dumps(callers[Role.REVIEWER].post(path, body).json())
        for path, body in ((f"{there}/take", {}), (f"{missing}/take", {"unknown": 1}), (f"{there}/take", []))
    }

    assert len(seen) == 1
    assert len(sent) == 1


def test_an_administrator_reads_no_content() -> None:
    for name in NAMES:
        permission = OFFERED[name].permission
        if _is_allowed(Role.ADMINISTRATOR, OFFERED[name]):
            assert permission not in CONTENT_PERMISSIONS, name


def test_a_reviewer_changes_nothing_but_the_records_of_reviewing() -> None:
    changes = {name for name in NAMES if _is_allowed(Role.REVIEWER, OFFERED[name]) and OFFERED[name].method != "GET"}
    assert changes == {
        "add_one_witness",
        "begin_log_check",
        "read_on_in_logs",
        "record_review",
        "retire_one_witness",
        "take_cosignatures",
        "write_finding",
    }


def test_what_is_open_to_every_account_changes_nothing_and_names_no_case() -> None:
    for name in NAMES:
        if isinstance(OFFERED[name].permission, Everyone):
            assert OFFERED[name].method == "GET", name
            assert OFFERED[name].path.split("/")[1] in {"me", "kinds", "vocabulary"}, name


def test_a_role_of_two_persons_is_needed_to_draft_and_to_release() -> None:
    for role, permissions in ROLE_PERMISSIONS.items():
        assert not {Permission.MESSAGE_DRAFT, Permission.MESSAGE_RELEASE} <= permissions, role


def test_a_token_that_may_not_read_cases_does_not_read_by_writing(
    node: PairedNode, officers: dict[Role, Officer], callers: dict[Role, Caller], caller_of: CallerOf
) -> None:
    secret = {"facts": "A secret fact."}
    draft = drafted(callers[Role.LIAISON], **secret)
    message, case = f"/messages/{draft['id']}", f"/cases/{draft['case_id']}"
    drafter = caller_of(officers[Role.LIAISON], [Permission.MESSAGE_DRAFT])
    taker = caller_of(officers[Role.LIAISON], [Permission.CASE_TAKE])
    asker = caller_of(officers[Role.LIAISON], [Permission.MESSAGE_ANSWER])

    stale = drafter.put(f"{message}/draft", {"version": 99, "fields": {}})
    unseen = drafter.post(f"{message}/submit", {"version": 99})
    saved = drafter.put(f"{message}/draft", {"version": 1, "fields": request_fields(**secret), "own_side": own_side()})
    taken = taker.post(f"{case}/take")
    asked = asker.post(f"{case}/inquiries", {"agency": "RCMP", "question": "A secret question?"})

    assert [answer.status_code for answer in (stale, saved, taken, asked)] == [409, 200, 200, 201]
    assert (stale.json()["stored"], saved.json()["content"], saved.json()["own_side"]) == (None, None, None)
    assert (taken.json()["title"], asked.json()["question"]) == (None, None)
    assert (unseen.status_code, unseen.json()["yours"], unseen.json()["stored"]) == (409, None, None)
    assert all(b"secret" not in answer.content for answer in (stale, unseen, saved, taken, asked))


def test_the_reviewer_sees_who_issued_which_token_for_whom(callers: dict[Role, Caller]) -> None:
    acts = callers[Role.REVIEWER].get("/acts", limit=100).json()["items"]

    issued = {act["detail"]["username"]: act for act in acts if act["verb"] == "issue token"}

    assert issued["liaison"]["officer"] == "liaison"
    assert issued["liaison"]["detail"]["opens_content"]
    assert "case.read" in issued["liaison"]["detail"]["scope"]
    assert not issued["admin"]["detail"]["opens_content"]
