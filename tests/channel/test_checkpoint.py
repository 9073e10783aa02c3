import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.channel import checkpoint as checkpoint_module
from accord.channel.checkpoint import (
    Checkpoint,
    Receipt,
    checkpoint_text,
    cosign,
    is_receipt,
    note_key_hash,
    origin_of,
    read_checkpoint,
    read_receipt,
    sign_checkpoint,
    unverified_checkpoint,
    unverified_cosigner_epoch,
    unverified_receipt,
)
from accord.channel.encoding import LimitExceeded, MalformedObject
from accord.channel.keys import SignatureInvalid
from accord.channel.limits import MAX_LOG_SIZE, MAX_NOTE_BYTES, MAX_TIME_MS
from accord.errors import PeerFault, TrustFails

from .specimens import NOW_MS, seed, specimen

CA, IN = specimen("CA"), specimen("IN")
POINT = Checkpoint("CA", "IN", 20852, seed("root", 32), 3, NOW_MS)
NOTE = sign_checkpoint(POINT, CA.sign)
RECEIPT = cosign(NOTE, POINT, IN.sign, "IN", NOW_MS + 1999)

checkpoints = st.builds(
    Checkpoint,
    owner=st.just("CA"),
    peer=st.sampled_from(["IN", "x", "ca-lab.2"]),
    size=st.integers(0, MAX_LOG_SIZE),
    root=st.binary(min_size=32, max_size=32),
    epoch=st.integers(0, 2**32 - 1),
    time_ms=st.integers(0, MAX_TIME_MS),
)


@settings(deadline=None, max_examples=30)
@given(checkpoints)
def test_what_is_signed_is_what_is_read(point: Checkpoint) -> None:
    note = sign_checkpoint(point, CA.sign)
    assert read_checkpoint(note, verify_key=CA.sign.public) == point
    assert unverified_checkpoint(note) == point


