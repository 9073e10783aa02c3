"""Checkpoints and receipts: what a party says of its own log, and what its peer confirms of it.

A checkpoint is a C2SP signed note with a tlog-checkpoint body; its owner signs it with both algorithms::

    accord/1/CA/IN                                      origin: the log of CA towards IN
    20852                                               entries
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=        root, base64
    epoch 0                                             the owner's epoch
    time 1790000000000                                  the owner's clock, milliseconds
                                                        (an empty line)
    — accord/1/CA/IN <base64: key hash, Ed25519>
    — accord/1/CA/IN <base64: key hash, ML-DSA-65>

A receipt is the same text and one line more, ``cosigner epoch 0``, under the peer's two co-signatures (C2SP
cosignature/v1): each states the peer's time and says that this was the largest consistent log of that origin it had
stored. It is signed only after the entries are stored, and never for a smaller size. The sixth line is the epoch of the
peer's own log: two receipts of one such epoch that contradict each other convict the peer, and a peer whose storage was
restored, and that began a new epoch, is convicted by nothing that it lost.

A signer's key name is the origin of its own log in the channel: ``accord/1/IN/CA`` co-signs ``accord/1/CA/IN``.
Parsing is strict: exactly these lines, in this order, in their one spelling; rendering what was parsed gives the bytes
back.

Source: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .encoding import LimitExceeded, MalformedObject, require_party
from .envelope import MAX_EPOCH
from .keys import CONTEXT_NOTE, Signature, SignatureInvalid, Signer, VerifyKey
from .limits import MAX_LOG_SIZE, MAX_NOTE_BYTES, MAX_TIME_MS

__all__ = [
    "Checkpoint",
    "Receipt",
    "checkpoint_and_key",
    "checkpoint_text",
    "cosign",
    "is_receipt",
    "note_key_hash",
    "origin_of",
    "read_checkpoint",
    "read_receipt",
    "receipt_and_key",
    "sign_checkpoint",
    "unverified_checkpoint",
    "unverified_cosigner_epoch",
    "unverified_receipt",
]

TYPE_ED25519: Final = b"\x01"
TYPE_ED25519_COSIGNATURE: Final = b"\x04"
TYPE_MLDSA65: Final = b"\xffaccord/1 ML-DSA-65\n"
"""C2SP assigns no byte to ML-DSA-65; 0xff and a longer name is its rule for such types."""
TYPE_MLDSA65_COSIGNATURE: Final = b"\xffaccord/1 ML-DSA-65 cosignature\n"

_ORIGIN: Final = "accord/1/"
_DASH: Final = "\N{EM DASH} ".encode()
_ROOT_BYTES: Final = 32
_KEY_HASH_BYTES: Final = 4
_TIMESTAMP_BYTES: Final = 8
_TEXT_LINES: Final = 5
_COSIGNER_LINE: Final = b"cosigner epoch "
_SIGNATURE_LINES: Final = 2
_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the owner of a log says of it at one moment.

    Args:
        owner: Party code of who appends.
        peer: Party code of who receives.
        size: Number of entries.
        root: Root over them, 32 bytes.
        epoch: The owner's epoch, raised after each recovery.
        time_ms: The owner's clock, milliseconds since the Unix epoch.
    """

    owner: str
    peer: str
    size: int
    root: bytes
    epoch: int
    time_ms: int

    @property
    def origin(self) -> str:
        """Returns the name of the log."""
        return origin_of(self.owner, self.peer)

    @property
    def position(self) -> int:
        """Returns the position at which the signing key must be in force: that of the last entry covered."""
        return max(self.size - 1, 0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the peer confirms: it holds the log of this checkpoint, whole, on its own disk.

    Args:
        checkpoint: What is confirmed.
        cosigner: Party code of who confirms.
        time_ms: The cosigner's clock, milliseconds since the Unix epoch, in whole seconds.
        epoch: The cosigner's own epoch, that of its own log in the channel.
    """

    checkpoint: Checkpoint
    cosigner: str
    time_ms: int
    epoch: int


def origin_of(owner: str, peer: str) -> str:
    """Returns the origin line of the log of ``owner`` towards ``peer``."""
    return f"{_ORIGIN}{owner}/{peer}"


@lru_cache(maxsize=256)
def note_key_hash(name: str, kind: bytes, public: bytes) -> bytes:
    """Returns a signature line's key hash: the first 4 bytes of SHA-256(name || 0x0A || type || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:_KEY_HASH_BYTES]


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """Returns the five lines that are signed."""
    root = base64.b64encode(checkpoint.root).decode()
    return (
        f"{checkpoint.origin}\n{checkpoint.size}\n{root}\nepoch {checkpoint.epoch}\ntime {checkpoint.time_ms}\n"
    ).encode("ascii")


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Signs a checkpoint with both algorithms.

    Returns:
        The signed note.
    """
    text = checkpoint_text(checkpoint)
    _parse_text(text)
    signature = signer.sign(CONTEXT_NOTE, text)
    name = checkpoint.origin
    return b"".join(
        (
            text,
            b"\n",
            _line(name, note_key_hash(name, TYPE_ED25519, signer.public.ed25519) + signature.ed25519),
            _line(name, note_key_hash(name, TYPE_MLDSA65, signer.public.mldsa65) + signature.mldsa65),
        )
    )


def unverified_checkpoint(note: bytes) -> Checkpoint:
    """Reads a checkpoint's text without judging its signatures: to learn which key must have signed, nothing else.

    Raises:
        MalformedObject: If it is not a checkpoint note.
    """
    return _parse(note)[0]


def read_checkpoint(note: bytes, *, verify_key: VerifyKey | Sequence[VerifyKey]) -> Checkpoint:
    """Reads a checkpoint and checks both signatures of its owner.

    Args:
        note: The signed note.
        verify_key: The owner's key in force, or those in force during an overlap.

    Raises:
        MalformedObject: If it is not a checkpoint note in its one spelling.
        SignatureInvalid: If no given key signed it, or a half does not hold.
    """
    return checkpoint_and_key(note, lambda _: verify_key)[0]


def checkpoint_and_key(
    note: bytes, keys_at: Callable[[int], VerifyKey | Sequence[VerifyKey]]
) -> tuple[Checkpoint, VerifyKey]:
    """Reads a checkpoint as ``read_checkpoint`` does, and tells which key signed it.

    Args:
        note: The signed note.
        keys_at: Returns the owner's keys in force at the position that the note states.

    Raises:
        AccordError: As ``read_checkpoint``, and what ``keys_at`` raises.
    """
    checkpoint, text, lines = _parse(note)
    offered = keys_at(checkpoint.position)
    name = checkpoint.origin
    (hash_ed25519, ed25519), (hash_mldsa65, mldsa65) = (_unline(line, name) for line in lines)
    keys = _choose(name, offered, (hash_ed25519, hash_mldsa65), (TYPE_ED25519, TYPE_MLDSA65))
    return checkpoint, _verify_one(keys, text, Signature(ed25519=ed25519, mldsa65=mldsa65))


def cosign(note: bytes, checkpoint: Checkpoint, signer: Signer, cosigner: str, now_ms: int, *, epoch: int = 0) -> bytes:
    """Confirms a checkpoint that was verified and whose entries are stored.

    Args:
        note: The owner's signed checkpoint.
        checkpoint: What it says, as ``read_checkpoint`` returned it.
        signer: The cosigner's key.
        cosigner: The cosigner's party code: the peer that the checkpoint names.
        now_ms: The cosigner's clock, milliseconds since the Unix epoch.
        epoch: The cosigner's own epoch.

    Returns:
        The receipt: the checkpoint's text and the cosigner's epoch under the cosigner's two signatures.

    Raises:
        MalformedObject: If note and checkpoint are not of one another, or the checkpoint is not addressed to the
        cosigner.
    """
    stated, text, _ = _parse(note)
    if stated != checkpoint or cosigner != checkpoint.peer:
        raise MalformedObject("The checkpoint to be confirmed is not the one that was read, or is not for this party.")
    seconds = now_ms // _MS
    text += b"%b%d\n" % (_COSIGNER_LINE, epoch)
    name = origin_of(cosigner, checkpoint.owner)
    signature = signer.sign(CONTEXT_NOTE, _cosigned(seconds, text))
    time = seconds.to_bytes(_TIMESTAMP_BYTES, "big")
    public = signer.public
    return b"".join(
        (
            text,
            b"\n",
            _line(name, note_key_hash(name, TYPE_ED25519_COSIGNATURE, public.ed25519) + time + signature.ed25519),
            _line(name, note_key_hash(name, TYPE_MLDSA65_COSIGNATURE, public.mldsa65) + time + signature.mldsa65),
        )
    )


def unverified_receipt(note: bytes) -> Checkpoint:
    """Reads the checkpoint a receipt confirms without judging the signatures: to learn which key must have signed.

    Raises:
        MalformedObject: If it is not a receipt note.
    """
    return _parse_receipt(note)[0]


def unverified_cosigner_epoch(note: bytes) -> int:
    """Reads the cosigner's epoch in a receipt without judging its signatures.

    Raises:
        MalformedObject: If it is not a receipt note.
    """
    return _parse_receipt(note)[1]


def is_receipt(note: bytes) -> bool:
    """Tells a receipt from a checkpoint by its sixth line; neither is judged."""
    text, _, _ = note.rpartition(b"\n\n")
    return text.rpartition(b"\n")[2].startswith(_COSIGNER_LINE)


def read_receipt(note: bytes, *, verify_key: VerifyKey | Sequence[VerifyKey]) -> Receipt:
    """Reads a receipt and checks both co-signatures.

    Args:
        note: The receipt.
        verify_key: The cosigner's key in force, or those in force during an overlap.

    Raises:
        MalformedObject: If it is not a receipt in its one spelling.
        SignatureInvalid: If no given key signed it, a half does not hold, or the halves state two times.
    """
    return receipt_and_key(note, lambda _: verify_key)[0]


def receipt_and_key(
    note: bytes, keys_at: Callable[[int], VerifyKey | Sequence[VerifyKey]]
) -> tuple[Receipt, VerifyKey]:
    """Reads a receipt as ``read_receipt`` does, and tells which key signed it.

    Args:
        note: The receipt.
        keys_at: Returns the cosigner's keys whose co-signature counts at the size that the note states.

    Raises:
        AccordError: As ``read_receipt``, and what ``keys_at`` raises.
    """
    checkpoint, epoch, text, lines = _parse_receipt(note)
    offered = keys_at(checkpoint.size)
    name = origin_of(checkpoint.peer, checkpoint.owner)
    (hash_ed25519, ed25519), (hash_mldsa65, mldsa65) = (_unline(line, name) for line in lines)
    time = ed25519[:_TIMESTAMP_BYTES]
    if len(time) < _TIMESTAMP_BYTES or time != mldsa65[:_TIMESTAMP_BYTES]:
        raise SignatureInvalid("The two halves of the receipt do not state one time.")
    seconds = int.from_bytes(time, "big")
    if seconds > MAX_TIME_MS // _MS:
        raise MalformedObject("The receipt states a time beyond the year 9999.")
    kinds = (TYPE_ED25519_COSIGNATURE, TYPE_MLDSA65_COSIGNATURE)
    keys = _choose(name, offered, (hash_ed25519, hash_mldsa65), kinds)
    signature = Signature(ed25519=ed25519[_TIMESTAMP_BYTES:], mldsa65=mldsa65[_TIMESTAMP_BYTES:])
    key = _verify_one(keys, _cosigned(seconds, text), signature)
    return Receipt(checkpoint=checkpoint, cosigner=checkpoint.peer, time_ms=seconds * _MS, epoch=epoch), key


def _cosigned(seconds: int, text: bytes) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (seconds, text)


def _line(name: str, signature: bytes) -> bytes:
    return _DASH + name.encode("ascii") + b" " + base64.b64encode(signature) + b"\n"


def _unline(line: bytes, name: str) -> tuple[bytes, bytes]:
    """Returns key hash and signature of one signature line by the expected name."""
    start = _DASH + name.encode("ascii") + b" "
    if not line.startswith(start):
        raise SignatureInvalid(
            f"A signature line is not by {name}: a signature is missing or stands for another.", fields={"name": name}
        )
    encoded = line[len(start) :]
    try:
        signature = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise MalformedObject("A signature line of the note is not base64.") from None
    if base64.b64encode(signature) != encoded:
        raise MalformedObject("A signature line of the note is not in its one spelling.")
    return signature[:_KEY_HASH_BYTES], signature[_KEY_HASH_BYTES:]


def _choose(
    name: str,
    offered: VerifyKey | Sequence[VerifyKey],
    hashes: tuple[bytes, bytes],
    kinds: tuple[bytes, bytes],
) -> list[VerifyKey]:
    """Returns every key with these hashes: 4 bytes are a hint, and who wants two keys of one hash finds them."""
    chosen = [
        key
        for key in ((offered,) if isinstance(offered, VerifyKey) else offered)
        if hashes == (note_key_hash(name, kinds[0], key.ed25519), note_key_hash(name, kinds[1], key.mldsa65))
    ]
    if chosen:
        return chosen
    raise SignatureInvalid(
        f"The note of {name} is not signed by a key in force with both algorithms.",
        code="trust.unknown-note-key",
        fields={"name": name, "key_hash": hashes[0].hex()},
    )


def _verify_one(keys: Sequence[VerifyKey], text: bytes, signature: Signature) -> VerifyKey:
    """Returns which of the keys made both halves; the last one's refusal is the verdict where none did."""
    for key in keys[:-1]:
        with suppress(SignatureInvalid):
            key.verify(CONTEXT_NOTE, text, signature)
            return key
    keys[-1].verify(CONTEXT_NOTE, text, signature)
    return keys[-1]


def _parse(note: bytes) -> tuple[Checkpoint, bytes, list[bytes]]:
    """Splits a checkpoint note into its checkpoint, its signed text and its two signature lines."""
    text, lines = _split(note)
    return _parse_text(text), text, lines


def _parse_receipt(note: bytes) -> tuple[Checkpoint, int, bytes, list[bytes]]:
    """Splits a receipt into its checkpoint, the cosigner's epoch, its signed text and its two signature lines."""
    text, lines = _split(note)
    head, _, last = text[:-1].rpartition(b"\n")
    stated = last.removeprefix(_COSIGNER_LINE)
    # int() takes spellings that the comparison below does not.
    epoch = int(stated) if len(stated) <= 10 and stated.isdigit() else -1
    if not 0 <= epoch <= MAX_EPOCH or last != b"%b%d" % (_COSIGNER_LINE, epoch):
        raise MalformedObject("The note's last line does not state the epoch of a cosigner.")
    return _parse_text(head + b"\n"), epoch, text, lines


def _split(note: bytes) -> tuple[bytes, list[bytes]]:
    """Splits a note into its signed text and its two signature lines."""
    if len(note) > MAX_NOTE_BYTES:
        raise LimitExceeded(
            f"The note has {len(note)} bytes; at most {MAX_NOTE_BYTES} are accepted.",
            fields={"size_bytes": len(note), "limit_bytes": MAX_NOTE_BYTES},
        )
    text, blank, signatures = note.rpartition(b"\n\n")
    lines = signatures.split(b"\n")
    if not blank or lines.pop() != b"":
        raise MalformedObject("The note is malformed: text, an empty line and signature lines are due.")
    if len(lines) != _SIGNATURE_LINES:
        raise SignatureInvalid(
            f"The note has {len(lines)} signatures where exactly {_SIGNATURE_LINES} are due: Ed25519 and ML-DSA-65.",
            code="trust.signature-count",
            fields={"signatures": len(lines)},
        )
    return text + b"\n", lines


# A receipt repeats the text of the checkpoint that it confirms, and whoever checks both reads it once.
@lru_cache(maxsize=16)
def _parse_text(text: bytes) -> Checkpoint:
    try:
        lines = text.decode("ascii").split("\n")
        if len(lines) != _TEXT_LINES + 1:
            raise _not_a_checkpoint()
        origin, size, root, epoch, time = lines[:_TEXT_LINES]
        owner, _, peer = origin.removeprefix(_ORIGIN).partition("/")
        checkpoint = Checkpoint(
            owner=require_party(owner, "note"),
            peer=require_party(peer, "note"),
            size=_number(size),
            root=base64.b64decode(root, validate=True),
            epoch=_number(epoch.removeprefix("epoch ")),
            time_ms=_number(time.removeprefix("time ")),
        )
    except ValueError:  # of decoding, int() and base64 alike
        raise _not_a_checkpoint() from None
    if (
        checkpoint_text(checkpoint) != text
        or owner == peer
        or len(checkpoint.root) != _ROOT_BYTES
        or not checkpoint.size <= MAX_LOG_SIZE
        or not checkpoint.epoch <= MAX_EPOCH
        or not checkpoint.time_ms <= MAX_TIME_MS
    ):
        raise _not_a_checkpoint()
    return checkpoint


def _not_a_checkpoint() -> MalformedObject:
    return MalformedObject("The note's text is not a checkpoint in its one spelling.")


def _number(text: str) -> int:
    if len(text) > 20 or not text.isdigit():
        raise ValueError(text)
    return int(text)
