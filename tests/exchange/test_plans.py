"""What the jobs of this room ask of the database is found by an index."""

import pytest
from django.db import connection

from accord.exchange.releasing import due_at
from tests.desk import NOON, Desk


@pytest.mark.django_db
def test_what_waits_for_its_hour_is_found_without_looking_through_all_that_is_approved(desk: Desk) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    found = due_at(NOON).explain()
    assert "Seq Scan on exchange_message" not in found
    assert connection.vendor != "sqlite" or "message_scheduled" in found
