"""Accounts of every role at one node, and a caller that speaks to the API as each of them."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from _pytest.nodeid import coerce_node_id
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accord.node.api import rates
from accord.officers.models import Officer
from accord.officers.permissions import Role, permissions_of
from accord.officers.services import create_first_administrator, create_officer
from accord.officers.tokens import issue_token
from accord.release.gate import use_gate
from tests.registers import arranged, profiled
from tests.simulators.paired_node import PairedNode


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Names each generated test by its operation: workers that share the tests run one test a name."""
    generated = [item for item in items if getattr(item, "operation_label", None)]
    for item in generated:
        item._id = coerce_node_id(f"{item.nodeid}[{item.operation_label}]")
    if len({item.nodeid for item in generated}) != len(generated):
        raise pytest.UsageError("two generated tests have one name, so that one of them would not run")


TOKEN_DAYS = 30


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    """Each test starts as a fresh process does."""
    for rate in (rates.REQUESTS, rates.WRITES, rates.SIGN_IN_FAILURES):
        rate.forget_all()


@pytest.fixture
def administrator(db: None) -> Officer:
    return create_first_administrator("admin", "correct horse battery staple")


@pytest.fixture
def officers(administrator: Officer) -> dict[Role, Officer]:
    """One officer of each role."""
    made = {Role.ADMINISTRATOR: administrator}
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            made[role] = create_officer(
                administrator,
                role.value,
                password=None,
                display_name=f"Specimen {role.value}",
                roles=[role.value],
                agency="RCMP",
            )
    return made


@pytest.fixture
def node(met: PairedNode) -> PairedNode:
    """This node serves Canada, is paired with India and has met it; its gate holds Canada's law."""
    today = timezone.now().date()
    profiled("IN", assessed_on=today)
    arranged("CA-IN-2026", purposes=["investigate"], valid_from=today - timedelta(days=30))
    use_gate(None)
    return met


@dataclass
class Caller:
    """Calls the API with one account's token."""

    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, body: object = None, *, key: str | None = None, **headers: str) -> HttpResponse:
        return self.client.post(
            f"/api/v1{path}",
            data=json.dumps({} if body is None else body),
            content_type="application/json",
            headers={**self._headers(), "Idempotency-Key": key or str(uuid.uuid4()), **headers},
        )

    def put(self, path: str, body: object, *, content_type: str = "application/json", **headers: str) -> HttpResponse:
        data = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.put(
            f"/api/v1{path}", data=data, content_type=content_type, headers={**self._headers(), **headers}
        )

    def delete(self, path: str) -> HttpResponse:
        return self.client.delete(f"/api/v1{path}", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


CallerOf = Callable[..., Caller]


@pytest.fixture
def caller_of(db: None) -> CallerOf:
    """Makes a caller for an officer, with the whole scope of its roles or a narrower one."""

    def make(officer: Officer, scope: list[str] | None = None) -> Caller:
        words = scope or [item.value for item in permissions_of(officer.roles)]
        _token, secret = issue_token(
            officer,
            officer,
            label="test",
            scope=words,
            expires_at=timezone.now() + timedelta(days=TOKEN_DAYS),
        )
        return Caller(secret=secret)

    return make


@pytest.fixture
def callers(officers: dict[Role, Officer], caller_of: CallerOf) -> dict[Role, Caller]:
    """One caller of each role."""
    return {role: caller_of(officer) for role, officer in officers.items()}
