"""Canonical bytes: one value has one text, so that two sides sign the same bytes or see that they do not.

JSON with sorted keys, no blanks, UTF-8, no floats; text in Unicode's composed form (NFC). A stranger reads it with any
JSON library, and makes the digest with SHA-256 over the bytes as they are.

Source: RFC 8785 as a model; numbers are integers or texts here, so that its rules for floats are not needed.
"""

import hashlib
import unicodedata
from typing import TypeVar

import msgspec

__all__ = ["canonical_bytes", "canonical_json", "digest_of", "read_canonical"]

_Value = TypeVar("_Value", bound=msgspec.Struct)


def canonical_bytes(value: msgspec.Struct) -> bytes:
    """Returns the one encoding of a value.

    Args:
        value: A msgspec struct without floats.
    """
    return canonical_json(value)


def canonical_json(value: object) -> bytes:
    """Returns the one encoding of a value of JSON types, as :func:`canonical_bytes` does of a struct."""
    return unicodedata.normalize("NFC", msgspec.json.encode(value, order="sorted").decode()).encode()


def read_canonical(content: bytes, type_: type[_Value]) -> _Value:
    """Returns the value of canonical bytes.

    Raises:
        msgspec.ValidationError: They are not of the type.
        ValueError: They are not the one encoding of their value.
    """
    value = msgspec.json.decode(content, type=type_)
    if canonical_bytes(value) != content:
        msg = "The text is not in its canonical form."
        raise ValueError(msg)
    return value


def digest_of(content: bytes) -> bytes:
    """Returns the SHA-256 that is signed."""
    return hashlib.sha256(content).digest()
