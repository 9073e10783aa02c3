"""A stranger's verifier of evidence bundles, written from docs/protocol.md alone.

It imports nothing from accord: only a CBOR library, a hash and a signature library.

Usage: python verifier.py BUNDLE ROOTS.json
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

SKEW_MS = 5 * 60 * 1000


class Fails(Exception):
    """Something does not hold; the message says what."""


def require(condition: bool, sentence: str) -> None:
    if not condition:
        raise Fails(sentence)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# --- Section 2: encoding ------------------------------------------------------------------------------------------


def plain(value: object) -> bool:
    """Whether a value lies within the protocol's subset of CBOR."""
    if value is None or isinstance(value, (bool, bytes, str)):
        return True
    if isinstance(value, int):
        return -(2**64) <= value < 2**64
    if isinstance(value, list):
        return all(plain(item) for item in value)
    if isinstance(value, dict):
        return all(type(key) is int and key >= 0 and plain(item) for key, item in value.items())
    return False


def load(data: bytes, what: str, known: int, version: int = 1) -> dict[int, Any]:
    try:
        value = cbor2.loads(data, max_depth=16, allow_indefinite=False, allow_duplicate_keys=False)
        again = cbor2.dumps(value, canonical=True) if plain(value) else b""
    except Exception as error:
        raise Fails(f"the {what} is not CBOR") from error
    require(again == data and isinstance(value, dict), f"the {what} is not its deterministic encoding")
    require(all(1 <= key <= known or key >= 1000 for key in value), f"the {what} has an unknown critical field")
    require(set(range(1, known + 1)) <= set(value), f"the {what} lacks a field")
    has_version = what not in {"keyset chain", "signed keyset", "key"}
    require(not has_version or value[1] == version, f"the {what} is of another version")
    return value


def octets(value: object, size: int, what: str) -> bytes:
    if not isinstance(value, bytes) or len(value) != size:
        raise Fails(f"{what} is not {size} bytes long")
    return value


# --- Section 3: keys and signatures -------------------------------------------------------------------------------


def verify_both(public: bytes, ed25519: bytes, mldsa65: bytes, message: bytes, what: str) -> None:
    octets(public, 1984, "a verification key")
    try:
        Ed25519PublicKey.from_public_bytes(public[:32]).verify(ed25519, message)
        MLDSA65PublicKey.from_public_bytes(public[32:]).verify(mldsa65, message)
    except (InvalidSignature, ValueError) as error:
        raise Fails(f"a signature of {what} does not hold") from error


def verify_any(publics: list[bytes], ed25519: bytes, mldsa65: bytes, message: bytes, what: str) -> None:
    for public in publics[:-1]:
        try:
            verify_both(public, ed25519, mldsa65, message, what)
        except Fails:
            continue
        return
    verify_both(publics[-1], ed25519, mldsa65, message, what)


# --- Section 4: Merkle trees --------------------------------------------------------------------------------------


