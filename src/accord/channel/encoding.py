"""Deterministic CBOR: one value has one encoding, and nothing else is read.

Promise: ``decode(encode(x)) == x`` and ``encode(decode(b)) == b`` for every ``b`` that decodes at all.

The subset is deliberately small: unsigned and negative integers of at most 64 bits, byte strings, text strings
(UTF-8), arrays, maps whose keys are unsigned integers in ascending order, ``false``, ``true`` and ``null``.
No floats, no tags, no indefinite lengths, no duplicate keys, no undefined, no bytes after the object.

A stranger's bytes are scanned before any value is made of them: the scan allocates nothing, refuses a length that
exceeds the bytes present, and bounds depth and number of items. Only then does the CBOR library build the values, and
what it built must encode to the same bytes again.

Unknown map keys below 1000 are critical and refused; from 1000 on they are ignorable, kept, and emitted again.
"""

import re
from collections.abc import Mapping
from typing import Final, cast

import cbor2

from accord.errors import OurFault, PeerFault

from .limits import MAX_DEPTH, MAX_OBJECT_ITEMS, MAX_PARTY_CHARS, MAX_TIME_MS, MAX_WORD_CHARS

__all__ = [
    "FIRST_IGNORABLE_KEY",
    "LimitExceeded",
    "MalformedObject",
    "MapReader",
    "Unencodable",
    "decode",
    "encode",
    "extended",
    "require_party",
]

FIRST_IGNORABLE_KEY: Final = 1000
"""Map keys from here on may be ignored by who does not know them. Source: docs/protocol.md, "Versions and unknown
fields"."""

_PARTY: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_PARTY_CHARS - 1}}}")
_WORD: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._:/-]{{0,{MAX_WORD_CHARS - 1}}}")
_NOT_A_MAP: Final = -2
_UINT_MAX: Final = 2**64 - 1


class MalformedObject(PeerFault):
    """Bytes that are not the one encoding of an object of this protocol."""

    code = "channel.malformed-object"


class LimitExceeded(PeerFault):
    """An object larger, deeper or longer than the protocol allows."""

    code = "channel.limit-exceeded"
    http_status = 413


class Unencodable(OurFault):
    """A value of ours that the deterministic encoding cannot carry."""

    code = "channel.unencodable"


def encode(obj: object) -> bytes:
    """Encodes a value as deterministic CBOR (RFC 8949, 4.2.1).

    Args:
        obj: Integers, bytes, text, booleans, ``None``, sequences and maps with unsigned integer keys of those.

    Raises:
        Unencodable: If the value lies outside the subset.
    """
    try:
        data = cbor2.dumps(obj)
        try:
            _scan(data, "our own object", max_depth=64, max_items=len(data) + 1)
        except MalformedObject:
            # Almost always the keys already stand in order; sorting them costs three times the encoding.
            data = cbor2.dumps(obj, canonical=True)
            _scan(data, "our own object", max_depth=64, max_items=len(data) + 1)
    except (PeerFault, cbor2.CBOREncodeError, TypeError, ValueError) as error:
        raise Unencodable(f"A value cannot be encoded: {error}.") from error
    return data


def decode(
    data: bytes,
    *,
    what: str,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_OBJECT_ITEMS,
) -> object:
    """Decodes one object, refusing every encoding but the deterministic one.

    Args:
        data: The whole object.
        what: What it is said to be, in words, for the refusal ("header", "frame").
        max_bytes: Longest accepted encoding in bytes.
        max_depth: Deepest accepted nesting of arrays and maps.
        max_items: Largest accepted number of data items, map keys included.

    Raises:
        LimitExceeded: If a limit is exceeded; nothing was allocated.
        MalformedObject: If the bytes are not deterministic CBOR of the subset.
    """
    if len(data) > max_bytes:
        raise LimitExceeded(
            f"The {what} has {len(data)} bytes; at most {max_bytes} are accepted.",
            fields={"what": what, "size_bytes": len(data), "limit_bytes": max_bytes},
        )
    _scan(data, what, max_depth=max_depth, max_items=max_items)
    try:
        obj: object = cbor2.loads(data, max_depth=max_depth + 1, allow_indefinite=False, allow_duplicate_keys=False)
        again = cbor2.dumps(obj)  # the scan has seen that the keys stand in order
    except (cbor2.CBORError, ValueError, TypeError) as error:
        raise _malformed(what, "it does not decode") from error
    if again != data:
        raise _malformed(what, "it is not its own deterministic encoding")
    return obj


