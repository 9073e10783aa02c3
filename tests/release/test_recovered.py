"""A node restored from an older copy finds its own words again, sends nothing twice and loses no case."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accord.channel.capsule import OpenCapsule
from accord.channel.envelope import Body
from accord.channel.seal import seal
from accord.channel.sealkeys import SealKey
from accord.courier.models import Alarm, Capsule, Direction, Entry, Mode, Outbox
from accord.courier.moment import to_ms
from accord.exchange import services
from accord.exchange.models import Attachment, Case, Clock, HoldAnswer, Message, Reason
from accord.officers.models import Act
from accord.parties.custody import use_custody
from accord.release.intake import Intake, take_in
from accord.release.models import Approval, DecisionRecord, DeliveryCursor, ReceivedMessage, ReleasedMessage
from accord.release.recovered import OwnWordsMissing, restore_own_words
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    answer_fields,
    approved,
    from_india,
    own_side,
    received_request,
    released_request,
    submitted_request,
)

ARCHIVE = SealKey.generate()
PEER_KEY = SealKey.generate()


def sealed_away(desk: Desk) -> list[Callable[[], None]]:
    """Seals everything in the outbox as the courier would, and returns what stores each entry as given back."""
    capsule = OpenCapsule.generate(ARCHIVE.public, owner="CA", entropy=os.urandom)
    stores = []
    for position, row in enumerate(Outbox.objects.order_by("id")):
        body = Body(
            kind=row.kind,
            schema=row.schema,
            payload=bytes(row.payload),
            decision_digest=bytes(row.decision_digest),
            handling=row.handling,
        )
        sealed = seal(
            body,
            id=row.envelope_id.bytes,
            sender="CA",
            recipient="IN",
            epoch=0,
            created_ms=to_ms(row.created_at),
            not_after_ms=to_ms(row.not_after),
            recipient_key=PEER_KEY.public,
            capsule=capsule,
            entropy=os.urandom,
            in_reply_to=row.in_reply_to.bytes if row.in_reply_to else None,
        )
        entry = Entry(
            channel=desk.channel,
            direction=Direction.OUT,
            position=position,
            envelope_id=row.envelope_id,
            recorded_at=timezone.now(),
            recovered=True,
            capsule_id=capsule.id,
            leaf=sealed.leaf,
            header=sealed.header,
            sealed=sealed.sealed,
        )
        stores.append(entry.save)

    def keep_capsule() -> None:
        Capsule.objects.create(channel=desk.channel, capsule_id=capsule.id, data=capsule.bytes)

    return [keep_capsule, *stores]


def lose_everything_since_birth() -> None:
    """What a copy from before the first message holds: accounts, parties, the channel, and nothing else."""
    Message.objects.update(in_reply_to=None)
    for model in (Reason, HoldAnswer, Attachment, Clock, Message, Case, ReceivedMessage, ReleasedMessage):
        model.objects.all().delete()
    for model in (Approval, DecisionRecord, DeliveryCursor, Outbox, Entry, Act):
        model.objects.all().delete()


def give_back(stores: list[Callable[[], None]]) -> None:
    for store in stores:
        store()


@pytest.fixture
def with_archive(desk: Desk) -> None:
    use_custody(replace(desk.custody, archive=ARCHIVE))  # type: ignore[arg-type]


@pytest.mark.usefixtures("with_archive")
def test_a_lost_message_stands_in_its_case_again_as_delivered(desk: Desk) -> None:
    sent = released_request(desk)
    stores = sealed_away(desk)
    commitment = bytes(ReleasedMessage.objects.get().decision.commitment)
    lose_everything_since_birth()
    give_back(stores)
    assert restore_own_words() == 1
    found = Message.objects.get()
    assert (found.state, found.reference) == (Message.State.DELIVERED, sent.reference)
    assert (bytes(found.content), found.envelope_id) == (bytes(sent.content), sent.envelope_id)
    assert (found.case.own_ref, found.case.is_ours) == (sent.case.own_ref, True)
    assert Clock.objects.get(message=found).state == Clock.State.RUNNING
    released = ReleasedMessage.objects.get()
    assert released.decision.outcome == "lost"
    assert bytes(released.decision.commitment) == commitment
    assert restore_own_words() == 0


def test_a_case_opened_before_the_recovery_ended_takes_no_reference_that_comes_back(desk: Desk) -> None:
    sent = released_request(desk)
    stores = sealed_away(desk)
    lose_everything_since_birth()
    give_back(stores)
    # Without the archive nothing is known yet of what was sent; the references given meanwhile are still new.
    assert restore_own_words() == 0
    early = submitted_request(desk)
    use_custody(replace(desk.custody, archive=ARCHIVE))  # type: ignore[arg-type]
    assert restore_own_words() == 1
    again = Message.objects.get(envelope_id=sent.envelope_id)
    assert (again.case.own_ref, again.reference) == (sent.case.own_ref, sent.reference)
    assert again.case != early.case
    assert again.reference != early.reference


@pytest.mark.usefixtures("with_archive")
def test_a_draft_of_the_older_copy_becomes_the_message_that_it_was_sent_as(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    services.release(desk.releasing, message)
    stores = sealed_away(desk)
    # Back to the moment before the submission.
    Message.objects.update(released=None, envelope_id=None, state=Message.State.DRAFT, released_at=None, approval=None)
    for model in (ReleasedMessage, Approval, Outbox):
        model.objects.all().delete()
    give_back(stores)
    assert restore_own_words() == 1
    assert Message.objects.get().state == Message.State.DELIVERED


@pytest.mark.usefixtures("with_archive")
def test_an_approved_draft_of_the_older_copy_that_had_left_since_leaves_no_second_time(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    services.release(desk.releasing, message)
    stores = sealed_away(desk)
    # Back to the moment before the release.
    Message.objects.update(released=None, envelope_id=None, state=Message.State.APPROVED, released_at=None)
    ReleasedMessage.objects.all().delete()
    Outbox.objects.all().delete()
    Approval.objects.update(state=Approval.State.APPROVED)
    give_back(stores)
    with pytest.raises(OwnWordsMissing):
        services.release(desk.releasing, message)
    assert restore_own_words() == 1
    message.refresh_from_db()
    assert message.state == Message.State.DELIVERED
    services.release(desk.releasing, message)
    assert Outbox.objects.count() == 1
    assert Approval.objects.get().state == Approval.State.USED


@pytest.mark.usefixtures("with_archive")
def test_a_message_that_waited_in_the_older_copys_outbox_is_not_doubled(desk: Desk) -> None:
    released_request(desk)
    stores = sealed_away(desk)
    Outbox.objects.update(state="flushed", position=0)
    give_back(stores)
    assert restore_own_words() == 1
    assert (Message.objects.count(), Outbox.objects.count()) == (1, 1)


@pytest.mark.usefixtures("with_archive")
def test_nothing_leaves_or_is_filed_while_the_channel_recovers(desk: Desk) -> None:
    message = approved(desk, submitted_request(desk))
    desk.peer.send("request", from_india(answer_fields(INDIA, CANADA)))
    desk.channel.mode = Mode.RECOVERING
    desk.channel.save()
    with pytest.raises(OwnWordsMissing):
        services.release(desk.releasing, message)
    assert take_in(desk.channel) == Intake()


def test_without_the_archive_key_everything_waits_and_an_alarm_asks_for_it(desk: Desk) -> None:
    sent = released_request(desk)
    stores = sealed_away(desk)
    lose_everything_since_birth()
    give_back(stores)
    desk.peer.send("answer", from_india(answer_fields(INDIA, CANADA)), in_reply_to=sent.envelope_id)
    assert restore_own_words() == 0
    assert Alarm.objects.get().code == "release.archive-key-needed"
    assert take_in(desk.channel) == Intake()
    use_custody(replace(desk.custody, archive=ARCHIVE))  # type: ignore[arg-type]
    assert restore_own_words() == 1
    assert take_in(desk.channel) == Intake(filed=1)
    assert Clock.objects.get().state == Clock.State.ENDED


@pytest.mark.usefixtures("with_archive")
def test_a_request_filed_again_after_our_answer_came_back_is_seen_as_answered(desk: Desk) -> None:
    now = timezone.now() - timedelta(hours=1)
    request = received_request(desk, now=now)
    draft = services.answer(desk.duty, request, answer_fields(), own=own_side())
    services.release(desk.releasing, approved(desk, services.submit(desk.duty, draft, version=1)))
    theirs = Entry.objects.get()
    stores = sealed_away(desk)
    lose_everything_since_birth()
    theirs.handled_at = None
    theirs.save(force_insert=True)
    give_back(stores)
    assert restore_own_words() == 2
    assert take_in(desk.channel) == Intake(filed=1)
    again = Message.objects.get(direction="in")
    reply = Message.objects.get(direction="out")
    assert reply.in_reply_to == again
    assert reply.case == again.case
    assert Clock.objects.get().state == Clock.State.ENDED
    assert again.case.waiting_on == Case.Waiting.NOBODY


@pytest.mark.usefixtures("with_archive")
def test_a_word_that_cannot_be_read_raises_an_alarm_and_holds_up_no_other(desk: Desk) -> None:
    released_request(desk)
    released_request(desk)
    stores = sealed_away(desk)
    lose_everything_since_birth()
    give_back(stores)
    entry = Entry.objects.get(position=0)
    entry.sealed = bytes(entry.sealed)[:-1] + b"\0"
    entry.save()
    assert restore_own_words() == 2
    assert Message.objects.count() == 1
    assert Alarm.objects.get().code == "release.own-word-unreadable"
