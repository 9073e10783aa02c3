"""What arrives finds its case, starts and stops clocks, and contradicts nothing, a batch at a time."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.exchange.models import Case, Clock, Message
from accord.release import received
from accord.release.follow import follow_all
from accord.release.intake import take_in
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    answer_fields,
    days,
    dispositions,
    flush,
    from_india,
    information_fields,
    notice_fields,
    received_request,
    released_request,
    request_fields,
)


def test_a_request_opens_a_case_with_both_references_and_starts_its_clock_at_receipt(desk: Desk) -> None:
    now = timezone.now()
    request = received_request(desk, now=now)
    assert (request.case.other_ref, request.case.is_ours) == ("IN-2026-000007", False)
    assert request.case.own_ref.startswith("CA-")
    assert request.case.waiting_on == Case.Waiting.US
    assert request.received_at == now
    assert request.clock.due_at == now + timedelta(days=7)


@pytest.mark.parametrize(
    ("urgency", "access", "limit"),
    [
        ("urgent", "direct", timedelta(hours=8)),
        ("urgent", "indirect", timedelta(days=3)),
        ("normal", "direct", timedelta(days=7)),
        ("normal", "indirect", timedelta(days=7)),
        ("threat-to-life", "indirect", timedelta(hours=8)),
    ],
)
def test_the_limit_follows_from_urgency_and_access(desk: Desk, urgency: str, access: str, limit: timedelta) -> None:
    ground = {} if urgency == "normal" else {"urgency_ground": "life-or-limb", "urgency_text": "Now."}
    request = received_request(desk, urgency=urgency, access_class=access, **ground)
    assert request.clock.due_at - request.clock.started_at == limit


def test_the_bytes_that_came_are_the_bytes_kept(desk: Desk) -> None:
    payload = from_india(request_fields(INDIA, CANADA))
    entry = desk.peer.send("request", payload)
    take_in(desk.channel)
    assert Message.objects.get(envelope_id=entry.envelope_id).fields == payload


def test_a_second_request_of_the_same_case_joins_it_even_in_one_batch(desk: Desk) -> None:
    for number in (1, 2):
        desk.peer.send("request", from_india(request_fields(INDIA, CANADA), number=number))
    take_in(desk.channel)
    desk.peer.send("request", from_india(request_fields(INDIA, CANADA), number=3))
    take_in(desk.channel)
    assert Case.objects.get().messages.count() == 3


def test_a_message_that_names_our_case_joins_it(desk: Desk) -> None:
    ours = released_request(desk).case
    told = from_india(information_fields(INDIA, CANADA), case_ref_other=ours.own_ref)
    desk.peer.send("spontaneous-information", told)
    take_in(desk.channel)
    ours.refresh_from_db()
    assert ours.messages.count() == 2
    assert ours.other_ref == "IN-2026-000007"


def test_another_partys_reference_does_not_join_our_case_by_guessing(desk: Desk) -> None:
    told = from_india(information_fields(INDIA, CANADA), case_ref_other="CA-2026-999999")
    desk.peer.send("spontaneous-information", told)
    take_in(desk.channel)
    assert Case.objects.get().is_ours is False


def test_an_answer_joins_its_request_and_ends_its_clock(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    desk.peer.send("answer", from_india(answer_fields(INDIA, CANADA)), in_reply_to=sent.envelope_id)
    assert take_in(desk.channel).filed == 1
    answer = Message.objects.get(direction="in")
    assert (answer.case, answer.in_reply_to) == (sent.case, sent)
    assert Clock.objects.get().state == Clock.State.ENDED
    sent.case.refresh_from_db()
    assert (sent.case.other_ref, sent.case.waiting_on) == ("IN-2026-000007", Case.Waiting.US)


def test_a_deferred_answer_does_not_end_the_clock(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    deferred = from_india(answer_fields(INDIA, CANADA, outcome="deferred", updates_expected_on=days(9)))
    desk.peer.send("answer", deferred, in_reply_to=sent.envelope_id)
    take_in(desk.channel)
    assert Clock.objects.get().state == Clock.State.RUNNING


def test_a_delay_notice_of_theirs_stops_our_clock_on_its_ground(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    notice = from_india(notice_fields(INDIA, CANADA, reason="translation", expected_on=days(12)))
    desk.peer.send("delay-notice", notice, in_reply_to=sent.envelope_id)
    take_in(desk.channel)
    clock = Clock.objects.get()
    assert (clock.state, clock.pause_reason) == (Clock.State.PAUSED, "translation")
    assert clock.expected_on is not None
    assert clock.expected_on.isoformat() == days(12)


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("answer", answer_fields(INDIA, CANADA), "exchange.unknown-request"),
        (
            "delay-notice",
            notice_fields(INDIA, CANADA, reason="volume", expected_on=days(1)),
            "exchange.unknown-request",
        ),
        ("clarification", notice_fields(INDIA, CANADA, role="question", points=["?"]), "exchange.unknown-message"),
    ],
)
def test_what_answers_nothing_of_ours_is_refused(desk: Desk, kind: str, fields: dict[str, object], code: str) -> None:
    theirs = received_request(desk)
    for about in (None, uuid.uuid4(), theirs.envelope_id):
        desk.peer.send(kind, from_india(fields), in_reply_to=about)
    assert take_in(desk.channel).stopped == 3
    assert dispositions(desk)[-1] == (1, 3, "refused", code, None)
    assert Message.objects.count() == 1


STATEMENTS_OF_AN_INTAKE = 26
"""Of one request, with the disposition that tells of it; one of them is asked once a second."""


def test_a_batch_costs_as_many_statements_as_a_single_message(desk: Desk) -> None:
    counts = []
    for size in (1, 40):
        for number in range(size):
            case = f"IN-2026-{size:03d}{number:03d}"
            desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=case))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert take_in(desk.channel).filed == size
        counts.append(len(queries))
    assert counts[0] <= STATEMENTS_OF_AN_INTAKE
    # Python's SQLite takes 999 parameters a statement by default, so that a large insert is cut in a few.
    assert counts[1] <= counts[0] + 6


def test_nothing_is_written_before_what_it_refers_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # Or SQLite would look for each message through every table that refers to one, some of them without an index.
    known = received_request(desk)
    desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=known.case.other_ref, number=2))
    desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case="IN-2026-000008"))
    written = received.insert_rows
    seen: list[str] = []

    def checked(model: type[Model], rows: Sequence[Model], *, has_keys: bool = True) -> None:
        written(model, rows, has_keys=has_keys)
        connection.check_constraints()
        seen.append(model.__name__)

    monkeypatch.setattr(received, "insert_rows", checked)
    assert take_in(desk.channel).filed == 2
    assert seen == ["Case", "Message", "Arrival", "Clock"]
