"""What the outermost edge refuses, and that every refusal has one form."""

import logging

import pytest
from django.test import Client

from accord.node.api.limits import BODY_BYTES_MAX
from accord.officers.permissions import Role
from tests.api.conftest import Caller

REQUIRED = {"type", "title", "status", "code", "next_step"}


def test_an_unknown_address_is_a_problem_object(db: None) -> None:
    answer = Client().get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()) >= REQUIRED
    assert answer.json()["code"] == "api.not-found"


def test_a_method_the_address_does_not_know_names_those_it_knows(callers: dict[Role, Caller]) -> None:
    answer = callers[Role.LIAISON].put("/me", {})

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert answer.json()["code"] == "api.method-not-allowed"


def test_an_unknown_host_is_a_problem_object(db: None) -> None:
    answer = Client().get("/api/v1/me", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "api.malformed"


@pytest.mark.parametrize(
    ("length", "status"),
    [(str(BODY_BYTES_MAX + 1), 413), ("9" * 5_000, 413), ("-1", 400), ("1e3", 400), ("٣", 400)],
)
def test_a_body_is_refused_by_its_declared_size_before_it_is_read(db: None, length: str, status: int) -> None:
    answer = Client().generic("POST", "/api/v1/cases", CONTENT_LENGTH=length)

    assert answer.status_code == status
    assert set(answer.json()) >= REQUIRED


def test_a_body_in_http_chunks_is_refused(db: None) -> None:
    answer = Client().post("/api/v1/cases", headers={"Transfer-Encoding": "chunked"})

    assert answer.status_code == 411


def test_an_unforeseen_failure_tells_an_incident_and_neither_answer_nor_log_tells_content(
    callers: dict[Role, Caller], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told = "the " + "informant is Mr X"

    def fail(**_values: object) -> None:
        raise RuntimeError(told)

    monkeypatch.setattr("accord.node.api.me.MeOut", fail)
    with caplog.at_level(logging.ERROR):
        answer = callers[Role.LIAISON].get("/me")

    assert answer.status_code == 500
    incident = answer.json()["fields"]["incident"]
    ours = [record.getMessage() for record in caplog.records if record.name == "accord.node.api"]
    assert any(incident in line and "RuntimeError" in line for line in ours)
    assert not any(told in record.getMessage() for record in caplog.records)
    assert told.encode() not in answer.content


def test_every_answer_forbids_storing_sniffing_and_foreign_scripts(callers: dict[Role, Caller]) -> None:
    headers = callers[Role.LIAISON].get("/me").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
