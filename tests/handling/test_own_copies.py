"""What an originator has erased goes from our own copies of what we sent, too: words, files and every whole of them."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accord.courier.models import AttachmentTransfer, Outbox, OutboxState
from accord.courier.outbox import block
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import ERASURE_NOTICE
from accord.exchange.models import Message
from accord.handling.applying import apply_corrections
from accord.handling.erasing import ERASED_IN_PART, is_erased
from accord.handling.finding import take_over_handling
from accord.handling.models import Derivation, Effect, FileMark, Keeping, Way
from accord.handling.reading import mark_received
from accord.handling.reports import finish_effect
from accord.handling.retention import erase_due, keepings_for, lift_hold, place_hold
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.release.models import Approval, ReleasedMessage
from tests.desk import Desk, approved, flush
from tests.handling.test_corrections import SAID, corrected
from tests.handling.test_derivations import drafted, received_information

OURS = "Our own finding: the weighbridge at the quay shows a load that nobody declared."
HELD = b"name;amount\nspecimen;12\n"


def released(desk: Desk, *, file: bytes = b"", **changed: object) -> Message:
    """A message of ours that quotes India and waits in the queue; with a file of theirs where one is given."""
    draft = drafted(desk, SAID, relevance_reason=OURS, **changed)
    draft = take_over_handling(desk.liaison, draft, version=draft.version)
    if file:
        services.attach(desk.liaison, draft, name="table.csv", media_type="text/csv", file=io.BytesIO(file))
        draft.refresh_from_db()
    return services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=draft.version)))


def sent(desk: Desk, *, has_arrived: bool = True, file: bytes = b"", **changed: object) -> Message:
    """One that has left."""
    message = released(desk, file=file, **changed)
    flush(desk, receipted_at=timezone.now())
    if has_arrived:
        AttachmentTransfer.objects.update(completed_at=timezone.now())
        message.state = Message.State.DELIVERED
        message.save(update_fields=["state"])
    return message


def everywhere(message: Message) -> bytes:
    """Every copy of its words that the database holds."""
    row = Message.objects.get(pk=message.pk)
    found = [bytes(row.content), bytes(row.own_side), row.case.title.encode()]
    found += [bytes(one.payload) for one in Approval.objects.filter(subject_id=str(message.pk))]
    found += [bytes(one.payload) for one in Outbox.objects.filter(envelope_id=message.envelope_id)]
    return b"".join(found)


def test_the_passage_goes_from_every_copy_of_what_was_sent_and_our_own_words_stay(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk)
    assert b"Harbour Road" in everywhere(message)
    digest = bytes(ReleasedMessage.objects.get(pk=message.released_id).payload_digest)
    row = corrected(desk, source, "erase")
    assert b"Harbour Road" not in everywhere(message)
    message.refresh_from_db()
    assert message.fields[ERASED_IN_PART] is True
    assert message.fields["relevance_reason"] == OURS
    assert message.handling == "H2"
    assert bytes(ReleasedMessage.objects.get(pk=message.released_id).payload_digest) == digest
    effect = row.effects.get()
    assert (effect.deed, effect.state) == (Effect.Deed.OWN_COPY, Effect.State.DONE)
    assert Act.objects.filter(verb="erase from own copy", object_id=str(message.pk)).count() == 1
    assert apply_corrections() == 0


@pytest.mark.parametrize("action", ["recall", "correct", "restrict"])
def test_what_is_not_to_be_erased_stays_in_our_copy(desk: Desk, action: str) -> None:
    source = received_information(desk)
    message = sent(desk)
    row = corrected(desk, source, action)
    assert b"Harbour Road" in everywhere(message)
    assert row.effects.get().deed == Effect.Deed.HELD_BY_THEM


def test_their_file_goes_from_a_draft_and_from_what_was_sent(desk: Desk) -> None:
    source = received_information(desk)
    FileMark.objects.create(message=source, sha256=hashlib.sha256(HELD).digest())
    message = sent(desk, file=HELD)
    draft = drafted(desk, "A table.")
    services.attach(desk.liaison, draft, name="other.csv", media_type="text/csv", file=io.BytesIO(HELD))
    own = services.attach(desk.liaison, draft, name="own.csv", media_type="text/csv", file=io.BytesIO(b"a;b\n1;2\n"))
    assert len(message.fields["attachments"]) == 1  # type: ignore[arg-type]
    corrected(desk, source, "erase")
    message.refresh_from_db()
    assert message.fields["attachments"] == []
    assert not message.attachments.exists()
    assert [one.pk for one in draft.attachments.all()] == [own.pk]


def test_a_file_that_is_still_being_brought_is_not_taken_from_the_courier(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk, file=b"a;b\n1;2\n")
    AttachmentTransfer.objects.update(completed_at=None)
    assert corrected(desk, source, "erase").effects.get().deed == Effect.Deed.ERASE_OURS
    assert message.attachments.exists()


def test_a_file_of_ours_that_holds_their_words_goes_and_a_second_one_too(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, "Two notes.")
    for name in ("one.txt", "two.txt"):
        text = f"{name}: {SAID}".encode()
        services.attach(desk.liaison, draft, name=name, media_type="text/plain", file=io.BytesIO(text))
    services.attach(desk.liaison, draft, name="own.txt", media_type="text/plain", file=io.BytesIO(OURS.encode()))
    corrected(desk, source, "erase")
    assert [one.name for one in draft.attachments.all()] == ["own.txt"]


def test_a_file_governs_still_when_the_text_beside_it_is_taken_out(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID)
    files = [
        services.attach(desk.liaison, draft, name=name, media_type="text/plain", file=io.BytesIO(SAID.encode()))
        for name in ("one.txt", "two.txt")
    ]
    ways = lambda: sorted(Derivation.objects.filter(derived_id=draft.pk).values_list("way", flat=True))  # noqa: E731
    assert ways() == [Way.FILE_PART, Way.QUOTE]
    draft.refresh_from_db()
    fields = {**draft.fields, "facts": "Something else."}
    services.save_draft(desk.liaison, draft, version=draft.version, fields=fields)
    assert ways() == [Way.FILE_PART]
    services.detach(desk.liaison, files[0])
    assert ways() == [Way.FILE_PART], "the second file holds it still"
    services.detach(desk.liaison, files[1])
    assert ways() == []
    assert source.pk


def test_what_is_on_its_way_is_a_task_that_erases_by_one_act_once_it_has_arrived(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk, has_arrived=False)
    task = corrected(desk, source, "erase").effects.get()
    assert (task.deed, task.state) == (Effect.Deed.ERASE_OURS, Effect.State.TASK)
    with pytest.raises(ActRefused) as refused:
        finish_effect(desk.duty, task)
    assert refused.value.reason_code == "handling.on-its-way"
    assert b"Harbour Road" in everywhere(message)
    Message.objects.filter(pk=message.pk).update(state=Message.State.DELIVERED)
    assert finish_effect(desk.duty, task).state == Effect.State.DONE
    message.refresh_from_db()
    assert is_erased(message)
    assert b"Harbour Road" not in everywhere(message)


def test_a_legal_hold_keeps_our_copy_until_it_is_lifted(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk)
    hold = place_hold(desk.releasing, message.case, reason="The court of appeal asks.")
    task = corrected(desk, source, "erase").effects.get()
    with pytest.raises(ActRefused) as refused:
        finish_effect(desk.duty, task)
    assert refused.value.reason_code == "handling.kept-by-hold"
    assert b"Harbour Road" in everywhere(message)
    lift_hold(desk.again(Role.RELEASING, "another"), hold, reason="Decided.")
    finish_effect(desk.duty, task)
    assert b"Harbour Road" not in everywhere(message)


@pytest.mark.parametrize("state", [Message.State.WITHDRAWN, Message.State.EXPIRED, Message.State.REFUSED])
def test_a_copy_of_what_was_withdrawn_or_expired_there_is_erased_too(desk: Desk, state: Message.State) -> None:
    source = received_information(desk)
    message = sent(desk)
    Message.objects.filter(pk=message.pk).update(state=state, recalled_at=timezone.now())
    effect = corrected(desk, source, "erase").effects.get()
    assert (effect.deed, effect.state) == (Effect.Deed.OWN_COPY, Effect.State.DONE)
    assert b"Harbour Road" not in everywhere(message)


def test_a_task_to_erase_ends_when_the_message_was_withdrawn_meanwhile(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk, has_arrived=False)
    task = corrected(desk, source, "erase").effects.get()
    Message.objects.filter(pk=message.pk).update(state=Message.State.WITHDRAWN)
    assert finish_effect(desk.duty, task).state == Effect.State.DONE
    assert b"Harbour Road" not in everywhere(message)


@pytest.mark.parametrize(("action", "deed"), [("erase", Effect.Deed.OWN_COPY), ("recall", Effect.Deed.STOPPED)])
@pytest.mark.parametrize("is_blocked", [False, True])
def test_what_waits_in_the_queue_with_recalled_words_never_leaves(
    desk: Desk, action: str, deed: Effect.Deed, is_blocked: bool
) -> None:
    source = received_information(desk)
    message = released(desk)
    if is_blocked:
        block(Outbox.objects.get(envelope_id=message.envelope_id))
    effect = corrected(desk, source, action).effects.get()
    assert (effect.deed, effect.state, effect.recipient) == (deed, Effect.State.DONE, "")
    assert Outbox.objects.get(envelope_id=message.envelope_id).state == OutboxState.WITHDRAWN
    message.refresh_from_db()
    assert message.state == Message.State.WITHDRAWN
    assert (b"Harbour Road" in everywhere(message)) == (action == "recall")


@pytest.mark.parametrize("action", ["erase", "recall", "correct", "restrict"])
def test_of_what_was_withdrawn_before_it_left_nobody_is_told_that_nothing_is_held(desk: Desk, action: str) -> None:
    source = received_information(desk)
    message = released(desk)
    services.withdraw(desk.releasing, message)
    effect = corrected(desk, source, action).effects.get()
    assert effect.deed != Effect.Deed.NOTHING_HELD
    assert effect.state == Effect.State.DONE
    assert (b"Harbour Road" in everywhere(message)) == (action != "erase")


def test_a_file_of_what_never_left_is_erased_though_nobody_fetches_it(desk: Desk) -> None:
    source = received_information(desk)
    FileMark.objects.create(message=source, sha256=hashlib.sha256(HELD).digest())
    message = released(desk, file=HELD)
    services.withdraw(desk.releasing, message)
    assert AttachmentTransfer.objects.filter(completed_at=None).exists()
    assert corrected(desk, source, "erase").effects.get().deed == Effect.Deed.OWN_COPY
    assert not message.attachments.exists()


# the end of its time


def over(desk: Desk, source: Message) -> int:
    """Lets the time of a received message end."""
    mark_received()
    Keeping.objects.filter(pk=source.pk).update(keep_until=timezone.now().date() - timedelta(days=1))
    return erase_due()


def test_at_the_end_of_its_time_the_passage_goes_from_our_copy_of_what_was_sent(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk)
    assert over(desk, source) == 1
    assert b"Harbour Road" not in everywhere(message)
    message.refresh_from_db()
    assert message.fields["relevance_reason"] == OURS
    assert Act.objects.filter(verb="erase from own copy", object_id=str(message.pk)).count() == 1
    assert not Keeping.objects.filter(pk=message.pk).exists()


def test_a_copy_that_a_hold_keeps_goes_once_it_is_lifted_and_stands_in_the_list_until_then(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk)
    hold = place_hold(desk.releasing, message.case, reason="The court of appeal asks.")
    assert source.case_id != message.case_id
    over(desk, source)
    source.refresh_from_db()
    assert is_erased(source)
    assert b"Harbour Road" in everywhere(message)
    assert [row.pk for row in keepings_for(desk.duty, is_held=True)] == [message.pk]
    assert erase_due() == 0
    lift_hold(desk.again(Role.RELEASING, "another"), hold, reason="Decided.")
    notices = Outbox.objects.filter(kind=ERASURE_NOTICE).count()
    assert erase_due() == 1
    assert b"Harbour Road" not in everywhere(message)
    assert Outbox.objects.filter(kind=ERASURE_NOTICE).count() == notices, "of ours nobody is told"
    assert erase_due() == 0


def test_a_copy_that_is_on_its_way_goes_once_it_has_arrived(desk: Desk) -> None:
    source = received_information(desk)
    message = sent(desk, has_arrived=False)
    over(desk, source)
    assert b"Harbour Road" in everywhere(message)
    assert erase_due() == 0
    Message.objects.filter(pk=message.pk).update(state=Message.State.DELIVERED)
    assert erase_due() == 1
    assert b"Harbour Road" not in everywhere(message)
    assert Keeping.objects.get(pk=message.pk).erased_at is not None
