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
    prove_two_receipts,
    verify_equivocation,
)
from accord.channel.events import EquivocationProven, ReceiptContradicted
from accord.channel.frames import Fetched, decode_frame
from accord.channel.merkle import EMPTY_FRONTIER, ProofInvalid
from accord.channel.state import Mode
from accord.errors import AccordError, TrustFails
from tests.channel.specimens import NOW_MS, specimen
from tests.channel.test_replica import leaves_of, stored
from tests.simulators.stored_node import meet, pair

TRUE, OTHER = leaves_of("true", 300), leaves_of("other", 300)
CHAIN = specimen("CA").chain("IN")
COSIGNER = specimen("IN").chain("CA")


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


def receipt(leaves: list[bytes], *, cosigner_epoch: int = 0, **changes: object) -> bytes:
    stated = checkpoint(leaves, **changes)
    signed = sign_checkpoint(stated, specimen("CA").sign)
    return cosign(signed, stated, specimen("IN").sign, "IN", NOW_MS, epoch=cosigner_epoch)


def test_a_contradiction_across_epochs_blames_nobody_whatever_receipt_its_accuser_made() -> None:
    made = proof(OTHER[:3], TRUE[:9], epoch=2)
    for note_of_smaller in (made.smaller, receipt(OTHER[:3]), receipt(OTHER[:3], time_ms=NOW_MS + 5)):
        offered = replace(made, smaller=note_of_smaller)
        with pytest.raises(EquivocationUnproven, match="blames nobody") as caught:
            verify_equivocation(offered, CHAIN, COSIGNER)
        assert caught.value.reason_code == "trust.contradiction-without-blame"
        assert decode_equivocation(encode_equivocation(offered)) == offered


def test_a_restored_node_that_was_lied_to_and_announced_its_restoration_is_not_convicted() -> None:
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup, face = ca.backup(), india.clone()
    ca.append("c2")
    meet(ca, india)
    hidden, _ = india.disk.inn.heads[2]
    ca.restore(backup)
    ca.announce_restoration()
    meet(ca, face)  # the peer shows only what the backup holds
    ca.append("c3")
    meet(ca, face)
    held = ca.state.outgoing.checkpoint
    assert held is not None
    made = prove_against_log(hidden, held=held, reader=ca.disk.out.hashes)
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


# --- receipts -------------------------------------------------------------------------------------------------------


def two_receipts(smaller: list[bytes], larger: list[bytes], **changes: object) -> EquivocationProof | None:
    held = receipt(larger, **changes)  # type: ignore[arg-type]
    return prove_two_receipts(receipt(smaller), held=held, reader=stored(larger).hashes)


@pytest.mark.parametrize(("fork", "small", "large"), [(0, 1, 1), (0, 5, 5), (2, 3, 300), (255, 256, 300)])
@pytest.mark.parametrize("epoch", [0, 4])
def test_two_receipts_of_two_logs_convict_who_cosigned_whatever_the_owner_did(
    fork: int, small: int, large: int, epoch: int
) -> None:
    made = two_receipts([*TRUE[:fork], *OTHER[fork:]][:small], TRUE[:large], epoch=epoch)
    assert made is not None
    proven = verify_equivocation(made, COSIGNER)
    assert (proven.party, proven.parties) == ("IN", ("IN",))
    assert proven.sentence.startswith("IN co-signed two logs of CA")
    assert decode_equivocation(encode_equivocation(made)) == made


def test_receipts_of_one_log_convict_nobody() -> None:
    assert two_receipts(TRUE[:3], TRUE[:9]) is None
    assert two_receipts(TRUE[:9], TRUE[:9], epoch=3) is None
    assert two_receipts(TRUE[:3], TRUE[:9], epoch=3) is None
    made = two_receipts(OTHER[:3], TRUE[:9])
    assert made is not None
    with pytest.raises(EquivocationUnproven, match="one log"):
        verify_equivocation(replace(made, smaller=receipt(TRUE[:3])), COSIGNER)


def test_a_cosigner_that_announced_a_restoration_is_not_convicted_by_what_it_lost() -> None:
    made = two_receipts(OTHER[:3], TRUE[:9])
    assert made is not None
    assert two_receipts(OTHER[:3], TRUE[:9], cosigner_epoch=1) is None
    with pytest.raises(EquivocationUnproven, match="blames nobody"):
        verify_equivocation(replace(made, smaller=receipt(OTHER[:3], cosigner_epoch=1)), COSIGNER)


