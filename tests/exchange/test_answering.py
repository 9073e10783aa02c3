"""Take, ask an agency, answer, refuse, delay, clarify, close: the duty officer's acts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.exchange import services
from accord.exchange.drafts import FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.kinds.answer import PART_REFUSED_ALL
from accord.exchange.models import Case, Clock, Message
from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.release.intake import take_in
from accord.vocabulary.refusal import DelayReason, RefusalGround
from tests.desk import (
    CANADA,
    INDIA,
    TODAY,
    Desk,
    answer_fields,
    approved,
    days,
    from_india,
    notice_fields,
    own_side,
    received_request,
    released_request,
)


def leave(desk: Desk, draft: Message) -> Message:
    return services.release(desk.releasing, approved(desk, services.submit(desk.duty, draft, version=draft.version)))


def test_an_agency_is_asked_within_our_side_and_its_reply_recorded_once(desk: Desk) -> None:
    case = received_request(desk).case
    inquiry = services.ask_agency(desk.duty, case, agency="HC", question="Is it licensed?")
    recorded = services.record_reply(desk.duty, inquiry, text="No.", holds_information=True)
    assert (recorded.reply, recorded.holds_information, recorded.recorded_by) == ("No.", True, desk.duty)
    with pytest.raises(ActRefused):
        services.record_reply(desk.duty, inquiry, text="Yes.", holds_information=True)
    assert not Outbox.objects.exclude(kind="disposition").exists()


@pytest.mark.parametrize(("agency", "question"), [("NCB", "Is it licensed?"), ("HC", " "), ("HC", "x" * 20_001)])
def test_only_our_own_agencies_are_asked_and_with_a_question(desk: Desk, agency: str, question: str) -> None:
    with pytest.raises((ActRefused, TextRefused)):
        services.ask_agency(desk.duty, received_request(desk).case, agency=agency, question=question)


def test_an_answer_takes_over_receiver_theme_and_purpose(desk: Desk) -> None:
    request = received_request(desk)
    fields = answer_fields()
    for name in ("recipient", "theme", "purpose"):
        del fields[name]
    draft = services.answer(desk.duty, request, fields, own=own_side())
    assert draft.fields["recipient"] == {"party": "IN", "agency": "NCB"}
    assert leave(desk, draft).state == Message.State.RELEASED


@pytest.mark.parametrize("outcome", ["full", "partial", "nothing-held", "deferred"])
def test_each_outcome_leaves_as_an_answer_to_the_request(desk: Desk, outcome: str) -> None:
    request = received_request(desk)
    changed: dict[str, object] = {"outcome": outcome}
    if outcome == "deferred":
        changed["updates_expected_on"] = days(5)
    leave(desk, services.answer(desk.duty, request, answer_fields(**changed), own=own_side()))
    assert Outbox.objects.get(kind="answer").in_reply_to == request.envelope_id
    ends = Clock.objects.get().state == Clock.State.ENDED
    assert ends is (outcome != "deferred")


def test_an_answer_in_time_is_not_overdue_and_a_late_one_is(desk: Desk) -> None:
    request = received_request(desk, now=timezone.now() - timedelta(days=8))
    leave(desk, services.answer(desk.duty, request, answer_fields(), own=own_side()))
    assert Clock.objects.get().is_overdue(timezone.now())
    other = received_request(desk, case="IN-2026-000008")
    leave(desk, services.answer(desk.duty, other, answer_fields(), own=own_side()))
    assert not Clock.objects.get(message=other).is_overdue(timezone.now() + timedelta(days=90))


def test_the_answer_with_fixed_words_is_not_written_by_hand(desk: Desk) -> None:
    with pytest.raises(ActRefused) as refused:
        services.answer(desk.duty, received_request(desk), answer_fields(outcome="cannot-confirm-or-deny"))
    assert refused.value.reason_code == "exchange.fixed-words"


def test_our_own_request_cannot_be_answered_by_us(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.answer(desk.duty, released_request(desk), answer_fields())


@pytest.mark.parametrize("ground", [ground for ground in RefusalGround if ground is not RefusalGround.LAW_RULE])
def test_a_request_is_refused_on_each_ground_of_the_closed_list(desk: Desk, ground: RefusalGround) -> None:
    draft = services.refuse(
        desk.duty,
        received_request(desk),
        answer_fields(outcome=None, evaluation=None, answered_items=None, text=None, accuracy=None),
        ground=ground,
        part_refused=PART_REFUSED_ALL,
        own=own_side(),
    )
    sent = leave(desk, draft)
    assert sent.fields["refusals"] == [{"ground": ground.value, "part_refused": PART_REFUSED_ALL}]
    assert sent.case.waiting_on == Case.Waiting.NOBODY


def test_a_ground_outside_the_list_is_refused(desk: Desk) -> None:
    with pytest.raises(ActRefused) as refused:
        services.refuse(desk.duty, received_request(desk), answer_fields(), ground="dislike", part_refused="All.")
    assert refused.value.reason_code == "exchange.unknown-ground"


def test_a_refusal_by_law_must_name_its_rule(desk: Desk) -> None:
    request = received_request(desk)
    fields = answer_fields(outcome=None, evaluation=None, answered_items=None, text=None, accuracy=None)
    with pytest.raises(FieldRefused) as refused:
        services.refuse(desk.duty, request, fields, ground="law", part_refused="All.", own=own_side())
    assert refused.value.fields["field"] == "refusals[0].rule"
    named = services.refuse(
        desk.duty, request, fields, ground="law", part_refused=PART_REFUSED_ALL, rule="BI-07", own=own_side()
    )
    assert leave(desk, named).state == Message.State.RELEASED


def test_a_refusal_without_reasons_is_noted_for_the_reviewer(desk: Desk) -> None:
    services.refuse(
        desk.duty,
        received_request(desk),
        answer_fields(outcome=None, evaluation=None, answered_items=None),
        ground="f-i",
        part_refused="All.",
        is_without_reasons=True,
        own=own_side(),
    )
    assert Act.objects.filter(verb="refuse without reasons", officer=desk.duty).exists()


def test_a_delay_notice_stops_the_clock_on_its_ground_and_resuming_moves_the_limit(desk: Desk) -> None:
    now = timezone.now()
    request = received_request(desk, now=now)
    draft = services.delay(
        desk.duty,
        request,
        notice_fields(),
        reason=DelayReason.JUDICIAL_AUTHORISATION,
        expected_on=TODAY + timedelta(days=20),
    )
    assert Clock.objects.get().state == Clock.State.RUNNING
    message = approved(desk, services.submit(desk.duty, draft, version=1))
    services.release(desk.releasing, message, now=now + timedelta(hours=2))
    clock = Clock.objects.get()
    assert (clock.state, clock.pause_reason) == (Clock.State.PAUSED, "judicial-authorisation")
    assert not clock.is_overdue(now + timedelta(days=19))
    assert clock.is_overdue(now + timedelta(days=22))
    resumed = services.resume(desk.duty, request, now=now + timedelta(days=3, hours=2))
    assert resumed.due_at == now + timedelta(days=10)
    with pytest.raises(ActRefused):
        services.resume(desk.duty, request)


def test_that_our_gate_waits_for_somebody_is_not_told_to_the_peer(desk: Desk) -> None:
    request = received_request(desk)
    draft = services.delay(
        desk.duty,
        request,
        notice_fields(),
        reason=DelayReason.GATE_ESCALATION,
        expected_on=TODAY + timedelta(days=5),
    )
    leave(desk, draft)
    assert b"gate-escalation" not in bytes(Outbox.objects.get(kind="delay-notice").payload)
    assert b"in-preparation" in bytes(Outbox.objects.get(kind="delay-notice").payload)
    assert Clock.objects.get().pause_reason == "gate-escalation"


def test_a_reason_for_delay_outside_the_list_is_refused(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.delay(desk.duty, received_request(desk), notice_fields(), reason="holiday", expected_on=TODAY)


def test_a_clarification_asks_and_leaves_the_clock_running(desk: Desk) -> None:
    request = received_request(desk)
    draft = services.clarify(
        desk.liaison, request, notice_fields(), points=["Which port?"], own=own_side(has_personal_data=False)
    )
    assert draft.fields["role"] == "question"
    sent = leave(desk, draft)
    assert sent.case.waiting_on == Case.Waiting.THEM
    assert Clock.objects.get().state == Clock.State.RUNNING


def test_a_clarification_of_theirs_is_replied_to(desk: Desk) -> None:
    sent = released_request(desk)
    asked = from_india(notice_fields(INDIA, CANADA, role="question", points=["Which port?"]))
    desk.peer.send("clarification", asked, in_reply_to=sent.envelope_id)
    take_in(desk.channel)
    question = Message.objects.get(direction="in")
    assert question.case == sent.case
    draft = services.clarify(desk.liaison, question, notice_fields(), points=["Vancouver."], own=own_side())
    assert draft.fields["role"] == "reply"


def test_a_case_closes_when_nothing_is_open(desk: Desk) -> None:
    request = received_request(desk)
    with pytest.raises(ActRefused) as refused:
        services.close_case(desk.duty, request.case)
    assert refused.value.reason_code == "exchange.case-open"
    leave(desk, services.answer(desk.duty, request, answer_fields(), own=own_side()))
    closed = services.close_case(desk.duty, request.case)
    assert (closed.state, closed.waiting_on) == (Case.State.CLOSED, Case.Waiting.NOBODY)
    with pytest.raises(ActRefused):
        services.take(desk.again(Role.DUTY, "other"), closed)
