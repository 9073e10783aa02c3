"""Evidence bundles: five claims in plain words, and no way to bend one of them."""

import hashlib
import json
from dataclasses import replace

import pytest

from accord.channel.checkpoint import sign_checkpoint, unverified_checkpoint
from accord.channel.encoding import MalformedObject
from accord.channel.envelope import Header
from accord.channel.evidence import EvidenceBundle, TrustRoots, Verdict, contradiction_between, verify_bundle
from accord.channel.keys import VerifyKey
from accord.channel.keyset import KeysetChain
from accord.channel.merkle import inclusion_proof
from accord.channel.roots import RootsUnreadable
from accord.channel.seal import SealedEnvelope, open_sealed
from tests.channel.specimens import NOW_MS, body_of, capsule_of, sealed_by, seed, specimen
from tests.simulators.stored_node import StoredNode, meet, pair

ROOTS = {code: specimen(code).root.public for code in ("CA", "IN")}


def sealed_log(count: int, *, created_ms: int = NOW_MS) -> tuple[StoredNode, StoredNode, list[SealedEnvelope]]:
    """Two nodes of which one has sent really sealed messages."""
    ca, india = pair()
    capsule = capsule_of("CA")
    sealed = [
        sealed_by("CA", "IN", body_of(b'{"n":%d}' % n), label=f"e{n}", capsule=capsule, created_ms=created_ms)
        for n in range(count)
    ]
    machine = ca.machine()
    appended = machine.append(sealed, ca.now_ms)
    entries = [(envelope.header, envelope.sealed) for envelope in sealed]
    leaves = [envelope.leaf for envelope in sealed]
    ca.disk.out.add(entries, leaves, appended.stride_nodes, appended.checkpoint, None)
    ca.state = machine.state
    frame = replace(
        ca.machine().contact(ca.now_ms), batch=replace(ca.disk.out.batch(0, 256), capsules=(capsule.bytes,))
    )
    india.take(frame)
    ca.take(india.machine().contact(india.now_ms))
    return ca, india, sealed


