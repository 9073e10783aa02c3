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

__all__ = [
    "TextRefused",
    "check_texts",
    "check_written",
    "first_hidden",
    "first_refused",
    "looks_plain",
    "looks_well_written",
    "texts_in",
]

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


_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "Latin": re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]"),
    "Greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "Cyrillic": re.compile("[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]"),
    "Armenian": re.compile("[\u0531-\u0556\u0560-\u0588]"),
    "Cherokee": re.compile("[\u13a0-\u13fd\uab70-\uabbf]"),
}
"""Scripts whose letters are taken for one another's; Indic letters look like none of them."""

_LOOKS_ALIKE = re.compile(
    "[\u0370-\u052f\u0531-\u0556\u0560-\u0588\u13a0-\u13fd\u1c80-\u1c8f\u1f00-\u1fff\u2de0-\u2dff\ua640-\uabbf]"
)
_BLANK = re.compile(r'"(?:\s|\\[nt])+"')
"""A text of JSON that holds nothing but blanks; the end of one text and the beginning of the next may look so, too."""

_MICRO = re.compile("\u03bc(?:g|m|l|L|s|M|mol)")
"""A unit whose micro sign was typed as the Greek letter: it looks like no Latin one."""

_SHAPING = frozenset("\r\u061c\u200c\u200d\u200e\u200f")
"""Line ends, joiners and direction marks: a text file in Urdu or from Windows holds them, and they reorder no run."""


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


def first_hidden(text: str) -> tuple[int, str] | None:
    """Returns position and name of the first character of a text file that hides or reorders what a reader sees."""
    if text.isascii():
        return None
    for match in _REFUSED.finditer(text):
        if match.group() not in _SHAPING:
            return match.start(), f"U+{ord(match.group()):04X}"
    return None


def _mixed_scripts(text: str) -> tuple[int, tuple[str, ...]] | None:
    """Returns position and scripts of the first word whose letters come from scripts that look alike."""
    if text.isascii() or _LOOKS_ALIKE.search(text) is None:
        return None
    for word in _WORD.finditer(text):
        found = tuple(name for name, letters in _SCRIPTS.items() if letters.search(word.group()))
        if len(found) > 1 and not _MICRO.fullmatch(word.group()):
            return word.start(), found
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


def looks_well_written(payload: bytes) -> bool:
    """Returns whether :func:`check_written` would surely pass a JSON text, so that no field need be looked at.

    It is a quick test for what has been looked through once, as each draft is; ``False`` only means to look again.
    """
    if not looks_plain(payload):
        return False
    text = payload.decode("utf-8", "replace")
    return _BLANK.search(text) is None and (text.isascii() or _LOOKS_ALIKE.search(text) is None)


def texts_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields every text inside a JSON-like value, names of members too, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield f"{path}.{key}" if path else str(key), str(key)
            yield from texts_in(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for index, item in enumerate(value):
            yield from texts_in(item, f"{path}[{index}]")


def check_texts(value: object, *, path: str = "") -> None:
    """Raises when any text inside a JSON-like value holds a refused character.

    Args:
        value: Mapping, sequence, text or anything else (which is passed over).
        path: Path of the value, put before the names of its fields.

    Raises:
        TextRefused: With the field, the position and the character's number; never the text itself.
    """
    for field, text in texts_in(value, path):
        _check_text(field, text)


def _check_text(field: str, text: str) -> None:
    found = first_refused(text)
    if found is not None:
        position, code_point = found
        raise TextRefused(
            f"The field {field!a} holds a character that is refused ({code_point}) at position {position}.",
            fields={"field": field, "position": position, "character": code_point},
        )


def check_written(value: object, *, path: str = "") -> None:
    """Raises when a text that an officer of this side wrote is blank, or mixes scripts that look alike in one word.

    What arrives is not asked this: it stands as its sender wrote it, and nobody here can mend it.

    Args:
        value: As for :func:`check_texts`.
        path: Path of the value, put before the names of its fields.

    Raises:
        TextRefused: With the field and the reason; also for all that :func:`check_texts` refuses.

    Source: Unicode UTS #39, section 5.1 (mixed-script detection).
    """
    for field, text in texts_in(value, path):
        _check_text(field, text)
        if text and not text.strip():
            raise TextRefused(
                f"The field {field!a} holds nothing but blanks.",
                code="text.blank",
                next_step="Write what the field asks for, or leave the field out.",
                fields={"field": field},
            )
        mixed = _mixed_scripts(text)
        if mixed is not None:
            position, scripts = mixed
            raise TextRefused(
                f"The field {field!a} mixes {' and '.join(scripts)} letters in one word at position {position}.",
                code="text.mixed-scripts",
                next_step="Type the word again in one script; two scripts may stand in one sentence, not in one word.",
                fields={"field": field, "position": position, "scripts": list(scripts)},
            )
