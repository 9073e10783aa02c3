"""Attachments: sealed chunks on disk, sent after the message that names them, resumed where they broke."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone

from accord.channel.attachment import chunk_count, open_chunk, seal_chunk
from accord.channel.frames import Chunk, HeldChunks, decode_frame, encode_frame
from accord.courier import chunks as chunks_module
from accord.courier.chunks import ChunkStore, NoRoom, chunk_store, first_missing
from accord.courier.inbound import receive_contact
from accord.courier.models import AttachmentTransfer, Direction, Entry
from accord.courier.outbox import withdraw
from accord.errors import OfficerCanMend, OurFault
from tests.simulators.paired_node import PairedNode
from tests.simulators.stored_node import envelope_id, make_envelope

MIB = 1024 * 1024
KEY = b"k" * 32


def sealed_file(store: ChunkStore, content: bytes) -> bytes:
    with store.writer() as writer:
        for index in range(chunk_count(len(content))):
            piece = content[index * MIB : (index + 1) * MIB]
            writer.add(seal_chunk(KEY, index=index, size_bytes=len(content), plaintext=piece))
        return writer.finish()


def content_of(size: int) -> bytes:
    return hashlib.shake_256(b"content").digest(size)


def test_a_sealed_file_is_read_back_chunk_by_chunk(home: Path) -> None:
    store = chunk_store()
    content = content_of(2 * MIB + 17)
    root = sealed_file(store, content)
    count = chunk_count(len(content))
    assert store.count(root) == count
    pieces = [
        open_chunk(KEY, index=index, size_bytes=len(content), sealed=sealed)
        for index, sealed in enumerate(store.read_all(root, first=0, count=count))
    ]
    assert b"".join(pieces) == content


def test_a_sealing_that_fails_leaves_nothing_behind(home: Path) -> None:
    store = chunk_store()

    def fail_half_way() -> None:
        with store.writer() as writer:
            writer.add(b"sealed")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert list((home / "attachments").iterdir()) == []


def test_a_root_of_another_length_chooses_no_path(home: Path) -> None:
    with pytest.raises(OurFault):
        chunk_store().held(b"../../etc")


def test_a_chunk_that_has_not_arrived_is_said_to_be_missing(home: Path) -> None:
    with pytest.raises(OfficerCanMend) as caught:
        chunk_store().read(bytes(32), 3)
    assert caught.value.reason_code == "courier.chunk-missing"


def test_storing_a_chunk_twice_changes_nothing(home: Path) -> None:
    store = chunk_store()
    store.put(Chunk(root=bytes(32), index=0, count=1, data=b"first", proof=()))
    store.put(Chunk(root=bytes(32), index=0, count=1, data=b"second", proof=()))
    assert store.read(bytes(32), 0) == b"first"


def test_a_full_disk_takes_no_chunk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks_module, "RESERVED_BYTES", 2**62)
    with pytest.raises(NoRoom) as caught:
        chunk_store().put(Chunk(root=bytes(32), index=0, count=1, data=b"data", proof=()))
    assert caught.value.http_status == 507
    assert chunk_store().held(bytes(32)) == frozenset()


def test_what_is_held_is_told_in_ranges(home: Path) -> None:
    store = chunk_store()
    for index in (0, 1, 4, 6, 7):
        store.put(Chunk(root=bytes(32), index=index, count=9, data=b"x", proof=()))
    held = store.held_ranges(bytes(32), 9)
    assert held.ranges == ((0, 2), (4, 5), (6, 8))
    assert held.missing() == (2, 3, 5, 8)


class HungryPeer:
    """Answers our chunks as a receiver does: it keeps what it is sent and says what it holds."""

    def __init__(self, node: PairedNode, *, forgets_after: int | None = None) -> None:
        self.node = node
        self.held: dict[int, bytes] = {}
        self.count = 0
        self.root = b""
        self.sent: list[int] = []
        node.wire.alters = self.answer

    def answer(self, answer: bytes) -> bytes:
        for chunk in self.node.wire.carried[-1].chunks:
            self.root, self.count = chunk.root, chunk.count
            self.held[chunk.index] = chunk.data
            self.sent.append(chunk.index)
        if not self.held:
            return answer
        ranges = tuple((index, index + 1) for index in sorted(self.held))
        merged: list[tuple[int, int]] = []
        for first, end in ranges:
            if merged and merged[-1][1] == first:
                merged[-1] = (merged[-1][0], end)
            else:
                merged.append((first, end))
        held = HeldChunks(root=self.root, count=self.count, ranges=tuple(merged))
        return encode_frame(replace(decode_frame(answer), have_chunks=(held,)))


def test_chunks_follow_the_message_that_names_them_and_are_sent_once(met: PairedNode) -> None:
    content = content_of(5 * MIB)
    root = sealed_file(chunk_store(), content)
    peer = HungryPeer(met)
    met.enqueue(attachment_root=root)
    met.flush()
    assert peer.sent == []
    met.flush()
    assert sorted(peer.held) == list(range(chunk_count(len(content))))
    assert len(peer.sent) == len(peer.held)
    transfer = AttachmentTransfer.objects.get(direction=Direction.OUT)
    assert transfer.completed_at is not None
    assert met.flush().is_idle


@pytest.mark.parametrize("is_same_file", [False, True])
def test_a_file_of_a_message_that_was_withdrawn_before_it_left_holds_up_no_other(
    met: PairedNode, is_same_file: bool
) -> None:
    content = content_of(2 * MIB)
    root = sealed_file(chunk_store(), content)
    (gone,) = met.enqueue(attachment_root=root if is_same_file else sealed_file(chunk_store(), b"another file"))
    withdraw(gone)
    peer = HungryPeer(met)
    met.enqueue(attachment_root=root)
    met.flush()
    met.flush()
    assert sorted(peer.held) == list(range(chunk_count(len(content))))


def test_a_broken_transfer_goes_on_where_it_broke(met: PairedNode) -> None:
    from accord.courier.recent import forget_recent

    root = sealed_file(chunk_store(), content_of(9 * MIB))
    peer = HungryPeer(met)
    met.enqueue(attachment_root=root)
    met.flush()
    calls = iter(range(100))

    def cut() -> None:
        if next(calls) == 2:
            met.wire.loses_requests = True

    met.wire.on_request = cut
    assert met.flush().refusal == "courier.peer-silent"
    sent_before = set(peer.sent)
    assert 0 < len(sent_before) < 9
    met.wire.loses_requests = False
    met.wire.on_request = None
    forget_recent()
    met.flush()
    repeated = [index for index in peer.sent if peer.sent.count(index) > 1]
    assert set(repeated) <= {0}
    assert len(peer.held) == chunk_store().count(root)


def test_a_message_waits_for_one_frame_of_chunks_at_most(met: PairedNode) -> None:
    root = sealed_file(chunk_store(), content_of(9 * MIB))
    HungryPeer(met)
    met.enqueue(attachment_root=root)
    met.flush()
    enqueued: list[object] = []

    def enqueue_once() -> None:
        if not enqueued:
            enqueued.extend(met.enqueue())

    met.wire.on_request = enqueue_once
    result = met.flush()
    assert result.frames <= 3
    assert met.flush().appended == 1


def receive_attachment(met: PairedNode, root: bytes) -> None:
    """The peer sends a message that names ``root``."""
    envelope = make_envelope("IN", "CA", "with attachment", attachment_root=root)
    machine = met.peer.machine()
    appended = machine.append([envelope], met.peer.now_ms)
    entries = [(envelope.header, envelope.sealed)]
    met.peer.disk.out.add(entries, [envelope.leaf], appended.stride_nodes, appended.checkpoint, None)
    met.peer.state = machine.state
    met.heard()
    assert AttachmentTransfer.objects.get(direction=Direction.IN).envelope_id.bytes == envelope_id("with attachment")


def chunk_frame(met: PairedNode, chunk: Chunk) -> bytes:
    from accord.channel.frames import encode_frame

    return encode_frame(met.peer.machine().contact(met.peer.now_ms, chunks=[chunk]))


def test_a_chunk_of_an_awaited_attachment_is_stored_and_the_answer_says_what_is_held(
    met: PairedNode, tmp_path: Path
) -> None:
    sender = ChunkStore(tmp_path / "sender")
    root = sealed_file(sender, content_of(3 * MIB))
    receive_attachment(met, root)
    answer = met.heard(chunk_frame(met, sender.chunk(root, 1)))
    (held,) = decode_frame(answer.frame).have_chunks
    assert held.ranges == ((1, 2),)
    assert chunk_store().read(root, 1) == sender.read(root, 1)
    for index in set(range(sender.count(root))) - {1}:
        met.heard(chunk_frame(met, sender.chunk(root, index)))
    assert AttachmentTransfer.objects.get(direction=Direction.IN).completed_at is not None


def test_a_chunk_of_nobodys_attachment_is_not_kept(met: PairedNode, tmp_path: Path) -> None:
    sender = ChunkStore(tmp_path / "sender")
    root = sealed_file(sender, content_of(MIB))
    answer = met.heard(chunk_frame(met, sender.chunk(root, 0)))
    assert answer.status == 200
    assert chunk_store().held(root) == frozenset()


def test_an_altered_chunk_is_refused(met: PairedNode, tmp_path: Path) -> None:
    sender = ChunkStore(tmp_path / "sender")
    root = sealed_file(sender, content_of(MIB))
    receive_attachment(met, root)
    chunk = sender.chunk(root, 0)
    answer = met.heard(chunk_frame(met, replace(chunk, data=chunk.data[:-1] + b"!")))
    assert answer.refusal == "trust.proof-invalid"
    assert chunk_store().held(root) == frozenset()


# --- counts and claims that are not true ------------------------------------------------------------------------------


def miscounted(chunk: Chunk) -> Chunk:
    """The last chunk of three as "1 of 2": an RFC 9162 proof alone would hold for that, too."""
    assert (chunk.index, chunk.count) == (2, 3)
    return replace(chunk, index=1, count=2)


def three_chunks(met: PairedNode, tmp_path: Path) -> tuple[ChunkStore, bytes]:
    sender = ChunkStore(tmp_path / "sender")
    root = sealed_file(sender, content_of(3 * MIB))
    assert sender.count(root) == 3
    receive_attachment(met, root)
    return sender, root


def take_parcel(met: PairedNode, frame: bytes) -> None:
    assert receive_contact(met.channel.pk, frame, is_live=False).status == 200


@pytest.mark.parametrize("is_live", [True, False])
def test_a_chunk_with_a_wrong_count_is_refused_whoever_brings_it(
    met: PairedNode, tmp_path: Path, is_live: bool
) -> None:
    sender, root = three_chunks(met, tmp_path)
    forged = chunk_frame(met, miscounted(sender.chunk(root, 2)))
    assert receive_contact(met.channel.pk, forged, is_live=is_live).refusal == "trust.proof-invalid"
    assert AttachmentTransfer.objects.get(direction=Direction.IN).chunk_count is None
    for index in range(3):
        met.heard(chunk_frame(met, sender.chunk(root, index)))
    transfer = AttachmentTransfer.objects.get(direction=Direction.IN)
    assert (transfer.chunk_count, transfer.completed_at is not None) == (3, True)
    assert [chunk_store().read(root, index) for index in range(3)] == [sender.read(root, index) for index in range(3)]


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 1, 0, 2, 1)], ids=["backwards", "twice"])
def test_chunks_in_any_order_and_number_make_the_one_file(
    met: PairedNode, tmp_path: Path, order: tuple[int, ...]
) -> None:
    sender, root = three_chunks(met, tmp_path)
    for index in order:
        met.heard(chunk_frame(met, sender.chunk(root, index)))
    assert chunk_store().is_whole(root, 3)
    assert AttachmentTransfer.objects.get(direction=Direction.IN).completed_at is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda chunk: replace(chunk, data=chunk.data[:-1]),
        lambda chunk: replace(chunk, proof=chunk.proof[:-1]),
        lambda chunk: replace(chunk, index=1),
        lambda chunk: replace(chunk, count=4),
        lambda chunk: replace(chunk, index=3, count=4),
    ],
    ids=["truncated", "proof cut", "reordered", "one more", "a fourth of four"],
)
def test_a_chunk_that_is_not_the_one_bound_is_refused(
    met: PairedNode, tmp_path: Path, change: Callable[[Chunk], Chunk]
) -> None:
    sender, root = three_chunks(met, tmp_path)
    answer = receive_contact(met.channel.pk, chunk_frame(met, change(sender.chunk(root, 0))))
    assert answer.refusal == "trust.proof-invalid"
    assert chunk_store().held(root) == frozenset()


def test_chunks_that_come_after_their_message_was_handled_are_taken_all_the_same(
    met: PairedNode, tmp_path: Path
) -> None:
    sender, root = three_chunks(met, tmp_path)
    Entry.objects.filter(direction=Direction.IN).update(handled_at=timezone.now())
    for index in range(3):
        met.heard(chunk_frame(met, sender.chunk(root, index)))
    assert chunk_store().is_whole(root, 3)


def held_frame(met: PairedNode, root: bytes, count: int, *ranges: tuple[int, int]) -> bytes:
    held = HeldChunks(root=root, count=count, ranges=ranges)
    return encode_frame(met.peer.machine().contact(met.peer.now_ms, have_chunks=[held]))


@pytest.mark.parametrize("claimed", [(0, ()), (1, ((0, 1),))])
def test_a_claim_to_hold_all_of_another_count_completes_nothing(
    met: PairedNode, claimed: tuple[int, tuple[tuple[int, int], ...]]
) -> None:
    root = sealed_file(chunk_store(), content_of(3 * MIB))
    met.enqueue(attachment_root=root)
    met.flush()
    count, ranges = claimed
    receive_contact(met.channel.pk, held_frame(met, root, count, *ranges))
    assert AttachmentTransfer.objects.get(direction=Direction.OUT).completed_at is None


def test_a_parcel_that_claims_to_hold_everything_completes_nothing(met: PairedNode) -> None:
    root = sealed_file(chunk_store(), content_of(3 * MIB))
    met.enqueue(attachment_root=root)
    met.flush()
    claim = held_frame(met, root, 3, (0, 3))
    take_parcel(met, claim)
    assert AttachmentTransfer.objects.get(direction=Direction.OUT).completed_at is None
    receive_contact(met.channel.pk, claim)
    assert AttachmentTransfer.objects.get(direction=Direction.OUT).completed_at is not None


@pytest.mark.parametrize(
    ("ranges", "limit", "wanted"),
    [
        ((), 2, (0, 1)),
        (((0, 9),), 2, ()),
        (((0, 2), (2, 5)), 3, (5, 6, 7)),
        (((1, 3), (5, 6)), 9, (0, 3, 4, 6, 7, 8)),
    ],
)
def test_the_first_missing_chunks_are_found(
    ranges: tuple[tuple[int, int], ...], limit: int, wanted: tuple[int, ...]
) -> None:
    assert first_missing(HeldChunks(root=bytes(32), count=9, ranges=ranges), limit=limit) == wanted


def test_claims_about_attachments_of_nobody_are_passed_over_without_counting_their_chunks(
    met: PairedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted(*_: object, **__: object) -> tuple[int, ...]:
        raise AssertionError

    monkeypatch.setattr("accord.channel.frames.HeldChunks.missing", counted)
    monkeypatch.setattr("accord.courier.effects.first_missing", counted)
    claims = [HeldChunks(root=bytes([n]) * 32, count=16_384, ranges=()) for n in range(1, 200)]
    frame = encode_frame(met.peer.machine().contact(met.peer.now_ms, have_chunks=claims))
    assert receive_contact(met.channel.pk, frame).status == 200