@settings(deadline=None, max_examples=20)
@given(checkpoints, st.integers(0, MAX_TIME_MS))
def test_a_receipt_confirms_the_checkpoint_at_the_cosigners_second(point: Checkpoint, now_ms: int) -> None:
    receipt = cosign(sign_checkpoint(point, CA.sign), point, IN.sign, point.peer, now_ms)
    assert read_receipt(receipt, verify_key=IN.sign.public) == Receipt(point, point.peer, now_ms // 1000 * 1000, 0)
    assert unverified_receipt(receipt) == point


def test_the_text_is_that_of_the_specification() -> None:
    assert checkpoint_text(POINT).decode() == (
        f"accord/1/CA/IN\n20852\n{base64.b64encode(POINT.root).decode()}\nepoch 3\ntime 1790000000000\n"
    )
    assert NOTE.startswith(checkpoint_text(POINT) + b"\n\xe2\x80\x94 accord/1/CA/IN ")
    assert RECEIPT.startswith(checkpoint_text(POINT) + b"cosigner epoch 0\n\n\xe2\x80\x94 accord/1/IN/CA ")
    assert origin_of("CA", "IN") == POINT.origin == "accord/1/CA/IN"


def test_a_tool_that_knows_only_signed_notes_verifies_the_ed25519_line() -> None:
    """Source: c2sp.org/signed-note, followed here step by step without our reader."""
    text, _, signatures = NOTE.decode().rpartition("\n\n")
    dash, name, encoded = signatures.split("\n")[0].split(" ")
    assert (dash, name) == ("—", "accord/1/CA/IN")
    raw = base64.b64decode(encoded)
    assert raw[:4] == note_key_hash(name, b"\x01", CA.sign.public.ed25519)
    Ed25519PublicKey.from_public_bytes(CA.sign.public.ed25519).verify(raw[4:], (text + "\n").encode())


def test_a_tool_that_knows_only_cosignatures_verifies_the_receipts_ed25519_line() -> None:
    """Source: c2sp.org/tlog-cosignature."""
    text, _, signatures = RECEIPT.decode().rpartition("\n\n")
    _, name, encoded = signatures.split("\n")[0].split(" ")
    raw = base64.b64decode(encoded)
    assert raw[:4] == note_key_hash(name, b"\x04", IN.sign.public.ed25519)
    seconds = int.from_bytes(raw[4:12], "big")
    assert seconds == (NOW_MS + 1999) // 1000
    message = f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
    Ed25519PublicKey.from_public_bytes(IN.sign.public.ed25519).verify(raw[12:], message)
    _, _, encoded = signatures.split("\n")[1].split(" ")
    MLDSA65PublicKey.from_public_bytes(IN.sign.public.mldsa65).verify(base64.b64decode(encoded)[12:], message)


def test_any_key_in_force_during_an_overlap_will_do_and_no_other() -> None:
    other = specimen("XX").sign.public
    assert read_checkpoint(NOTE, verify_key=[other, CA.sign.public]) == POINT
    assert read_receipt(RECEIPT, verify_key=(other, IN.sign.public)).cosigner == "IN"
    for offered in ((), (other,), (IN.sign.public,)):
        with pytest.raises(SignatureInvalid) as refusal:
            read_checkpoint(NOTE, verify_key=offered)
        assert refusal.value.reason_code == "trust.unknown-note-key"
    with pytest.raises(SignatureInvalid):
        read_receipt(RECEIPT, verify_key=CA.sign.public)


def test_every_byte_of_a_checkpoint_counts() -> None:
    for position in range(len(NOTE)):
        with pytest.raises((PeerFault, TrustFails)):
            read_checkpoint(
                NOTE[:position] + bytes([NOTE[position] ^ 1]) + NOTE[position + 1 :], verify_key=CA.sign.public
            )


def test_every_byte_of_a_receipt_counts() -> None:
    for position in range(len(RECEIPT)):
        altered = RECEIPT[:position] + bytes([RECEIPT[position] ^ 2]) + RECEIPT[position + 1 :]
        with pytest.raises((PeerFault, TrustFails)):
            read_receipt(altered, verify_key=IN.sign.public)


TEXT, ED25519, MLDSA65 = NOTE.partition(b"\n\n")[0] + b"\n", *NOTE.split(b"\n")[6:8]


def note(text: bytes, *lines: bytes) -> bytes:
    return text + b"\n" + b"".join(line + b"\n" for line in lines)


def test_the_parts_of_the_specimen_make_the_specimen() -> None:
    assert note(TEXT, ED25519, MLDSA65) == NOTE


@pytest.mark.parametrize(
    "lines",
    [(ED25519,), (MLDSA65,), (), (ED25519, MLDSA65, ED25519), (ED25519, ED25519), (MLDSA65, ED25519)],
    ids=["ml-dsa stripped", "ed25519 stripped", "both stripped", "one added", "one twice", "swapped"],
)
def test_a_stripped_added_or_swapped_signature_is_refused(lines: tuple[bytes, ...]) -> None:
    with pytest.raises(SignatureInvalid):
        read_checkpoint(note(TEXT, *lines), verify_key=CA.sign.public)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"20852\n", b"020852\n"),
        (b"20852\n", b"+20852\n"),
        (b"20852\n", b"\n"),
        (b"20852\n", "２０８５２\n".encode()),  # noqa: RUF001
        (b"20852\n", "²\n".encode()),
        (b"20852\n", b"9" * 21 + b"\n"),
        (b"20852\n", b"%d\n" % (MAX_LOG_SIZE + 1)),
        (b"epoch 3\n", b"epoch 03\n"),
        (b"epoch 3\n", b"epoch -3\n"),
        (b"epoch 3\n", b""),
        (b"epoch 3\n", b"epoch %d\n" % 2**32),
        (b"epoch 3\n", b"epoch 3\nepoch 3\n"),
        (b"time 1790000000000\n", b"time 1790000000000 \n"),
        (b"time 1790000000000\n", b"time %d\n" % (MAX_TIME_MS + 1)),
        (b"time 1790000000000\n", b"time 1790000000000\nmore\n"),
        (b"accord/1/CA/IN\n", b"accord/1/CA/CA\n"),
        (b"accord/1/CA/IN\n", b"accord/2/CA/IN\n"),
        (b"accord/1/CA/IN\n", b"accord/1/CA\n"),
        (b"accord/1/CA/IN\n", b"accord/1/CA/IN/XX\n"),
        (b"accord/1/CA/IN\n", b"\n"),
        (b"=\nepoch", b"\nepoch"),
        (b"\n", b"\r\n"),
    ],
)
def test_a_text_in_another_spelling_is_refused_even_when_well_signed(old: bytes, new: bytes) -> None:
    assert old in TEXT
    with pytest.raises(PeerFault):
        unverified_checkpoint(note(TEXT.replace(old, new), ED25519, MLDSA65))


@pytest.mark.parametrize("root", [b"", bytes(31), bytes(33)])
def test_a_root_of_another_length_is_refused(root: bytes) -> None:
    with pytest.raises(MalformedObject):
        sign_checkpoint(replace(POINT, root=root), CA.sign)


def test_base64_with_stray_bits_is_refused() -> None:
    """The last sextet of 32 bytes has bits that decode to nothing: another spelling of the same root."""
    root_line = TEXT.split(b"\n")[2]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    stray = root_line[:-2] + bytes([alphabet[alphabet.index(root_line[-2]) ^ 1]]) + b"="
    assert base64.b64decode(stray) == POINT.root
    with pytest.raises(MalformedObject):
        unverified_checkpoint(note(TEXT.replace(root_line, stray), ED25519, MLDSA65))