def _malformed(what: str, why: str, position: int | None = None) -> MalformedObject:
    at = "" if position is None else f" (at byte {position})"
    return MalformedObject(f"The {what} is malformed: {why}{at}.", fields={"what": what})


def _scan(  # noqa: C901, PLR0912, PLR0915 - one flat loop is what makes it cheap and auditable
    data: bytes, what: str, *, max_depth: int, max_items: int
) -> None:
    """Walks the bytes once without building a value; refuses what is outside the subset."""
    size = len(data)
    position = 0
    items = 0
    suspended: list[tuple[int, int]] = []
    left, last_key = 1, _NOT_A_MAP
    try:
        while True:
            while left == 0:
                if not suspended:
                    if position != size:
                        raise _malformed(what, "bytes follow the object", position)
                    return
                left, last_key = suspended.pop()
            left -= 1
            items += 1
            first = data[position]
            if last_key != _NOT_A_MAP:
                # A map's pair: the key must be an unsigned integer above the one before it.
                items += 1
                if first < 24:
                    position, argument = position + 1, first
                elif first < 28:
                    position, argument = _argument(data, position, first, what)
                else:
                    raise _malformed(what, "a map key is not an unsigned integer", position)
                if argument <= last_key:
                    raise _malformed(what, "map keys are not in ascending order", position)
                last_key = argument
                first = data[position]
            if items > max_items:
                raise LimitExceeded(
                    f"The {what} has more than {max_items} data items.", fields={"what": what, "limit": max_items}
                )
            info = first & 31
            if info < 24:
                position, argument = position + 1, info
            elif info < 28:
                position, argument = _argument(data, position, info, what)
            else:
                raise _malformed(what, "a length is indefinite or reserved", position)
            major = first >> 5
            if major < 2:
                continue
            if major < 4:
                if argument > size - position:
                    raise _malformed(what, "a string is longer than the bytes present", position)
                position += argument
            elif major < 6:
                if argument > size - position:
                    raise _malformed(what, "a container claims more items than there are bytes", position)
                if len(suspended) >= max_depth:
                    raise LimitExceeded(
                        f"The {what} nests deeper than {max_depth}.", fields={"what": what, "limit": max_depth}
                    )
                suspended.append((left, last_key))
                left, last_key = argument, (-1 if major == 5 else _NOT_A_MAP)
            elif first not in {0xF4, 0xF5, 0xF6}:
                raise _malformed(what, "a tag, float or other simple value is not part of the protocol", position)
    except IndexError:
        raise _malformed(what, "it ends too early", size) from None


def _argument(data: bytes, position: int, info: int, what: str) -> tuple[int, int]:
    """Reads a 1, 2, 4 or 8 byte argument that must not fit the next shorter form."""
    width = 1 << (info - 24)
    end = position + 1 + width
    if end > len(data):
        raise _malformed(what, "it ends too early", position)
    value = int.from_bytes(data[position + 1 : end], "big")
    if value < 24 or (width > 1 and value >> (4 * width) == 0):
        raise _malformed(what, "an integer or length is not in its shortest form", position)
    return end, value


def extended(fields: dict[int, object], extensions: Mapping[int, object]) -> dict[int, object]:
    """Joins an object's own fields with its ignorable ones.

    Raises:
        Unencodable: If an extension key lies in the critical range.
    """
    for key in extensions:
        if key < FIRST_IGNORABLE_KEY:
            raise Unencodable(f"Extension key {key} is reserved for the protocol; use {FIRST_IGNORABLE_KEY} or above.")
    return {**fields, **extensions} if extensions else fields


def require_party(code: object, what: str) -> str:
    """Returns a party code: 1 to 32 of A-Z a-z 0-9 . _ - beginning with a letter or digit; it names logs and keys.

    Raises:
        MalformedObject: If it is anything else.
    """
    if type(code) is not str or not _PARTY.fullmatch(code):
        raise _malformed(what, "it names a party by what is not a party code")
    return code


