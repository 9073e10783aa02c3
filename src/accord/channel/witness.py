"""An independent witness: it holds what it was shown of a log, and co-signs only what extends it.

A witness is a third person: a reviewer's laptop, an institution. It has keys of its own, which no party's root names.
It is defined by a name and two keys, and signs as C2SP has it, so that other tools verify each of its lines:

* an Ed25519 cosignature/v1 over the time and the checkpoint's whole text, key id of type 0x04;
* an ML-DSA-44 subtree/v1 over name, time, origin, size and root, key id of type 0x06.

Both lines are made, and a co-signature holds here only if both do and state one time.

What a co-signature says: at that moment this was the largest log of that origin that the witness had seen, and it
extends every one that it co-signed before. So two histories of one log cannot both bear it.

A request is the body of C2SP's add-checkpoint: the size last co-signed, a consistency proof from it, the checkpoint.
Here it travels as a file, as its answer does; nothing needs a socket.

Source: c2sp.org/tlog-witness, c2sp.org/tlog-cosignature, c2sp.org/signed-note (verifier keys).
"""

import base64
import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from accord.errors import OfficerCanMend, TrustFails

from .checkpoint import Checkpoint, checkpoint_text, note_key_hash, unverified_checkpoint
from .encoding import LimitExceeded, MalformedObject
from .limits import MAX_LOG_SIZE, MAX_NOTE_BYTES, MAX_PROOF_HASHES, MAX_TIME_MS
from .merkle import verify_consistency

__all__ = [
    "MAX_COSIGNED_BYTES",
    "NAME_CHARACTERS_MAX",
    "SEED_BYTES",
    "CosignatureInvalid",
    "WitnessKey",
    "WitnessName",
    "WitnessRefuses",
    "WitnessRequest",
    "WitnessSeed",
    "WitnessSigner",
    "cosignature_lines",
    "cosigned_note",
    "read_cosigned",
    "require_extends",
]

NAME_CHARACTERS_MAX: Final = 100
"""Characters of a witness's name; a schema-less URL such as review.example.org/w1."""

TYPE_ED25519: Final = b"\x04"
TYPE_MLDSA44: Final = b"\x06"
ED25519_BYTES: Final = 32
MLDSA44_BYTES: Final = 1312
ED25519_SIGNATURE_BYTES: Final = 64
MLDSA44_SIGNATURE_BYTES: Final = 2420
SEED_BYTES: Final = 64
"""Ed25519 seed (32) and ML-DSA-44 seed (32)."""

MAX_COSIGNED_BYTES: Final = 4 * MAX_NOTE_BYTES
"""Bytes of a checkpoint with the lines of several witnesses."""

_DASH: Final = "\N{EM DASH} ".encode()
_KEY_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_OWNER_LINES: Final = 2
_HASH_BYTES: Final = 32
_MS: Final = 1000
# C2SP lets a name be any text without blanks or plus signs; these are the ones that no terminal or page can misread.
_NAME: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._/-]{{0,{NAME_CHARACTERS_MAX - 1}}}")


class CosignatureInvalid(TrustFails):
    """A witness's co-signature does not hold, or is not there."""

    code = "trust.cosignature-invalid"


class WitnessRefuses(TrustFails):
    """The log that is shown is not an extension of the one that the witness co-signed before."""

    code = "trust.witness-refuses"
    default_next_step = (
        "Keep both signed checkpoints: together they show two histories. Tell the officers of both sides."
    )


