"""Evidence of stored entries, judged by the verifier that a stranger runs."""

import pytest

from accord.channel.evidence import EvidenceBundle, verify_bundle
from accord.courier.evidence import evidence_for
from accord.courier.models import Direction, Entry
from accord.errors import OfficerCanMend
from tests.channel.specimens import specimen
from tests.simulators.paired_node import PairedNode

ROOTS = {code: specimen(code).root.public for code in ("CA", "IN")}


def claims(bundle: bytes) -> dict[str, bool]:
    return {claim.name: claim.ok for claim in verify_bundle(bundle, ROOTS).claims}


def test_a_sent_message_is_proven_with_its_content_and_receipt(met: PairedNode) -> None:
    met.enqueue(5, payload=b'{"text":"proven"}')
    met.flush()
    bundle = evidence_for(Entry.objects.get(direction=Direction.OUT, position=2))
    assert verify_bundle(bundle, ROOTS).ok
    assert claims(bundle) == {"integrity": True, "origin": True, "content": True, "time": True, "receipt": True}
    assert b'{"text":"proven"}' in (EvidenceBundle.decode(bundle).body or b"")


def test_evidence_holds_however_far_the_log_has_gone_on(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    for _ in range(3):
        met.enqueue(200)
        met.flush()
    for position in (0, 255, 256, 600):
        bundle = evidence_for(Entry.objects.get(direction=Direction.OUT, position=position))
        assert verify_bundle(bundle, ROOTS).ok


def test_a_received_message_is_proven_against_its_sender(met: PairedNode) -> None:
    met.peer.append("one", "two", "three")
    met.heard()
    bundle = evidence_for(Entry.objects.get(direction=Direction.IN, position=1), discloses_body=False)
    assert claims(bundle) == {"integrity": True, "origin": True, "time": True, "receipt": True}


def test_an_unreceipted_message_is_shown_without_a_receipt_and_fails_that_claim(met: PairedNode) -> None:
    met.enqueue()
    met.wire.loses_requests = True
    met.flush()
    bundle = evidence_for(Entry.objects.get(direction=Direction.OUT))
    assert EvidenceBundle.decode(bundle).receipt is None
    assert claims(bundle)["receipt"] is False
    assert not verify_bundle(bundle, ROOTS).ok


def test_with_the_archive_key_offline_the_bundle_keeps_the_body_back(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    met.custody.archive.clear()
    bundle = evidence_for(Entry.objects.get(direction=Direction.OUT))
    assert EvidenceBundle.decode(bundle).body is None
    assert verify_bundle(bundle, ROOTS).ok


def test_one_flipped_bit_is_found(met: PairedNode) -> None:
    met.enqueue(4)
    met.flush()
    bundle = evidence_for(Entry.objects.get(direction=Direction.OUT, position=1))
    for at in range(40, len(bundle), 977):
        damaged = bundle[:at] + bytes([bundle[at] ^ 4]) + bundle[at + 1 :]
        assert not verify_bundle(damaged, ROOTS).ok


def test_an_entry_under_no_signed_checkpoint_has_no_evidence_yet(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    entry = Entry.objects.get()
    entry.channel.checkpoints.all().delete()
    with pytest.raises(OfficerCanMend):
        evidence_for(entry)
