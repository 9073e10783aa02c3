"""A refusal takes the same road whether a thing is another's or was never there: the same statements, in their order.

A test that compares times is right on no machine; what makes a time differ is what is done, and that is compared here.
How long it takes is measured by ``python -m bench --only refusals``.
"""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accord.handling.models import Correction
from accord.officers.permissions import Role
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_need_to_know import ABOUT_A_CASE, called, secret_draft, secret_request, stranger
from tests.handling.test_corrections import corrected

NOWHERE = "CA-2026-22222-22222"


def road(client: Client, name: str, key: object, reference: str) -> list[str]:
    """The statements of one request, without their values."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        called(client, name, key, reference)  # type: ignore[arg-type]
    return [re.sub(r"'[^']*'|\"s\d+_x\d+\"|\b\d+(\.\d+)?\b", "?", str(one["sql"])) for one in asked.captured_queries]


@pytest.mark.parametrize("role", [Role.LIAISON, Role.DUTY, Role.RELEASING])
def test_every_address_of_a_case_asks_the_same_of_the_database(desk: Desk, sign_in: SignIn, role: Role) -> None:
    asked, draft = secret_request(desk), secret_draft(desk)
    client = sign_in(stranger(desk, role))
    # What is looked up once in a session is looked up before.
    road(client, "case", uuid4(), NOWHERE)
    compared = 0
    for message in (asked, draft):
        for name in sorted(ABOUT_A_CASE):
            theirs = road(client, name, message.pk, message.case.own_ref)
            assert theirs == road(client, name, uuid4(), NOWHERE), name
            compared += len(theirs)
    assert compared > len(ABOUT_A_CASE)


def test_a_correction_beyond_reach_is_answered_as_none(desk: Desk, sign_in: SignIn) -> None:
    source = secret_request(desk)
    row: Correction = corrected(desk, source, "restrict")
    client = sign_in(stranger(desk, Role.DUTY))
    for key in (row.pk, uuid4()):
        assert client.get(reverse("desk:correction", args=[key])).status_code == 404
        assert client.post(reverse("desk:correction-act", args=[key]), {"act": "report"}).status_code == 404
    assert road(client, "correction", row.pk, "") == road(client, "correction", uuid4(), "")
