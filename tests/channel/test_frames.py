"""Frames: one encoding, every limit before allocation, and never an exception that is not ours."""

from dataclasses import replace

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.channel.encoding import LimitExceeded, MalformedObject, encode
from accord.channel.frames import (
    MAX_FRAME_KEYSETS,
    Batch,
    Chunk,
    Fetch,
    Fetched,
    Frame,
    FrameState,
    HeldChunks,
    decode_frame,
    encode_frame,
)
from accord.channel.limits import (
    ATTACHMENT_CHUNK_BYTES,
    MAX_BATCH_BYTES,
    MAX_BATCH_ENTRIES,
    MAX_CAPSULE_BYTES,
    MAX_FRAME_CHUNKS,
    MAX_HAVE_CHUNKS,
    MAX_HEADER_BYTES,
    MAX_NOTE_BYTES,
    MAX_SEALED_BYTES,
    MAX_TIME_MS,
)
from accord.errors import AccordError
from tests.simulators.stored_node import meet, pair

HASHES = st.binary(min_size=32, max_size=32)
SIZES = st.integers(0, 2**62)
NOTES = st.binary(max_size=200)

STATES = st.builds(
    FrameState,
    out_epoch=st.integers(0, 2**32 - 1),
    out_size=SIZES,
    out_root=HASHES,
    out_receipted=SIZES,
    in_epoch=st.integers(0, 2**32 - 1),
    in_size=SIZES,
    in_root=HASHES,
    out_serial=st.integers(0, 512),
)
BATCHES = st.builds(
    Batch,
    start=st.integers(0, 2**60),
    entries=st.lists(st.tuples(st.binary(max_size=60), st.binary(max_size=60)), min_size=1, max_size=5).map(tuple),
    capsules=st.lists(st.binary(max_size=60), max_size=3).map(tuple),
    checkpoint=NOTES,
)
CHUNKS = st.integers(1, 40).flatmap(
    lambda count: st.builds(
        Chunk,
        root=HASHES,
        index=st.integers(0, count - 1),
        count=st.just(count),
        data=st.binary(max_size=100),
        proof=st.lists(HASHES, max_size=4).map(tuple),
    )
)
HELD = st.sets(st.integers(0, 60), max_size=20).map(
    lambda edges: HeldChunks(
        root=bytes(32),
        count=61,
        ranges=tuple(zip(sorted(edges)[0::2], sorted(edges)[1::2], strict=False)),
    )
)
FRAMES = st.builds(
    Frame,
    sender=st.sampled_from(["CA", "IN", "FR"]),
    recipient=st.sampled_from(["CA", "IN"]),
    state=STATES,
    sent_ms=st.integers(0, MAX_TIME_MS),
    batch=st.none() | BATCHES,
    receipt=st.none() | NOTES,
    fetch=st.none() | st.integers(0, 2**61).map(lambda start: Fetch(start=start, end=start + 3)),
    fetched=st.none() | st.builds(Fetched, batch=BATCHES, receipt=NOTES),
    chunks=st.lists(CHUNKS, max_size=3).map(tuple),
    have_chunks=st.lists(HELD, max_size=3).map(tuple),
    refusal=st.none() | st.just("channel.position-skipped"),
    witness=st.none() | NOTES,
    keysets=st.lists(NOTES, max_size=3).map(tuple),
    extensions=st.dictionaries(st.integers(1000, 2**32), st.integers(0, 9) | st.binary(max_size=9), max_size=3),
)


def plain(**changes: object) -> Frame:
    state = FrameState(
        out_epoch=0, out_size=0, out_root=bytes(32), out_receipted=0, in_epoch=0, in_size=0, in_root=bytes(32)
    )
    fields: dict[str, object] = {"sender": "CA", "recipient": "IN", "state": state, "sent_ms": 1}
    return Frame(**{**fields, **changes})  # type: ignore[arg-type]


def batch(**changes: object) -> Batch:
    fields: dict[str, object] = {"start": 0, "entries": ((b"h", b"s"),), "capsules": (), "checkpoint": b"note"}
    return Batch(**{**fields, **changes})  # type: ignore[arg-type]


def raw(frame: Frame) -> dict[int, object]:
    return cbor2.loads(encode_frame(frame))  # type: ignore[no-any-return]


@given(FRAMES)
def test_a_frame_survives_its_encoding(frame: Frame) -> None:
    data = encode_frame(frame)
    assert decode_frame(data) == frame
    assert encode_frame(decode_frame(data)) == data


@given(FRAMES, st.data())
def test_a_damaged_frame_is_refused_or_is_another_frame(frame: Frame, data: st.DataObject) -> None:
    encoded = bytearray(encode_frame(frame))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    try:
        other = decode_frame(bytes(encoded))
    except AccordError:
        return
    assert encode_frame(other) == bytes(encoded)
    assert other != frame


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(AccordError):
        decode_frame(noise)


