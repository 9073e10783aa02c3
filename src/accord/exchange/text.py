"""What a text on the wire may hold: composed Unicode, no character that hides or reorders what a reader sees.

An officer at the other side must read what was approved here. Three families of characters break that promise and
are refused wherever they stand, with the field and the position: bidirectional controls (they reorder), zero-width
and tag characters (they hide), and control characters other than line feed and tab.

The two joiners U+200C and U+200D are needed to write Hindi and other Indic languages. They are let through only
directly after a virama, where they change the shape of a letter and hide nothing.

Source: Unicode UAX #9 and UTS #39; RFC 5892, appendix A.1 and A.2 (the joiner rule); CVE-2021-42574.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from accord.errors import OfficerCanMend

__all__ = ["TextRefused", "check_texts", "first_refused", "looks_plain"]

_JOINERS = frozenset("\u200c\u200d")
VIRAMA_COMBINING_CLASS = 9
"""Canonical combining class of a virama (Unicode Character Database, field 3)."""

_REFUSED = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls but for tab and line feed
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, joiners and fillers that show nothing
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidirectional controls, isolates
    "\u3164\ufeff\uffa0\ufff9-\uffff"  # fillers, byte order mark, interlinear marks, non-characters
    "\ud800-\udfff"  # lone surrogates
    "\U000e0000-\U000e0fff"  # tags and variation selectors supplement
    "]"
)


class TextRefused(OfficerCanMend):
    """A text holds a character that hides or reorders, or is not composed (NFC)."""

    code = "text.refused-character"
    default_next_step = "Delete the character at the position named and type the word again."


def _joiner_is_in_place(text: str, position: int) -> bool:
    return (
        text[position] in _JOINERS
        and position > 0
        and unicodedata.combining(text[position - 1]) == VIRAMA_COMBINING_CLASS
    )


def first_refused(text: str) -> tuple[int, str] | None:
    """Returns position and name of the first refused character, or ``None`` when the text is plain."""
    if text.isascii() and text.isprintable():
        return None
    for match in _REFUSED.finditer(text):
        if not _joiner_is_in_place(text, match.start()):
            return match.start(), f"U+{ord(match.group()):04X}"
    if not unicodedata.is_normalized("NFC", text):
        composed = unicodedata.normalize("NFC", text)
        pairs = zip(text, composed, strict=False)
        return next((i for i, (a, b) in enumerate(pairs) if a != b), len(composed)), "not-NFC"
    return None


def looks_plain(payload: bytes) -> bool:
    """Returns whether a JSON text surely holds no refused character, so that no field need be looked at.

    It is a quick test for the receiving path: ``False`` only means that :func:`check_texts` must look.
    """
    if any(mark in payload for mark in (b"\\u", b"\\b", b"\\f", b"\\r", b"\x7f")):
        return False
    if payload.isascii():
        return True
    # Every part of a text in NFC is in NFC, so the whole need be looked at once.
    text = payload.decode("utf-8", "replace")
    return _REFUSED.search(text) is None and unicodedata.is_normalized("NFC", text)


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield f"{path}.{key}" if path else str(key), str(key)
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")


def check_texts(value: object, *, path: str = "") -> None:
    """Raises when any text inside a JSON-like value holds a refused character.

    Args:
        value: Mapping, sequence, text or anything else (which is passed over).
        path: Path of the value, put before the names of its fields.

    Raises:
        TextRefused: With the field, the position and the character's number; never the text itself.
    """
    for field, text in _texts(value, path):
        found = first_refused(text)
        if found is not None:
            position, code_point = found
            raise TextRefused(
                f"The field {field!a} holds a character that is refused ({code_point}) at position {position}.",
                fields={"field": field, "position": position, "character": code_point},
            )
