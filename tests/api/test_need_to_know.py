"""An account without need to know calls every operation with real keys, and is answered as if they were made up."""

import json
import re
import uuid

import pytest

from accord.exchange.models import Case, Message
from accord.exchange.services import keep_to_team, take
from accord.node.api import rates
from accord.node.api.operations import OFFERED, Everyone
from accord.officers.four_eyes import confirm_officer
from accord.officers.models import Officer
from accord.officers.permissions import ROLE_PERMISSIONS, Role
from accord.officers.services import create_officer, set_scope
from tests.api.conftest import Caller, CallerOf
from tests.api.story import drafted, received_request
from tests.simulators.paired_node import PairedNode

SECRET = "Zanzibarite"
STRANGERS = (Role.LIAISON, Role.DUTY, Role.RELEASING, Role.DECIDER, Role.REVIEWER)


@pytest.fixture
def secret(node: PairedNode, officers: dict[Role, Officer], callers: dict[Role, Caller]) -> dict[str, str]:
    """Keys in cases that are kept to their team: of a case, a request, an approval, an inquiry, an attachment."""
    liaison = callers[Role.LIAISON]
    asked = received_request(facts=f"{SECRET} in a drum.", specification=f"{SECRET}?")
    take(officers[Role.LIAISON], asked.case)
    question = liaison.post(f"/cases/{asked.case_id}/inquiries", {"agency": "RCMP", "question": f"{SECRET}?"}).json()
    note = liaison.post(f"/cases/{asked.case_id}/notes", {"text": f"{SECRET} again."})
    assert note.status_code == 201
    draft = drafted(liaison, facts=f"{SECRET} in a drum.")
    assert liaison.post(f"/messages/{draft['id']}/submit", {"version": draft["version"]}).status_code == 200
    Case.objects.update(title=f"{SECRET} drum")
    for case in Case.objects.all():
        keep_to_team(officers[Role.LIAISON], case, reason="A source is at risk.")
    return {"case_id": str(asked.case_id), "message_id": draft["id"], "inquiry_id": question["id"]}


@pytest.mark.parametrize("role", STRANGERS)
def test_every_operation_answers_as_if_the_case_did_not_exist(
    secret: dict[str, str], administrator: Officer, officers: dict[Role, Officer], caller_of: CallerOf, role: Role
) -> None:
    officer = create_officer(
        administrator, "stranger", password=None, display_name="A stranger", roles=[role.value], agency="RCMP"
    )
    set_scope(administrator, officer, themes=["fraud"], agencies=["CBSA"])
    confirm_officer(officers[Role.REVIEWER], officer)
    officer.refresh_from_db()
    stranger = caller_of(officer)
    for asked in Message.objects.all():
        keys = {**secret, "message_id": str(asked.pk), "case_id": str(asked.case_id)}
        for name, offered in OFFERED.items():
            permission = offered.permission
            if isinstance(permission, Everyone) or permission not in ROLE_PERMISSIONS[role]:
                continue
            real, made_up = (_called(stranger, offered.method, _path(offered.path, given)) for given in (keys, {}))
            assert real[0] == made_up[0], (name, real)
            assert SECRET not in real[1], name
            assert asked.case.own_ref not in real[1], name
            if {"case_id", "message_id", "inquiry_id"} & set(re.findall(r"{(\w+)}", offered.path)):
                assert real == made_up, name
                assert real[0] in {404, 409, 422}, (name, real)


def test_counts_and_lists_are_empty(secret: dict[str, str], officers: dict[Role, Officer], caller_of: CallerOf) -> None:
    stranger = caller_of(officers[Role.DUTY])
    assert set(stranger.get("/queue/counts").json().values()) == {0}
    for path in ("/cases", "/queue"):
        assert stranger.get(path).json()["items"] == []


def test_a_case_handed_away_is_shown_once_more_to_who_did_it(
    node: PairedNode, officers: dict[Role, Officer], callers: dict[Role, Caller], settings: object
) -> None:
    settings.ACCORD_NEED_TO_KNOW = "team"  # type: ignore[attr-defined]
    asked = received_request()
    liaison, path = callers[Role.LIAISON], f"/cases/{asked.case_id}"
    assert liaison.post(f"{path}/take").status_code == 200
    answer = liaison.post(f"{path}/hand-over", {"to": "duty", "reason": "Shift ends."})
    assert (answer.status_code, answer.json()["holder"]) == (200, "duty")
    assert liaison.get(path).status_code == 404
    assert callers[Role.DUTY].get(path).status_code == 200


def test_the_team_is_read_and_changed(secret: dict[str, str], callers: dict[Role, Caller]) -> None:
    liaison, duty, path = callers[Role.LIAISON], callers[Role.DUTY], f"/cases/{secret['case_id']}"
    assert duty.get(path).status_code == 404
    added = liaison.post(f"{path}/team", {"act": "add", "member": "duty", "reason": "Knows the trade."})
    assert added.status_code == 200
    assert [one["username"] for one in duty.get(f"{path}/team").json()] == ["duty"]
    assert duty.post(f"{path}/team", {"act": "add", "member": "duty", "reason": "So."}).json()["code"] == (
        "exchange.not-team-keeper"
    )
    assert liaison.post(f"{path}/team", {"act": "remove", "member": "duty", "reason": "Over."}).status_code == 200
    assert duty.get(path).status_code == 404
    opened = liaison.post(f"{path}/circle", {"is_team_only": False, "reason": "Over."})
    assert opened.json()["is_team_only"] is False
    assert duty.get(path).status_code == 200


def test_a_break_in_opens_the_case_with_a_reason(secret: dict[str, str], callers: dict[Role, Caller]) -> None:
    duty, reference = callers[Role.DUTY], Case.objects.get(pk=secret["case_id"]).own_ref
    assert duty.post("/break-ins", {"reference": "CA-2026-1", "reason": "In danger."}).status_code == 404
    opened = duty.post("/break-ins", {"reference": reference, "reason": "A person is in danger."})
    assert opened.status_code == 201
    assert duty.get(f"/cases/{secret['case_id']}/team").json()[0]["kind"] == "break-in"


def _path(path: str, keys: dict[str, str]) -> str:
    known = {
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
        **keys,
    }
    return re.sub(r"{(\w+)}", lambda found: known.get(found[1]) or str(uuid.uuid4()), path)


def _called(caller: Caller, method: str, path: str) -> tuple[int, str]:
    rates.REQUESTS.forget_all()
    rates.WRITES.forget_all()
    if method == "GET":
        answer = caller.get(path)
    elif method == "POST":
        answer = caller.post(path)
    else:
        answer = caller.delete(path) if method == "DELETE" else caller.put(path, {})
    text = answer.content.decode() if not answer.streaming else ""
    try:
        shown = json.dumps({name: value for name, value in json.loads(text).items() if name != "instance"})
    except (ValueError, AttributeError):
        shown = text
    return answer.status_code, shown
