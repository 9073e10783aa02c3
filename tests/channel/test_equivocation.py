"""Proofs of a second log: what convicts, what does not, and that they need nothing but keysets."""

from dataclasses import replace

import pytest

from accord.channel.checkpoint import Checkpoint, cosign, sign_checkpoint
from accord.channel.equivocation import (
    EquivocationProof,
    EquivocationUnproven,
    decode_equivocation,
    encode_equivocation,
    prove_against_log,
    verify_equivocation,
)
from accord.channel.merkle import EMPTY_FRONTIER, ProofInvalid
from accord.errors import AccordError, TrustFails
from tests.channel.specimens import NOW_MS, specimen
from tests.channel.test_replica import leaves_of, stored
from tests.simulators.stored_node import meet, pair

TRUE, OTHER = leaves_of("true", 300), leaves_of("other", 300)
CHAIN = specimen("CA").chain("IN")


def checkpoint(leaves: list[bytes], **changes: object) -> Checkpoint:
    frontier = EMPTY_FRONTIER.append(leaves)[0]
    plain = Checkpoint(owner="CA", peer="IN", size=frontier.size, root=frontier.root, epoch=0, time_ms=NOW_MS)
    return replace(plain, **changes)  # type: ignore[arg-type]


def note(leaves: list[bytes], *, signer: str = "CA", **changes: object) -> bytes:
    return sign_checkpoint(checkpoint(leaves, **changes), specimen(signer).sign)


def proof(smaller: list[bytes], larger: list[bytes], **epochs: object) -> EquivocationProof:
    made = prove_against_log(note(smaller), held=note(larger, **epochs), reader=stored(larger).hashes)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("fork", "small", "large"), [(0, 1, 1), (0, 5, 5), (2, 3, 300), (255, 256, 300), (1, 299, 300)]
)
def test_two_checkpoints_of_two_logs_convict(fork: int, small: int, large: int) -> None:
    forked = [*TRUE[:fork], *OTHER[fork:]]
    made = proof(forked[:small], TRUE[:large])
    proven = verify_equivocation(made, CHAIN)
    assert (proven.party, proven.smaller.size, proven.larger.size) == ("CA", small, large)
    assert f"size {small}" in proven.sentence
    assert decode_equivocation(encode_equivocation(made)) == made


def test_a_beginning_of_the_log_makes_no_proof() -> None:
    assert prove_against_log(note(TRUE[:3]), held=note(TRUE[:9]), reader=stored(TRUE).hashes) is None
    assert prove_against_log(note(TRUE[:9]), held=note(TRUE[:9]), reader=None) is None


def test_without_a_reader_only_equal_sizes_can_be_proven() -> None:
    assert prove_against_log(note(OTHER[:3]), held=note(TRUE[:9]), reader=None) is None
    made = prove_against_log(note(OTHER[:9]), held=note(TRUE[:9]), reader=None)
    assert made is not None
    verify_equivocation(made, CHAIN)


def test_a_larger_note_cannot_be_proven_against_a_smaller_log() -> None:
    assert prove_against_log(note(OTHER[:9]), held=note(TRUE[:3]), reader=stored(TRUE).hashes) is None


def test_checkpoints_that_can_be_of_one_log_convict_nobody() -> None:
    made = proof(OTHER[:3], TRUE[:9])
    innocent = replace(made, smaller=note(TRUE[:3]))
    with pytest.raises(EquivocationUnproven, match="one log"):
        verify_equivocation(innocent, CHAIN)


def test_an_invented_root_convicts_nobody() -> None:
    innocent = replace(proof(OTHER[:3], TRUE[:9]), smaller=note(TRUE[:3]), root_in_larger=bytes(32))
    with pytest.raises(ProofInvalid):
        verify_equivocation(innocent, CHAIN)


def test_another_partys_signature_convicts_nobody() -> None:
    forged = replace(proof(OTHER[:3], TRUE[:9]), smaller=note(OTHER[:3], signer="IN"))
    with pytest.raises(TrustFails):
        verify_equivocation(forged, CHAIN)


def test_checkpoints_of_two_channels_are_two_logs_by_right() -> None:
    mixed = EquivocationProof(smaller=note(OTHER[:9], peer="FR"), larger=note(TRUE[:9]), root_in_larger=bytes(32))
    with pytest.raises(EquivocationUnproven, match="different logs"):
        verify_equivocation(mixed, CHAIN)


def test_the_keysets_must_be_of_the_accused_and_of_this_channel() -> None:
    one, other = note(OTHER[:9], peer="FR"), note(TRUE[:9], peer="FR")
    elsewhere = EquivocationProof(smaller=one, larger=other, root_in_larger=checkpoint(TRUE[:9]).root)
    with pytest.raises(EquivocationUnproven, match="keysets"):
        verify_equivocation(elsewhere, CHAIN)


def test_the_wrong_order_is_refused() -> None:
    made = proof(OTHER[:3], TRUE[:9])
    with pytest.raises(EquivocationUnproven, match="order"):
        verify_equivocation(replace(made, smaller=made.larger, larger=made.smaller), CHAIN)


# --- across epochs --------------------------------------------------------------------------------------------------


def receipt(leaves: list[bytes], **changes: object) -> bytes:
    stated = checkpoint(leaves, **changes)
    return cosign(sign_checkpoint(stated, specimen("CA").sign), stated, specimen("IN").sign, "IN", NOW_MS)


def test_a_contradiction_across_epochs_blames_nobody_whatever_receipt_its_accuser_made() -> None:
    made = proof(OTHER[:3], TRUE[:9], epoch=2)
    for beside in (None, receipt(OTHER[:3]), receipt(OTHER[:3], time_ms=NOW_MS + 5)):
        offered = replace(made, receipt=beside)
        with pytest.raises(EquivocationUnproven, match="blames nobody") as caught:
            verify_equivocation(offered, CHAIN)
        assert caught.value.reason_code == "trust.contradiction-without-blame"
        assert decode_equivocation(encode_equivocation(offered)) == offered


def test_a_restored_node_that_was_lied_to_and_announced_its_restoration_is_not_convicted() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup, face = ca.backup(), india.clone()
    ca.append("c2")
    meet(ca, india)
    hidden, hidden_receipt = india.disk.inn.heads[2]
    ca.restore(backup)
    ca.announce_restoration()
    meet(ca, face)  # the peer shows only what the backup holds
    ca.append("c3")
    meet(ca, face)
    held = ca.state.outgoing.checkpoint
    assert held is not None
    made = prove_against_log(hidden, held=held, reader=ca.disk.out.hashes, receipt=hidden_receipt)
    assert made is not None
    with pytest.raises(EquivocationUnproven, match="blames nobody"):
        verify_equivocation(made, CHAIN)


def test_no_flipped_bit_leaves_a_proof_that_convicts() -> None:
    made = proof(OTHER[:3], TRUE[:9])
    data = encode_equivocation(made)
    for place in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(AccordError):
            verify_equivocation(decode_equivocation(bytes(damaged)), CHAIN)