class WitnessName(OfficerCanMend):
    """A name or key of a witness that cannot be used."""

    code = "witness.key-unreadable"
    default_next_step = "Take the two lines of the witness's file of public keys as they are."


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public half of a witness: its name and both keys.

    Args:
        name: What the witness is called in its lines.
        ed25519: 32 bytes.
        mldsa44: 1312 bytes.
    """

    name: str
    ed25519: bytes
    mldsa44: bytes

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None or self.name.startswith("accord/"):
            raise WitnessName(
                "A witness's name has letters, digits, dots, slashes and hyphens, and is no party's.",
                code="witness.name-unusable",
                next_step="Choose a name such as review.example.org/w1.",
            )
        try:
            Ed25519PublicKey.from_public_bytes(self.ed25519)
            MLDSA44PublicKey.from_public_bytes(self.mldsa44)
        except ValueError as error:
            raise WitnessName("The file of public keys does not hold an Ed25519 and an ML-DSA-44 key.") from error

    @property
    def key_ids(self) -> tuple[bytes, bytes]:
        """Returns the ids by which its two kinds of lines are known, 4 bytes each."""
        return (
            note_key_hash(self.name, TYPE_ED25519, self.ed25519),
            note_key_hash(self.name, TYPE_MLDSA44, self.mldsa44),
        )

    def to_text(self) -> str:
        """Returns the two verifier keys of C2SP, a line each."""
        kinds = ((TYPE_ED25519, self.ed25519), (TYPE_MLDSA44, self.mldsa44))
        return "".join(
            f"{self.name}+{identifier.hex()}+{base64.b64encode(kind + public).decode()}\n"
            for identifier, (kind, public) in zip(self.key_ids, kinds, strict=True)
        )

    @classmethod
    def from_text(cls, text: str) -> "WitnessKey":
        """Reads what :meth:`to_text` wrote, in its one spelling.

        Raises:
            WitnessName: It is not the two verifier keys of one witness.
        """
        found: dict[bytes, bytes] = {}
        names: set[str] = set()
        for line in text.replace("\r\n", "\n").strip().split("\n"):
            name, _, rest = line.strip().partition("+")
            _identifier, _, encoded = rest.partition("+")
            try:
                data = base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError) as error:
                raise WitnessName("A line is no verifier key.") from error
            names.add(name)
            found[data[:1]] = data[1:]
        if len(names) != 1 or set(found) != {TYPE_ED25519, TYPE_MLDSA44}:
            raise WitnessName("These are not the two verifier keys of one witness.")
        key = cls(names.pop(), found[TYPE_ED25519], found[TYPE_MLDSA44])
        if key.to_text().split() != text.split():
            raise WitnessName("The ids of the verifier keys are not those of the keys.")
        return key


class WitnessSigner(Protocol):
    """Who can co-sign as a witness."""

    @property
    def public(self) -> WitnessKey:
        """Returns the public half."""
        ...

    def sign(self, ed25519: bytes, mldsa44: bytes) -> tuple[bytes, bytes]:
        """Signs one message with each key."""
        ...


class WitnessSeed:
    """A witness's key in memory; it satisfies :class:`WitnessSigner`."""

    __slots__ = ("_ed25519", "_mldsa44", "_public")

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise WitnessName(f"A witness's seed has {len(seed)} bytes where {SEED_BYTES} are due.")
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(seed[:32])
        self._mldsa44 = MLDSA44PrivateKey.from_seed_bytes(seed[32:])
        self._public = WitnessKey(
            name, self._ed25519.public_key().public_bytes_raw(), self._mldsa44.public_key().public_bytes_raw()
        )

    @property
    def public(self) -> WitnessKey:
        """Returns the public half."""
        return self._public

    def sign(self, ed25519: bytes, mldsa44: bytes) -> tuple[bytes, bytes]:
        """Signs one message with each key."""
        return self._ed25519.sign(ed25519), self._mldsa44.sign(mldsa44)


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessRequest:
    """What a witness is asked to co-sign, as C2SP's add-checkpoint has it.

    Args:
        old_size: The size that the witness last co-signed, 0 for none.
        hashes: RFC 9162 consistency proof from there to the checkpoint.
        checkpoint: The owner's signed note.
    """

    old_size: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    def to_bytes(self) -> bytes:
        """Returns the body of the request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(one).decode() for one in self.hashes), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint

    @classmethod
    def from_bytes(cls, data: bytes) -> "WitnessRequest":
        """Reads a request in its one spelling; :func:`require_extends` judges it.

        Raises:
            LimitExceeded: It is too large.
            MalformedObject: It is no request.
        """
        if len(data) > MAX_COSIGNED_BYTES:
            raise LimitExceeded(f"The request has {len(data)} bytes; at most {MAX_COSIGNED_BYTES} are read.")
        malformed = MalformedObject("The file is not a request to a witness.")
        head, _, note = data.partition(b"\n\n")
        first, *encoded = head.split(b"\n")
        digits = first.removeprefix(b"old ")
        if not first.startswith(b"old ") or not digits.isdigit() or len(digits) > 20 or len(encoded) > MAX_PROOF_HASHES:
            raise malformed
        try:
            hashes = tuple(base64.b64decode(one, validate=True) for one in encoded)
        except binascii.Error:
            raise malformed from None
        request = cls(old_size=int(digits), hashes=hashes, checkpoint=note)
        if request.to_bytes() != data or any(len(one) != _HASH_BYTES for one in hashes):
            raise malformed
        return request


def require_extends(request: WitnessRequest, head: Checkpoint, *, held: Checkpoint | None) -> None:
    """Refuses a checkpoint that does not extend what the witness co-signed before.

    Args:
        request: The request.
        head: What its checkpoint says, verified under the owner's keys.
        held: What the witness last co-signed of this log, ``None`` for nothing.

    Raises:
        WitnessRefuses: It starts elsewhere (``trust.witness-conflict``), goes back, or is another history.
        ProofInvalid: The proof has more or fewer hashes than due, or leads elsewhere.
    """
    size, root = (held.size, held.root) if held is not None else (0, b"")
    if request.old_size != size:
        raise WitnessRefuses(
            f"The request begins at size {request.old_size}, but this witness last co-signed size {size}.",
            code="trust.witness-conflict",
            next_step=f"Ask for a request from size {size} on.",
            fields={"size": size},
        )
    if head.size < size:
        raise WitnessRefuses(f"The log has {head.size} entries now, but had {size} when it was last co-signed.")
    if held is None or size == 0:
        if request.hashes:
            raise WitnessRefuses("A first request has no proof.", code="trust.witness-conflict")
        return
    if head.size == size and head.root != root:
        raise WitnessRefuses(f"The log of {size} entries is not the one of {size} entries that was co-signed.")
    verify_consistency(size, head.size, root, head.root, request.hashes)


def cosignature_lines(head: Checkpoint, signer: WitnessSigner, *, now_ms: int) -> bytes:
    """Co-signs a checkpoint that was verified and found to extend all before; the state is kept before this is given.

    Returns:
        The two signature lines, Ed25519 first.
    """
    key = signer.public
    seconds = now_ms // _MS
    signatures = signer.sign(_cosignature_v1(head, seconds), _subtree_v1(head, seconds, key.name))
    return b"".join(
        _DASH
        + key.name.encode()
        + b" "
        + base64.b64encode(identifier + seconds.to_bytes(_TIME_BYTES, "big") + signature)
        + b"\n"
        for identifier, signature in zip(key.key_ids, signatures, strict=True)
    )


def cosigned_note(checkpoint: bytes, lines: bytes) -> bytes:
    """Returns a checkpoint with a witness's lines behind its owner's, as one signed note."""
    return checkpoint + lines


def read_cosigned(note: bytes, keys: Sequence[WitnessKey]) -> tuple[bytes, Checkpoint, dict[str, int]]:
    """Reads a checkpoint with the lines of witnesses, and checks those of the witnesses that are known.

    Lines of others are passed over, as C2SP has it. The owner's own signature is not judged here.

    Args:
        note: The signed note.
        keys: The witnesses that are known.

    Returns:
        The owner's note alone; what it says; and, by name of the witness, when it co-signed, milliseconds.

    Raises:
        CosignatureInvalid: A known witness's line does not hold, or its two lines do not belong together.
        LimitExceeded: The note is too large.
        MalformedObject: It is no checkpoint.
    """
    if len(note) > MAX_COSIGNED_BYTES:
        raise LimitExceeded(f"The note has {len(note)} bytes; at most {MAX_COSIGNED_BYTES} are read.")
    text, gap, signatures = note.partition(b"\n\n")
    lines = signatures.splitlines(keepends=True)
    owner_note = text + gap + b"".join(lines[:_OWNER_LINES])
    head = unverified_checkpoint(owner_note)
    found: dict[str, int] = {}
    for key in keys:
        own = [line for line in lines[_OWNER_LINES:] if line.startswith(_DASH + key.name.encode() + b" ")]
        if own:
            found[key.name] = _verified(head, key, own)
    return owner_note, head, found


def _verified(head: Checkpoint, key: WitnessKey, lines: Sequence[bytes]) -> int:
    invalid = CosignatureInvalid(f"The co-signature of {key.name} does not hold.", fields={"witness": key.name})
    by_id: dict[bytes, bytes] = {}
    for line in lines:
        try:
            data = base64.b64decode(line.rstrip(b"\n").rpartition(b" ")[2], validate=True)
        except binascii.Error:
            raise invalid from None
        by_id[data[:_KEY_ID_BYTES]] = data[_KEY_ID_BYTES:]
    if set(by_id) < set(key.key_ids):
        raise CosignatureInvalid(
            f"The co-signature of {key.name} lacks one of its two lines, or is by another key.",
            fields={"witness": key.name},
        )
    ed25519, mldsa44 = (by_id.get(identifier, b"") for identifier in key.key_ids)
    time = ed25519[:_TIME_BYTES]
    seconds = int.from_bytes(time, "big")
    lengths = (len(ed25519) - _TIME_BYTES, len(mldsa44) - _TIME_BYTES)
    if (
        lengths != (ED25519_SIGNATURE_BYTES, MLDSA44_SIGNATURE_BYTES)
        or time != mldsa44[:_TIME_BYTES]
        or seconds > MAX_TIME_MS // _MS
    ):
        raise invalid
    try:
        Ed25519PublicKey.from_public_bytes(key.ed25519).verify(ed25519[_TIME_BYTES:], _cosignature_v1(head, seconds))
        signed = _subtree_v1(head, seconds, key.name)
        MLDSA44PublicKey.from_public_bytes(key.mldsa44).verify(mldsa44[_TIME_BYTES:], signed)
    except InvalidSignature:
        raise invalid from None
    return seconds * _MS


def _cosignature_v1(head: Checkpoint, seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (seconds, checkpoint_text(head))


def _subtree_v1(head: Checkpoint, seconds: int, name: str) -> bytes:
    """Returns C2SP's cosigned_message; a log's size stays far below what its eight bytes hold."""
    if head.size > MAX_LOG_SIZE:
        raise LimitExceeded(f"A log of {head.size} entries is too large.")
    origin = head.origin.encode()
    return b"".join(
        (
            b"subtree/v1\n\0",
            struct.pack(">B", len(name)),
            name.encode(),
            struct.pack(">Q", seconds),
            struct.pack(">B", len(origin)),
            origin,
            struct.pack(">QQ", 0, head.size),
            head.root,
        )
    )
