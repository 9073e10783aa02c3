"""Parcels: whole, cut, damaged, repeated, out of order, and on the wrong node."""

import io
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.channel.encoding import LimitExceeded, MalformedObject
from accord.channel.events import DuplicateEntries, EntriesAccepted
from accord.channel.frames import decode_frame, encode_frame
from accord.channel.limits import MAX_FRAME_BYTES, MAX_PARCEL_FRAMES
from accord.channel.parcel import PARCEL_MAGIC, parcel_frames, parcel_pieces, read_parcel, write_parcel
from accord.errors import AccordError
from tests.simulators.stored_node import StoredNode, meet, pair

FRAME_LISTS = st.lists(st.binary(min_size=1, max_size=80), max_size=6)


@given(FRAME_LISTS)
def test_a_parcel_gives_its_frames_back_in_order(frames: list[bytes]) -> None:
    assert read_parcel(write_parcel(frames)) == frames


@given(FRAME_LISTS)
def test_pieces_and_whole_are_the_same_bytes(frames: list[bytes]) -> None:
    data = write_parcel(frames)
    assert b"".join(parcel_pieces(frames)) == data
    assert list(parcel_frames(io.BytesIO(data).read)) == frames


@given(FRAME_LISTS, st.integers(1, 7))
def test_a_slow_file_that_gives_few_bytes_at_a_time_is_read_all_the_same(frames: list[bytes], most: int) -> None:
    file = io.BytesIO(write_parcel(frames))
    assert list(parcel_frames(lambda size: file.read(min(size, most)))) == frames


def test_every_flipped_byte_is_found() -> None:
    data = write_parcel([b"one", b"a second frame", b"3"])
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(AccordError):
            read_parcel(bytes(damaged))


def test_every_cut_is_found() -> None:
    data = write_parcel([b"one", b"a second frame"])
    for size in range(len(data)):
        with pytest.raises(MalformedObject):
            read_parcel(data[:size])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(MalformedObject, match="follow"):
        read_parcel(write_parcel([b"one"]) + b"\0")


def test_the_whole_frames_of_a_cut_parcel_come_out_before_the_refusal() -> None:
    data = write_parcel([b"one", b"two", b"three"])
    frames = parcel_frames(io.BytesIO(data[: data.index(b"three") + 2]).read)
    assert [next(frames), next(frames)] == [b"one", b"two"]
    with pytest.raises(MalformedObject, match="frame 3"):
        next(frames)


@pytest.mark.parametrize("data", [b"", b"ACCORDPARCEL2\n", b"PK\x03\x04 a zip file", PARCEL_MAGIC])
def test_what_is_no_parcel_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedObject):
        read_parcel(data)


def test_a_frame_that_claims_to_be_huge_is_refused_before_it_is_read() -> None:
    asked: list[int] = []
    file = io.BytesIO(PARCEL_MAGIC + (2**32 - 1).to_bytes(4, "big") + b"x")

    def read(size: int) -> bytes:
        asked.append(size)
        return file.read(size)

    with pytest.raises(LimitExceeded):
        list(parcel_frames(read))
    assert max(asked) <= len(PARCEL_MAGIC)


def test_nothing_too_large_is_written() -> None:
    with pytest.raises(LimitExceeded):
        write_parcel([bytes(MAX_FRAME_BYTES + 1)])
    with pytest.raises(LimitExceeded):
        deque(parcel_pieces(b"x" for _ in range(MAX_PARCEL_FRAMES + 1)), maxlen=0)


# --- parcels between two nodes --------------------------------------------------------------------------------------


def bag(node: StoredNode, *labels: str) -> bytes:
    """A parcel with one batch for each label, as a node writes it that cannot reach its peer."""
    frames = []
    for label in labels:
        start = node.state.outgoing.size
        node.append(label, unmet=True)
        frames.append(node.contact(start=start))
    return write_parcel(frames)


def open_bag(node: StoredNode, data: bytes) -> list[bytes]:
    return [node.receive(frame, is_live=False) for frame in read_parcel(data)]


def test_a_parcel_delivers_without_any_network_and_its_answer_brings_the_receipt() -> None:
    ca, india = StoredNode.create("CA", "IN"), StoredNode.create("IN", "CA")
    answers = open_bag(india, bag(ca, "one", "two"))
    assert india.state.incoming.size == 2
    open_bag(ca, write_parcel(answers))
    assert ca.state.outgoing.receipted_size == 2


def test_a_parcel_imported_twice_has_one_effect() -> None:
    ca, india = StoredNode.create("CA", "IN"), StoredNode.create("IN", "CA")
    parcel = bag(ca, "one", "two")
    first = open_bag(india, parcel)
    second = open_bag(india, parcel)
    assert len(india.disk.effects) == 2
    assert decode_frame(second[-1]).receipt == decode_frame(first[-1]).receipt
    assert any(isinstance(event, DuplicateEntries) for event in india.seen)


def test_parcels_out_of_order_wait_for_the_missing_one_and_say_which() -> None:
    ca, india = StoredNode.create("CA", "IN"), StoredNode.create("IN", "CA")
    first, second = bag(ca, "one"), bag(ca, "two")
    open_bag(india, second)
    assert india.refused[-1].reason_code == "channel.position-skipped"
    assert india.refused[-1].fields == {"expected": 0, "got": 1}
    assert india.state.incoming.size == 0
    open_bag(india, first)
    open_bag(india, second)
    assert india.state.incoming.size == 2


def test_network_and_parcel_may_overlap_in_any_way() -> None:
    ca, india = pair()
    parcel = bag(ca, "one", "two")
    india.receive(ca.contact(start=0))  # the network brings the same, and its answer is lost
    ca.append("three")
    open_bag(india, parcel)
    meet(ca, india)
    open_bag(india, parcel)
    assert [type(event) for event in india.seen].count(EntriesAccepted) == 2
    assert len(india.disk.effects) == 3
    assert ca.state.outgoing.receipted_size == 3


def test_a_parcel_on_the_wrong_node_has_no_effect() -> None:
    ca, stranger = StoredNode.create("CA", "IN"), StoredNode.create("FR", "CA")
    before = stranger.state
    open_bag(stranger, bag(ca, "one"))
    assert stranger.refused[-1].reason_code == "channel.misaddressed"
    assert stranger.state == before


def test_an_old_receipt_in_a_parcel_changes_nothing() -> None:
    ca, india = pair()
    ca.append("one")
    old = india.receive(ca.contact())
    ca.receive(old)
    ca.append("two")
    meet(ca, india)
    state = ca.state
    open_bag(ca, write_parcel([old, encode_frame(decode_frame(old))]))
    assert ca.state.outgoing == state.outgoing
