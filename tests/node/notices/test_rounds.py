"""Rounds of notices: a flood is told bit by bit, urgent ones first, and little is read again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accord.exchange.models import Message
from accord.node.notices import deriving, rounds
from accord.node.notices.models import Notice
from accord.node.notices.rounds import AT_REST_SECONDS, READ_AGAIN, WHOLE_SECONDS, make_round
from accord.officers.acts import note
from accord.release.intake import take_in
from tests.desk import CANADA, INDIA, Desk, from_india, request_fields, submitted_request


def filed(desk: Desk, case: str, **changed: object) -> Message:
    entry = desk.peer.send("request", from_india(request_fields(INDIA, CANADA, **changed), case=case))
    assert take_in(desk.channel).filed == 1
    return Message.objects.get(envelope_id=entry.envelope_id)


def test_of_a_flood_each_round_tells_some_and_what_is_urgent_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    make_round()
    Notice.objects.all().delete()
    monkeypatch.setattr(deriving, "ARRIVALS_A_TURN", 1)
    plain = filed(desk, "IN-2026-1")
    urgent = filed(desk, "IN-2026-2", urgency="urgent", urgency_ground="life-or-limb", urgency_text="Now.")

    def told() -> set[object]:
        return set(Notice.objects.values_list("message", flat=True))

    assert make_round()
    assert told() == {urgent.pk}
    assert not make_round()
    assert told() == {urgent.pk, plain.pk}


def test_one_message_after_the_other_waits_for_the_next_round(desk: Desk) -> None:
    make_round()
    filed(desk, "IN-2026-1")
    assert not make_round()
    filed(desk, "IN-2026-2")
    assert not make_round()
    assert Notice.objects.filter(kind="request").exists()


@pytest.mark.django_db(transaction=True)
def test_while_nothing_is_stored_a_look_reads_no_table(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    looks = rounds._Looks()
    looks.look()
    # The first one stored how far it read.
    looks.look()
    with django_assert_num_queries(1):
        assert not looks.look()
    now[0] += AT_REST_SECONDS
    with CaptureQueriesContext(connection) as asked:
        looks.look()
    assert len(asked) > 10


def test_what_was_stamped_long_before_its_end_is_told_with_the_next_whole_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(rounds.time, "monotonic", lambda: now[0])
    looks = rounds._Looks()
    looks.look()
    Notice.objects.all().delete()
    draft = submitted_request(desk)
    looks.look()
    assert Notice.objects.filter(kind="draft-blocked").count() == 0
    before = Notice.objects.count()
    note(desk.duty, "send back message", draft, at=timezone.now() - 2 * READ_AGAIN - timedelta(seconds=1))
    looks.look()
    assert Notice.objects.count() == before
    now[0] += WHOLE_SECONDS
    looks.look()
    assert Notice.objects.count() == before + 1
