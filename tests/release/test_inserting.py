"""Many rows by one statement, equal to what Django would have written."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accord.exchange.models import Case, Message
from accord.release.inserting import insert_rows
from tests.desk import Desk


def cases(count: int) -> list[Case]:
    now = timezone.now()
    return [
        Case(
            own_ref=f"CA-2026-{number:06d}",
            peer_id="IN",
            is_ours=number % 2 == 0,
            theme="fraud",
            title=f"भारत {number}",
            opened_at=now,
            changed_at=now + timedelta(seconds=number),
        )
        for number in range(count)
    ]


def test_rows_read_back_as_they_were_made(desk: Desk) -> None:
    made = cases(300)
    insert_rows(Case, made)
    for row in made:
        found = Case.objects.get(pk=row.pk)
        for field in Case._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(row, field.attname)


def test_bytes_and_missing_values_read_back_as_they_were_made(desk: Desk) -> None:
    (case,) = cases(1)
    insert_rows(Case, [case])
    message = Message(
        case_id=case.pk,
        direction="in",
        kind="request",
        state="received",
        content=b"\x00\xff{}",
        envelope_id=uuid.uuid4(),
        received_at=timezone.now(),
    )
    insert_rows(Message, [message])
    found = Message.objects.get()
    assert bytes(found.content) == b"\x00\xff{}"
    assert (found.envelope_id, found.received_at) == (message.envelope_id, message.received_at)
    assert found.attachment_root is None


def test_inserted_rows_count_as_stored(desk: Desk) -> None:
    (case,) = cases(1)
    insert_rows(Case, [case])
    case.title = "Changed"
    case.save()
    assert Case.objects.get().title == "Changed"


def test_no_row_needs_no_statement(desk: Desk) -> None:
    insert_rows(Case, [])
    assert not Case.objects.exists()


def test_one_row_that_breaks_a_rule_leaves_none_of_them(desk: Desk) -> None:
    made = cases(3)
    made[2].own_ref = made[0].own_ref
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Case, made)
    assert not Case.objects.exists()
