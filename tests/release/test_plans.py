"""What an intake asks of the database is found by an index, however long the logs and the records have become."""

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from accord.release.intake import _unhandled
from accord.release.judging import records_of
from accord.release.recovered import _unrestored
from tests.desk import Desk


def plan(question: "QuerySet[Model]") -> str:
    """The database's plan for a question, with PostgreSQL's habit of reading small tables whole switched off."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return question.explain()


@pytest.mark.django_db
def test_what_waits_is_found_without_looking_through_the_log(desk: Desk) -> None:
    found = plan(_unhandled(desk.channel.pk)[:256])  # type: ignore[arg-type]  # any model will do
    assert "Seq Scan" not in found
    assert connection.vendor != "sqlite" or "courier_entry_unhandled" in found


@pytest.mark.django_db
def test_a_decision_on_record_is_found_by_its_facts(desk: Desk) -> None:
    found = plan(records_of([bytes(32), bytes(range(32))]))  # type: ignore[arg-type]  # any model will do
    assert "Seq Scan" not in found
    assert connection.vendor != "sqlite" or "decision_by_facts" in found


@pytest.mark.django_db
def test_our_own_recovered_words_are_found_without_looking_through_our_log(desk: Desk) -> None:
    found = plan(_unrestored(desk.channel)[:64])  # type: ignore[arg-type]  # any model will do
    assert "Seq Scan" not in found
    assert connection.vendor != "sqlite" or "courier_entry_recovered" in found
