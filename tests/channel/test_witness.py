"""A witness co-signs as C2SP has it, only what extends what it co-signed, and its lines are known again."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from accord.channel.checkpoint import Checkpoint, sign_checkpoint
from accord.channel.encoding import MalformedObject
from accord.channel.merkle import EMPTY_FRONTIER, ProofInvalid, consistency_proof
from accord.channel.witness import (
    CosignatureInvalid,
    WitnessKey,
    WitnessName,
    WitnessRefuses,
    WitnessRequest,
    WitnessSeed,
    cosignature_lines,
    cosigned_note,
    read_cosigned,
    require_extends,
)
from tests.channel.specimens import NOW_MS, seed, specimen

WITNESS = WitnessSeed("review.example.org/w1", seed("witness", 64))
OTHER = WitnessSeed("review.example.org/w2", seed("other witness", 64))
LEAVES = [seed(f"leaf {n}", 32) for n in range(9)]


def head_of(size: int, *, leaves: list[bytes] = LEAVES) -> tuple[Checkpoint, bytes]:
    frontier, _ = EMPTY_FRONTIER.append(leaves[:size])
    head = Checkpoint(owner="CA", peer="IN", size=size, root=frontier.root, epoch=0, time_ms=NOW_MS)
    return head, sign_checkpoint(head, specimen("CA").sign)


def request_of(old: int, new: int, *, leaves: list[bytes] = LEAVES) -> WitnessRequest:
    hashes = consistency_proof(lambda level, start, count: leaves[start : start + count], old, new)
    return WitnessRequest(old_size=old, hashes=hashes, checkpoint=head_of(new, leaves=leaves)[1])


def cosigned(size: int = 5) -> bytes:
    head, note = head_of(size)
    return cosigned_note(note, cosignature_lines(head, WITNESS, now_ms=NOW_MS))


def test_a_cosignature_is_read_again_with_its_moment_and_the_owners_note_alone() -> None:
    head, note = head_of(5)
    whole = cosigned_note(note, cosignature_lines(head, WITNESS, now_ms=NOW_MS))
    owner_note, read, found = read_cosigned(whole, [WITNESS.public, OTHER.public])
    assert (owner_note, read) == (note, head)
    assert found == {WITNESS.public.name: NOW_MS // 1000 * 1000}


def test_a_stranger_verifies_the_first_line_with_the_rule_of_the_specification_alone() -> None:
    text, _, signatures = cosigned().partition(b"\n\n")
    line = signatures.split(b"\n")[2]
    data = base64.b64decode(line.rpartition(b" ")[2])
    name, _, key_line = WITNESS.public.to_text().split("\n")[0].partition("+")
    identifier, _, encoded = key_line.partition("+")
    public = base64.b64decode(encoded)
    assert (line.split(b" ")[1].decode(), data[:4].hex(), public[:1]) == (name, identifier, b"\x04")
    seconds = int.from_bytes(data[4:12], "big")
    signed = b"cosignature/v1\ntime %d\n%b\n" % (seconds, text)
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(data[12:], signed)


@pytest.mark.parametrize("line", [2, 3])
def test_a_changed_or_missing_line_holds_no_more(line: int) -> None:
    lines = cosigned().split(b"\n\n")[1].split(b"\n")
    head = cosigned().split(b"\n\n")[0] + b"\n\n"
    broken = bytearray(lines[line])
    broken[-20] = ord("A") if broken[-20] != ord("A") else ord("B")
    changed = head + b"\n".join([*lines[:line], bytes(broken), *lines[line + 1 :]])
    missing = head + b"\n".join([*lines[:line], *lines[line + 1 :]])
    for note in (changed, missing):
        with pytest.raises(CosignatureInvalid):
            read_cosigned(note, [WITNESS.public])


def test_lines_of_unknown_witnesses_are_passed_over_and_a_name_alone_convinces_nobody() -> None:
    assert read_cosigned(cosigned(), [OTHER.public])[2] == {}
    impostor = WitnessSeed(WITNESS.public.name, seed("impostor", 64))
    with pytest.raises(CosignatureInvalid):
        read_cosigned(cosigned(), [impostor.public])


def test_public_keys_travel_as_two_verifier_keys_in_one_spelling() -> None:
    text = WITNESS.public.to_text()
    assert WitnessKey.from_text(text) == WITNESS.public
    assert WitnessKey.from_text(text.replace("\n", "\r\n")) == WITNESS.public
    lines = text.splitlines()
    for wrong in ("", lines[0], text + text, text.replace("w1", "w2", 1), lines[0] + "\n" + OTHER.public.to_text()):
        with pytest.raises(WitnessName):
            WitnessKey.from_text(wrong)
    for name in ("", "a b", "accord/1/CA/IN", "x" * 101, "a+b"):
        with pytest.raises(WitnessName):
            WitnessSeed(name, seed("witness", 64))


def test_a_request_travels_as_add_checkpoint_has_it_and_in_no_other_spelling() -> None:
    request = request_of(3, 9)
    data = request.to_bytes()
    assert data.startswith(b"old 3\n")
    assert WitnessRequest.from_bytes(data) == request
    for wrong in (b"", b"old\n\n", data.replace(b"old 3", b"old 03"), data.replace(b"old 3", b"old x"), b"x" + data):
        with pytest.raises(MalformedObject):
            WitnessRequest.from_bytes(wrong)


def test_only_what_extends_the_last_head_is_admitted() -> None:
    held, _ = head_of(5)
    require_extends(request_of(0, 5), head_of(5)[0], held=None)
    require_extends(request_of(5, 9), head_of(9)[0], held=held)
    require_extends(request_of(5, 5), held, held=held)
    with pytest.raises(WitnessRefuses) as refused:
        require_extends(request_of(3, 9), head_of(9)[0], held=held)
    assert (refused.value.reason_code, refused.value.fields["size"]) == ("trust.witness-conflict", 5)
    with pytest.raises(WitnessRefuses):
        require_extends(replace(request_of(4, 4), old_size=5), head_of(4)[0], held=held)
    fork = [*LEAVES[:4], seed("fork", 32), *LEAVES[5:]]
    with pytest.raises(WitnessRefuses):
        require_extends(request_of(5, 5, leaves=fork), head_of(5, leaves=fork)[0], held=held)
    with pytest.raises(ProofInvalid):
        require_extends(request_of(5, 9, leaves=fork), head_of(9, leaves=fork)[0], held=held)
    with pytest.raises(WitnessRefuses):
        require_extends(replace(request_of(0, 5), hashes=(bytes(32),)), head_of(5)[0], held=None)
