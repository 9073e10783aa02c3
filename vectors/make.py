"""Makes the test vectors: golden objects, and objects with one thing broken, named for what is broken.

Usage: python vectors/make.py [FOLDER]

Keys come from fixed seeds, so every public key is equal in every run. Signatures of ML-DSA-65 and HPKE encapsulations
are random by nature, so a new run gives new bytes with the same meaning; the committed files are one run, and what
they mean must never change. ``docs/protocol.md`` quotes them: after a new run, ``python vectors/quote.py`` brings its
examples up to date.
"""

import hashlib
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2

from accord.channel import seal as sealing
from accord.channel.attachment import AttachmentManifest, attachment_root, chunk_leaf, chunk_proof, seal_chunk
from accord.channel.checkpoint import Checkpoint, checkpoint_text, cosign, sign_checkpoint
from accord.channel.disposition import Disposition, DispositionItem, encode_dispositions
from accord.channel.envelope import Body, uuid7
from accord.channel.equivocation import EquivocationProof, encode_equivocation
from accord.channel.evidence import EvidenceBundle, TrustRoots
from accord.channel.fingerprint import fingerprint_words, safety_number
from accord.channel.frames import Batch, Fetch, Frame, FrameState, encode_frame
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeyEntry, Keyset, KeysetChain, sign_keyset
from accord.channel.merkle import EMPTY_FRONTIER, consistency_proof, inclusion_proof
from accord.channel.parcel import write_parcel
from accord.channel.seal import OpenCapsule, SealedEnvelope, open_sealed, seal
from accord.channel.sealkeys import SealKey

NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000


def seed(label: str, size: int) -> bytes:
    """SHAKE-256 of "accord vector " and the label."""
    return hashlib.shake_256(b"accord vector " + label.encode()).digest(size)


def entropy_of(label: str) -> Callable[[int], bytes]:
    count = 0

    def entropy(size: int) -> bytes:
        nonlocal count
        count += 1
        return seed(f"{label} {count}", size)

    return entropy


