"""Everything that arrives is opened, judged and filed exactly once; what is wrong is told, parked and passed over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import OperationalError
from django.utils import timezone

from accord.channel.limits import SKEW_TOLERANCE_MS
from accord.channel.sealkeys import SealKey
from accord.courier.models import Alarm, Entry, Outbox
from accord.errors import OurFault
from accord.exchange.kinds.limits import PAYLOAD_BYTES_MAX
from accord.exchange.models import Case, Message
from accord.law.facts import Facts
from accord.parties.custody import PassphraseMissing, use_custody
from accord.release import intake, registry
from accord.release.actor import ActorNotPermitted
from accord.release.errors import ReleaseRefused
from accord.release.intake import UNREAD_ANSWERED_MAX, Intake, take_in, take_in_all, try_parked_again
from accord.release.models import DecisionRecord, ReceivedMessage
from accord.release.received import FilingWork, Handled, Received
from tests.desk import CANADA, INDIA, Desk, dispositions, from_india, request_fields


def theirs(**changed: object) -> dict[str, object]:
    return {**from_india(request_fields(INDIA, CANADA)), **changed}


@contextmanager
def handling_requests_by(handler: Callable[[Received, FilingWork], Handled]) -> Iterator[None]:
    known = registry.kind_for("request", 1)
    registry.register(replace(known, handler=handler))
    yield
    registry.register(known)


@contextmanager
def facts_of_requests(facts: Callable[[Facts], Facts]) -> Iterator[None]:
    known = registry.kind_for("request", 1)
    assert known.facts_at_use is not None
    stated = known.facts_at_use
    registry.register(replace(known, facts_at_use=lambda received, on: facts(stated(received, on))))
    yield
    registry.register(known)


def test_a_batch_is_filed_and_answered_by_one_disposition_of_one_range(desk: Desk) -> None:
    for number in range(5):
        desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=f"IN-2026-{number:06d}"))
    assert take_in(desk.channel) == Intake(filed=5)
    assert dispositions(desk) == [(0, 4, "filed", None, None)]
    assert Outbox.objects.count() == 1
    assert ReceivedMessage.objects.filter(state="filed").count() == 5
    assert not Entry.objects.filter(handled_at=None).exists()


def test_what_was_taken_in_is_not_taken_in_again(desk: Desk) -> None:
    desk.peer.send("request", theirs())
    assert take_in_all() == Intake(filed=1)
    assert take_in_all() == Intake()
    assert Case.objects.count() == 1
    assert Outbox.objects.count() == 1


def test_what_a_second_worker_filed_while_we_opened_it_is_filed_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=f"IN-2026-{number:06d}"))
    opened = intake._opened
    second: list[Intake] = []

    def slowly(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(intake, "_opened", opened)
        second.append(take_in(desk.channel, limit=2))
        return opened(*arguments, **options)

    monkeypatch.setattr(intake, "_opened", slowly)
    assert take_in(desk.channel) == Intake(filed=1)
    assert second == [Intake(filed=2)]
    assert Case.objects.count() == 3
    assert ReceivedMessage.objects.filter(state="filed").count() == 3


def test_a_call_takes_no_more_than_its_limit(desk: Desk) -> None:
    for number in range(3):
        desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=f"IN-2026-{number:06d}"))
    assert take_in(desk.channel, limit=2).filed == 2
    assert take_in(desk.channel, limit=2).filed == 1


def test_equal_facts_of_one_day_share_one_record_of_decision(desk: Desk) -> None:
    for number in range(3):
        desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=f"IN-2026-{number:06d}"))
    take_in(desk.channel, limit=2)
    take_in(desk.channel)
    assert DecisionRecord.objects.filter(action="use").count() == 1
    assert ReceivedMessage.objects.exclude(decision=None).count() == 3


def test_a_message_addressed_to_another_party_is_refused(desk: Desk) -> None:
    desk.peer.send("request", theirs(), recipient="NZ")
    take_in(desk.channel)
    assert dispositions(desk) == [(0, 0, "refused", "release.not-addressed-to-us", None)]
    assert not Message.objects.exists()


def test_a_message_that_names_another_sender_is_refused(desk: Desk) -> None:
    desk.peer.send("request", theirs(), sender="NZ")
    take_in(desk.channel)
    assert dispositions(desk)[0][3] == "release.not-addressed-to-us"


def test_a_message_that_came_too_late_is_shown_to_nobody(desk: Desk) -> None:
    now = timezone.now()
    desk.peer.send("request", theirs(), now=now - timedelta(days=2), not_after=now - timedelta(days=1))
    assert take_in(desk.channel) == Intake(stopped=1)
    assert dispositions(desk) == [(0, 0, "expired-unread", None, None)]
    assert ReceivedMessage.objects.get().state == ReceivedMessage.State.EXPIRED
    assert not Message.objects.exists()


def test_expiry_is_judged_with_the_stated_tolerance_of_the_clocks(desk: Desk) -> None:
    now = timezone.now()
    tolerance = timedelta(milliseconds=SKEW_TOLERANCE_MS)
    for late_by in (tolerance - timedelta(seconds=1), tolerance + timedelta(seconds=1)):
        desk.peer.send("request", theirs(), now=now - timedelta(days=1), not_after=now - late_by)
    take_in(desk.channel, now=now)
    assert [state for _, _, state, _, _ in dispositions(desk)] == ["filed", "expired-unread"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"kind": "gossip", "payload": {}}, "release.unknown-kind"),
        ({"kind": "request", "payload": {}, "schema": 9}, "release.unknown-schema"),
        ({"kind": "request", "payload": {}}, "release.schema-refused"),
        ({"kind": "request", "payload": b"\xff{"}, "release.schema-refused"),
        ({"kind": "request", "payload": b"[" * 5_000}, "release.schema-refused"),
        ({"kind": "request", "payload": b" " * (PAYLOAD_BYTES_MAX + 1)}, "release.too-large"),
        ({"kind": "request", "payload": theirs(), "handling": "H9"}, "release.unknown-handling"),
        ({"kind": "request", "payload": theirs(), "handling": "H2"}, "exchange.handling-mismatch"),
        ({"kind": "request", "payload": theirs(unknown_field=1)}, "release.schema-refused"),
        ({"kind": "request", "payload": theirs(caveats=[])}, "release.schema-refused"),
        ({"kind": "request", "payload": theirs(facts="hidden\u202eno")}, "text.refused-character"),
        ({"kind": "request", "payload": theirs(sender={"party": "NZ", "agency": "NCB"})}, "exchange.party-mismatch"),
        (
            {"kind": "request", "payload": from_india(request_fields(INDIA, CANADA), clock_table="9999")},
            "exchange.unknown-clock-table",
        ),
        ({"kind": "request", "payload": theirs(), "attachment_root": bytes(32)}, "exchange.attachments-mismatch"),
        ({"kind": "request", "payload": theirs(), "spoil": True}, "trust.seal-broken"),
        ({"kind": "request", "payload": theirs(), "key": SealKey.generate()}, "release.key-not-held"),
    ],
)
def test_what_is_wrong_is_refused_with_its_code_and_never_blocks_the_next(
    desk: Desk, sent: dict[str, object], code: str
) -> None:
    desk.peer.send(**sent)  # type: ignore[arg-type]
    desk.peer.send("request", theirs())
    assert take_in(desk.channel) == Intake(filed=1, stopped=1)
    told = dispositions(desk)
    assert told[0][:4] == (0, 0, "refused", code)
    assert told[1][:3] == (1, 1, "filed")


def test_escaped_control_characters_do_not_slip_past_the_quick_look(desk: Desk) -> None:
    payload = msgspec.json.encode(theirs(facts="PLACE")).replace(b"PLACE", b"hidden\\u202eno")
    desk.peer.send("request", payload)
    take_in(desk.channel)
    assert dispositions(desk)[0][3] == "text.refused-character"


def test_a_disposition_is_never_answered(desk: Desk) -> None:
    desk.peer.send("request", theirs())
    take_in(desk.channel)
    answer = Outbox.objects.get()
    desk.peer.send("disposition", bytes(answer.payload), handling="H0")
    assert take_in(desk.channel).filed == 1
    assert Outbox.objects.count() == 1


def test_unreadable_messages_are_not_answered_for_ever(desk: Desk) -> None:
    for _ in range(UNREAD_ANSWERED_MAX + 4):
        desk.peer.send("request", theirs(), spoil=True)
        take_in(desk.channel)
    assert len(dispositions(desk)) == UNREAD_ANSWERED_MAX
    assert Alarm.objects.filter(code="release.unreadable").exists()


def test_a_handler_that_raises_leaves_nothing_of_its_message_and_all_of_the_others(desk: Desk) -> None:
    original = registry.kind_for("request", 1).handler

    def poisoned(received: Received, work: FilingWork) -> Handled:
        handled = original(received, work)
        if received.position == 1:
            raise ZeroDivisionError
        return handled

    for number in range(3):
        desk.peer.send("request", from_india(request_fields(INDIA, CANADA), case=f"IN-2026-{number:06d}"))
    with handling_requests_by(poisoned):
        assert take_in(desk.channel) == Intake(filed=2, stopped=1)
    assert [told[:4] for told in dispositions(desk)] == [
        (0, 0, "filed", None),
        (1, 1, "refused", "release.handler-failed"),
        (2, 2, "filed", None),
    ]
    assert sorted(Case.objects.values_list("other_ref", flat=True)) == ["IN-2026-000000", "IN-2026-000002"]
    assert ReceivedMessage.objects.get(position=1).state == ReceivedMessage.State.PARKED
    assert Alarm.objects.filter(code="release.parked").exists()


@pytest.mark.parametrize("fault", [OperationalError("disk"), OurFault("broken"), PassphraseMissing("closed")])
def test_a_fault_of_this_node_parks_nothing_and_is_tried_again(desk: Desk, fault: Exception) -> None:
    def broken(_received: Received, _work: FilingWork) -> Handled:
        raise fault

    desk.peer.send("request", theirs())
    with handling_requests_by(broken), pytest.raises(type(fault)):
        take_in(desk.channel)
    assert not ReceivedMessage.objects.exists()
    assert not Outbox.objects.exists()
    assert take_in(desk.channel) == Intake(filed=1)


def test_what_the_gate_stops_is_parked_with_its_decision_and_the_rule_is_named(desk: Desk) -> None:
    desk.peer.send("request", theirs())
    with facts_of_requests(lambda facts: msgspec.structs.replace(facts, basis=("religion",))):
        assert take_in(desk.channel) == Intake(stopped=1)
    received = ReceivedMessage.objects.get()
    assert received.state == ReceivedMessage.State.PARKED
    assert received.decision is not None
    assert received.decision.outcome == "refuse"
    (told,) = dispositions(desk)
    assert told[2:4] == ("refused", "law.refuses")
    assert told[4] in {reason["rule"] for reason in received.decision.decision["reasons"]}
    assert not Message.objects.exists()


def test_a_parked_message_is_filed_once_its_cause_is_mended(desk: Desk) -> None:
    def broken(_received: Received, _work: FilingWork) -> Handled:
        raise ZeroDivisionError

    desk.peer.send("request", theirs())
    with handling_requests_by(broken):
        take_in(desk.channel)
    parked = ReceivedMessage.objects.get()
    assert try_parked_again(desk.duty, parked) == Intake(filed=1)
    assert Message.objects.count() == 1
    assert [told[2] for told in dispositions(desk)] == ["refused", "filed"]
    with pytest.raises(ReleaseRefused):
        try_parked_again(desk.duty, ReceivedMessage.objects.get())


def test_only_who_may_handle_parked_messages_tries_them_again(desk: Desk) -> None:
    desk.peer.send("request", theirs(), spoil=True)
    take_in(desk.channel)
    with pytest.raises(ActorNotPermitted):
        try_parked_again(desk.reviewer, ReceivedMessage.objects.get())


def test_a_message_sealed_to_a_key_restored_later_can_be_filed_then(desk: Desk) -> None:
    other = SealKey.generate()
    desk.peer.send("request", theirs(), key=other)
    take_in(desk.channel)
    use_custody(replace(desk.custody, key=other))  # type: ignore[arg-type]
    assert try_parked_again(desk.duty, ReceivedMessage.objects.get()) == Intake(filed=1)
