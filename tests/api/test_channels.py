"""Health, evidence, parked messages, and a channel that stops and goes on."""

import json

import pytest

from accord.channel.evidence import verify_bundle
from accord.channel.roots import TrustRoots
from accord.courier.alarms import raise_alarm
from accord.courier.models import Channel, Direction, Entry, ModeChange
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.release.models import ReceivedMessage
from tests.api.conftest import Caller
from tests.api.story import drafted, word_of
from tests.simulators.paired_node import PairedNode

CallersByRole = dict[Role, Caller]


def _released(callers: CallersByRole) -> str:
    draft = drafted(callers[Role.LIAISON])
    path = f"/messages/{draft['id']}"
    callers[Role.LIAISON].post(f"{path}/submit", {"version": 1})
    word = word_of(callers[Role.RELEASING].get(f"{path}/approval").json())
    callers[Role.RELEASING].post(f"{path}/approve", word)
    assert callers[Role.RELEASING].post(f"{path}/release").status_code == 200
    return str(draft["id"])


def test_a_stranger_verifies_the_exported_evidence_with_the_exported_roots(
    node: PairedNode, callers: CallersByRole
) -> None:
    message = _released(callers)
    node.flush()
    reviewer = callers[Role.REVIEWER]

    answer = reviewer.get(f"/messages/{message}/evidence")
    roots = TrustRoots.from_json(reviewer.get("/roots").content).roots
    verdict = verify_bundle(answer.content, roots)

    assert answer.headers["Content-Type"] == "application/cbor"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{message}.accord-evidence"'
    assert verdict.ok, verdict.reason
    assert {claim.name for claim in verdict.claims if claim.ok} >= {"origin", "content", "time", "receipt"}
    assert Act.objects.get(verb="export evidence").object_id == message


def test_evidence_can_be_exported_without_its_words(node: PairedNode, callers: CallersByRole) -> None:
    message = _released(callers)
    node.flush()
    liaison = callers[Role.LIAISON]

    bare = liaison.get(f"/messages/{message}/evidence", discloses_body="false")

    assert b"1-boc-4-piperidone" in liaison.get(f"/messages/{message}/evidence").content
    assert b"1-boc-4-piperidone" not in bare.content
    assert verify_bundle(bare.content, TrustRoots.from_json(liaison.get("/roots").content).roots).ok


def test_nothing_is_proven_of_what_is_in_no_log(node: PairedNode, callers: CallersByRole) -> None:
    draft = drafted(callers[Role.LIAISON])

    answer = callers[Role.LIAISON].get(f"/messages/{draft['id']}/evidence")

    assert (answer.status_code, answer.json()["code"]) == (404, "courier.no-entry")


def test_the_health_of_a_channel_shows_both_logs_the_queue_and_what_waits(
    node: PairedNode, callers: CallersByRole
) -> None:
    message = _released(callers)
    before = callers[Role.DUTY].get("/channels/IN").json()
    node.flush()
    after = callers[Role.DUTY].get("/channels/IN").json()

    assert sum(lane["queued"] for lane in before["lanes"]) == 1
    assert sum(lane["queued"] for lane in after["lanes"]) == 0
    assert (after["outgoing"]["size"], after["outgoing"]["receipted_size"]) == (1, 1)
    assert after["outgoing"]["root"] == node.peer.state.incoming.frontier.root.hex()
    assert after["mode"] == "open"
    assert callers[Role.DUTY].get("/channels").json() == [after]
    times = callers[Role.DUTY].get(f"/messages/{message}/times").json()
    assert times["enqueued_at"] <= times["flushed_at"]
    assert times["receipted_at"] is not None


def test_a_peer_nobody_knows_has_no_channel(node: PairedNode, callers: CallersByRole) -> None:
    assert callers[Role.DUTY].get("/channels/XX").status_code == 404
    assert callers[Role.DUTY].get("/channels/in").status_code == 422


def test_the_administrator_stops_a_channel_and_lets_it_go_on(node: PairedNode, callers: CallersByRole) -> None:
    administrator = callers[Role.ADMINISTRATOR]

    stopped = administrator.post("/channels/IN/suspend", {"reason": "Move to another building"})
    going = administrator.post("/channels/IN/resume", {"reason": "Moved"})

    assert (stopped.json()["mode"], going.json()["mode"]) == ("suspended", "open")
    assert ModeChange.objects.count() == 2
    assert callers[Role.DUTY].post("/channels/IN/suspend", {"reason": "x"}).status_code == 403


def test_a_channel_that_is_not_frozen_is_not_thawed(node: PairedNode, callers: CallersByRole) -> None:
    proposed = callers[Role.RELEASING].post("/channels/IN/thaw-proposal", {"reason": "Compared in person"})
    confirmed = callers[Role.ADMINISTRATOR].post("/channels/IN/thaw-confirmation")

    assert (proposed.status_code, confirmed.status_code) == (422, 422)


def test_a_frozen_channel_thaws_on_the_word_of_two_officers(node: PairedNode, callers: CallersByRole) -> None:
    Channel.objects.update(mode="frozen")
    first, second = callers[Role.RELEASING], callers[Role.ADMINISTRATOR]

    proposed = first.post("/channels/IN/thaw-proposal", {"reason": "Compared in person"})
    alone = first.post("/channels/IN/thaw-confirmation")
    together = second.post("/channels/IN/thaw-confirmation")

    assert proposed.status_code == 201, proposed.content
    assert alone.json()["code"] == "courier.two-officers-needed"
    assert together.json()["mode"] != "frozen"


def test_an_alarm_is_acknowledged_by_name(node: PairedNode, callers: CallersByRole) -> None:
    alarm = raise_alarm(node.channel, "courier.unreceipted", "The peer has given no receipt.")
    shown = callers[Role.DUTY].get("/channels/IN").json()["alarms"]

    answer = callers[Role.ADMINISTRATOR].post(f"/alarms/{alarm.pk}/acknowledge")

    assert [item["code"] for item in shown] == ["courier.unreceipted"]
    assert answer.json()["acknowledged_at"]
    assert callers[Role.DUTY].get("/channels/IN").json()["alarms"] == []


@pytest.fixture
def parked(node: PairedNode) -> ReceivedMessage:
    """A message of the peer that could not be opened."""
    entry = Entry.objects.create(
        channel=node.channel,
        direction=Direction.IN,
        position=0,
        envelope_id="0192d1f0-0000-7000-8000-000000000001",
        recorded_at="2026-11-20T12:00:00Z",
        handled_at="2026-11-20T12:00:01Z",
        capsule_id=bytes(16),
        leaf=bytes(32),
        header=b"header",
        sealed=b"sealed",
    )
    return ReceivedMessage.objects.create(
        entry=entry,
        peer_id="IN",
        envelope_id=entry.envelope_id,
        position=0,
        state="parked",
        reason_code="release.unknown-kind",
        received_at=entry.recorded_at,
        handled_at=entry.recorded_at,
    )


def test_a_parked_message_is_listed_with_its_cause_and_not_its_content(
    parked: ReceivedMessage, callers: CallersByRole
) -> None:
    rows = callers[Role.DUTY].get("/parked").json()["items"]

    assert [(row["entry"], row["reason_code"], row["kind"]) for row in rows] == [
        (parked.pk, "release.unknown-kind", None)
    ]
    assert "sealed" not in json.dumps(rows)


def test_only_what_is_parked_is_tried_again(parked: ReceivedMessage, callers: CallersByRole) -> None:
    ReceivedMessage.objects.update(state="filed")

    answer = callers[Role.DUTY].post(f"/parked/{parked.pk}/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "release.not-parked")