def bundle(index: int = 1, count: int = 3, **changes: object) -> EvidenceBundle:
    ca, _, sealed = sealed_log(count)
    opened = open_sealed(sealed[index].header, sealed[index].sealed, specimen("IN").seal)
    checkpoint, receipt = ca.disk.out.heads[count]
    made = EvidenceBundle(
        header=sealed[index].header,
        sealed_digest=hashlib.sha256(sealed[index].sealed).digest(),
        index=index,
        hashes=inclusion_proof(ca.disk.out.hashes, index, count),
        checkpoint=checkpoint,
        receipt=receipt,
        owner_chain=ca.state.our_chain.to_bytes(),
        cosigner_chain=ca.state.peer_chain.to_bytes(),
        body=opened.body_bytes,
        salt=opened.salt,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def verdict(made: EvidenceBundle, roots: dict[str, VerifyKey] | None = None) -> Verdict:
    return verify_bundle(made.encode(), ROOTS if roots is None else roots)


def failed(judged: Verdict) -> set[str]:
    return {claim.name for claim in judged.claims if not claim.ok}


def test_a_whole_bundle_proves_five_things_in_plain_sentences() -> None:
    judged = verdict(bundle())
    assert judged.ok
    assert judged.reason is None
    assert [claim.name for claim in judged.claims] == ["integrity", "origin", "content", "time", "receipt"]
    said = {claim.name: claim.sentence for claim in judged.claims}
    assert said["integrity"].startswith("The message stands at position 1 of the 3 entries in the log of CA towards IN")
    assert said["origin"].startswith("CA signed the log that holds this message")
    assert "a message of the kind request" in said["content"]
    assert "2026-09-21 14:13:20 UTC" in said["time"]
    assert said["receipt"].startswith("IN signed that it holds the log of CA up to and beyond this message")


def test_the_receivers_copy_proves_the_same() -> None:
    _, india, sealed = sealed_log(3)
    checkpoint, receipt = india.disk.inn.heads[3]
    made = EvidenceBundle(
        header=sealed[0].header,
        sealed_digest=hashlib.sha256(sealed[0].sealed).digest(),
        index=0,
        hashes=inclusion_proof(india.disk.inn.hashes, 0, 3),
        checkpoint=checkpoint,
        receipt=receipt,
        owner_chain=india.state.peer_chain.to_bytes(),
        cosigner_chain=india.state.our_chain.to_bytes(),
    )
    assert verdict(made).ok


def test_content_can_be_kept_back_and_is_then_not_claimed() -> None:
    judged = verdict(bundle(body=None, salt=None))
    assert judged.ok
    assert "content" not in {claim.name for claim in judged.claims}


def test_a_bundle_survives_its_encoding_with_its_ignorable_fields() -> None:
    made = bundle(extensions={1000: b"case 17"})
    assert EvidenceBundle.decode(made.encode()) == made
    assert verdict(made).ok


def test_the_verdict_prints_as_a_script_expects_it() -> None:
    printed = json.loads(json.dumps(verdict(bundle()).to_json()))
    assert printed.keys() == {"ok", "claims", "reason"}
    assert all(claim.keys() == {"name", "ok", "sentence"} for claim in printed["claims"])


# --- what does not hold ---------------------------------------------------------------------------------------------


def test_without_a_receipt_nothing_shows_that_the_peer_had_it() -> None:
    judged = verdict(bundle(receipt=None))
    assert not judged.ok
    assert failed(judged) == {"receipt"}
    assert judged.reason == "The file holds no receipt: nothing in it shows that IN ever held the message."


def test_other_content_is_told_from_the_content_committed_to() -> None:
    judged = verdict(bundle(body=body_of(b'{"n":2}').encode()))
    assert failed(judged) == {"content"}
    assert judged.reason == "The disclosed content is not what CA committed to in the header."


def test_another_salt_is_no_disclosure() -> None:
    assert failed(verdict(bundle(salt=bytes(32)))) == {"content"}


def test_a_message_that_is_not_in_the_log_is_found_out() -> None:
    stranger = sealed_by("CA", "IN", label="never sent")
    judged = verdict(bundle(header=stranger.header, sealed_digest=hashlib.sha256(stranger.sealed).digest()))
    assert failed(judged) == {"integrity", "content"}
    assert judged.reason is not None
    assert judged.reason.startswith("The message does not stand in the log of CA at position 1")


@pytest.mark.parametrize("index", [0, 2, 3, 2**62])
def test_another_position_is_found_out(index: int) -> None:
    assert failed(verdict(replace(bundle(), index=index))) == {"integrity", *(["receipt"] if index >= 3 else [])}


def test_a_signature_by_another_key_is_named() -> None:
    made = bundle()
    forged = sign_checkpoint(unverified_checkpoint(made.checkpoint), specimen("IN").sign)
    judged = verdict(replace(made, checkpoint=forged))
    assert failed(judged) == {"origin", "time"}
    assert judged.reason is not None
    assert judged.reason.startswith("The signature of CA over the checkpoint does not hold: ")


def test_a_receipt_of_another_log_is_no_receipt_for_this_one() -> None:
    ca, india, _ = sealed_log(2)
    other = ca.disk.out.heads[2][1]
    judged = verdict(bundle(receipt=other))
    assert failed(judged) == {"time", "receipt"}
    assert judged.reason is not None
    assert "not the checkpoint in the file" in judged.reason
    assert india.state.incoming.size == 2


def test_a_receipt_that_the_peer_did_not_sign_is_named() -> None:
    made = bundle()
    judged = verdict(replace(made, receipt=made.checkpoint))
    assert failed(judged) == {"time", "receipt"}
    assert judged.reason is not None
    assert judged.reason.startswith("The signature of IN under the receipt does not hold: ")


@pytest.mark.parametrize(("missing", "claims"), [("CA", {"origin", "time"}), ("IN", {"time", "receipt"})])
def test_without_a_root_key_nothing_of_that_party_is_believed(missing: str, claims: set[str]) -> None:
    judged = verdict(bundle(), {code: key for code, key in ROOTS.items() if code != missing})
    assert failed(judged) == claims
    assert judged.reason is not None
    assert judged.reason.startswith(f"No root key of {missing} was given")


def test_another_root_key_than_the_trusted_one_is_named() -> None:
    judged = verdict(bundle(), {**ROOTS, "CA": specimen("FR").root.public})
    assert failed(judged) == {"origin", "time"}
    assert judged.reason == "The keysets in the file lead to another root key of CA than the one you trust."


def test_keysets_of_another_channel_are_named() -> None:
    judged = verdict(bundle(owner_chain=specimen("CA").chain("FR").to_bytes()))
    assert failed(judged) == {"origin", "time"}
    assert judged.reason == "The keysets in the file are of CA towards FR, not of CA towards IN."


def test_an_empty_chain_is_no_chain() -> None:
    judged = verdict(bundle(owner_chain=KeysetChain(specimen("CA").root.public).to_bytes()))
    assert failed(judged) == {"origin", "time"}


def test_a_readdressed_header_does_not_fit_the_log() -> None:
    made = bundle()
    header = replace(Header.decode(made.header), recipient="FR")
    judged = verdict(replace(made, header=header.encode()))
    assert "integrity" in failed(judged)
    assert judged.reason == "The message is from CA to FR, but the log is that of CA towards IN."


def test_a_receipt_dated_before_the_signature_is_told_and_voids_nothing() -> None:
    ca, india = pair()
    india.now_ms -= 86_400_000
    ca.append("one")
    meet(ca, india)
    header, sealed = ca.disk.out.entries[0]
    checkpoint, receipt = ca.disk.out.heads[1]
    made = EvidenceBundle(
        header=header,
        sealed_digest=hashlib.sha256(sealed).digest(),
        index=0,
        hashes=(),
        checkpoint=checkpoint,
        receipt=receipt,
        owner_chain=ca.state.our_chain.to_bytes(),
        cosigner_chain=ca.state.peer_chain.to_bytes(),
    )
    judged = verdict(made)
    assert judged.ok
    (told,) = [claim.sentence for claim in judged.claims if claim.name == "time"]
    assert "IN states 2026-09-20 14:13:20 UTC for its receipt" in told
    assert "contradict each other: IN dates its receipt before the signature of CA" in told


def test_a_message_dated_after_its_signature_is_told_and_voids_nothing() -> None:
    late = NOW_MS + 3_600_000
    ca, _, sealed = sealed_log(1, created_ms=late)
    checkpoint, receipt = ca.disk.out.heads[1]
    made = EvidenceBundle(
        header=sealed[0].header,
        sealed_digest=hashlib.sha256(sealed[0].sealed).digest(),
        index=0,
        hashes=(),
        checkpoint=checkpoint,
        receipt=receipt,
        owner_chain=ca.state.our_chain.to_bytes(),
        cosigner_chain=ca.state.peer_chain.to_bytes(),
    )
    judged = verdict(made)
    assert judged.ok
    (told,) = [claim.sentence for claim in judged.claims if claim.name == "time"]
    assert "CA states 2026-09-21 15:13:20 UTC for the message and 2026-09-21 14:13:20 UTC for its signature" in told
    assert "contradict each other: CA dates the message after its own signature" in told


def test_a_bundle_says_that_it_does_not_show_that_the_recipient_could_open_the_message() -> None:
    said = {claim.name: claim.sentence for claim in verdict(bundle()).claims}
    assert said["content"].endswith("It is not shown that IN could open it.")
    assert said["receipt"].endswith("It is not shown that IN could open or did read it.")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xa0", bytes(100), b'{"ok": true}'])
def test_what_is_no_bundle_has_a_reason_and_no_claims(data: bytes) -> None:
    judged = verify_bundle(data, ROOTS)
    assert not judged.ok
    assert judged.claims == ()
    assert judged.reason is not None
    assert judged.reason.startswith("The file is not a readable evidence bundle")


def test_a_body_without_its_salt_is_refused() -> None:
    for half in (bundle(salt=None), bundle(body=None)):
        with pytest.raises(MalformedObject):
            EvidenceBundle.decode(half.encode())


def test_no_flipped_bit_of_a_bundle_leaves_it_proven() -> None:
    """Every byte outside the two key chains and the signatures, and every seventh of those."""
    made = bundle()
    data = made.encode()
    assert verify_bundle(data, ROOTS).ok
    dull = [
        range(start, start + len(part))
        for part in (made.checkpoint, made.receipt or b"", made.owner_chain, made.cosigner_chain)
        for start in (data.index(part),)
    ]
    for place in range(len(data)):
        if place % 7 and any(place in part for part in dull):
            continue
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        judged = verify_bundle(bytes(damaged), ROOTS)
        assert not judged.ok, place
        assert judged.reason


def test_a_bundle_cut_anywhere_has_a_reason() -> None:
    data = bundle().encode()
    for size in range(0, len(data), 97):
        assert verify_bundle(data[:size], ROOTS).reason


# --- the file of trusted roots --------------------------------------------------------------------------------------


def test_a_roots_file_survives_its_encoding() -> None:
    data = TrustRoots(ROOTS).to_json()
    assert json.loads(data)["roots"][0].keys() == {"party", "root"}
    assert TrustRoots.from_json(data).roots == ROOTS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"roots": []}',
        b'{"roots": 3}',
        b'{"roots": [3]}',
        b'{"roots": [{"party": "CA"}]}',
        b'{"roots": [{"party": "CA", "root": 3}]}',
        b'{"roots": [{"party": "CA", "root": "AAAA"}]}',
        b'{"roots": [{"party": "CA", "root": "not base64!"}]}',
        b'{"roots": [{"party": "C A", "root": ""}]}',
        b"\xff\xfe",
        b"[" * 100_000,
        bytes(1024 * 1024 + 1),
    ],
)
def test_what_is_no_roots_file_is_refused_in_plain_words(data: bytes) -> None:
    with pytest.raises(RootsUnreadable) as refusal:
        TrustRoots.from_json(data)
    assert refusal.value.sentence.startswith("The roots file")
    assert refusal.value.next_step


