"""Outcome reports: two clicks at closure tell the provider what came of what it gave, in codes alone."""

from typing import Any

import msgspec
import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import OUTCOME_REPORT, STRUCTS
from accord.exchange.kinds.outcome_report import OutcomeReport
from accord.exchange.models import Case, Message
from accord.handling.models import Outcome
from accord.handling.outcomes import close_with_outcome, outcomes_of
from accord.officers.permissions import Role
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    answer_fields,
    approved,
    dispositions,
    flush,
    from_india,
    information_fields,
    notice_fields,
    own_side,
    released_request,
)


def answered_case(desk: Desk) -> Message:
    """A case of ours with their answer in it; returns the answer."""
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    fields = from_india(answer_fields(INDIA, CANADA), case="IN-2026-000009", case_ref_other=sent.case.own_ref)
    desk.peer.send("answer", fields, in_reply_to=sent.envelope_id)
    assert take_in(desk.channel).filed == 1
    return Message.objects.get(kind="answer")


def told_information(desk: Desk) -> Message:
    """Information of ours that has reached them."""
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="An offer")
    draft = services.draft_information(desk.liaison, case, information_fields(), own=own_side())
    draft = services.submit(desk.liaison, draft, version=draft.version)
    sent = services.release(desk.releasing, approved(desk, draft))
    flush(desk, receipted_at=timezone.now())
    return sent


def report_of(sent: Message, **changed: Any) -> dict[str, object]:
    report = {"about_messages": [str(sent.envelope_id)], "is_of_use": True, "results": ["seizure"], "usefulness": 4}
    return from_india(
        notice_fields(INDIA, CANADA, **{**report, **changed}), case="IN-2026-000010", case_ref_other=sent.case.own_ref
    )


def test_closing_tells_the_provider_in_codes_what_came_of_it(desk: Desk) -> None:
    answer = answered_case(desk)
    closed = close_with_outcome(desk.liaison, answer.case, results=["seizure", "lead"], usefulness=5)
    assert closed.stopped is None
    assert closed.case.state == Case.State.CLOSED
    assert closed.case.outcome == Case.Outcome.ACTED
    report = closed.report
    assert report is not None
    assert report.state == Message.State.SUBMITTED
    assert not Outcome.objects.exists()
    services.release(desk.releasing, approved(desk, report))
    row = Outbox.objects.get(kind=OUTCOME_REPORT)
    sent = msgspec.json.decode(bytes(row.payload), type=OutcomeReport)
    assert sent.about_messages == (str(answer.envelope_id),)
    assert [result.value for result in sent.results] == ["lead", "seizure"]
    assert row.in_reply_to == answer.envelope_id
    (kept,) = outcomes_of(answer.case)
    assert (kept.is_ours, kept.results, kept.usefulness) == (True, ["lead", "seizure"], 5)
    closed.case.refresh_from_db()
    assert (closed.case.state, closed.case.waiting_on) == (Case.State.CLOSED, Case.Waiting.NOBODY)
    assert [state for _, _, state, _, _ in dispositions(desk)][-1] == "acted"


def test_no_use_is_told_too_and_nothing_where_nothing_is_said(desk: Desk) -> None:
    answer = answered_case(desk)
    closed = close_with_outcome(desk.liaison, answer.case, is_of_no_use=True)
    assert closed.report is not None
    assert closed.report.fields["is_of_use"] is False
    assert closed.case.outcome == Case.Outcome.NO_ACTION


def test_a_case_in_which_nothing_is_said_or_given_closes_without_a_report(desk: Desk) -> None:
    answer = answered_case(desk)
    assert close_with_outcome(desk.liaison, answer.case).report is None
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="Nothing came")
    assert close_with_outcome(desk.liaison, case, results=["lead"]).report is None
    assert not Message.objects.filter(kind=OUTCOME_REPORT).exists()


def test_a_report_that_the_gate_stops_stays_a_draft_and_keeps_no_case_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered_case(desk)

    def stop(*_given: object, **_named: object) -> Message:
        raise ActRefused("Stopped.", code="exchange.not-submitted")

    monkeypatch.setattr("accord.handling.outcomes.submit", stop)
    closed = close_with_outcome(desk.liaison, answer.case, results=["lead"])
    assert closed.stopped is not None
    assert closed.report is not None
    assert closed.report.state == Message.State.DRAFT
    assert closed.case.state == Case.State.CLOSED


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"results": ["victory"]}, "handling.unknown-result"),
        ({"results": ["lead"], "is_of_no_use": True}, "handling.contradictory-outcome"),
        ({"results": ["lead"], "usefulness": 6}, "handling.unknown-usefulness"),
        ({"results": ["lead"], "usefulness": 0}, "handling.unknown-usefulness"),
    ],
)
def test_what_is_not_of_the_list_closes_nothing(desk: Desk, said: dict[str, Any], code: str) -> None:
    answer = answered_case(desk)
    with pytest.raises(ActRefused) as refused:
        close_with_outcome(desk.liaison, answer.case, **said)
    assert refused.value.reason_code == code
    assert Case.objects.get(pk=answer.case_id).state == Case.State.OPEN
    assert not Message.objects.filter(kind=OUTCOME_REPORT).exists()


def test_who_may_not_close_a_case_reports_nothing(desk: Desk) -> None:
    answer = answered_case(desk)
    for role in (Role.RELEASING, Role.REVIEWER, Role.DECIDER):
        with pytest.raises(Exception) as refused:  # noqa: PT011 - which refusal it is, is the services' own test
            close_with_outcome(desk.officers[role], answer.case, results=["lead"])
        assert "not-permitted" in getattr(refused.value, "reason_code", "")
    assert not Message.objects.filter(kind=OUTCOME_REPORT).exists()


def test_their_report_is_counted_and_opens_no_closed_case(desk: Desk) -> None:
    sent = told_information(desk)
    services.close_case(desk.liaison, sent.case)
    desk.peer.send(OUTCOME_REPORT, report_of(sent), in_reply_to=sent.envelope_id)
    assert take_in(desk.channel).filed == 1
    (kept,) = outcomes_of(sent.case)
    assert (kept.is_ours, kept.results, kept.usefulness) == (False, ["seizure"], 4)
    sent.case.refresh_from_db()
    assert sent.case.state == Case.State.CLOSED


def test_a_report_on_what_we_never_gave_is_refused_to_its_sender(desk: Desk) -> None:
    sent = told_information(desk)
    other = told_information(desk)
    stranger = "00000000-0000-4000-8000-000000000000"
    for about in ([stranger], [str(sent.envelope_id), stranger], [str(other.envelope_id)]):
        desk.peer.send(OUTCOME_REPORT, report_of(sent, about_messages=about), in_reply_to=sent.envelope_id)
        assert take_in(desk.channel).filed == 0
        assert ReceivedMessage.objects.latest("pk").reason_code == "handling.unknown-item"
    desk.peer.send(OUTCOME_REPORT, report_of(sent))
    assert take_in(desk.channel).filed == 0
    assert ReceivedMessage.objects.latest("pk").reason_code == "exchange.unknown-message"
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"is_of_use": True, "results": []},
        {"is_of_use": False, "results": ["lead"]},
        {"results": ["lead", "lead"]},
        {"usefulness": 6},
        {"about_messages": []},
    ],
)
def test_a_report_that_contradicts_itself_is_none(desk: Desk, changed: dict[str, object]) -> None:
    sent = told_information(desk)
    payload = msgspec.json.encode(report_of(sent, **changed))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(payload, type=STRUCTS[OUTCOME_REPORT])
