"""The two kinds by which a text is offered and answered: an offer carries the bytes, an answer their digest alone.

An offer is CBOR, as the channel's own objects are, because a text may be long and travels packed. An answer is JSON.
Each is the signature of its sender: under an offer, the offerer's; under an ``accept``, the other side's.

This module is read by ``accord verify`` too, without a node: it imports nothing of the database.
"""

import uuid
import zlib
from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from accord.channel.encoding import MapReader, decode, encode
from accord.channel.limits import MAX_PAYLOAD_BYTES
from accord.instruments.canonical import digest_of

__all__ = [
    "OFFER_BYTES_MAX",
    "REASONED",
    "SIGNED_AS_CHARACTERS",
    "TEXT_ANSWER",
    "TEXT_BYTES_MAX",
    "TEXT_OFFER",
    "TYPE_CHARACTERS",
    "TextAnswer",
    "TextOffer",
    "offer_bytes",
    "read_offer",
]

TEXT_OFFER: Final = "text-offer"
TEXT_ANSWER: Final = "text-answer"

OFFER_BYTES_MAX: Final = MAX_PAYLOAD_BYTES
"""An encoded offer: as much as one message carries; a packed plan of 2,000 actions has about half of it."""

TEXT_BYTES_MAX: Final = 16 * 1024 * 1024
"""A text when unpacked, bytes: a plan of 2,000 actions in three languages has some 6 MB."""

NUMBER_MAX: Final = 100_000
"""Texts of one instrument: a new one each day for centuries."""

SIGNED_AS_CHARACTERS: Final = 120
NOTE_CHARACTERS: Final = 2_000
TYPE_CHARACTERS: Final = 32

REASONED: Final = frozenset({"remark", "decline", "end"})
"""Acts that say nothing without their words."""

_WHAT: Final = "text offer"
_VERSION: Final = 1

_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Uuid = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class TextOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A side's offer of a text, which is its signature under it.

    Args:
        instrument: Identifier of the instrument, chosen by whoever began it.
        type: Type of the text.
        number: Number of the text, from 1.
        previous: SHA-256 of the text before it that both sides signed; absent for the first.
        content: Canonical bytes.
        signed_as: Name or function of who signed for the sender.
        note: Words to the other side about the offer; not part of what is signed.
    """

    instrument: uuid.UUID
    type: str
    number: int
    previous: bytes | None
    content: bytes
    signed_as: str
    note: str = ""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the content."""
        return digest_of(self.content)


def offer_bytes(offer: TextOffer) -> bytes:
    """Returns the encoding of an offer, a deterministic CBOR map.

    Its keys: 1 version, 2 instrument (16 bytes), 3 type, 4 number, 5 previous digest or null, 6 digest, 7 content
    packed with zlib (RFC 1950), 8 signed as, 9 note in UTF-8 (may be empty).
    """
    return encode(
        {
            1: _VERSION,
            2: offer.instrument.bytes,
            3: offer.type,
            4: offer.number,
            5: offer.previous,
            6: offer.digest,
            7: zlib.compress(offer.content, 9),
            8: offer.signed_as,
            9: offer.note.encode(),
        }
    )


def read_offer(payload: bytes) -> TextOffer:
    """Returns the offer of a payload; the text is unpacked to its limit and no further.

    Raises:
        MalformedObject: It is not one, its text is too long, or its digest is of other bytes.
    """
    fields = MapReader(decode(payload, what=_WHAT, max_bytes=OFFER_BYTES_MAX), what=_WHAT, known=9)
    fields.version(1, _VERSION)
    number = fields.uint(4, NUMBER_MAX)
    if number < 1:
        raise fields.wrong(4, "is not a number from 1 on")
    previous = None if fields.is_null(5) else fields.octets(5, size=32)
    if (previous is None) is not (number == 1):
        raise fields.wrong(5, "names a text before the first, or none before a later one")
    content = _unpacked(fields.octets(7, maximum=OFFER_BYTES_MAX), fields)
    if digest_of(content) != fields.octets(6, size=32):
        raise fields.wrong(6, "is the digest of other bytes")
    try:
        note = fields.octets(9, maximum=4 * NOTE_CHARACTERS).decode()
    except UnicodeDecodeError as error:
        raise fields.wrong(9, "is not UTF-8") from error
    return TextOffer(
        instrument=uuid.UUID(bytes=fields.octets(2, size=16)),
        type=fields.text(3, maximum=TYPE_CHARACTERS),
        number=number,
        previous=previous,
        content=content,
        signed_as=fields.text(8, maximum=SIGNED_AS_CHARACTERS),
        note=note[:NOTE_CHARACTERS],
    )


def _unpacked(packed: bytes, fields: MapReader) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed, TEXT_BYTES_MAX)
    except zlib.error as error:
        raise fields.wrong(7, "is not packed with zlib") from error
    if not stream.eof or stream.unused_data:
        raise fields.wrong(7, f"is longer than {TEXT_BYTES_MAX} bytes, or is not whole")
    return content


class TextAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a side does with a text: sign it, remark on it, decline it, withdraw its own offer, or end its consent.

    Args:
        schema_version: Version of the schema.
        instrument: Identifier of the instrument.
        number: Number of the text.
        digest: SHA-256 of its canonical bytes, in hexadecimal: what is signed.
        act: ``accept`` is a signature; ``remark`` asks or says something and settles nothing; ``decline`` and
            ``withdraw`` settle an offer; ``end`` ends consent forward.
        signed_as: Name or function of who acted for the sender.
        reason: Why, or the remark; needed to remark, to decline and to end.
        from_day: Day from which consent ends; with ``end`` alone.
    """

    schema_version: Literal[1]
    instrument: _Uuid
    number: Annotated[int, msgspec.Meta(ge=1, le=NUMBER_MAX)]
    digest: _Digest
    act: Literal["accept", "remark", "decline", "withdraw", "end"]
    signed_as: Annotated[str, msgspec.Meta(min_length=1, max_length=SIGNED_AS_CHARACTERS)]
    reason: Annotated[str, msgspec.Meta(max_length=NOTE_CHARACTERS)] = ""
    from_day: date | None = None

    def __post_init__(self) -> None:
        if self.act in REASONED and not self.reason.strip():
            raise ValueError("reason: it is needed to remark, to decline and to end consent")
        if (self.from_day is not None) is not (self.act == "end"):
            raise ValueError("from_day: it stands where consent ends, and nowhere else")