class Party:
    """A party whose private keys are published here, and so used nowhere else."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.root = SigningKey.from_seed(seed(f"{code} root", 64))
        self.sign = SigningKey.from_seed(seed(f"{code} sign", 64))
        self.next_sign = SigningKey.from_seed(seed(f"{code} next sign", 64))
        self.seal = SealKey.from_seed(seed(f"{code} seal", 96))
        self.archive = SealKey.from_seed(seed(f"{code} archive", 96))

    def first_keyset(self, peer: str) -> Keyset:
        return Keyset(
            party=self.code,
            peer=peer,
            serial=1,
            previous=None,
            issued_ms=NOW_MS - 30 * DAY_MS,
            valid_from_ms=NOW_MS - 30 * DAY_MS,
            valid_until_ms=NOW_MS + 335 * DAY_MS,
            sign_keys=(KeyEntry(public=self.sign.public.to_bytes()),),
            seal_keys=(KeyEntry(public=self.seal.public.to_bytes()),),
            archive_keys=(KeyEntry(public=self.archive.public.to_bytes()),),
            tls_pins=(seed(f"{self.code} certificate", 32),),
        )

    def chain(self, peer: str) -> KeysetChain:
        return KeysetChain(self.root.public).extended(sign_keyset(self.first_keyset(peer), self.root))


CA, IN, XX = Party("CA"), Party("IN"), Party("XX")


class Writer:
    """Writes files and keeps the index of what each must lead to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: list[dict[str, Any]] = []

    def file(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def golden(self, name: str, data: bytes, what: str, says: str, **particulars: object) -> None:
        self.file(f"golden/{name}", data)
        self.index.append({"file": f"golden/{name}", "object": what, "expect": "accept", "says": says, **particulars})

    def broken(self, name: str, data: bytes, what: str, expect: str, says: str, **particulars: object) -> None:
        self.file(f"broken/{name}", data)
        self.index.append({"file": f"broken/{name}", "object": what, "expect": expect, "says": says, **particulars})


def altered(data: bytes, changes: dict[int, Any], remove: tuple[int, ...] = ()) -> bytes:
    """A CBOR map with fields changed or removed, encoded again without our checks."""
    fields = {**cbor2.loads(data), **changes}
    return cbor2.dumps({key: fields[key] for key in sorted(fields) if key not in remove}, canonical=True)


def flipped(data: bytes, position: int, bit: int = 1) -> bytes:
    position %= len(data)
    return data[:position] + bytes([data[position] ^ bit]) + data[position + 1 :]


BODIES = [
    Body(
        kind="request",
        schema=1,
        payload=json.dumps(
            {"text": "A specimen: who consigned this?", "own_reference": f"CA-2026-{number:04d}"}
        ).encode(),
        decision_digest=seed(f"decision {number}", 32),
        handling="H1",
    )
    for number in range(5)
]


def envelope(number: int, capsule: OpenCapsule, **changes: Any) -> SealedEnvelope:
    entropy = entropy_of(f"envelope {number}")
    fields: dict[str, Any] = {
        "id": uuid7(NOW_MS + number, entropy),
        "sender": "CA",
        "recipient": "IN",
        "epoch": 0,
        "created_ms": NOW_MS + number,
        "not_after_ms": NOW_MS + 7 * DAY_MS,
        "recipient_key": IN.seal.public,
        "capsule": capsule,
        "entropy": entropy,
        **changes,
    }
    return seal(BODIES[number], **fields)


def lying(body: Body, plaintext: Callable[[bytes, bytes], bytes], capsule: OpenCapsule) -> SealedEnvelope:
    """An envelope that a lying sender can make: well sealed, around any plaintext whatever."""
    honest = sealing._pack  # noqa: SLF001 - the liar is made of honest code with one part replaced
    try:
        sealing._pack = plaintext  # noqa: SLF001
        return seal(
            body,
            id=uuid7(NOW_MS, entropy_of("liar")),
            sender="CA",
            recipient="IN",
            epoch=0,
            created_ms=NOW_MS,
            not_after_ms=NOW_MS + DAY_MS,
            recipient_key=IN.seal.public,
            capsule=capsule,
            entropy=entropy_of("liar"),
        )
    finally:
        sealing._pack = honest  # noqa: SLF001


def packed(salt: bytes, codec: int, stored: bytes, pad: bytes = b"\0") -> bytes:
    whole = salt + bytes([codec]) + len(stored).to_bytes(4, "big") + stored
    return whole.ljust(sealing.padded_size(len(whole)), pad)


def make_keys(out: Writer) -> None:
    """Seeds and public keys, so that a stranger can sign and open what we can."""
    keys = {}
    for party in (CA, IN, XX):
        keys[party.code] = {
            "root": {"seed": party.root.seed.hex(), "key_id": party.root.public.key_id.hex()},
            "sign": {"seed": party.sign.seed.hex(), "key_id": party.sign.public.key_id.hex()},
            "seal": {"seed": party.seal.seed.hex(), "key_id": party.seal.public.key_id.hex()},
            "archive": {"seed": party.archive.seed.hex(), "key_id": party.archive.public.key_id.hex()},
            "words": " ".join(fingerprint_words(party.root.public.to_bytes())),
        }
    keys["CA and IN"] = {"safety_number": safety_number(CA.root.public.to_bytes(), IN.root.public.to_bytes())}
    out.file("keys.json", json.dumps(keys, indent=2).encode() + b"\n")
    out.file("roots.json", TrustRoots({"CA": CA.root.public, "IN": IN.root.public}).to_json())


def make_merkle(out: Writer) -> None:
    """Roots and proofs of small logs over SHA-256(0x00 || n as one byte)."""
    leaves = [hashlib.sha256(b"\0" + bytes([n])).digest() for n in range(13)]

    def reader(level: int, start: int, count: int) -> list[bytes]:
        assert level == 0
        return leaves[start : start + count]

    merkle = {
        "leaves": [leaf.hex() for leaf in leaves],
        "roots": [EMPTY_FRONTIER.append(leaves[:size])[0].root.hex() for size in range(14)],
        "inclusion": [
            {"index": index, "size": size, "hashes": [h.hex() for h in inclusion_proof(reader, index, size)]}
            for size in (1, 2, 3, 7, 8, 13)
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": new, "hashes": [h.hex() for h in consistency_proof(reader, old, new)]}
            for new in (1, 2, 3, 7, 8, 13)
            for old in range(new + 1)
        ],
    }
    out.file("merkle.json", json.dumps(merkle, indent=1).encode() + b"\n")


def make_headers(out: Writer, header: bytes) -> None:
    out.golden("header.cbor", header, "header", "the header of entry 2")
    kept = altered(header, {1000: "kept", 70000: b"kept too"})
    out.golden("header-with-ignorable-fields.cbor", kept, "header", "fields from 1000 on are kept and emitted again")
    malformed = "channel.malformed-object"
    for name, changes, expect in (
        ("unknown-version", {1: 3}, "channel.unknown-version"),
        ("version-one", {1: 1}, "channel.unknown-version"),
        ("unknown-suite", {2: 2}, "channel.unknown-suite"),
        ("suite-zero", {2: 0}, "channel.unknown-suite"),
        ("unknown-critical-field", {15: True}, "channel.unknown-critical-field"),
        ("identifier-not-uuid7", {3: bytes(16)}, malformed),
        ("sender-is-recipient", {5: "CA"}, malformed),
        ("party-code-with-line-feed", {5: "IN\n"}, malformed),
        ("expires-before-it-was-made", {8: NOW_MS - 1}, malformed),
        ("lives-eleven-years", {8: NOW_MS + 11 * 366 * DAY_MS}, malformed),
        ("negative-epoch", {6: -1}, malformed),
        ("float-time", {7: float(NOW_MS)}, malformed),
        ("commitment-too-short", {10: bytes(31)}, malformed),
        ("text-for-bytes", {13: "12345678"}, malformed),
    ):
        out.broken(f"header-{name}.cbor", altered(header, changes), "header", expect, name.replace("-", " "))
    fields = cbor2.loads(header)
    out.broken("header-commitment-missing.cbor", altered(header, {}, (10,)), "header", malformed, "field 10 is missing")
    swapped = cbor2.dumps({2: fields[2], 1: fields[1], **{k: v for k, v in fields.items() if k > 2}})
    out.broken("header-keys-out-of-order.cbor", swapped, "header", malformed, "key 2 stands before key 1")
    twice = bytes([header[0] + 1]) + header[1:3] + header[1:]
    out.broken("header-duplicate-key.cbor", twice, "header", malformed, "key 1 stands twice")
    out.broken(
        "header-integer-not-shortest.cbor",
        header.replace(b"\x01\x02\x02\x01", b"\x01\x18\x02\x02\x01", 1),
        "header",
        malformed,
        "version 2 is encoded in two bytes",
    )
    out.broken("header-indefinite-map.cbor", b"\xbf" + header[1:] + b"\xff", "header", malformed, "indefinite length")
    out.broken("header-trailing-byte.cbor", header + b"\0", "header", malformed, "a byte follows the object")
    out.broken("header-cut-short.cbor", header[:-1], "header", malformed, "the last byte is missing")
    long = altered(header, {1000: bytes(2048)})
    out.broken("header-too-large.cbor", long, "header", "channel.limit-exceeded", "more than 2048 bytes")


def make_sealed(out: Writer, entry: SealedEnvelope, capsule: OpenCapsule) -> None:
    opened = open_sealed(entry.header, entry.sealed, IN.seal)
    with_header = {"header": "golden/header.cbor", "capsule": "golden/capsule.cbor"}
    out.golden("body.cbor", opened.body_bytes, "body", "the body of entry 2")
    out.golden("capsule.cbor", capsule.bytes, "capsule", "the archive capsule of the flush")
    out.golden(
        "sealed.cbor",
        entry.sealed,
        "sealed",
        "the sealed body of entry 2",
        salt=opened.salt.hex(),
        leaf=entry.leaf.hex(),
        **with_header,
    )
    parts = cbor2.loads(entry.sealed)
    broken = "trust.seal-broken"
    for name, key in (("recipient-wrap", 1), ("ciphertext", 3)):
        data = altered(entry.sealed, {key: flipped(parts[key], 40)})
        out.broken(
            f"sealed-{name}-bit-flipped.cbor", data, "sealed", broken, f"one bit of the {name} differs", **with_header
        )
    out.broken(
        "sealed-one-byte-longer.cbor",
        entry.sealed + b"\0",
        "sealed",
        "channel.malformed-object",
        "not the stated size",
        **with_header,
    )
    readdressed = altered(entry.header, {5: "XX"})
    out.file("broken/header-readdressed.cbor", readdressed)
    out.broken(
        "sealed-under-readdressed-header.cbor",
        entry.sealed,
        "sealed",
        broken,
        "forwarded under a header that names another recipient",
        header="broken/header-readdressed.cbor",
        capsule="golden/capsule.cbor",
    )
    body = BODIES[2]
    deflated = zlib.compress(bytes(1 << 22), 9, -15)
    other = BODIES[3].encode()
    liars: tuple[tuple[str, Callable[[bytes, bytes], bytes], str, str], ...] = (
        (
            "inflates-without-end",
            lambda salt, _: packed(salt, 1, deflated),
            "channel.limit-exceeded",
            "inflates to 4 MiB",
        ),
        (
            "padding-not-zero",
            lambda salt, b: packed(salt, 0, b, b"\1"),
            "channel.malformed-object",
            "padding hides bytes",
        ),
        ("unknown-codec", lambda salt, b: packed(salt, 9, b), "channel.malformed-object", "codec 9"),
        (
            "another-body",
            lambda salt, _: packed(salt, 0, other),
            "trust.commitment-broken",
            "not the body committed to",
        ),
        (
            "wrong-size-class",
            lambda salt, b: packed(salt, 0, b) + bytes(512),
            "channel.malformed-object",
            "padded too far",
        ),
    )
    for name, plaintext, expect, says in liars:
        envelope_of_liar = lying(body, plaintext, capsule)
        out.file(f"broken/sealed-{name}.header.cbor", envelope_of_liar.header)
        out.broken(
            f"sealed-{name}.cbor",
            envelope_of_liar.sealed,
            "sealed",
            expect,
            says,
            header=f"broken/sealed-{name}.header.cbor",
            capsule="golden/capsule.cbor",
        )
    claimed = altered(capsule.bytes, {3: "XX"})
    out.broken("capsule-claimed-by-another.cbor", claimed, "capsule", broken, "the owner was changed")
    spoiled = altered(capsule.bytes, {5: flipped(cbor2.loads(capsule.bytes)[5], -1)})
    out.broken("capsule-bit-flipped.cbor", spoiled, "capsule", broken, "one bit of the secret's seal differs")


def note(text: bytes, *lines: bytes) -> bytes:
    return text + b"\n" + b"".join(line + b"\n" for line in lines)


def make_notes(out: Writer, point: Checkpoint, signed: bytes, receipt: bytes) -> None:
    out.golden("checkpoint.note", signed, "checkpoint", "CA signs five entries", size=point.size, root=point.root.hex())
    out.golden("receipt.note", receipt, "receipt", "IN co-signs them two seconds later", time_ms=NOW_MS + 2000)
    text = checkpoint_text(point)
    ed, ml = signed[len(text) + 1 :].split(b"\n")[:2]
    invalid, malformed, count = "trust.signature-invalid", "channel.malformed-object", "trust.signature-count"
    unknown = "trust.unknown-note-key"
    later = sign_checkpoint(replace(point, size=6), CA.sign)
    cases: tuple[tuple[str, bytes, str, str], ...] = (
        ("ml-dsa-stripped", note(text, ed), count, "only the Ed25519 line is left"),
        ("ed25519-stripped", note(text, ml), count, "only the ML-DSA-65 line is left"),
        ("signature-added", note(text, ed, ml, ed), count, "three lines"),
        ("signatures-swapped", note(text, ml, ed), unknown, "in the wrong order"),
        ("size-changed-after-signing", note(text.replace(b"\n5\n", b"\n6\n"), ed, ml), invalid, "the text is another"),
        ("ml-dsa-of-another-checkpoint", note(text, ed, later.split(b"\n")[7]), invalid, "one half is of another text"),
        ("signed-by-another-party", sign_checkpoint(point, XX.sign), unknown, "XX signed for CA"),
        ("size-with-leading-zero", note(text.replace(b"\n5\n", b"\n05\n"), ed, ml), malformed, "size 05"),
        ("crlf", signed.replace(b"\n", b"\r\n"), malformed, "lines end with CR LF"),
        ("line-added", note(text + b"extra\n", ed, ml), malformed, "a sixth line of text"),
        ("log-of-oneself", note(text.replace(b"/IN\n", b"/CA\n"), ed, ml), malformed, "owner is peer"),
        ("no-signatures", text, malformed, "text alone"),
    )
    for name, data, expect, says in cases:
        out.broken(f"checkpoint-{name}.note", data, "checkpoint", expect, says)
    at_other_time = cosign(signed, point, IN.sign, "IN", NOW_MS + 99_000)
    with_epoch = text + b"cosigner epoch 0\n"
    lines, other_lines = receipt.split(b"\n"), at_other_time.split(b"\n")
    receipts: tuple[tuple[str, bytes, str, str], ...] = (
        ("two-times", note(with_epoch, lines[7], other_lines[8]), invalid, "the halves state two times"),
        ("by-the-owner", note(with_epoch, ed, ml), invalid, "the owner's own signatures"),
        ("cosigner-epoch-missing", note(text, lines[7], lines[8]), malformed, "five lines"),
        (
            "cosigner-epoch-changed",
            note(text + b"cosigner epoch 1\n", lines[7], lines[8]),
            invalid,
            "another epoch of the cosigner",
        ),
        ("by-another-party", cosign(signed, point, XX.sign, "IN", NOW_MS), unknown, "XX co-signed for IN"),
        (
            "root-changed-after-signing",
            note(checkpoint_text(replace(point, root=bytes(32))) + b"cosigner epoch 0\n", lines[7], lines[8]),
            invalid,
            "another root",
        ),
    )
    for name, data, expect, says in receipts:
        out.broken(f"receipt-{name}.note", data, "receipt", expect, says)


def make_keysets(out: Writer) -> KeysetChain:
    first = CA.first_keyset("IN")
    old, new = first.sign_keys[0], KeyEntry(public=CA.next_sign.public.to_bytes(), from_position=4)
    second = replace(
        first,
        serial=2,
        previous=first.digest,
        issued_ms=NOW_MS,
        sign_keys=(old.retired(8), new),
        valid_until_ms=NOW_MS + 365 * DAY_MS,
    )
    chain = CA.chain("IN")
    rotated = chain.extended(sign_keyset(second, CA.root))
    out.golden("keyset.cbor", chain.signed[0], "keyset", "CA's first keyset towards IN", after=0)
    out.golden(
        "keyset-rotation.cbor", rotated.signed[1], "keyset", "a second signing key from 4, the first until 8", after=1
    )
    out.golden("chain.cbor", chain.to_bytes(), "chain", "the chain of the first keyset")
    out.golden("chain-of-peer.cbor", IN.chain("CA").to_bytes(), "chain", "the chain of IN towards CA")
    out.golden("chain-rotated.cbor", rotated.to_bytes(), "chain", "the chain of both")
    broken = "trust.keyset-chain-broken"
    for name, keyset, says in (
        ("serial-skipped", replace(second, serial=3), "serial 3 after 1"),
        ("previous-is-another", replace(second, previous=bytes(32)), "names another keyset as the one before"),
        ("of-another-party", replace(second, party="XX"), "party XX"),
        ("of-another-peer", replace(second, peer="XX"), "peer XX"),
        ("issued-earlier", replace(second, issued_ms=first.issued_ms - 1), "issued before the first"),
        ("key-left-out-without-end", replace(second, sign_keys=(new,)), "the first key is left out"),
        ("key-from-earlier", replace(second, sign_keys=(replace(old, from_position=1), new)), "says other than before"),
    ):
        out.broken(f"keyset-{name}.cbor", sign_keyset(keyset, CA.root), "keyset", broken, says, after=1)
    invalid = "trust.signature-invalid"
    out.broken(
        "keyset-signed-by-node-key.cbor", sign_keyset(second, CA.sign), "keyset", invalid, "not the root", after=1
    )
    stripped = altered(rotated.signed[1], {2: cbor2.loads(rotated.signed[1])[2][:64]})
    out.broken(
        "keyset-ml-dsa-stripped.cbor", stripped, "keyset", "channel.malformed-object", "half a signature", after=1
    )
    spoiled = altered(rotated.signed[1], {1: flipped(cbor2.loads(rotated.signed[1])[1], -1)})
    out.broken("keyset-bit-flipped.cbor", spoiled, "keyset", invalid, "one bit of the statement differs", after=1)
    gap = cbor2.dumps({1: CA.root.public.to_bytes(), 2: [rotated.signed[1]]}, canonical=True)
    out.broken("chain-first-keyset-missing.cbor", gap, "chain", broken, "begins with serial 2")
    usurped = cbor2.dumps({1: XX.root.public.to_bytes(), 2: list(chain.signed)}, canonical=True)
    out.broken("chain-under-another-root.cbor", usurped, "chain", invalid, "names the root of XX")
    return rotated


def make_frames(out: Writer, frame: Frame, answer: Frame) -> None:
    data = encode_frame(frame)
    out.golden("frame-batch.cbor", data, "frame", "CA sends five entries")
    out.golden("frame-receipt.cbor", encode_frame(answer), "frame", "IN answers with the receipt")
    wish = replace(answer, sender="CA", recipient="IN", receipt=None, fetch=Fetch(start=3, end=5))
    out.golden(
        "frame-fetch.cbor", encode_frame(wish), "frame", "CA lost entries 3 and 4 of its own log and asks for them"
    )
    stopped = replace(answer, receipt=None, refusal="channel.suspended")
    out.golden("frame-suspended.cbor", encode_frame(stopped), "frame", "officers of IN suspended the channel")
    malformed, limit = "channel.malformed-object", "channel.limit-exceeded"
    batch = cbor2.loads(data)[5]
    cases: tuple[tuple[str, dict[int, Any], str, str], ...] = (
        ("unknown-version", {1: 2}, "channel.unknown-version", "version 2"),
        ("unknown-critical-field", {15: 1}, "channel.unknown-critical-field", "field 15"),
        ("empty-batch", {5: {**batch, 2: []}}, malformed, "a batch without entries"),
        ("too-many-entries", {5: {**batch, 2: [[b"", b""]] * 257}}, limit, "257 entries"),
        ("entry-not-a-pair", {5: {**batch, 2: [[b"header"]]}}, malformed, "an entry of one part"),
        ("fetch-of-nothing", {7: {1: 5, 2: 5}}, malformed, "start is end"),
        ("million-hash-proof", {9: [{1: bytes(32), 2: 0, 3: 1, 4: b"", 5: [bytes(32)] * 65}]}, limit, "65 hashes"),
        ("chunk-beyond-count", {9: [{1: bytes(32), 2: 1, 3: 1, 4: b"", 5: []}]}, malformed, "chunk 1 of 1"),
        ("ranges-out-of-order", {10: [{1: bytes(32), 2: 9, 3: [[4, 5], [0, 1]]}]}, malformed, "4 before 0"),
    )
    for name, changes, expect, says in cases:
        out.broken(f"frame-{name}.cbor", altered(data, changes), "frame", expect, says)
    out.broken("frame-nested-too-deep.cbor", b"\x81" * 40 + b"\0", "frame", limit, "forty arrays")
    out.broken(
        "frame-claims-2-to-the-60-items.cbor", b"\x9b\x10" + bytes(7), "frame", malformed, "a length without bytes"
    )
    parcel = write_parcel([data, encode_frame(answer)])
    out.golden("parcel.accord", parcel, "parcel", "both frames in a file")
    for name, changed, says in (
        ("bit-flipped", flipped(parcel, 200), "one bit differs"),
        ("cut-short", parcel[:-40], "the end is missing"),
        ("trailing-byte", parcel + b"\0", "a byte follows the digest"),
        ("of-another-format", b"ACCORDPARCEL2\n" + parcel[14:], "version 2"),
    ):
        out.broken(f"parcel-{name}.accord", changed, "parcel", malformed, says)


def make_bundles(out: Writer, good: EvidenceBundle, entries: list[SealedEnvelope], rotated: KeysetChain) -> None:
    leaves = [entry.leaf for entry in entries]

    def reader(_level: int, start: int, count: int) -> list[bytes]:
        return leaves[start : start + count]

    point = Checkpoint("CA", "IN", 5, EMPTY_FRONTIER.append(leaves)[0].root, 0, NOW_MS + 1000)
    out.golden("bundle.cbor", good.encode(), "bundle", "entry 2, its body disclosed")
    closed = replace(good, body=None, salt=None)
    out.golden("bundle-undisclosed.cbor", closed.encode(), "bundle", "entry 2, its body kept back")
    by_next = sign_checkpoint(point, CA.next_sign)
    after = replace(
        good,
        checkpoint=by_next,
        receipt=cosign(by_next, point, IN.sign, "IN", NOW_MS + 2000),
        owner_chain=rotated.to_bytes(),
    )
    out.golden("bundle-after-rotation.cbor", after.encode(), "bundle", "signed by the second key, which counts from 4")
    other_point = replace(point, size=4, root=EMPTY_FRONTIER.append(leaves[:4])[0].root)
    other_receipt = cosign(sign_checkpoint(other_point, CA.sign), other_point, IN.sign, "IN", NOW_MS + 2000)
    early = replace(point, size=3, root=EMPTY_FRONTIER.append(leaves[:3])[0].root)
    early_note = sign_checkpoint(early, CA.next_sign)
    too_early = replace(
        good,
        checkpoint=early_note,
        hashes=inclusion_proof(reader, 2, 3),
        receipt=cosign(early_note, early, IN.sign, "IN", NOW_MS + 2000),
        owner_chain=rotated.to_bytes(),
    )
    last = rotated.keysets[-1]
    revoked = replace(
        last,
        serial=3,
        previous=last.digest,
        sign_keys=(last.sign_keys[0].revoked(2, cosignatures_from=0), last.sign_keys[1]),
    )
    usurper = KeysetChain(XX.root.public).extended(sign_keyset(CA.first_keyset("IN"), XX.root))
    body = good.body or b""
    cases: tuple[tuple[str, EvidenceBundle, str, str], ...] = (
        (
            "header-bit-flipped",
            replace(good, header=flipped(good.header, -1)),
            "integrity",
            "one bit of the header differs",
        ),
        (
            "sealed-digest-bit-flipped",
            replace(good, sealed_digest=flipped(good.sealed_digest, 0)),
            "integrity",
            "one bit",
        ),
        ("index-is-another", replace(good, index=3), "integrity", "said to be entry 3"),
        ("proof-hash-missing", replace(good, hashes=good.hashes[:-1]), "integrity", "one hash too few"),
        ("proof-hash-added", replace(good, hashes=(*good.hashes, bytes(32))), "integrity", "one hash too many"),
        (
            "checkpoint-unsigned",
            replace(good, checkpoint=sign_checkpoint(point, XX.sign)),
            "origin",
            "XX signed for CA",
        ),
        ("key-not-yet-in-force", too_early, "origin", "signed at position 2 by a key that counts from 4"),
        (
            "key-revoked-before",
            replace(good, owner_chain=rotated.extended(sign_keyset(revoked, CA.root)).to_bytes()),
            "origin",
            "revoked from 2",
        ),
        (
            "chain-of-another-root",
            replace(good, owner_chain=usurper.to_bytes()),
            "origin",
            "keysets under the root of XX",
        ),
        ("body-is-another", replace(good, body=BODIES[3].encode()), "content", "the body of entry 3"),
        (
            "salt-bit-flipped",
            replace(good, salt=flipped(good.salt or b"", 0)),
            "content",
            "one bit of the salt differs",
        ),
        ("body-bit-flipped", replace(good, body=flipped(body, -1)), "content", "one bit of the body differs"),
        ("without-receipt", replace(good, receipt=None), "receipt", "nothing shows that it arrived"),
        (
            "receipt-of-another-checkpoint",
            replace(good, receipt=other_receipt),
            "receipt",
            "a receipt for four entries",
        ),
        (
            "receipt-is-the-checkpoint",
            replace(good, receipt=good.checkpoint),
            "receipt",
            "the owner's own signature again",
        ),
    )
    for name, bundle, claim, says in cases:
        out.broken(f"bundle-{name}.cbor", bundle.encode(), "bundle", claim, says)
    whole = good.encode()
    out.broken(
        "bundle-salt-without-body.cbor", altered(whole, {10: None}), "bundle", "unreadable", "the body is missing"
    )
    out.broken("bundle-cut-short.cbor", whole[:-1], "bundle", "unreadable", "the last byte is missing")
    out.broken("bundle-unknown-version.cbor", altered(whole, {1: 2}), "bundle", "unreadable", "version 2")


def make_equivocation(out: Writer, leaves: list[bytes], signed: bytes, receipt: bytes) -> None:
    forked = [*leaves[:3], seed("another leaf", 32), seed("a later leaf", 32), seed("the last leaf", 32)]

    def reader(_level: int, start: int, count: int) -> list[bytes]:
        return forked[start : start + count]

    larger = sign_checkpoint(
        Checkpoint("CA", "IN", 6, EMPTY_FRONTIER.append(forked)[0].root, 0, NOW_MS + 5000), CA.sign
    )
    proof = EquivocationProof(
        smaller=signed,
        larger=larger,
        root_in_larger=EMPTY_FRONTIER.append(forked[:5])[0].root,
        hashes=consistency_proof(reader, 5, 6),
    )
    out.golden(
        "equivocation.cbor",
        encode_equivocation(proof),
        "equivocation",
        "CA signed two logs that differ at entry 3",
        convicts=["CA"],
    )

    def cosigned(stated: Checkpoint, epoch: int = 0) -> bytes:
        return cosign(sign_checkpoint(stated, CA.sign), stated, IN.sign, "IN", NOW_MS + 9000, epoch=epoch)

    forked_point = Checkpoint("CA", "IN", 6, EMPTY_FRONTIER.append(forked)[0].root, 0, NOW_MS + 5000)
    by_receipts = replace(proof, smaller=receipt, larger=cosigned(replace(forked_point, epoch=7)))
    out.golden(
        "equivocation-two-receipts.cbor",
        encode_equivocation(by_receipts),
        "equivocation",
        "IN co-signed both",
        convicts=["IN"],
    )
    shorter = Checkpoint("CA", "IN", 3, EMPTY_FRONTIER.append(leaves[:3])[0].root, 1, NOW_MS + 8000)
    went_back = EquivocationProof(smaller=cosigned(shorter), larger=receipt, root_in_larger=shorter.root)
    out.golden(
        "equivocation-cosigner-went-back.cbor",
        encode_equivocation(went_back),
        "equivocation",
        "IN co-signed three entries in epoch 1 and five in epoch 0",
        convicts=["IN"],
    )
    out.golden(
        "equivocation-checkpoint-and-receipt.cbor",
        encode_equivocation(replace(proof, smaller=receipt)),
        "equivocation",
        "CA signed one log and IN co-signed another",
        convicts=["IN", "CA"],
    )
    blameless, nobody = "trust.contradiction-without-blame", "blames nobody"
    for name, innocent, says in (
        ("owner-restored", replace(proof, larger=sign_checkpoint(replace(forked_point, epoch=7), CA.sign)), nobody),
        ("cosigner-restored", replace(proof, smaller=receipt, larger=cosigned(forked_point, epoch=7)), nobody),
        ("cosigner-restored-and-behind", replace(went_back, smaller=cosigned(shorter, epoch=7)), nobody),
    ):
        data = encode_equivocation(innocent)
        out.broken(f"equivocation-{name}.cbor", data, "equivocation", blameless, says)
    out.broken(
        "equivocation-version-one.cbor",
        altered(encode_equivocation(proof), {1: 1}),
        "equivocation",
        "channel.unknown-version",
        "version 1",
    )
    honest = [*leaves, seed("the next leaf", 32)]

    def honest_reader(_level: int, start: int, count: int) -> list[bytes]:
        return honest[start : start + count]

    continued = sign_checkpoint(
        Checkpoint("CA", "IN", 6, EMPTY_FRONTIER.append(honest)[0].root, 0, NOW_MS + 5000), CA.sign
    )
    innocent = EquivocationProof(
        smaller=signed,
        larger=continued,
        root_in_larger=EMPTY_FRONTIER.append(leaves)[0].root,
        hashes=consistency_proof(honest_reader, 5, 6),
    )
    out.broken(
        "equivocation-of-an-honest-log.cbor",
        encode_equivocation(innocent),
        "equivocation",
        "trust.equivocation-unproven",
        "the larger log continues the smaller",
    )
    unproven = replace(innocent, root_in_larger=bytes(32))
    out.broken(
        "equivocation-without-proof.cbor",
        encode_equivocation(unproven),
        "equivocation",
        "trust.proof-invalid",
        "a root that the larger log never had",
    )


def make_rest(out: Writer) -> None:
    items = [
        DispositionItem(first=0, last=2, state=Disposition.FILED),
        DispositionItem(first=3, last=3, state=Disposition.REFUSED, code="law.refuses", rule="BI-12"),
        DispositionItem(first=4, last=4, state=Disposition.EXPIRED_UNREAD),
    ]
    data = encode_dispositions(items)
    malformed = "channel.malformed-object"
    out.golden("disposition.cbor", data, "disposition", "three filed, one refused, one expired unread")
    entries = cbor2.loads(data)[2]
    for name, changed, says in (
        ("ranges-overlap", [{**entries[0], 2: 3}, *entries[1:]], "0 to 3, then 3"),
        ("refused-without-code", [{**entries[1], 4: None}], "no reason"),
        ("unknown-state", [{**entries[0], 3: "eaten"}], "state eaten"),
        ("backwards", [{**entries[0], 1: 2, 2: 0}], "2 to 0"),
    ):
        out.broken(f"disposition-{name}.cbor", altered(data, {2: changed}), "disposition", malformed, says)
    file = b"A specimen file.\n" * 40
    key = seed("attachment", 32)
    chunk = seal_chunk(key, index=0, size_bytes=len(file), plaintext=file)
    leaves = [chunk_leaf(chunk), seed("another chunk", 32), seed("a third chunk", 32)]
    manifest = AttachmentManifest(
        name="Packing list.txt",
        size_bytes=len(file),
        sha256=hashlib.sha256(file).digest(),
        media_type="text/plain",
        key=key,
        first_chunk=0,
        chunk_count=1,
    )
    out.golden("manifest.cbor", manifest.encode(), "manifest", "one small file")
    particulars = {
        "root": attachment_root(leaves).hex(),
        "index": 0,
        "count": 3,
        "hashes": [h.hex() for h in chunk_proof(leaves, 0)],
        "manifest": "golden/manifest.cbor",
    }
    out.golden("chunk.bin", chunk, "chunk", "its only chunk, the first of three of the envelope", **particulars)
    out.broken(
        "chunk-bit-flipped.bin", flipped(chunk, 0), "chunk", "trust.proof-invalid", "one bit differs", **particulars
    )
    misplaced = {**particulars, "index": 1}
    out.broken("chunk-misplaced.bin", chunk, "chunk", "trust.proof-invalid", "said to be chunk 1", **misplaced)
    miscounted = {**particulars, "count": 4}
    out.broken("chunk-of-another-count.bin", chunk, "chunk", "trust.proof-invalid", "said to be of four", **miscounted)
    for name, changes, says in (
        ("path-for-name", {2: "../../etc/passwd"}, "a path"),
        ("name-turned-around", {2: "list\u202etxt.exe"}, "a character that turns the text around"),
        ("wrong-chunk-count", {8: 2}, "two chunks for 680 bytes"),
    ):
        out.broken(f"manifest-{name}.cbor", altered(manifest.encode(), changes), "manifest", malformed, says)


def make(folder: Path) -> None:
    """Writes all vectors and their index into a folder."""
    out = Writer(folder)
    make_keys(out)
    make_merkle(out)
    capsule = OpenCapsule.generate(CA.archive.public, owner="CA", entropy=entropy_of("capsule"))
    replies = {3: {"in_reply_to": uuid7(NOW_MS, entropy_of("envelope 0"))}, 4: {"attachment_root": seed("root", 32)}}
    entries = [envelope(number, capsule, **replies.get(number, {})) for number in range(5)]
    leaves = [entry.leaf for entry in entries]
    frontier, _ = EMPTY_FRONTIER.append(leaves)
    point = Checkpoint("CA", "IN", 5, frontier.root, 0, NOW_MS + 1000)
    signed = sign_checkpoint(point, CA.sign)
    receipt = cosign(signed, point, IN.sign, "IN", NOW_MS + 2000)
    make_headers(out, entries[2].header)
    make_sealed(out, entries[2], capsule)
    make_notes(out, point, signed, receipt)
    rotated = make_keysets(out)
    state = FrameState(
        out_epoch=0,
        out_size=5,
        out_root=frontier.root,
        out_receipted=0,
        in_epoch=0,
        in_size=0,
        in_root=EMPTY_FRONTIER.root,
        out_serial=1,
    )
    batch = Batch(
        start=0,
        entries=tuple((entry.header, entry.sealed) for entry in entries),
        capsules=(capsule.bytes,),
        checkpoint=signed,
    )
    answer_state = replace(state, out_size=0, out_root=EMPTY_FRONTIER.root, in_size=5, in_root=frontier.root)
    make_frames(
        out,
        Frame(sender="CA", recipient="IN", state=state, sent_ms=NOW_MS + 1000, batch=batch),
        Frame(sender="IN", recipient="CA", state=answer_state, sent_ms=NOW_MS + 2000, receipt=receipt),
    )
    opened = open_sealed(entries[2].header, entries[2].sealed, IN.seal)
    good = EvidenceBundle(
        header=entries[2].header,
        sealed_digest=hashlib.sha256(entries[2].sealed).digest(),
        index=2,
        hashes=inclusion_proof(lambda _level, start, count: leaves[start : start + count], 2, 5),
        checkpoint=signed,
        receipt=receipt,
        owner_chain=CA.chain("IN").to_bytes(),
        cosigner_chain=IN.chain("CA").to_bytes(),
        body=opened.body_bytes,
        salt=opened.salt,
    )
    make_bundles(out, good, entries, rotated)
    make_equivocation(out, leaves, signed, receipt)
    make_rest(out)
    out.file("index.json", json.dumps(out.index, indent=1, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
