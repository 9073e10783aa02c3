"""Witnesses over the API: added, asked, heard, retired; and what they saw that is not stored here."""

from dataclasses import replace

from accord.channel.checkpoint import sign_checkpoint, unverified_checkpoint
from accord.channel.witness import WitnessRequest
from accord.courier.models import Alarm
from accord.oversight.models import Cosignature, Witness
from tests.api.conftest import CallerOf
from tests.channel.specimens import seed, specimen
from tests.oversight.conftest import Logs, logs
from tests.oversight.test_witnesses import WITNESS, cosigned

__all__ = ["logs"]

KEYS = {"keys": WITNESS.public.to_text()}


def test_the_whole_way_of_a_witness(logs: Logs, caller_of: CallerOf) -> None:
    reviewer = caller_of(logs.reviewer)
    assert reviewer.get("/review/witnesses").json() == []
    added = reviewer.post("/review/witnesses", KEYS)
    assert added.status_code == 201, added.content
    address = f"/review/witnesses/{added.json()['id']}"
    assert added.json()["name"] == WITNESS.public.name
    logs.write(3)
    asked = reviewer.get(f"{address}/request", owner="CA", peer="IN")
    assert asked.headers["Content-Type"] == "text/plain"
    request = WitnessRequest.from_bytes(asked.content)
    note = {"note": cosigned(request.checkpoint).decode()}
    taken = reviewer.post("/review/cosignatures", note)
    assert taken.status_code == 201, taken.content
    assert [(one["witness"], one["size"]) for one in taken.json()] == [(WITNESS.public.name, 3)]
    assert reviewer.post("/review/cosignatures", note).json() == taken.json()
    assert Cosignature.objects.count() == 1
    logs.write(1)
    [shown] = reviewer.get("/review/witnesses").json()
    assert [(one["owner"], one["cosigned_size"], one["unseen"]) for one in shown["seen"]] == [
        ("CA", 3, 1),
        ("IN", 0, 0),
    ]
    assert reviewer.post(f"{address}/retire").json() == []
    assert reviewer.post(f"{address}/retire").status_code == 409
    assert reviewer.get(f"{address}/request", owner="CA", peer="IN").json()["code"] == "oversight.witness-refused"


def test_another_log_is_refused_and_the_alarm_stays(logs: Logs, caller_of: CallerOf) -> None:
    reviewer = caller_of(logs.reviewer)
    number = reviewer.post("/review/witnesses", KEYS).json()["id"]
    logs.write(2)
    asked = reviewer.get(f"/review/witnesses/{number}/request", owner="CA", peer="IN").content
    stated = unverified_checkpoint(WitnessRequest.from_bytes(asked).checkpoint)
    other = sign_checkpoint(replace(stated, root=seed("another history", 32)), specimen("CA").sign)
    refused = reviewer.post("/review/cosignatures", {"note": cosigned(other).decode()})
    assert (refused.status_code, refused.json()["code"]) == (409, "oversight.witness-saw-another-log")
    assert Alarm.objects.filter(code="oversight.witness-saw-another-log").exists()
    assert not Cosignature.objects.exists()


def test_what_is_no_key_and_no_note_is_refused(logs: Logs, caller_of: CallerOf) -> None:
    reviewer = caller_of(logs.reviewer)
    empty = reviewer.post("/review/witnesses", {"keys": ""})
    assert [one["field"] for one in empty.json()["fields"]["refused"]] == ["keys"]
    assert reviewer.post("/review/witnesses", {"keys": "no key"}).json()["code"] == "witness.key-unreadable"
    assert reviewer.post("/review/cosignatures", {"note": "no note"}).status_code == 400
    assert reviewer.post("/review/witnesses", KEYS).status_code == 201
    assert reviewer.post("/review/witnesses", KEYS).json()["code"] == "oversight.witness-in-use"


def test_who_does_not_read_the_record_adds_no_witness(logs: Logs, caller_of: CallerOf) -> None:
    caller = caller_of(logs.administrator)
    assert [caller.post("/review/witnesses", KEYS).status_code, caller.get("/review/witnesses").status_code] == [
        403,
        403,
    ]
    assert not Witness.objects.exists()
