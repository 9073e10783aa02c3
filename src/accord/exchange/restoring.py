"""Our own messages that were lost with the storage and came back from the peer: each finds its case again.

A draft that was approved in the older copy, and had been sent since, becomes the message that was sent. Where the older
copy knows nothing of it, case and message are made anew from the message itself.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence

import msgspec
from django.utils import timezone

from accord.exchange.clocks import clock_of_sent, end_clock
from accord.exchange.kind_rooms import room_of
from accord.exchange.kinds import ANSWER, REQUEST, STRUCTS
from accord.exchange.kinds.particulars import AttachmentReference
from accord.exchange.models import Attachment, Case, Clock, Message
from accord.exchange.references import case_reference
from accord.exchange.search.indexing import index_message
from accord.release.gate import our_party
from accord.release.models import ReleasedMessage

__all__ = ["restore_message"]


def restore_message(released_key: int, payload: bytes) -> None:
    """Puts a released message that came back into its case.

    Args:
        released_key: Primary key of the released message.
        payload: The exact bytes that were sent.
    """
    released = ReleasedMessage.objects.select_related("approval", "outbox").get(pk=released_key)
    if released.kind not in STRUCTS:
        return
    fields = msgspec.json.decode(payload, type=dict[str, object])
    message = _draft_of(released, fields)
    if message is None:
        message = Message(case=_case_of(released, fields), direction=Message.Direction.OUT, kind=released.kind)
    message.schema = released.schema
    message.state = Message.State.DELIVERED
    message.reference = str(fields["message_ref"])
    message.handling = str(fields["handling"])
    message.content = payload
    message.envelope_id = released.envelope_id
    message.attachment_root = released.outbox.attachment_root
    message.released = released
    message.released_at = message.created_at = released.released_at
    message.delivered_at = message.receipt_stated_at = released.delivered_at
    if message.in_reply_to_id is None and released.in_reply_to is not None:
        message.in_reply_to = Message.objects.filter(envelope_id=released.in_reply_to).first()
    message.save()
    _restore_attachments(message, fields)
    index_message(message)
    _restore_clocks(message, fields)
    room = room_of(message.kind)
    if room is not None:
        content = msgspec.json.decode(payload, type=STRUCTS[message.kind])
        room.restored(message, content, released.released_at)


def _draft_of(released: ReleasedMessage, fields: Mapping[str, object]) -> Message | None:
    """Returns the draft that the message was when the older copy was made: by its approval, or by its reference."""
    if released.approval is not None:
        return Message.objects.filter(approval=released.approval).first()
    drafts = Message.objects.filter(direction=Message.Direction.OUT, released=None, case__peer=released.peer)
    return drafts.filter(reference=str(fields["message_ref"]), kind=released.kind).first()


def _case_of(released: ReleasedMessage, fields: Mapping[str, object]) -> Case:
    own_ref, other_ref = str(fields["case_ref_own"]), str(fields.get("case_ref_other") or "")
    found = Case.objects.filter(own_ref=own_ref).first()
    if found is not None and found.peer_id == released.peer_id and found.other_ref in {"", other_ref}:
        return found
    joined = Case.objects.filter(peer_id=released.peer_id, other_ref=other_ref).first() if other_ref else None
    if joined is not None:
        return joined
    if found is not None:
        # Another matter bears the reference, as could happen when they were numbers that ran on: this one gets its own.
        own_ref = case_reference(our_party(), at=released.released_at)
    return Case.objects.create(
        own_ref=own_ref,
        other_ref=other_ref,
        peer_id=released.peer_id,
        is_ours=not other_ref,
        theme=str(fields["theme"]),
        agency=_sender_of(fields),
        title=str(fields.get("specification") or fields.get("subject") or fields["message_ref"])[:120],
        title_language=str(fields.get("language") or ""),
        waiting_on=Case.Waiting.THEM if released.kind == REQUEST else Case.Waiting.NOBODY,
        opened_at=released.released_at,
        changed_at=timezone.now(),
    )


def _sender_of(fields: Mapping[str, object]) -> str:
    sender = fields.get("sender")
    return str(sender.get("agency", "")) if isinstance(sender, Mapping) else ""


def _restore_attachments(message: Message, fields: Mapping[str, object]) -> None:
    stated = fields.get("attachments")
    references = msgspec.convert(stated if isinstance(stated, Sequence) else (), tuple[AttachmentReference, ...])
    if not references or message.attachments.exists():
        return
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=reference.name,
            media_type=reference.media_type,
            size_bytes=reference.size_bytes,
            sha256=bytes.fromhex(reference.sha256),
            key=b64decode(reference.key),
            root=message.attachment_root,
            first_chunk=reference.first_chunk,
            chunk_count=reference.chunk_count,
        )
        for reference in references
    )


def _restore_clocks(message: Message, fields: Mapping[str, object]) -> None:
    if (
        message.kind == REQUEST
        and message.delivered_at is not None
        and not Clock.objects.filter(pk=message.pk).exists()
    ):
        clock = clock_of_sent(message.pk, fields, peer=message.case.peer_id, received_at=message.delivered_at)
        if clock is not None:
            clock.save(force_insert=True)
    answered = Clock.objects.filter(message_id=message.in_reply_to_id).first() if message.in_reply_to_id else None
    if message.kind == ANSWER and answered is not None and message.released_at is not None:
        end_clock(answered, at=message.released_at)
        answered.save()