class MapReader:
    """Reads the fields of one decoded map, each with its type and bounds; nothing is assumed.

    Args:
        obj: What ``decode`` returned.
        what: What the object is said to be, for refusals.
        known: Highest key of the protocol in this object; a key above it and below 1000 is critical and unknown.
    """

    __slots__ = ("_fields", "_what")

    def __init__(self, obj: object, *, what: str, known: int) -> None:
        if not isinstance(obj, dict):
            raise _malformed(what, "it is not a map")
        self._fields = cast("dict[int, object]", obj)
        self._what = what
        for key in self._fields:
            if not 1 <= key <= known and key < FIRST_IGNORABLE_KEY:
                raise MalformedObject(
                    f"The {what} has field {key}, which this version does not know and may not ignore.",
                    code="channel.unknown-critical-field",
                    next_step="Ask both operators to agree on a version; nothing was stored.",
                    fields={"what": what, "key": key},
                )

    def extensions(self) -> dict[int, object]:
        """Returns the ignorable fields (keys from 1000 on), to be kept and emitted again."""
        return {key: value for key, value in self._fields.items() if key >= FIRST_IGNORABLE_KEY}

    def wrong(self, key: int, why: str) -> MalformedObject:
        """Returns the refusal of one field."""
        return MalformedObject(
            f"The {self._what} is malformed: field {key} {why}.", fields={"what": self._what, "key": key}
        )

    def version(self, key: int, supported: int) -> int:
        """Returns the object's version, which must be the supported one."""
        value = self.uint(key)
        if value != supported:
            raise MalformedObject(
                f"The {self._what} has version {value}; this node speaks {supported}.",
                code="channel.unknown-version",
                next_step="Ask both operators to agree on a version; nothing was stored.",
                fields={"what": self._what, "version": value},
            )
        return value

    def uint(self, key: int, maximum: int = _UINT_MAX) -> int:
        """Returns an unsigned integer not above ``maximum``."""
        value = self._fields.get(key)
        if type(value) is not int or not 0 <= value <= maximum:
            raise self.wrong(key, f"is not an unsigned integer up to {maximum}")
        return value

    def time_ms(self, key: int) -> int:
        """Returns a time in milliseconds since the Unix epoch."""
        return self.uint(key, MAX_TIME_MS)

    def octets(self, key: int, *, size: int | None = None, maximum: int | None = None) -> bytes:
        """Returns a byte string of exactly ``size`` or at most ``maximum`` bytes."""
        value = self._fields.get(key)
        if type(value) is not bytes:
            raise self.wrong(key, "is not a byte string")
        if size is not None and len(value) != size:
            raise self.wrong(key, f"has {len(value)} bytes where {size} are due")
        if maximum is not None and len(value) > maximum:
            raise LimitExceeded(
                f"Field {key} of the {self._what} has {len(value)} bytes; at most {maximum} are accepted.",
                fields={"what": self._what, "key": key, "limit_bytes": maximum},
            )
        return value

    def text(self, key: int, *, maximum: int) -> str:
        """Returns a non-empty text of at most ``maximum`` characters."""
        value = self._fields.get(key)
        if type(value) is not str or not 0 < len(value) <= maximum:
            raise self.wrong(key, f"is not a text of 1 to {maximum} characters")
        return value

    def party(self, key: int) -> str:
        """Returns a party code."""
        return require_party(self._fields.get(key), self._what)

    def word(self, key: int) -> str:
        """Returns a short ASCII word such as a kind, a handling code or a reason code."""
        value = self._fields.get(key)
        if type(value) is not str or not _WORD.fullmatch(value):
            raise self.wrong(key, "is not a word of ASCII letters, digits and . _ : / -")
        return value

    def array(self, key: int, *, maximum: int) -> list[object]:
        """Returns an array of at most ``maximum`` items."""
        value = self._fields.get(key)
        if type(value) is not list:
            raise self.wrong(key, "is not an array")
        items = cast("list[object]", value)
        if len(items) > maximum:
            raise LimitExceeded(
                f"Field {key} of the {self._what} has {len(items)} items; at most {maximum} are accepted.",
                fields={"what": self._what, "key": key, "limit": maximum},
            )
        return items

    def octet_array(
        self, key: int, *, maximum: int, size: int | None = None, each: int | None = None
    ) -> tuple[bytes, ...]:
        """Returns an array of byte strings, each of exactly ``size`` or at most ``each`` bytes."""
        items = self.array(key, maximum=maximum)
        for item in items:
            if (
                type(item) is not bytes
                or (size is not None and len(item) != size)
                or (each is not None and len(item) > each)
            ):
                raise self.wrong(key, "is not an array of byte strings of the due length")
        return tuple(cast("list[bytes]", items))

    def value(self, key: int) -> object:
        """Returns the raw value of a field that must be present (it may be null)."""
        if key not in self._fields:
            raise self.wrong(key, "is missing")
        return self._fields[key]

    def is_null(self, key: int) -> bool:
        """Tells whether a field is present and null; a missing field is refused."""
        return self.value(key) is None
