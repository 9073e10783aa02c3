"""A browser without pictures: Django's client, signed in as an officer of the desk."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.officers.models import Officer
from tests.desk import Desk, desk

__all__ = ["SignIn", "desk", "sign_in", "statements"]

SignIn = Callable[[Officer], Client]


@pytest.fixture
def sign_in(desk: Desk) -> SignIn:
    """Returns a client in whose session an officer is signed in."""

    def signed_in(officer: Officer) -> Client:
        client = Client()
        # As if the officer had chosen a password: until then no session opens.
        Officer.objects.filter(pk=officer.pk).update(own_password_at=timezone.now())
        client.force_login(Officer.objects.get(pk=officer.pk))
        return client

    return signed_in


@pytest.fixture(autouse=True)
def without_second_factor(settings: pytest.FixtureRequest) -> None:
    settings.ACCORD_SECOND_FACTOR = False  # type: ignore[attr-defined]


def statements(client: Client, address: str) -> int:
    """How many statements a page costs, once what it remembers of the officer is stored."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)
