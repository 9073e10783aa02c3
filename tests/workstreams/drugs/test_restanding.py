"""A word that was taken back, refused or never left says nothing of a notice any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.exchange.sent import FOLLOWER
from accord.release.intake import take_in
from accord.release.registry import Delivered
from accord.workstreams.drugs.kinds import PRE_EXPORT_REPLY, SHIPMENT_OUTCOME
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.acts import begin_notice_reply
from accord.workstreams.drugs.notices.states import NoticeState, has_no_objection, in_state, state_of
from tests.desk import Desk, approved, dispositions, flush
from tests.exchange.test_withdrawing import says
from tests.handling.test_corrections import correction_fields
from tests.workstreams.drugs.noticed import (
    OURS,
    THEIRS,
    own,
    received,
    received_notice,
    sent,
    sent_notice,
)
from tests.workstreams.drugs.told import outcome_fields, reply_fields


def their_reply(desk: Desk, notice: Notice, number: int = 1, **changed: object) -> Message:
    known = {"reply_to": notice.message.envelope_id, "case_ref_other": notice.case.own_ref}
    return received(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS, **changed), number=number, **known)


def our_reply(desk: Desk, notice: Notice) -> Message:
    """A reply of ours without an objection, which waits in the queue."""
    draft, _is_new = begin_notice_reply(desk.duty, notice, reply_fields(OURS, THEIRS))
    services.save_draft(desk.duty, draft, version=1, fields=draft.fields, own=own(is_shipment_notice=True))
    draft.refresh_from_db()
    return services.release(desk.releasing, approved(desk, services.submit(desk.duty, draft, version=draft.version)))


def withdrawn_by_them(desk: Desk, message: Message) -> None:
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(message.envelope_id)})
    assert take_in(desk.channel).filed == 1, dispositions(desk)


def says_nothing(notice: Notice) -> bool:
    """Whether nobody has said anything of a notice, in its row, in its state and in the lists."""
    notice.refresh_from_db()
    now = timezone.now()
    replied = Notice.objects.filter(in_state(NoticeState.REPLIED, now) | in_state(NoticeState.SETTLED, now))
    return (
        (notice.reply_result, notice.replied_at, notice.became, notice.became_at) == ("", None, "", None)
        and not has_no_objection(notice)
        and state_of(notice, now) is NoticeState.AWAITING
        and notice not in replied
    )


def test_a_reply_that_they_withdraw_is_no_reply(desk: Desk) -> None:
    notice = sent_notice(desk)
    reply = their_reply(desk, notice)
    notice.refresh_from_db()
    assert has_no_objection(notice)
    withdrawn_by_them(desk, reply)
    assert says_nothing(notice)


def test_where_the_last_reply_is_withdrawn_the_one_before_it_stands_again(desk: Desk) -> None:
    notice = sent_notice(desk)
    their_reply(desk, notice, 1, reply_result="objection", reason_code="end-use-doubtful")
    last = their_reply(desk, notice, 2)
    withdrawn_by_them(desk, last)
    notice.refresh_from_db()
    assert (notice.reply_result, notice.replied_at) == ("objection", notice.replies.get(result="objection").at)
    assert notice.replies.count() == 2


def test_an_outcome_that_they_withdraw_settles_nothing(desk: Desk) -> None:
    notice = sent_notice(desk)
    fields = outcome_fields(notice.message.envelope_id, THEIRS, OURS)
    told = received(desk, SHIPMENT_OUTCOME, fields, case_ref_other=notice.case.own_ref)
    notice.refresh_from_db()
    assert state_of(notice, timezone.now()) is NoticeState.SETTLED
    withdrawn_by_them(desk, told)
    assert says_nothing(notice)


def test_a_reply_of_ours_that_is_taken_out_of_the_queue_was_never_given(desk: Desk) -> None:
    notice = received_notice(desk)
    reply = our_reply(desk, notice)
    notice.refresh_from_db()
    assert has_no_objection(notice)
    services.withdraw(desk.releasing, reply)
    assert says_nothing(notice)


def test_a_reply_of_ours_that_we_recall_stands_no_more(desk: Desk) -> None:
    notice = received_notice(desk)
    reply = our_reply(desk, notice)
    flush(desk, receipted_at=timezone.now())
    services.recall(desk.releasing, reply, reason="The permit was confused with another.")
    assert says_nothing(notice)
    FOLLOWER.on_outcome(says(Message.objects.get(pk=reply.pk), "withdrawn"))
    assert says_nothing(notice)


@pytest.mark.parametrize("fate", ["refused", "expired-unread"])
def test_a_reply_of_ours_that_does_not_reach_them_was_never_given(desk: Desk, fate: str) -> None:
    notice = received_notice(desk)
    reply = our_reply(desk, notice)
    flush(desk, receipted_at=timezone.now())
    reply = Message.objects.get(pk=reply.pk)
    FOLLOWER.on_outcome(says(reply, fate))
    assert says_nothing(notice)
    # What was refused may be filed when it is tried again; what ran out does not come back.
    FOLLOWER.on_outcome(says(reply, "filed"))
    notice.refresh_from_db()
    assert has_no_objection(notice) is (fate == "refused")


@pytest.mark.parametrize("reason", ["expired", "withdrawn", "blocked"])
def test_a_reply_of_ours_that_is_never_sealed_was_never_given(desk: Desk, reason: str) -> None:
    notice = received_notice(desk)
    reply = our_reply(desk, notice)
    assert reply.released_id is not None
    FOLLOWER.on_unsent([reply.released_id], reason)
    assert says_nothing(notice)


def test_a_reply_of_ours_that_leaves_after_a_fault_was_given(desk: Desk) -> None:
    notice = received_notice(desk)
    reply = our_reply(desk, notice)
    assert reply.released_id is not None
    FOLLOWER.on_unsent([reply.released_id], "blocked")
    now = timezone.now()
    FOLLOWER.on_delivered([Delivered(key=reply.released_id, arrived_at=now, stated_at=now)])
    notice.refresh_from_db()
    assert has_no_objection(notice)


def test_an_outcome_of_ours_that_they_refuse_settles_nothing(desk: Desk) -> None:
    notice = received_notice(desk)
    told = sent(desk, SHIPMENT_OUTCOME, outcome_fields(notice.message.envelope_id, OURS, THEIRS), notice.case)
    notice.refresh_from_db()
    assert notice.became == "arrived"
    FOLLOWER.on_outcome(says(Message.objects.get(pk=told.pk), "refused"))
    assert says_nothing(notice)


def test_what_is_filed_as_it_should_be_changes_nothing(desk: Desk) -> None:
    notice = received_notice(desk)
    reply = our_reply(desk, notice)
    Notice.objects.filter(pk=notice.pk).update(replied_at=timezone.now() + timedelta(days=1))
    flush(desk, receipted_at=timezone.now())
    FOLLOWER.on_outcome(says(Message.objects.get(pk=reply.pk), "filed"))
    notice.refresh_from_db()
    # Had it been read anew, the day that was put here would be gone: nothing is asked where nothing is taken back.
    assert notice.replied_at is not None
    assert notice.replied_at > timezone.now()


def test_a_notice_that_they_withdraw_is_not_replied_to(desk: Desk) -> None:
    notice = received_notice(desk)
    withdrawn_by_them(desk, notice.message)
    notice = Notice.objects.select_related("message").get(pk=notice.pk)
    with pytest.raises(ActRefused) as refused:
        begin_notice_reply(desk.duty, notice, reply_fields(OURS, THEIRS))
    assert refused.value.reason_code == "exchange.withdrawn"


def test_a_reply_that_they_correct_away_is_no_reply(desk: Desk) -> None:
    notice = sent_notice(desk)
    reply = their_reply(desk, notice)
    fields = correction_fields(reply, "recall")
    received(desk, "correction", fields, number=9, case_ref_other=notice.case.own_ref)
    reply.refresh_from_db()
    assert reply.state == Message.State.WITHDRAWN
    assert says_nothing(notice)
