"""What a posting allows to leave, at each of the four moments: check, submission, approval, release."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accord.courier.models import Outbox
from accord.exchange import services
from accord.exchange.drafts import DraftIncomplete
from accord.exchange.models import Message
from accord.instruments.services import end
from accord.liaison.errors import DelegationRefused
from accord.liaison.postings.delegation import obstacles
from accord.liaison.postings.records import KINDS, NOT_AT_ALL, WITH_SECOND
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.release.errors import ApprovalRefused
from tests.desk import TODAY, Desk, approved, own_side, request_fields, seen, submitted_request
from tests.liaison.postings.posted import agreed, offered, recorded

ALL = dict.fromkeys(KINDS, WITH_SECOND)


def draft(desk: Desk, **own: object) -> Message:
    desk.liaison.refresh_from_db()
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    return services.draft_request(desk.liaison, case, request_fields(), own=own_side(**own))


def stopped(desk: Desk, message: Message) -> list[tuple[str, str]]:
    """What keeps a draft from being submitted, as its check and the submission say alike."""
    problems = services.check_draft(desk.liaison, message).problems
    with pytest.raises(DraftIncomplete) as caught:
        services.submit(desk.liaison, message, version=message.version)
    assert [one["sentence"] for one in caught.value.fields["problems"]] == [one.sentence for one in problems]
    message.refresh_from_db()
    assert message.state == Message.State.DRAFT
    return [(one.field, one.sentence) for one in problems]


def test_what_is_delegated_takes_the_ordinary_road_with_a_second_officer(desk: Desk) -> None:
    recorded(desk, agreed(desk), desk.liaison, delegation=ALL)
    message = services.release(desk.releasing, approved(desk, submitted_request(desk)))
    assert Outbox.objects.filter(envelope_id=message.envelope_id).exists()


def test_a_kind_that_is_not_delegated_is_stopped_with_who_decides(desk: Desk) -> None:
    recorded(desk, agreed(desk), desk.liaison, delegation={**ALL, "request": NOT_AT_ALL})
    message = draft(desk)
    assert stopped(desk, message) == [
        ("sender", "The posting of the drafting officer does not delegate this kind of message.")
    ]
    (problem,) = services.check_draft(desk.liaison, message).problems
    assert "who may sign for our side" in problem.next_step


def test_a_kind_that_the_record_does_not_name_is_not_delegated(desk: Desk) -> None:
    recorded(desk, agreed(desk), desk.liaison, delegation={})
    assert stopped(desk, draft(desk))[0][0] == "sender"


def test_what_averts_a_threat_to_life_is_stopped_by_no_delegation(desk: Desk) -> None:
    recorded(desk, agreed(desk), desk.liaison, delegation={})
    message = draft(desk, is_life_threat=True, imminence="Tonight.", is_minimum_data=True)
    assert services.check_draft(desk.liaison, message).problems == ()


def test_what_is_classified_above_the_clearance_is_stopped(desk: Desk) -> None:
    recorded(desk, agreed(desk), desk.liaison, ceiling="unclassified")
    assert stopped(desk, draft(desk)) == [
        ("classification", "The message is classified above the officer's clearance.")
    ]


def test_an_account_sends_nothing_before_both_have_signed_its_posting(desk: Desk) -> None:
    recorded(desk, offered(desk).instrument, desk.liaison)
    assert stopped(desk, draft(desk)) == [("sender", "The posting of the officer is not in force.")]


def test_an_account_sends_nothing_before_the_first_day(desk: Desk) -> None:
    recorded(desk, agreed(desk, from_day=(TODAY + timedelta(days=9)).isoformat()), desk.liaison)
    assert stopped(desk, draft(desk)) == [("sender", "The posting of the officer is not in force.")]


def test_a_delegation_taken_away_after_submission_stops_approval_and_release(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison, delegation=ALL)
    waiting, passed = submitted_request(desk), approved(desk, submitted_request(desk))
    recorded(desk, posting, desk.liaison, delegation={})
    with pytest.raises(DelegationRefused) as caught:
        services.approve(desk.releasing, waiting, **seen(waiting))
    assert caught.value.reason_code == "liaison.not-delegated"
    with pytest.raises(DelegationRefused):
        services.release(desk.releasing, passed)
    assert not Outbox.objects.filter(kind="request").exists()


def test_a_posting_that_ended_after_approval_stops_the_release(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison, delegation=ALL)
    passed = approved(desk, submitted_request(desk))
    end(desk.officers[Role.SIGNATORY], posting, from_day=timezone.now().date(), reason="Recalled.")
    with pytest.raises(DelegationRefused) as caught:
        services.release(desk.releasing, passed)
    assert caught.value.reason_code == "liaison.posting-not-in-force"


def test_who_approves_and_releases_needs_the_clearance_too(desk: Desk) -> None:
    waiting = submitted_request(desk)
    recorded(desk, agreed(desk), desk.releasing, ceiling="unclassified", delegation={})
    desk.releasing.refresh_from_db()
    with pytest.raises(DelegationRefused) as caught:
        services.approve(desk.releasing, waiting, **seen(waiting))
    assert caught.value.reason_code == "liaison.above-ceiling"
    other = desk.again(Role.RELEASING, "second")
    passed = services.approve(other, waiting, **seen(waiting))
    with pytest.raises(DelegationRefused):
        services.release(desk.releasing, passed)
    assert services.release(other, passed).released_id is not None


def test_a_delegated_officer_never_approves_an_own_draft(desk: Desk) -> None:
    recorded(desk, agreed(desk), desk.liaison, delegation=ALL)
    desk.liaison.refresh_from_db()
    Officer.objects.filter(pk=desk.liaison.pk).update(roles=["liaison", "releasing"])
    waiting = submitted_request(desk)
    desk.liaison.refresh_from_db()
    with pytest.raises(ApprovalRefused, match="Nobody approves a text they wrote"):
        services.approve(desk.liaison, waiting, **seen(waiting))


def test_an_account_without_a_posting_is_asked_nothing_and_costs_no_statement(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    message = draft(desk)
    with django_assert_num_queries(0):
        assert list(obstacles(desk.liaison, message, is_drafter=True, now=timezone.now())) == []
