"""What arrives of directories, test calls and their answers, and what becomes of our own after they left."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import msgspec

from accord.exchange.text import TextRefused, check_texts
from accord.liaison.directory.kinds import DIRECTORY, PING, PING_ANSWER, Directory, Ping, PingAnswer
from accord.liaison.directory.pinging import ANSWER_WITHIN, open_ping
from accord.liaison.models import PingTest, PublishedDirectory
from accord.release.models import ReleasedMessage
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.recovered import LOST
from accord.release.registry import Delivered, Follower, MessageKind, json_kind

__all__ = ["FOLLOWER", "KINDS"]

DIRECTORY_BYTES_MAX: Final = 512 * 1024
"""Two hundred entries with names in three languages have some 200 KB."""

PING_BYTES_MAX: Final = 1_024


def _file_directory(received: Received, work: FilingWork) -> Handled:
    content: Directory = received.content
    listed = list(msgspec.to_builtins(content.entries))
    try:
        check_texts(listed)
    except TextRefused:
        return Handled(state="refused", code="liaison.hidden-characters")
    last = PublishedDirectory.objects.filter(peer_id=work.peer, is_ours=False).first()
    if last is not None and content.number <= last.number:
        return Handled(state="refused", code="liaison.stale-directory")
    PublishedDirectory.objects.create(
        peer_id=work.peer, is_ours=False, number=content.number, entries=listed, at=received.received_at
    )
    return FILED


def _file_ping(received: Received, work: FilingWork) -> Handled:
    content: Ping = received.content
    row, is_new = PingTest.objects.get_or_create(
        peer_id=work.peer,
        is_ours=False,
        ping=UUID(content.ping),
        defaults={
            "function": content.function,
            "at": received.sent_at,
            "due_at": received.received_at + ANSWER_WITHIN,
            "reached_at": received.received_at,
            "envelope_id": received.envelope_id,
        },
    )
    if not is_new:
        return Handled(state="refused", code="liaison.ping-known")
    _answer_given_before(row)
    return FILED


def _answer_given_before(row: PingTest) -> None:
    """Notes our own answer that was lost with the storage and came back before the call that it answers.

    Our own words come back before the other side's are taken in again.
    """
    lost = ReleasedMessage.objects.filter(kind=PING_ANSWER, peer_id=row.peer_id, decision__outcome=LOST)
    for released in lost.select_related("outbox"):
        answer = msgspec.json.decode(bytes(released.outbox.payload), type=PingAnswer)
        if UUID(answer.ping) == row.ping:
            _restore_answer(released, answer)


def _file_answer(received: Received, work: FilingWork) -> Handled:
    content: PingAnswer = received.content
    row = open_ping(work.peer, UUID(content.ping))
    if row is None:
        return Handled(state="refused", code="liaison.unknown-ping")
    if row.answered_at is None:
        # By our own clock: the other side's is its own word.
        row.answered_at = received.received_at
        row.reached_at = row.reached_at or received.received_at
        row.save(update_fields=["answered_at", "reached_at"])
    return FILED


_kind = partial(json_kind, schema=1, facts_at_use=None, needs_approval=False)

KINDS: Final[tuple[MessageKind, ...]] = (
    _kind(Directory, DIRECTORY, max_bytes=DIRECTORY_BYTES_MAX, handler=_file_directory),
    _kind(Ping, PING, max_bytes=PING_BYTES_MAX, handler=_file_ping),
    _kind(PingAnswer, PING_ANSWER, max_bytes=PING_BYTES_MAX, handler=_file_answer),
)
"""The kinds: offices and codes alone, so that no officer approves one and the gate at use is not asked."""


def _on_delivered(delivered: Sequence[Delivered]) -> None:
    waiting = dict(
        PingTest.objects.filter(is_ours=True, reached_at=None, envelope_id__isnull=False).values_list(
            "envelope_id", "pk"
        )
    )
    if not waiting:
        return
    arrived = {one.key: one.arrived_at for one in delivered}
    found = ReleasedMessage.objects.filter(envelope_id__in=list(waiting), pk__in=list(arrived), kind=PING)
    for key, envelope in found.values_list("pk", "envelope_id"):
        PingTest.objects.filter(pk=waiting[envelope], reached_at=None).update(reached_at=arrived[key])


def _on_unsent(keys: Sequence[int], _why: str) -> None:
    """Takes a directory that never left out of what the peer has, so that it can be published again.

    A call that never left shows as one that did not reach the other node.
    """
    unsent = ReleasedMessage.objects.filter(pk__in=keys, kind=DIRECTORY)
    for released in unsent.select_related("outbox"):
        told = msgspec.json.decode(bytes(released.outbox.payload), type=Directory)
        PublishedDirectory.objects.filter(peer_id=released.peer_id, is_ours=True, number=told.number).delete()


def _on_restored(released_key: int, payload: bytes) -> None:
    """Puts a directory or a test call of ours that was lost with the storage back; who acted is not in it."""
    released = ReleasedMessage.objects.filter(pk=released_key, kind__in=(DIRECTORY, PING, PING_ANSWER)).first()
    if released is None:
        return
    if released.kind == DIRECTORY:
        told = msgspec.json.decode(payload, type=Directory)
        PublishedDirectory.objects.get_or_create(
            peer_id=released.peer_id,
            is_ours=True,
            number=told.number,
            defaults={"entries": list(msgspec.to_builtins(told.entries)), "at": released.released_at},
        )
    elif released.kind == PING:
        _restore_ping(released, msgspec.json.decode(payload, type=Ping), at=released.released_at)
    else:
        _restore_answer(released, msgspec.json.decode(payload, type=PingAnswer))


def _restore_answer(released: ReleasedMessage, answer: PingAnswer) -> None:
    PingTest.objects.filter(peer_id=released.peer_id, is_ours=False, ping=UUID(answer.ping), answered_at=None).update(
        answered_at=released.released_at
    )


def _restore_ping(released: ReleasedMessage, told: Ping, *, at: datetime) -> None:
    PingTest.objects.get_or_create(
        peer_id=released.peer_id,
        is_ours=True,
        ping=UUID(told.ping),
        defaults={
            "function": told.function,
            "at": at,
            "due_at": at + ANSWER_WITHIN,
            "envelope_id": released.envelope_id,
            # It came back from the other side: it had reached it.
            "reached_at": at,
        },
    )


FOLLOWER: Final = Follower(on_delivered=_on_delivered, on_unsent=_on_unsent, on_restored=_on_restored)
"""What this room does with receipts and losses of what it sent."""