@pytest.mark.parametrize("is_held_larger", [True, False])
def test_a_receipt_for_less_in_a_later_epoch_convicts_who_had_cosigned_more(is_held_larger: bool) -> None:
    """What a peer hides from a node that recovers, it can never show again."""
    hidden, fresh = receipt(TRUE[:9]), receipt(TRUE[:5], epoch=1)
    new, held = (fresh, hidden) if is_held_larger else (hidden, fresh)
    made = prove_two_receipts(new, held=held, reader=None)
    assert made is not None
    assert verify_equivocation(made, COSIGNER).party == "IN"
    for bent in (replace(made, hashes=(bytes(32),)), replace(made, root_in_larger=bytes(32))):
        with pytest.raises(TrustFails):
            verify_equivocation(bent, COSIGNER)
    with pytest.raises(TrustFails):
        verify_equivocation(replace(made, larger=receipt(TRUE[:9], cosigner_epoch=1)), COSIGNER)


def test_a_checkpoint_and_a_receipt_that_contradict_each_other_name_both_and_convict_neither() -> None:
    made = EquivocationProof(
        smaller=note(OTHER[:9]), larger=receipt(TRUE[:9]), root_in_larger=checkpoint(TRUE[:9]).root
    )
    proven = verify_equivocation(made, CHAIN, COSIGNER)
    assert (proven.party, proven.parties) == (None, ("CA", "IN"))
    assert "One of them broke its word" in proven.sentence
    for chains in ((CHAIN,), (COSIGNER,), ()):
        with pytest.raises(EquivocationUnproven, match="keysets"):
            verify_equivocation(made, *chains)
    cleared = replace(made, larger=note(TRUE[:9]))
    assert verify_equivocation(cleared, CHAIN).party == "CA"


def test_a_node_is_shown_two_receipts_and_freezes_with_a_proof() -> None:
    ca, india = pair()
    ca.append("c1", "c2")
    face = india.clone()
    meet(ca, india)
    liar = replace(face, disk=face.backup())
    state = ca.state.outgoing
    assert state.checkpoint is not None
    other = checkpoint(OTHER[:2])
    forged = cosign(sign_checkpoint(other, specimen("CA").sign), other, specimen("IN").sign, "IN", NOW_MS)
    frame = replace(decode_frame(liar.contact()), receipt=forged)
    (event, *_) = ca.take(frame)
    assert isinstance(event, EquivocationProven)
    assert event.party == "IN"
    assert verify_equivocation(event.proof, ca.state.peer_chain).party == "IN"
    assert ca.state.mode is Mode.FROZEN


def test_a_first_receipt_over_another_log_is_kept_as_evidence_and_receipts_nothing() -> None:
    ca, india = pair()
    ca.append("c1")
    other = checkpoint(OTHER[:1])
    forged = cosign(sign_checkpoint(other, specimen("CA").sign), other, specimen("IN").sign, "IN", NOW_MS)
    events = ca.take(replace(decode_frame(india.contact()), receipt=forged))
    (event,) = [event for event in events if isinstance(event, ReceiptContradicted)]
    assert verify_equivocation(event.proof, CHAIN, COSIGNER).parties == ("CA", "IN")
    assert ca.state.outgoing.receipted_size == 0
    assert ca.state.mode is Mode.OPEN


def test_a_peer_that_gave_back_less_than_it_held_is_convicted_when_it_shows_the_rest() -> None:
    """Its old co-signatures end the recovery of a rolled-back node; its first new one contradicts what it kept back."""
    ca, india = pair()
    ca.append("c1")
    meet(ca, india)
    backup = ca.backup()
    ca.append("c2")
    meet(ca, india)
    face = india.clone()
    ca.append("c3", "c4")
    meet(ca, india)
    ca.restore(backup)
    meet(ca, face, 3)
    assert (ca.state.mode, ca.state.outgoing.size) == (Mode.OPEN, 2)
    hidden = india.disk.inn.heads[4]
    assert hidden[1] is not None
    ca.append("c5")
    meet(ca, face)
    assert ca.state.outgoing.receipted_size == 3
    given_back = Fetched(batch=india.disk.inn.batch(2, 256), receipt=hidden[1])
    for shown in ({"receipt": hidden[1]}, {"fetched": given_back}):
        node = ca.clone()
        events = node.take(replace(decode_frame(face.contact()), **shown))  # type: ignore[arg-type]
        (event,) = [event for event in events if isinstance(event, EquivocationProven)]
        assert event.party == "IN"
        assert verify_equivocation(event.proof, node.state.peer_chain).party == "IN"
        assert node.state.mode is Mode.FROZEN