def test_a_party_with_two_roots_is_refused() -> None:
    listed = json.loads(TrustRoots(ROOTS).to_json())["roots"]
    with pytest.raises(RootsUnreadable, match="twice"):
        TrustRoots.from_json(json.dumps({"roots": [*listed, listed[0]]}).encode())


def test_a_bundle_names_no_seed_of_the_specimens() -> None:
    assert seed("CA root", 64) not in bundle().encode()


def test_two_bundles_of_one_position_with_two_contents_contradict_each_other() -> None:
    ca, india = pair()
    fork, lost = ca.clone(), india.backup()
    ca.append("A")
    meet(ca, india)
    india.restore(lost)
    fork.append("B")
    meet(fork, india)
    files = []
    for node in (ca, fork):
        header, sealed = node.disk.out.entries[0]
        checkpoint, receipt = node.disk.out.heads[1]
        made = EvidenceBundle(
            header=header,
            sealed_digest=hashlib.sha256(sealed).digest(),
            index=0,
            hashes=(),
            checkpoint=checkpoint,
            receipt=receipt,
            owner_chain=node.state.our_chain.to_bytes(),
            cosigner_chain=node.state.peer_chain.to_bytes(),
        )
        assert verdict(made).ok
        files.append(made.encode())
    told = contradiction_between(files)
    assert told is not None
    assert "position 0 of the log of CA towards IN" in told
    assert contradiction_between([files[0], files[0], b"no bundle"]) is None
