"""Our own words, given back by the peer after our storage was lost.

A node restored from an older copy fetches its own later entries from the peer (the courier's part). They are opened
here with the archive key, and the messages they hold stand in their cases again as sent and delivered. Until that is
done nothing new leaves on the channel and nothing is taken in: an officer at a restored desk sees yesterday's approved
draft and would send it twice, and an answer would find no request of ours.

What is lost for good is the record of the decision; its commitment came back with the message and is kept, so that
a record found elsewhere (a reviewer's export) can be matched to it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.channel.capsule import ArchiveCapsule
from accord.channel.envelope import Body, Header
from accord.channel.seal import open_archived
from accord.courier.alarms import raise_alarm
from accord.courier.models import Alarm, Capsule, Channel, Entry, Lane, Mode, Outbox, OutboxState
from accord.courier.moment import from_ms
from accord.courier.statements import rows_of
from accord.errors import NotAvailableNow, OurFault, PeerFault, TrustFails
from accord.parties.custody import Custody, custody_in_use
from accord.release.approvals import payload_digest
from accord.release.models import Approval, DecisionRecord, ReleasedMessage
from accord.release.registry import followers

__all__ = ["LOST", "RESTORED_A_TURN", "OwnWordsMissing", "has_own_words", "require_own_words", "restore_own_words"]

RESTORED_A_TURN: Final = 64
"""Entries restored in one transaction."""

LOST: Final = "lost"
"""Outcome of a decision whose record was lost with the storage."""


_WAITING: Final = (
    f'SELECT 1 FROM "{Entry._meta.db_table}" '  # noqa: S608, SLF001 - the model's own name
    "WHERE channel_id = %s AND recovered AND handled_at IS NULL LIMIT 1"
)
"""Asked for each message that leaves, and so composed once; a partial index answers it."""


class OwnWordsMissing(NotAvailableNow):
    """Messages we once sent are not in their cases again, so that nothing new may leave yet."""

    code = "release.own-words-missing"
    default_next_step = "Wait for the recovery to end; bring the archive key file if an alarm asks for it."


def _unrestored(channel: Channel) -> QuerySet[Entry]:
    # Only entries of our own log are ever given back; naming the direction would make SQLite read all of them.
    return (
        Entry.objects.filter(channel=channel, recovered=True, handled_at__isnull=True)
        .order_by("position")
        .only("id", "position", "envelope_id", "recorded_at", "capsule_id", "header", "sealed", "channel_id")
    )


def has_own_words(channel: Channel) -> bool:
    """Returns whether every message we once sent on the channel is known here."""
    return channel.mode != Mode.RECOVERING and not rows_of(_WAITING, (channel.pk,))


def require_own_words(channel: Channel) -> None:
    """Raises while messages we once sent are missing here.

    Raises:
        OwnWordsMissing: The channel is recovering, or recovered entries have not been opened.
    """
    if not has_own_words(channel):
        raise OwnWordsMissing(
            "This node was restored from an older copy and has not read all its own words again.",
            fields={"peer": channel.peer_id},
        )


def restore_own_words(*, now: datetime | None = None) -> int:
    """Puts recovered messages back where they belong; returns how many entries were dealt with."""
    moment = now or timezone.now()
    restored = 0
    for channel in Channel.objects.only("party_code", "peer_id", "mode").order_by("pk"):
        # Nearly always nothing waits, and then no transaction is begun that another writer would wait for.
        if not rows_of(_WAITING, (channel.pk,)):
            continue
        try:
            restored += _restore(channel, custody_in_use(), moment)
        except (NotAvailableNow, OurFault) as missing:
            _alarm_once(channel, f"Our own words cannot be read: {missing.sentence}")
    return restored


def _alarm_once(channel: Channel, detail: str) -> None:
    # The job runner tries every half second; the open alarm need not count each try.
    code = "release.archive-key-needed"
    if not Alarm.objects.filter(channel=channel, code=code, acknowledged_at=None).exists():
        raise_alarm(channel, code, detail)


@transaction.atomic
def _restore(channel: Channel, custody: Custody, now: datetime) -> int:
    entries = list(_unrestored(channel)[:RESTORED_A_TURN])
    for entry in entries:
        try:
            with transaction.atomic():
                _restore_one(channel, entry, custody)
        except (TrustFails, PeerFault) as error:
            raise_alarm(
                channel,
                "release.own-word-unreadable",
                f"Entry {entry.position} of our own log could not be restored ({error.reason_code}).",
            )
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(handled_at=now)
    return len(entries)


def _restore_one(channel: Channel, entry: Entry, custody: Custody) -> None:
    if Outbox.objects.filter(envelope_id=entry.envelope_id).exists():
        # The row was in the older copy: the courier has given it its place, and its message follows the receipt.
        return
    capsule = bytes(Capsule.objects.get(channel=channel, capsule_id=entry.capsule_id).data)
    opener = custody.archive_opener(ArchiveCapsule.decode(capsule).archive_key_id)
    opened = open_archived(bytes(entry.header), bytes(entry.sealed), capsule, opener)
    released = _row_of(channel, entry, opened.header, opened.body)
    for follower in followers():
        follower.on_restored(released.pk, opened.body.payload)


def _row_of(channel: Channel, entry: Entry, header: Header, body: Body) -> ReleasedMessage:
    digest = payload_digest(body.payload)
    sent_at = from_ms(header.created_ms)
    # A word given, or asked for, before the loss has been used: it releases nothing a second time.
    approval = Approval.objects.filter(payload_digest=digest, state__in=("pending", "approved")).first()
    if approval is not None:
        approval.state = Approval.State.USED
        approval.save(update_fields=["state"])
    record = DecisionRecord.objects.create(
        at=sent_at,
        action="release",
        kind=body.kind,
        party=header.sender,
        peer=header.recipient,
        description="The record was lost with the storage; its commitment came back with the message.",
        facts=b"",
        facts_digest=b"",
        pack_digest=b"",
        outcome=LOST,
        decision={},
        digest=b"",
        salt=b"",
        commitment=body.decision_digest,
    )
    in_reply_to = UUID(bytes=header.in_reply_to) if header.in_reply_to else None
    outbox = Outbox.objects.create(
        channel=channel,
        envelope_id=entry.envelope_id,
        lane=Lane.ROUTINE,
        state=OutboxState.FLUSHED,
        created_at=sent_at,
        not_after=from_ms(header.not_after_ms),
        position=entry.position,
        flushed_at=sent_at,
        kind=body.kind,
        schema=body.schema,
        handling=body.handling,
        decision_digest=body.decision_digest,
        in_reply_to=in_reply_to,
        attachment_root=header.attachment_root,
        size_bytes=len(body.payload),
        payload=body.payload,
    )
    return ReleasedMessage.objects.create(
        outbox=outbox,
        envelope_id=entry.envelope_id,
        peer_id=channel.peer_id,
        kind=body.kind,
        schema=body.schema,
        payload_digest=digest,
        decision=record,
        approval=approval,
        released_at=sent_at,
        in_reply_to=in_reply_to,
        delivered_at=entry.recorded_at,
    )
