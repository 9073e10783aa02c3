"""What a load balancer and a monitor are told, and what they are not."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from accord.officers.permissions import Role
from accord.parties.custody import KEYS_FILE
from tests.api.conftest import Caller
from tests.simulators.paired_node import PairedNode


@pytest.fixture
def keyed(home: Path) -> None:
    (home / KEYS_FILE).write_bytes(b"sealed keys")


def test_a_node_with_its_database_and_keys_is_ready(node: PairedNode, keyed: None) -> None:
    answer = Client().get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "checks": {"database": "ok", "keys": "ok"},
        "channels": {"open": 1, "recovering": 0, "frozen": 0, "suspended": 0},
    }


def test_a_node_without_its_keys_lives_and_is_not_ready(node: PairedNode) -> None:
    assert Client().get("/livez").status_code == 200
    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["keys"] == "missing"


def test_a_database_that_does_not_answer_makes_the_node_unfit(
    db: None, keyed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise DatabaseError("the secret host is down")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", fail)
        answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "not answering"
    assert b"secret" not in answer.content


def test_a_frozen_channel_is_shown_and_leaves_the_node_fit(node: PairedNode, keyed: None) -> None:
    type(node.channel).objects.update(mode="frozen")

    answer = Client().get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["channels"]["frozen"] == 1


def test_health_names_no_peer_and_no_version(node: PairedNode, keyed: None) -> None:
    body = Client().get("/healthz").content.decode()

    assert '"IN"' not in body
    assert "0.1" not in body


def test_metrics_are_told_on_loopback_only(db: None) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "127.0.0.1"}).get("/metrics").status_code == 404


def test_metrics_count_answers_by_operation_and_never_by_case(node: PairedNode, callers: dict[Role, Caller]) -> None:
    case = callers[Role.LIAISON].post("/cases", {"peer": "IN", "theme": "fraud", "title": "A title"}).json()
    callers[Role.LIAISON].get(f"/cases/{case['id']}")

    text = Client().get("/metrics").content.decode()

    assert 'accord_api_answers_total{operation="show_case",status="200"}' in text
    assert case["id"] not in text
    assert "A title" not in text


@pytest.mark.parametrize("address", ["/healthz", "/livez", "/metrics"])
def test_health_and_metrics_are_read_only(db: None, address: str) -> None:
    assert Client().post(address).status_code == 405
