"""The check of the logs over the API: begun, read on, told in codes, and each log taken along."""

import uuid
from io import BytesIO

import pytest

from accord.channel.log_export import verify_log
from accord.courier.models import Alarm, Direction, Entry
from accord.node.api import log_checks as operations
from accord.officers.models import Act
from accord.oversight.models import LogCheck
from tests.api.conftest import CallerOf
from tests.channel.logs import roots
from tests.oversight.conftest import Logs, logs

__all__ = ["logs"]

CHECKS = "/review/log-checks"


def test_every_log_is_checked_and_it_is_said_what_was_read(logs: Logs, caller_of: CallerOf) -> None:
    logs.write(3, theirs=2)
    reviewer = caller_of(logs.reviewer)
    assert [(one["whose"], one["owner"], one["size"]) for one in reviewer.get("/review/logs").json()] == [
        ("ours", "CA", 3),
        ("theirs", "IN", 2),
    ]
    none = reviewer.get(f"{CHECKS}/newest")
    assert (none.status_code, none.json()["code"]) == (404, "exchange.not-found")
    begun = reviewer.post(CHECKS, key="one")
    assert begun.status_code == 201, begun.content
    run = begun.json()
    assert (run["is_running"], run["is_sound"], run["asked_by"]) == (False, True, "reviewer")
    assert [(one["owner"], one["state"], one["done"], one["cosigned_size"]) for one in run["logs"]] == [
        ("CA", "holds", 3, 3),
        ("IN", "holds", 2, 2),
    ]
    assert all(one["owner_keys"] and one["peer_keys"] and one["fault"] is None for one in run["logs"])
    assert reviewer.post(CHECKS, key="one").json() == run
    assert LogCheck.objects.count() == 2
    assert reviewer.get(f"{CHECKS}/newest").json() == run


def test_a_long_check_is_read_on_until_it_is_over(
    logs: Logs, caller_of: CallerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        logs.write(2)
    reviewer = caller_of(logs.reviewer)
    monkeypatch.setattr(operations, "SLICE_SECONDS", 0)
    run = reviewer.post(CHECKS).json()
    assert (run["is_running"], run["is_sound"]) == (True, None)
    read = [run["logs"][0]["done"]]
    while run["is_running"]:
        run = reviewer.post(f"{CHECKS}/{run['run']}/read-on").json()
        read.append(run["logs"][0]["done"])
    assert run["is_sound"] is True
    assert read[:3] == [2, 4, 6]
    assert reviewer.post(f"{CHECKS}/{uuid.uuid4()}/read-on").status_code == 404


def test_a_log_that_does_not_hold_is_told_with_its_place_and_the_alarm_stays(logs: Logs, caller_of: CallerOf) -> None:
    logs.write(3)
    Entry.objects.filter(direction=Direction.OUT, position=1).update(sealed=b"another body")
    run = caller_of(logs.reviewer).post(CHECKS).json()
    ours = run["logs"][0]
    assert (run["is_sound"], ours["state"], ours["fault"]["code"], ours["differing"]) == (
        False,
        "fails",
        "changed",
        [1],
    )
    assert "The entries 0 to 2 are not those that CA signed" in ours["fault"]["sentence"]
    assert Alarm.objects.filter(code="oversight.log-does-not-hold").exists()


def test_a_log_goes_along_as_a_file_that_a_machine_without_a_node_checks(logs: Logs, caller_of: CallerOf) -> None:
    logs.write(2)
    reviewer = caller_of(logs.reviewer)
    answer = reviewer.get("/review/logs/IN/ours/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="accord-ours-IN.log"'
    taken = b"".join(answer.streaming_content)
    assert verify_log(BytesIO(taken).read, roots()).progress.fault is None
    assert Act.objects.filter(verb="export log").count() == 1
    assert reviewer.get("/review/logs/XX/ours/export").json()["code"] == "oversight.log-unknown"
    refused = reviewer.get("/review/logs/IN/both/export")
    assert [one["field"] for one in refused.json()["fields"]["refused"]] == ["whose"]


def test_who_does_not_read_the_record_checks_no_log(logs: Logs, caller_of: CallerOf) -> None:
    caller = caller_of(logs.administrator)
    asked = [caller.post(CHECKS), caller.get("/review/logs"), caller.get("/review/logs/IN/ours/export")]
    assert [one.status_code for one in asked] == [403, 403, 403]
    assert not LogCheck.objects.exists()
