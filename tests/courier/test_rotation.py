"""Changing and revoking keys while messages flow; old evidence stays good for ever."""

import pytest

from accord.channel.checkpoint import read_checkpoint
from accord.channel.evidence import verify_bundle
from accord.channel.keyset import KeysetChain
from accord.courier.evidence import evidence_for
from accord.courier.models import Direction, Entry, SignedCheckpoint
from accord.courier.rotation import activate_own_keyset, apply_peer_keyset, revoke_key, rotate_keys
from accord.errors import NotAvailableNow, OfficerCanMend, TrustFails
from accord.parties.keysets import channel_keys
from accord.parties.models import Keyset
from tests.channel.specimens import specimen
from tests.simulators.paired_node import PairedNode

ROOTS = {code: specimen(code).root.public for code in ("CA", "IN")}


def send_keyset(met: PairedNode, signed: bytes) -> None:
    """The keyset travels, the peer files it, and says so."""
    met.enqueue(payload=signed, kind="keyset")
    met.flush()
    met.peer.state = met.peer.state.with_peer_keyset(signed)
    activate_own_keyset(met.channel, serial=Keyset.objects.filter(party_id="CA").count())


def signing_keys(met: PairedNode) -> list[bytes]:
    """Key ids of our checkpoints, in the order of the log."""
    chain = channel_keys("CA", "IN").ours
    found = []
    for head in SignedCheckpoint.objects.filter(direction=Direction.OUT).order_by("size"):
        for key in met.custody.sign:
            try:
                read_checkpoint(bytes(head.note), verify_key=key.public)
            except TrustFails:
                continue
            found.append(key.public.key_id)
    assert isinstance(chain, KeysetChain)
    return found


def test_a_new_signing_key_is_used_only_after_the_peer_has_filed_its_keyset(met: PairedNode) -> None:
    old = met.custody.sign[0].public.key_id
    signed = rotate_keys(met.channel, "sign")
    new = met.custody.sign[-1].public.key_id
    met.enqueue()
    met.flush()
    assert signing_keys(met) == [old]
    send_keyset(met, signed)
    met.enqueue()
    met.flush()
    assert signing_keys(met) == [old, old, new]
    assert met.now().out_receipted_size == 3


def test_evidence_from_before_and_after_a_rotation_holds(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    send_keyset(met, rotate_keys(met.channel, "sign"))
    met.enqueue()
    met.flush()
    for entry in Entry.objects.filter(direction=Direction.OUT):
        assert verify_bundle(evidence_for(entry), ROOTS).ok


def test_after_a_rotation_of_the_sealing_key_the_peer_seals_to_the_new_one(met: PairedNode) -> None:
    send_keyset(met, rotate_keys(met.channel, "seal"))
    newest = met.custody.seal[-1].public
    assert met.peer.state.peer_chain.seal_key_for_sending() == newest
    assert met.custody.opener(met.custody.seal[0].public.key_id) is met.custody.seal[0]


def test_a_rotated_archive_key_opens_what_is_sent_from_then_on(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    send_keyset(met, rotate_keys(met.channel, "archive"))
    met.enqueue()
    met.flush()
    for entry in Entry.objects.filter(direction=Direction.OUT):
        verdict = verify_bundle(evidence_for(entry), ROOTS)
        assert {claim.name for claim in verdict.claims} >= {"content"}
        assert verdict.ok


def test_a_revoked_key_is_refused_beyond_the_position_and_stays_evidence_below_it(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    stolen = met.custody.sign[0]
    send_keyset(met, revoke_key(met.channel, stolen.public.key_id))
    met.enqueue()
    met.flush()
    chain = met.peer.state.peer_chain
    assert stolen.public in chain.signing_keys_at(0)
    with pytest.raises(TrustFails) as caught:
        chain.signing_key_at(10_000, stolen.public.key_id)
    assert caught.value.reason_code == "trust.key-revoked"
    assert signing_keys(met)[-1] == met.custody.sign[-1].public.key_id
    for entry in Entry.objects.filter(direction=Direction.OUT):
        assert verify_bundle(evidence_for(entry), ROOTS).ok


def test_a_rotation_needs_the_root_key(met: PairedNode) -> None:
    met.custody.root = None
    with pytest.raises(NotAvailableNow):
        rotate_keys(met.channel, "seal")
    assert Keyset.objects.filter(party_id="CA").count() == 1


def test_a_peers_keyset_that_its_root_did_not_sign_is_refused(met: PairedNode) -> None:
    from accord.channel.keyset import sign_keyset

    forged = sign_keyset(
        specimen("IN").keyset("CA", serial=2, previous=specimen("IN").keyset("CA").digest), specimen("CA").root
    )
    with pytest.raises(TrustFails):
        apply_peer_keyset(met.channel, forged)
    assert Keyset.objects.filter(party_id="IN").count() == 1


def test_a_peers_keyset_counts_from_the_moment_it_is_applied(met: PairedNode) -> None:
    from accord.channel.keyset import sign_keyset

    first = specimen("IN").keyset("CA")
    second = specimen("IN").keyset("CA", serial=2, previous=first.digest, tls_pins=(b"p" * 32,))
    signed = sign_keyset(second, specimen("IN").root)
    apply_peer_keyset(met.channel, signed)
    assert channel_keys("CA", "IN").theirs.latest.tls_pins == (b"p" * 32,)
    with pytest.raises(OfficerCanMend):
        apply_peer_keyset(met.channel, signed)
