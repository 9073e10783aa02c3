"""Notices come from what really happened, to those whom it concerns, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accord.courier.alarms import acknowledge, raise_alarm
from accord.courier.models import Channel, ModeChange
from accord.exchange import services
from accord.exchange.models import Clock, EmergencyReview
from accord.node.notices import deriving
from accord.node.notices.deriving import OVERLAP, make_notices
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice, Reading
from accord.node.notices.places import place_of
from accord.node.notices.settling import settle_notices
from accord.officers.acts import note
from accord.officers.four_eyes import confirm_officer
from accord.officers.identities import bind_identity
from accord.officers.lockout import unlock
from accord.officers.models import Officer, PeerProposal
from accord.officers.peers import refuse_peer
from accord.officers.permissions import Role
from accord.officers.services import create_officer, extend_posting, set_roles
from accord.release.errors import GateRefuses
from accord.release.intake import take_in
from tests.desk import (
    CANADA,
    HELD_BASIS,
    HELD_OFFICE,
    INDIA,
    Desk,
    answer_fields,
    approved,
    from_india,
    held_request,
    own_side,
    received_request,
    released_request,
    request_fields,
    submitted_request,
    weighed,
)


@pytest.fixture(autouse=True)
def quiet_before(desk: Desk) -> None:
    """The accounts of the fixture were made before anybody looked."""
    make_notices()
    Notice.objects.all().delete()


def told(kind: Kind) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("officer__username", flat=True))


def test_a_request_that_arrived_is_told_to_all_who_may_take_it(desk: Desk) -> None:
    received_request(desk)
    make_notices()
    assert told(Kind.REQUEST) == {desk.liaison.username, desk.duty.username}


@pytest.mark.parametrize(("urgency", "is_urgent"), [("normal", False), ("urgent", True)])
def test_the_notice_of_an_urgent_request_is_urgent(desk: Desk, urgency: str, is_urgent: bool) -> None:
    grounds = {"urgency_ground": "life-or-limb", "urgency_text": "Now."} if is_urgent else {}
    received_request(desk, urgency=urgency, **grounds)
    make_notices()
    assert set(Notice.objects.values_list("is_urgent", flat=True)) == {is_urgent}


def test_every_event_is_told_once_however_often_it_is_read(desk: Desk) -> None:
    received_request(desk)
    made = [make_notices() for _turn in range(3)]
    assert made == [2, 0, 0]


def test_a_turn_that_dies_before_its_place_is_kept_tells_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    received_request(desk)

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(deriving, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            make_notices()
    assert not Notice.objects.exists()
    assert make_notices() == 2
    Reading.objects.all().delete()
    assert make_notices() == 0


def test_the_database_keeps_out_a_second_notice_of_one_officer_and_event(desk: Desk) -> None:
    received_request(desk)
    make_notices()
    first = Notice.objects.order_by("id")[0]
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_what_happened_while_the_node_was_down_is_told_when_it_is_up_again(desk: Desk) -> None:
    received_request(desk)
    assert make_notices(now=timezone.now() + timedelta(hours=9)) >= 2
    assert told(Kind.REQUEST) == {desk.liaison.username, desk.duty.username}


def test_a_node_that_begins_with_notices_does_not_tell_of_last_month(desk: Desk) -> None:
    received_request(desk)
    Reading.objects.all().delete()
    assert make_notices(now=timezone.now() + 2 * OVERLAP) == 0


def test_an_answer_is_told_to_the_holder_alone(desk: Desk) -> None:
    request = released_request(desk)
    case = request.case
    assert case.holder == desk.liaison
    desk.peer.send("answer", from_india(answer_fields(INDIA, CANADA)), in_reply_to=request.envelope_id)
    assert take_in(desk.channel).filed == 1
    make_notices()
    assert told(Kind.MESSAGE) == {desk.liaison.username}
    assert told(Kind.REQUEST) == set()


def test_a_case_that_is_handed_over_is_told_to_its_new_holder_and_one_taken_over_to_the_old(desk: Desk) -> None:
    case = services.take(desk.duty, received_request(desk).case)
    services.hand_over(desk.duty, case, to=desk.liaison, reason="The shift ends.")
    case.refresh_from_db()
    services.take_over(desk.duty, case, reason="It cannot wait.")
    make_notices()
    assert told(Kind.ASSIGNED) == {desk.liaison.username}
    assert told(Kind.TAKEN_OVER) == {desk.liaison.username}


def test_a_draft_waits_for_those_who_approve_and_its_fate_is_told_to_its_drafter(desk: Desk) -> None:
    draft = submitted_request(desk)
    make_notices()
    assert told(Kind.APPROVAL_WAITS) == {desk.releasing.username}
    approved(desk, draft)
    make_notices()
    assert told(Kind.DRAFT_APPROVED) == {desk.liaison.username}


def test_a_draft_that_was_sent_back_is_told_to_its_drafter(desk: Desk) -> None:
    draft = submitted_request(desk)
    services.send_back(desk.releasing, draft, reason="Name the drum.")
    make_notices()
    assert told(Kind.DRAFT_SENT_BACK) == {desk.liaison.username}


def test_a_clock_is_told_when_it_runs_out_soon_and_again_when_it_ran_out(desk: Desk) -> None:
    request = received_request(desk)
    services.take(desk.duty, request.case)
    clock = Clock.objects.get(message=request)
    for moment in (clock.due_at - timedelta(hours=2), clock.due_at + timedelta(minutes=1)):
        Reading.objects.filter(source="clocks").update(looked_at=moment - timedelta(minutes=1))
        make_notices(now=moment)
    assert (told(Kind.CLOCK_SOON), told(Kind.CLOCK_OUT)) == ({desk.duty.username}, {desk.duty.username})


def test_a_clock_with_time_left_is_told_to_nobody(desk: Desk) -> None:
    received_request(desk)
    make_notices()
    assert told(Kind.CLOCK_SOON) == set()


def test_a_channel_that_fell_silent_is_told_once_a_silence(desk: Desk) -> None:
    now = timezone.now()
    Channel.objects.update(last_contact_at=now - timedelta(minutes=6))
    make_notices(now=now)
    make_notices(now=now + timedelta(seconds=5))
    assert told(Kind.CHANNEL_SILENT) == {desk.duty.username, desk.releasing.username, desk.administrator.username}
    assert Notice.objects.count() == 3


def test_a_suspension_is_told_to_everybody_at_the_desk(desk: Desk) -> None:
    # As the courier writes it; the channel of this fixture has no keysets by which the service could.
    now = timezone.now()
    ModeChange.objects.create(
        channel=desk.channel, from_mode="open", to_mode="suspended", reason="Asked.", proposed_at=now, confirmed_at=now
    )
    make_notices()
    assert told(Kind.CHANNEL_SUSPENDED) == {one.username for one in desk.officers.values() if one.may("channel.read")}


def test_a_late_receipt_is_told_to_those_who_can_act(desk: Desk) -> None:
    raise_alarm(desk.channel, "courier.unreceipted", "No receipt.")
    make_notices()
    assert told(Kind.RECEIPT_LATE) == {desk.duty.username, desk.releasing.username, desk.administrator.username}
    assert told(Kind.ALARM) == set()


def test_an_emergency_is_told_to_reviewers_who_had_no_part_in_it(desk: Desk) -> None:
    request = released_request(desk)
    EmergencyReview.objects.create(message=request, due_at=timezone.now() + timedelta(days=1))
    make_notices()
    assert told(Kind.EMERGENCY) == {desk.reviewer.username}
    assert Notice.objects.get(kind=Kind.EMERGENCY).is_urgent


def test_an_account_that_waits_is_told_to_a_second_person_and_not_to_its_maker(desk: Desk) -> None:
    set_roles(desk.administrator, desk.liaison, [Role.LIAISON, Role.DUTY])
    make_notices()
    assert told(Kind.ACCOUNT_WAITS) == {desk.reviewer.username}


def test_who_left_or_is_a_system_is_told_nothing(desk: Desk) -> None:
    Officer.objects.filter(pk=desk.liaison.pk).update(is_system=True)
    Officer.objects.filter(pk=desk.duty.pk).update(active_until=timezone.now() - timedelta(days=1))
    received_request(desk)
    assert make_notices() == 0


def test_a_notice_whose_cause_has_gone_waits_no_more(desk: Desk) -> None:
    request = received_request(desk)
    draft = submitted_request(desk)
    alarm = raise_alarm(desk.channel, "courier.unreceipted", "No receipt.")
    make_notices()
    assert settle_notices() == 0
    services.take(desk.duty, request.case)
    approved(desk, draft)
    acknowledge(alarm, officer_id=desk.administrator.pk)
    settle_notices()
    waiting = Notice.objects.filter(settled_at=None).values_list("kind", flat=True)
    assert not {Kind.REQUEST, Kind.APPROVAL_WAITS, Kind.RECEIPT_LATE} & set(waiting)


def test_a_draft_that_the_gate_holds_is_told_to_those_who_bear_the_office_that_answers(desk: Desk) -> None:
    desk.head(HELD_OFFICE)
    desk.head("The deputy head", "deputy")
    held_request(desk)
    make_notices()
    make_notices()
    assert told(Kind.HOLD_WAITS) == {"head"}
    assert Notice.objects.filter(kind=Kind.HOLD_WAITS).count() == 1


def test_an_office_that_nobody_bears_is_told_as_soon_as_somebody_does(desk: Desk) -> None:
    held_request(desk)
    make_notices()
    assert told(Kind.HOLD_WAITS) == set()
    desk.head(HELD_OFFICE)
    make_notices()
    assert told(Kind.HOLD_WAITS) == {"head"}


def test_an_author_is_not_asked_to_answer_a_hold_on_their_own_text(desk: Desk) -> None:
    Officer.objects.filter(pk=desk.liaison.pk).update(roles=["liaison", "decider"], offices=[HELD_OFFICE])
    held_request(desk)
    make_notices()
    assert told(Kind.HOLD_WAITS) == set()


@pytest.mark.parametrize(("urgency", "is_urgent"), [("normal", False), ("urgent", True)])
def test_a_hold_on_an_urgent_draft_is_urgent(desk: Desk, urgency: str, is_urgent: bool) -> None:
    desk.head(HELD_OFFICE)
    grounds = {"urgency_ground": "life-or-limb", "urgency_text": "Now."} if is_urgent else {}
    held_request(desk, urgency=urgency, **grounds)
    make_notices()
    assert Notice.objects.get(kind=Kind.HOLD_WAITS).is_urgent is is_urgent


@pytest.mark.parametrize("act", ["answer", "save", "discard"])
def test_a_hold_that_waits_no_more_is_settled(desk: Desk, act: str) -> None:
    head = desk.head(HELD_OFFICE)
    draft = held_request(desk)
    make_notices()
    assert settle_notices() == 0
    if act == "answer":
        weighed(desk, draft)
        services.answer_hold(head, draft, policy="CA-15.mixed", reason="Conduct predominates.")
    elif act == "save":
        services.save_draft(desk.liaison, draft, version=1, fields=request_fields(), own=own_side(**HELD_BASIS))
    else:
        services.discard(desk.liaison, draft, version=1, reason="Not needed.")
    settle_notices()
    assert Notice.objects.get(kind=Kind.HOLD_WAITS).settled_at is not None


def test_a_text_that_is_stopped_again_is_told_again(desk: Desk) -> None:
    desk.head(HELD_OFFICE)
    draft = held_request(desk)
    make_notices()
    draft = services.save_draft(desk.liaison, draft, version=1, fields=request_fields(), own=own_side(**HELD_BASIS))
    with pytest.raises(GateRefuses):
        services.submit(desk.liaison, draft, version=2)
    make_notices()
    assert Notice.objects.filter(kind=Kind.HOLD_WAITS).count() == 2


def test_a_lock_that_is_asked_to_be_lifted_is_told_to_a_second_person_until_it_is_settled(desk: Desk) -> None:
    Officer.objects.filter(pk=desk.liaison.pk).update(locked_at=timezone.now())
    desk.liaison.refresh_from_db()
    unlock(desk.administrator, desk.liaison)
    make_notices()
    assert told(Kind.ACCOUNT_WAITS) == {desk.reviewer.username}
    assert settle_notices() == 0
    unlock(desk.reviewer, desk.liaison)
    assert settle_notices() == 1


def test_an_invitation_that_waits_is_told_to_a_second_person_until_it_is_settled(desk: Desk) -> None:
    proposal = PeerProposal.objects.create(
        invitation=b"{}", party="IN", heard_words="one two", made_by=desk.administrator
    )
    note(desk.administrator, "propose peer", proposal)
    make_notices()
    assert told(Kind.PEER_WAITS) == {desk.reviewer.username}
    assert settle_notices() == 0
    refuse_peer(desk.reviewer, proposal)
    assert settle_notices() == 1


def test_an_officer_is_told_what_others_did_to_their_account(desk: Desk) -> None:
    make_notices()
    bind_identity(desk.administrator, desk.duty, issuer="https://id.agency.example", subject="duty-7")
    make_notices()
    told = Notice.objects.filter(kind=Kind.ACCOUNT_CHANGED)
    assert not told.exists()
    confirm_officer(desk.reviewer, desk.duty)
    make_notices()
    assert set(told.values_list("officer__username", flat=True)) == {"duty"}
    assert {place_of(one, desk.duty) for one in told} == {reverse("desk:me")}
    before = told.count()
    note(desk.duty, "set roles", desk.duty)
    make_notices()
    assert told.count() == before


def test_nobody_whose_change_waits_is_asked_for_their_word(desk: Desk) -> None:
    make_notices()
    end = timezone.now() + timedelta(days=9)
    made = create_officer(
        desk.administrator, "newcomer", password=None, display_name="N", roles=["liaison"], active_until=end
    )
    other = desk.again(Role.ADMINISTRATOR, "second")
    extend_posting(other, made, until=end + timedelta(days=9))
    make_notices()
    told = Notice.objects.filter(kind=Kind.ACCOUNT_WAITS, subject=f"officer:{made.pk}")
    assert set(told.values_list("officer__username", flat=True)) == {"reviewer"}