def inclusion_root(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2, step by step, without its last comparison."""
    require(0 <= index < size, "the entry's position lies beyond the log")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        require(sn != 0, "the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = sha256(b"\1" + octets(p, 32, "a hash of the proof") + r)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            r = sha256(b"\1" + r + octets(p, 32, "a hash of the proof"))
        fn >>= 1
        sn >>= 1
    require(sn == 0, "the inclusion proof is too short")
    return r


def verify_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    require(inclusion_root(leaf, index, size, proof) == root, "the inclusion proof does not lead to the root")


def verify_chunk(sealed: bytes, index: int, count: int, proof: list[bytes], counted_root: bytes) -> None:
    """Section 10.2: a chunk proves its index and how many there are."""
    root = inclusion_root(sha256(b"\0" + sealed), index, count, proof)
    counted = sha256(b"\2" + count.to_bytes(4, "big") + root)
    require(counted == counted_root, "the chunk does not stand under the counted root")


# --- Section 7: notes ---------------------------------------------------------------------------------------------


def key_hash(name: str, kind: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + public)[:4]


def split_receipt(note: bytes) -> tuple[bytes, int]:
    """Takes the sixth line out of a receipt; returns the note of five lines and the cosigner's epoch."""
    text, blank, tail = note.rpartition(b"\n\n")
    head, _, last = text.rpartition(b"\n")
    try:
        epoch = int(last.removeprefix(b"cosigner epoch "))
    except ValueError as error:
        raise Fails("a receipt does not state the epoch of its cosigner") from error
    is_spelt = 0 <= epoch < 2**32 and last == b"cosigner epoch %d" % epoch
    require(bool(blank) and is_spelt, "a cosigner's line is misspelt")
    return head + blank + tail, epoch


def parse_note(note: bytes) -> tuple[dict[str, Any], bytes, list[tuple[str, bytes]]]:
    """Returns the checkpoint's fields, the signed text, and the signatures as (name, bytes)."""
    require(len(note) <= 16384, "a note is too long")
    head, blank, tail = note.rpartition(b"\n\n")
    require(bool(blank) and tail.endswith(b"\n"), "a note has no signatures")
    text = head + b"\n"
    try:
        origin, size, root, epoch, time = text.decode("ascii").split("\n")[:5]
        _, _, owner, peer = origin.split("/")
        fields = {
            "owner": owner,
            "peer": peer,
            "size": int(size),
            "root": base64.b64decode(root, validate=True),
            "epoch": int(epoch.removeprefix("epoch ")),
            "time": int(time.removeprefix("time ")),
        }
        rendered = (
            f"accord/1/{owner}/{peer}\n{fields['size']}\n{base64.b64encode(fields['root']).decode()}\n"
            f"epoch {fields['epoch']}\ntime {fields['time']}\n"
        )
        signatures = []
        for line in tail.decode().split("\n")[:-1]:
            dash, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            require(dash == "—" and base64.b64encode(raw).decode() == encoded, "a signature line is misspelt")
            signatures.append((name, raw))
    except ValueError as error:
        raise Fails("a note is malformed") from error
    require(rendered.encode() == text and len(fields["root"]) == 32, "a note is not in its one spelling")
    require(len(signatures) == 2, "a note does not have exactly two signatures")
    return fields, text, signatures


ED, ML = b"\x01", b"\xffaccord/1 ML-DSA-65\n"
ED_CO, ML_CO = b"\x04", b"\xffaccord/1 ML-DSA-65 cosignature\n"


def choose(
    keys: list[bytes], name: str, kinds: tuple[bytes, bytes], signatures: list[tuple[str, bytes]]
) -> list[bytes]:
    """Every key with these hashes: four bytes are a hint, not a name."""
    found = []
    for public in keys:
        wanted = [
            (name, key_hash(name, kinds[0], public[:32])),
            (name, key_hash(name, kinds[1], public[32:])),
        ]
        if [(signer, raw[:4]) for signer, raw in signatures] == wanted:
            found.append(public)
    require(bool(found), f"the note is not signed by a key of {name} that counts there")
    return found


def verify_checkpoint(note: bytes, keys: list[bytes]) -> dict[str, Any]:
    fields, text, signatures = parse_note(note)
    name = f"accord/1/{fields['owner']}/{fields['peer']}"
    chosen = choose(keys, name, (ED, ML), signatures)
    verify_any(chosen, signatures[0][1][4:], signatures[1][1][4:], text, "the checkpoint")
    return fields


def verify_receipt(note: bytes, keys: list[bytes]) -> tuple[dict[str, Any], int]:
    five_lines, epoch = split_receipt(note)
    fields, text, signatures = parse_note(five_lines)
    name = f"accord/1/{fields['peer']}/{fields['owner']}"
    chosen = choose(keys, name, (ED_CO, ML_CO), signatures)
    first, second = signatures[0][1], signatures[1][1]
    require(len(first) > 12 and first[4:12] == second[4:12], "the receipt states two times")
    seconds = int.from_bytes(first[4:12], "big")
    message = b"cosignature/v1\ntime %d\n%bcosigner epoch %d\n" % (seconds, text, epoch)
    verify_any(chosen, first[12:], second[12:], message, "the receipt")
    return fields, seconds * 1000


# --- Section 8: keysets -------------------------------------------------------------------------------------------


def narrows(later: dict[int, Any], earlier: dict[int, Any]) -> bool:
    def not_later(key: int) -> bool:
        return earlier[key] is None or (later[key] is not None and later[key] <= earlier[key])

    vouches_no_more = not_later(5) if earlier[5] is not None else later[5] in {None, 0}
    return later[2] == earlier[2] and not_later(3) and not_later(4) and (earlier[4] is None or vouches_no_more)


def read_chain(data: bytes, party: str, peer: str, root: bytes) -> list[dict[int, Any]]:
    """Verifies a chain of keysets and returns what was last said of each signing key."""
    chain = load(data, "keyset chain", 2)
    require(chain[1] == root, f"the keysets lead to another root key of {party} than the one trusted")
    require(bool(chain[2]), "the chain is empty")
    require(set(chain) == {1, 2}, "the chain has a field that nothing signs")
    said: dict[int, dict[bytes, dict[int, Any]]] = {10: {}, 11: {}, 12: {}}
    previous: dict[int, Any] | None = None
    previous_bytes = b""
    for signed in chain[2]:
        pair = load(signed, "signed keyset", 2)
        require(set(pair) == {1, 2}, "a signed keyset has a field that nothing signs")
        signature = octets(pair[2], 3373, "a root signature")
        message = b"accord/1\0" + (6).to_bytes(2, "big") + b"keyset" + pair[1]
        verify_both(root, signature[:64], signature[64:], message, f"the root of {party}")
        keyset = load(pair[1], "keyset", 13)
        require((keyset[2], keyset[3], keyset[4]) == (1, party, peer), "a keyset is of another party, peer or suite")
        if previous is None:
            require(keyset[5] == 1 and keyset[6] is None, "the first keyset is not the first")
        else:
            require(keyset[5] == previous[5] + 1, "a keyset is missing")
            require(keyset[6] == sha256(previous_bytes), "a keyset does not follow the one before")
            require(keyset[7] >= previous[7], "a keyset was issued before the one before")
        for kind, known in said.items():
            stated = {entry[1]: entry for entry in keyset[kind]}
            for public, entry in known.items():
                if public in stated:
                    require(narrows(stated[public], entry), "a keyset says more for a key than before")
                else:
                    require(entry[3] is not None or entry[4] is not None, "a keyset leaves out a key without an end")
            for entry in keyset[kind]:
                require({key for key in entry if key < 1000} == {1, 2, 3, 4, 5}, "a key's entry is malformed")
            known.update(stated)
        previous, previous_bytes = keyset, pair[1]
    return list(said[10].values())


def signing_keys(entries: list[dict[int, Any]], position: int) -> list[bytes]:
    return [
        entry[1]
        for entry in entries
        if entry[2] <= position
        and (entry[3] is None or position < entry[3])
        and (entry[4] is None or position < entry[4])
    ]


def cosigning_keys(entries: list[dict[int, Any]], size: int) -> list[bytes]:
    return [entry[1] for entry in entries if entry[4] is None or (entry[5] is not None and size < entry[5])]


# --- Section 11: evidence bundles ---------------------------------------------------------------------------------


def verify_bundle(data: bytes, roots: dict[str, bytes]) -> list[str]:
    """Returns what the bundle proves, in sentences; raises ``Fails`` with the reason otherwise."""
    bundle = load(data, "bundle", 11)
    header = load(bundle[2], "header", 14, version=2)
    require(header[2] == 1, "the header names an unknown suite")
    sender, recipient = header[4], header[5]
    require(sender in roots and recipient in roots, "a root key is missing")

    checkpoint, _, _ = parse_note(bundle[6])
    require((checkpoint["owner"], checkpoint["peer"]) == (sender, recipient), "the checkpoint is of another log")
    leaf = sha256(b"\0" + sha256(bundle[2]) + octets(bundle[3], 32, "the sealed body's digest"))
    verify_inclusion(leaf, bundle[4], checkpoint["size"], bundle[5], checkpoint["root"])
    proven = [f"integrity: entry {bundle[4]} of {checkpoint['size']} in the log of {sender} towards {recipient}"]

    owner_keys = read_chain(bundle[8], sender, recipient, roots[sender])
    verify_checkpoint(bundle[6], signing_keys(owner_keys, max(checkpoint["size"] - 1, 0)))
    proven.append(f"origin: signed by {sender}")

    require((bundle[10] is None) == (bundle[11] is None), "salt and body must come together")
    if bundle[10] is not None:
        octets(bundle[11], 32, "the salt")
        require(sha256(bundle[11] + bundle[10]) == header[10], "the content is not what the header commits to")
        body = load(bundle[10], "body", 6)
        proven.append(f"content: a {body[2]} of {len(body[4])} bytes")

    require(bundle[7] is not None, "there is no receipt")
    cosigner_keys = read_chain(bundle[9], recipient, sender, roots[recipient])
    stated, _, _ = parse_note(split_receipt(bundle[7])[0])
    confirmed, received_ms = verify_receipt(bundle[7], cosigning_keys(cosigner_keys, stated["size"]))
    require(confirmed == checkpoint, "the receipt is of another checkpoint")
    proven.append(f"receipt: co-signed by {recipient}")

    fits = header[7] <= checkpoint["time"] + SKEW_MS and received_ms >= checkpoint["time"] - SKEW_MS
    doubt = "" if fits else " (these contradict each other)"
    proven.append(f"time: {header[7]} created, {checkpoint['time']} signed, {received_ms} received{doubt}")
    return proven


# --- Section 9.6: two logs ----------------------------------------------------------------------------------------


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> None:
    """RFC 9162, 2.1.4.2, step by step."""
    if old in {0, new}:
        same = old_root == (sha256(b"") if old == 0 else new_root)
        require(not proof and same, "the consistency proof does not hold")
        return
    path = proof if old & (old - 1) else [old_root, *proof]
    require(bool(path), "the consistency proof is empty")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = octets(path[0], 32, "a hash of the proof")
    for c in path[1:]:
        require(sn != 0, "the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr = sha256(b"\1" + octets(c, 32, "a hash of the proof") + fr)
            sr = sha256(b"\1" + c + sr)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            sr = sha256(b"\1" + sr + octets(c, 32, "a hash of the proof"))
        fn >>= 1
        sn >>= 1
    require((fr, sr, sn) == (old_root, new_root, 0), "the consistency proof does not hold")


def verify_equivocation(data: bytes, chains: list[bytes], roots: dict[str, bytes]) -> list[str]:
    """Returns who broke its word: one party, or two of which one did; raises ``Fails`` where nobody is convicted."""
    proof = load(data, "equivocation proof", 5, version=2)
    signers, said, epochs = [], [], []
    for note in (proof[2], proof[3]):
        is_receipt = note.rpartition(b"\n\n")[0].rpartition(b"\n")[2].startswith(b"cosigner epoch ")
        fields = parse_note(split_receipt(note)[0] if is_receipt else note)[0]
        party, other = (fields["peer"], fields["owner"]) if is_receipt else (fields["owner"], fields["peer"])
        entries = None
        for chain in chains:
            try:
                entries = read_chain(chain, party, other, roots[party])
            except (Fails, KeyError):
                continue
        require(entries is not None, f"the keysets of {party} are missing")
        if is_receipt:
            verify_receipt(note, cosigning_keys(entries or [], fields["size"]))
        else:
            verify_checkpoint(note, signing_keys(entries or [], max(fields["size"] - 1, 0)))
        signers.append(party)
        said.append(fields)
        epochs.append((fields["epoch"], split_receipt(note)[1] if is_receipt else None))
    one, other_one = said
    require((one["owner"], one["peer"]) == (other_one["owner"], other_one["peer"]), "the notes are of two logs")
    require(one["size"] <= other_one["size"], "the notes stand in the wrong order")
    both_receipts = None not in (epochs[0][1], epochs[1][1])
    if both_receipts and one["size"] < other_one["size"] and one["epoch"] > other_one["epoch"]:
        require(proof[4] == one["root"] and proof[5] == [], "the proof holds hashes that prove nothing")
    else:
        verify_consistency(one["size"], other_one["size"], proof[4], other_one["root"], proof[5])
        require(proof[4] != one["root"], "the notes can be of one log")
    which = 1 if both_receipts else 0
    require(epochs[0][which] == epochs[1][which], "the notes are of two epochs, which blames nobody")
    return list(dict.fromkeys(signers))


def main(arguments: list[str]) -> int:
    bundle, roots_file = arguments
    listed = json.loads(Path(roots_file).read_text(encoding="utf-8"))["roots"]
    roots = {item["party"]: base64.b64decode(item["root"]) for item in listed}
    try:
        for sentence in verify_bundle(Path(bundle).read_bytes(), roots):
            sys.stdout.write(sentence + "\n")
    except Fails as failure:
        sys.stdout.write(f"does not hold: {failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
