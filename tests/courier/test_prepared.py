"""A question composed once gives what its query set gives, however often and with whatever values it is asked."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.functions import TruncDate
from django.utils import timezone

from accord.courier.models import Channel, Outbox, OutboxState
from accord.courier.prepared import NotComposable, Prepared, save_fields
from accord.courier.statements import columns_of, moment_param, uuid_param, values_of
from accord.officers.models import Act
from tests.simulators.paired_node import PairedNode

SOME = {str: "text", int: 7, bool: True, float: 0.5, bytes: b"bytes", type(None): None}
BYTES = {"BinaryField"}

pytestmark = pytest.mark.django_db


def test_it_finds_what_its_query_set_finds_and_is_composed_once(paired: PairedNode) -> None:
    rows = paired.enqueue(3)
    composed: list[UUID] = []

    def by_envelope(envelope: UUID) -> "object":
        composed.append(envelope)
        return Outbox.objects.filter(envelope_id=envelope)

    question: Prepared[Outbox] = Prepared(by_envelope, UUID)  # type: ignore[arg-type]  # typed loosely to count
    found = [question.one(row.envelope_id) for row in rows]
    assert [one.pk for one in found] == [row.pk for row in rows]
    assert found[0].not_after == rows[0].not_after
    assert bytes(found[0].payload) == bytes(rows[0].payload)
    assert len(composed) == 1


def test_a_day_takes_the_place_of_its_mark(paired: PairedNode) -> None:
    (row,) = paired.enqueue()
    question = Prepared(lambda day: Outbox.objects.annotate(day=TruncDate("not_after")).filter(day__gt=day), date)
    assert [one.pk for one in question.all(row.not_after.date() - timedelta(days=1))] == [row.pk]
    assert question.all(row.not_after.date()) == []


def test_values_are_written_as_their_fields_write_them(paired: PairedNode) -> None:
    (row,) = paired.enqueue()
    for model in apps.get_models():
        columns = columns_of(model._meta.concrete_fields, connection.vendor)
        for _name, field, as_is in columns:
            for value in (text for kind, text in SOME.items() if kind in as_is):
                assert field.get_db_prep_save(value, connection) in {value, None} or field.get_internal_type() in BYTES
    columns = columns_of(Outbox._meta.concrete_fields, connection.vendor)
    written = dict(zip((one.name for one in columns), values_of(row, columns, connection), strict=True))
    assert written["envelope_id"] == uuid_param(row.envelope_id)
    assert written["not_after"] == moment_param(row.not_after)
    # A driver that takes no bytes is given them in a wrapper.
    assert bytes(getattr(written["payload"], "obj", written["payload"])) == bytes(row.payload)
    assert written["in_reply_to"] is None


def test_a_text_in_a_json_field_and_an_empty_key_are_left_to_their_fields() -> None:
    fields = {field.name: field for field in Act._meta.concrete_fields}
    detail, officer = columns_of([fields["detail"], fields["officer"]], "sqlite")
    assert not detail.as_is
    assert str not in officer.as_is


def test_an_object_found_can_be_changed_and_saved(paired: PairedNode) -> None:
    (row,) = paired.enqueue()
    found = Prepared(lambda key: Outbox.objects.filter(pk=key), int).one(row.pk)
    found.state = OutboxState.BLOCKED
    found.save(update_fields=["state"])
    row.refresh_from_db()
    assert row.state == OutboxState.BLOCKED


def test_what_is_joined_comes_along_and_what_is_deferred_is_read_later(
    paired: PairedNode, django_assert_num_queries: object
) -> None:
    (row,) = paired.enqueue()
    question = Prepared(
        lambda key: Outbox.objects.filter(pk=key).select_related("channel").only("kind", "channel__peer_id"), int
    )
    question.one(row.pk)
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture without a type
        found = question.one(row.pk)
        assert (found.kind, found.channel.peer_id) == ("request", "IN")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert found.handling == "H1"


def test_columns_come_as_rows_with_their_types(paired: PairedNode) -> None:
    (row,) = paired.enqueue()
    question = Prepared(
        lambda after: Outbox.objects.filter(not_after__gt=after).order_by("id").values_list("envelope_id", "not_after"),
        type(row.not_after),
    )
    assert question.rows(timezone.now()) == [(row.envelope_id, row.not_after)]
    assert question.rows(timezone.now() + timedelta(days=2)) == []


def test_a_value_may_stand_in_several_places_and_values_in_any_order(paired: PairedNode) -> None:
    question = Prepared(
        lambda code, peer: Channel.objects.filter(peer_id=peer, party_code=code).exclude(peer_id=code), str, str
    )
    assert question.first("CA", "IN") == paired.channel
    assert question.first("IN", "CA") is None


def test_what_is_not_there_is_told_as_a_query_set_tells_it(paired: PairedNode) -> None:
    question = Prepared(lambda key: Outbox.objects.filter(envelope_id=key), UUID)
    assert question.first(uuid4()) is None
    assert question.all(uuid4()) == []
    with pytest.raises(Outbox.DoesNotExist):
        question.one(uuid4())


def test_a_value_that_does_not_stand_in_the_statement_is_refused(paired: PairedNode) -> None:
    question = Prepared(lambda key: Outbox.objects.filter(pk=1), int)
    with pytest.raises(NotComposable):
        question.first(1)


def test_a_locked_row_is_asked_for_with_a_lock_where_the_database_has_one(
    paired: PairedNode, django_assert_num_queries: object
) -> None:
    (row,) = paired.enqueue()
    question = Prepared(
        lambda key: Outbox.objects.filter(pk=key).select_related("channel"),
        int,
        locks=True,
    )
    with django_assert_num_queries(1) as asked:  # type: ignore[operator]
        assert question.one(row.pk) == row
    has_lock = 'FOR UPDATE OF "courier_outbox"' in asked.captured_queries[0]["sql"]
    assert has_lock == connection.features.has_select_for_update


def test_some_fields_of_an_object_are_saved_and_no_others(paired: PairedNode) -> None:
    (row,) = paired.enqueue()
    row.state, row.handling, row.flushed_at = OutboxState.FLUSHED, "H3", timezone.now()
    save_fields(row, "state", "flushed_at")
    stored = Outbox.objects.get(pk=row.pk)
    assert (stored.state, stored.handling, stored.flushed_at) == ("flushed", "H1", row.flushed_at)


def test_what_is_no_column_is_not_saved(paired: PairedNode) -> None:
    (row,) = paired.enqueue()
    with pytest.raises(NotComposable):
        save_fields(row, "released")
