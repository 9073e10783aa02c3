"""Taking a case binds: its holder answers, a colleague is told who that is, and it changes hands on record."""

from collections.abc import Callable

import pytest

from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Message, Reason
from accord.exchange.services import CaseHeld, assign
from accord.exchange.text import TextRefused
from accord.officers.models import Act, Officer
from accord.officers.permissions import Role
from accord.vocabulary.refusal import DelayReason
from tests.desk import TODAY, Desk, answer_fields, notice_fields, own_side, received_request

ACTS: dict[str, Callable[[Officer, Message], object]] = {
    "answer": lambda who, request: services.answer(who, request, answer_fields()),
    "refuse": lambda who, request: services.refuse(
        who, request, notice_fields(duty_phone=None), ground="a", part_refused="All."
    ),
    "delay": lambda who, request: services.delay(
        who, request, notice_fields(), reason=DelayReason.VOLUME, expected_on=TODAY
    ),
    "cannot_confirm": services.cannot_confirm,
    "clarify": lambda who, request: services.clarify(who, request, notice_fields(), points=["Which port?"]),
    "resume": services.resume,
    "ask_agency": lambda who, request: services.ask_agency(who, request.case, agency="HC", question="?"),
    "close_case": lambda who, request: services.close_case(who, request.case),
}


@pytest.mark.parametrize("name", list(ACTS))
def test_another_officer_is_told_who_holds_the_case_and_what_to_do(desk: Desk, name: str) -> None:
    request = received_request(desk)
    services.take(desk.duty, request.case)
    with pytest.raises(CaseHeld) as refused:
        ACTS[name](desk.liaison, request)
    assert refused.value.http_status == 409
    since = Case.objects.get(pk=request.case.pk).taken_at
    assert refused.value.fields == {"holder": "duty", "since": since and since.isoformat(), "you": "liaison"}
    assert "The duty holds this case" in refused.value.sentence
    assert "hand the case over" in refused.value.next_step


def test_a_reply_written_before_the_taking_is_submitted_by_the_holder_alone(desk: Desk) -> None:
    request = received_request(desk)
    draft = services.answer(desk.liaison, request, answer_fields(), own=own_side())
    services.take(desk.duty, request.case)
    with pytest.raises(CaseHeld):
        services.submit(desk.liaison, draft, version=1)
    assert services.submit(desk.duty, draft, version=1).state == Message.State.SUBMITTED


def test_taking_a_case_makes_the_officer_its_holder_once(desk: Desk) -> None:
    case = received_request(desk).case
    taken = services.take(desk.duty, case)
    assert services.take(desk.duty, case).taken_at == taken.taken_at
    assert taken.holder == desk.duty
    with pytest.raises(CaseHeld):
        services.take(desk.liaison, case)


def test_a_case_is_taken_over_with_a_reason_that_stays_on_record(desk: Desk) -> None:
    case = services.take(desk.duty, received_request(desk).case)
    with pytest.raises(TextRefused):
        services.take_over(desk.liaison, case, reason=" ")
    assert services.take_over(desk.liaison, case, reason="The duty officer is ill.").holder == desk.liaison
    act = Act.objects.get(verb="take over case")
    assert (act.officer, act.detail) == (desk.liaison, {"from": "duty", "to": "liaison"})
    assert Reason.objects.get(act=act).text == "The duty officer is ill."
    assert "ill" not in str(act.detail)
    with pytest.raises(ActRefused):
        services.take_over(desk.liaison, case, reason="Again.")


def test_a_case_is_handed_over_by_its_holder_to_who_may_take_it(desk: Desk) -> None:
    case = services.take(desk.duty, received_request(desk).case)
    with pytest.raises(CaseHeld):
        services.hand_over(desk.liaison, case, to=desk.liaison, reason="Mine.")
    with pytest.raises(ActRefused) as refused:
        services.hand_over(desk.duty, case, to=desk.releasing, reason="Shift ends.")
    assert refused.value.fields == {"field": "to"}
    assert services.hand_over(desk.duty, case, to=desk.liaison, reason="Shift ends.").holder == desk.liaison
    assert Reason.objects.get(act__verb="hand over case").text == "Shift ends."


def test_a_case_that_nobody_holds_is_given_to_a_colleague_with_a_reason(desk: Desk) -> None:
    case = received_request(desk).case
    with pytest.raises(TextRefused):
        assign(desk.duty, case, to=desk.liaison, reason=" ")
    assert assign(desk.duty, case, to=desk.liaison, reason="SPECIMEN: knows the file.").holder == desk.liaison
    # A second click changes nothing and says so.
    assert assign(desk.duty, case, to=desk.liaison, reason="SPECIMEN: knows the file.").holder == desk.liaison


def test_what_a_colleague_holds_is_not_assigned_away(desk: Desk) -> None:
    case = received_request(desk).case
    assign(desk.liaison, case, to=desk.liaison)
    with pytest.raises(CaseHeld):
        assign(desk.duty, case, to=desk.duty)
    with pytest.raises(CaseHeld):
        assign(desk.duty, case, to=desk.again(Role.DUTY, "duty2"), reason="SPECIMEN")
    with pytest.raises(ActRefused, match="cannot be handed"):
        assign(desk.liaison, case, to=desk.reviewer, reason="SPECIMEN")


def test_nothing_is_assigned_to_an_account_that_is_not_there(desk: Desk) -> None:
    case = received_request(desk).case
    with pytest.raises(ActRefused, match="cannot be handed"):
        assign(desk.duty, case, to=Officer(is_active=False), reason="SPECIMEN")