@pytest.mark.parametrize("data", [b"", b"\n\n", TEXT, NOTE[:-1], NOTE + b"\n", b"\n" + NOTE, NOTE + NOTE])
def test_what_is_not_a_note_is_refused(data: bytes) -> None:
    with pytest.raises((MalformedObject, SignatureInvalid)):
        unverified_checkpoint(data)


def test_a_note_too_long_is_refused_for_its_size() -> None:
    with pytest.raises(LimitExceeded):
        unverified_checkpoint(NOTE + bytes(MAX_NOTE_BYTES))


def test_a_receipt_does_not_serve_as_checkpoint_nor_a_checkpoint_as_receipt() -> None:
    with pytest.raises(MalformedObject):
        read_checkpoint(RECEIPT, verify_key=IN.sign.public)
    with pytest.raises(MalformedObject):
        read_receipt(NOTE, verify_key=CA.sign.public)
    stripped = RECEIPT.replace(b"cosigner epoch 0\n", b"")
    with pytest.raises(SignatureInvalid):
        read_checkpoint(stripped, verify_key=IN.sign.public)
    extended = note(TEXT + b"cosigner epoch 0\n", ED25519, MLDSA65)
    with pytest.raises(SignatureInvalid):
        read_receipt(extended, verify_key=CA.sign.public)


@pytest.mark.parametrize("epoch", [0, 7, 2**32 - 1])
def test_a_receipt_states_the_epoch_of_its_cosigner(epoch: int) -> None:
    receipt = cosign(NOTE, POINT, IN.sign, "IN", NOW_MS, epoch=epoch)
    assert read_receipt(receipt, verify_key=IN.sign.public).epoch == unverified_cosigner_epoch(receipt) == epoch
    assert is_receipt(receipt)
    assert not is_receipt(NOTE)
    other = receipt.replace(b"cosigner epoch %d\n" % epoch, b"cosigner epoch 1\n")
    with pytest.raises(SignatureInvalid):
        read_receipt(other, verify_key=IN.sign.public)


@pytest.mark.parametrize(
    "line",
    [
        b"cosigner epoch",
        b"cosigner epoch 00",
        b"cosigner epoch -1",
        b"Cosigner epoch 0",
        b"cosigner epoch 4294967296",
        b"cosigner epoch 0 ",
        b"epoch 0",
        b"",
    ],
)
def test_a_cosigners_line_has_one_spelling(line: bytes) -> None:
    with pytest.raises(MalformedObject):
        unverified_receipt(RECEIPT.replace(b"cosigner epoch 0", line))


def test_signatures_do_not_move_from_one_checkpoint_to_another() -> None:
    later = sign_checkpoint(replace(POINT, size=20853), CA.sign)
    with pytest.raises(SignatureInvalid):
        read_checkpoint(note(checkpoint_text(replace(POINT, size=20853)), ED25519, MLDSA65), verify_key=CA.sign.public)
    mixed = note(checkpoint_text(replace(POINT, size=20853)), later.split(b"\n")[6], MLDSA65)
    with pytest.raises(SignatureInvalid, match="ML-DSA-65"):
        read_checkpoint(mixed, verify_key=CA.sign.public)


def test_the_two_halves_of_a_receipt_must_state_one_time() -> None:
    later = cosign(NOTE, POINT, IN.sign, "IN", NOW_MS + 60_000)
    mixed = note(TEXT + b"cosigner epoch 0\n", RECEIPT.split(b"\n")[7], later.split(b"\n")[8])
    with pytest.raises(SignatureInvalid, match="one time"):
        read_receipt(mixed, verify_key=IN.sign.public)


def test_only_the_party_it_is_addressed_to_confirms_a_checkpoint_and_only_the_one_it_read() -> None:
    with pytest.raises(MalformedObject):
        cosign(NOTE, POINT, CA.sign, "CA", NOW_MS)
    with pytest.raises(MalformedObject):
        cosign(NOTE, replace(POINT, size=1), IN.sign, "IN", NOW_MS)


def test_a_checkpoint_speaks_at_the_position_of_its_last_entry() -> None:
    assert [replace(POINT, size=size).position for size in (0, 1, 2, 100)] == [0, 0, 1, 99]


def test_two_keys_of_one_hash_are_both_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint_module, "note_key_hash", lambda *_: b"same")
    for signer, other in ((CA.sign, IN.sign), (IN.sign, CA.sign)):
        note = sign_checkpoint(POINT, signer)
        assert read_checkpoint(note, verify_key=[signer.public, other.public]) == POINT
        assert read_checkpoint(note, verify_key=[other.public, signer.public]) == POINT
        receipt = cosign(note, POINT, other, "IN", NOW_MS)
        assert read_receipt(receipt, verify_key=[signer.public, other.public]).checkpoint == POINT
        with pytest.raises(SignatureInvalid):
            read_checkpoint(note, verify_key=[other.public, other.public])