@given(FRAMES, st.data())
def test_a_cut_frame_is_refused(frame: Frame, data: st.DataObject) -> None:
    encoded = encode_frame(frame)
    with pytest.raises(MalformedObject):
        decode_frame(encoded[: data.draw(st.integers(0, len(encoded) - 1))])


def test_unknown_ignorable_fields_are_kept_and_emitted_again() -> None:
    data = encode_frame(plain(extensions={1000: b"new", 70_000: [1, 2]}))
    assert decode_frame(data).extensions == {1000: b"new", 70_000: [1, 2]}
    assert encode_frame(decode_frame(data)) == data


@pytest.mark.parametrize("key", [15, 999])
def test_an_unknown_critical_field_is_refused(key: int) -> None:
    with pytest.raises(MalformedObject) as refusal:
        decode_frame(encode({**raw(plain()), key: 1}))
    assert refusal.value.reason_code == "channel.unknown-critical-field"


def test_another_version_is_refused_by_its_name() -> None:
    with pytest.raises(MalformedObject) as refusal:
        decode_frame(encode({**raw(plain()), 1: 2}))
    assert refusal.value.reason_code == "channel.unknown-version"


@pytest.mark.parametrize("key", range(1, 15))
def test_every_field_must_be_present(key: int) -> None:
    fields = raw(plain())
    del fields[key]
    with pytest.raises(MalformedObject):
        decode_frame(encode(fields))


@pytest.mark.parametrize("key", range(1, 15))
@pytest.mark.parametrize("value", [True, -1, "text", b"bytes", [[]], {1: 1}])
def test_a_field_of_another_type_is_refused(key: int, value: object) -> None:
    fields = raw(plain(batch=batch(), receipt=b"r", fetch=Fetch(start=0, end=1), witness=b"w", refusal="x.y"))
    expected = type(fields[key])
    if isinstance(value, expected) and not isinstance(value, bool | int | list | dict):
        return
    with pytest.raises(AccordError):
        decode_frame(encode({**fields, key: value}))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"batch": batch(entries=())}, MalformedObject),
        ({"batch": batch(entries=((b"h", b"s"),) * (MAX_BATCH_ENTRIES + 1))}, LimitExceeded),
        ({"batch": batch(entries=((bytes(MAX_HEADER_BYTES + 1), b""),))}, LimitExceeded),
        ({"batch": batch(entries=((b"", bytes(MAX_SEALED_BYTES + 1)),))}, LimitExceeded),
        ({"batch": batch(entries=((b"", bytes(MAX_BATCH_BYTES // 4 + 1)),) * 4)}, LimitExceeded),
        ({"batch": batch(capsules=(bytes(MAX_CAPSULE_BYTES + 1),))}, MalformedObject),
        ({"batch": batch(capsules=(b"",) * 257)}, LimitExceeded),
        ({"batch": batch(checkpoint=bytes(MAX_NOTE_BYTES + 1))}, LimitExceeded),
        ({"batch": batch(start=2**62)}, MalformedObject),
        ({"receipt": bytes(MAX_NOTE_BYTES + 1)}, LimitExceeded),
        ({"witness": bytes(MAX_NOTE_BYTES + 1)}, LimitExceeded),
        ({"fetch": Fetch(start=3, end=3)}, MalformedObject),
        ({"fetch": Fetch(start=4, end=3)}, MalformedObject),
        ({"fetched": Fetched(batch=batch(entries=()), receipt=b"")}, MalformedObject),
        ({"chunks": (Chunk(root=bytes(31), index=0, count=1, data=b"", proof=()),)}, MalformedObject),
        ({"chunks": (Chunk(root=bytes(32), index=1, count=1, data=b"", proof=()),)}, MalformedObject),
        ({"chunks": (Chunk(root=bytes(32), index=0, count=1, data=b"", proof=(b"x",)),)}, MalformedObject),
        ({"chunks": (Chunk(root=bytes(32), index=0, count=1, data=b"", proof=(bytes(32),) * 65),)}, LimitExceeded),
        (
            {"chunks": (Chunk(root=bytes(32), index=0, count=1, data=bytes(ATTACHMENT_CHUNK_BYTES + 17), proof=()),)},
            LimitExceeded,
        ),
        (
            {"chunks": (Chunk(root=bytes(32), index=0, count=1, data=b"", proof=()),) * (MAX_FRAME_CHUNKS + 1)},
            LimitExceeded,
        ),
        ({"have_chunks": (HeldChunks(root=bytes(32), count=3, ranges=((2, 2),)),)}, MalformedObject),
        ({"have_chunks": (HeldChunks(root=bytes(32), count=3, ranges=((0, 4),)),)}, MalformedObject),
        ({"have_chunks": (HeldChunks(root=bytes(32), count=9, ranges=((4, 5), (0, 2))),)}, MalformedObject),
        ({"have_chunks": (HeldChunks(root=bytes(32), count=9, ranges=((0, 2), (2, 3))),)}, MalformedObject),
        ({"have_chunks": (HeldChunks(root=bytes(32), count=0, ranges=()),) * (MAX_HAVE_CHUNKS + 1)}, LimitExceeded),
        ({"refusal": "x" * 65}, MalformedObject),
        ({"refusal": ""}, MalformedObject),
        ({"sender": "C A"}, AccordError),
        ({"sender": "C" * 33}, AccordError),
        ({"sent_ms": MAX_TIME_MS + 1}, MalformedObject),
        ({"keysets": (b"",) * (MAX_FRAME_KEYSETS + 1)}, LimitExceeded),
    ],
)
def test_what_exceeds_a_limit_or_contradicts_itself_is_refused(
    changes: dict[str, object], error: type[AccordError]
) -> None:
    with pytest.raises(error):
        decode_frame(encode_frame(plain(**changes)))


@pytest.mark.parametrize("entry", [[b"h"], [b"h", b"s", b"x"], [b"h", 1], [None, b"s"], b"hs", {1: b"h", 2: b"s"}])
def test_an_entry_is_a_pair_of_byte_strings(entry: object) -> None:
    fields = raw(plain(batch=batch()))
    fields[5][2] = [entry]  # type: ignore[index]
    with pytest.raises(MalformedObject):
        decode_frame(encode(fields))


@pytest.mark.parametrize("pair_", [[0], [0, 1, 2], [0, b"1"], 7])
def test_a_range_of_held_chunks_is_a_pair_of_integers(pair_: object) -> None:
    fields = raw(plain(have_chunks=(HeldChunks(root=bytes(32), count=3, ranges=((0, 1),)),)))
    fields[10][0][3] = [pair_]  # type: ignore[index]
    with pytest.raises(MalformedObject):
        decode_frame(encode(fields))


def test_a_million_hashes_are_refused_before_they_are_read() -> None:
    fields = raw(plain(chunks=(Chunk(root=bytes(32), index=0, count=1, data=b"", proof=()),)))
    fields[9][0][5] = [bytes(32)] * 100_000  # type: ignore[index]
    with pytest.raises(LimitExceeded):
        decode_frame(cbor2.dumps(fields, canonical=True))


def test_deep_nesting_is_refused() -> None:
    nested: object = []
    for _ in range(200):
        nested = [nested]
    with pytest.raises(LimitExceeded):
        decode_frame(cbor2.dumps({**raw(plain()), 1000: nested}, canonical=True))


def test_missing_chunks_are_counted_from_the_held_ranges() -> None:
    assert HeldChunks(root=bytes(32), count=6, ranges=((1, 3), (5, 6))).missing() == (0, 3, 4)


def test_no_flipped_bit_of_a_frame_lets_another_entry_into_the_log() -> None:
    """Every byte of a real frame is flipped once: it is refused, or the log gets exactly what was signed."""
    ca, india = pair()
    ca.append("one")
    data = ca.contact()
    honest = tuple(ca.disk.out.entries)
    start = india.backup()
    accepted = 0
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        try:
            frame = decode_frame(bytes(damaged))
            events = india.take(frame)
        except AccordError:
            assert india.disk.state == start.state
            continue
        accepted += 1
        assert tuple(india.disk.inn.entries) in {(), honest}, events
        india.restore(start)
        india.has_met = True
    assert accepted < 300  # claims of state and time, which steer and prove nothing


def test_no_flipped_bit_of_a_receipt_counts_as_a_receipt() -> None:
    ca, india = pair()
    ca.append("one")
    answer = decode_frame(india.receive(ca.contact()))
    assert answer.receipt is not None
    for place in range(len(answer.receipt)):
        damaged = bytearray(answer.receipt)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(AccordError):
            ca.take(replace(answer, receipt=bytes(damaged)))
    assert ca.state.outgoing.receipted_size == 0


def test_a_small_message_costs_little_more_than_its_notes_on_the_wire() -> None:
    ca, india = pair()
    meet(india, ca)
    ca.append(*(f"m{number}" for number in range(100)))
    request = ca.contact()
    answer = india.receive(request)
    carried = sum(len(header) + len(sealed) for header, sealed in ca.disk.out.entries)
    assert (len(request) + len(answer) - carried) / 100 < 110


@pytest.mark.parametrize("code", ["a\r\nFAKE LOG LINE", "code \u202e", "", "a" * 65])
def test_a_refusal_is_a_code_and_no_text(code: str) -> None:
    plain = decode_frame(pair()[1].contact())
    with pytest.raises(AccordError):
        decode_frame(encode_frame(replace(plain, refusal=code)))
