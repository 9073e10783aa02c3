"""Texts of papers brought to one form, in which a name is found however it was spelled, spaced or disguised.

Case, spaces, hyphens, brackets and accents go; letters of other scripts that look like Latin ones become these; and the
digits and letters that stand for one another on papers (0 and O; 1, I and L) become one.

Source: Unicode Standard Annex 15 (NFKD), Unicode Technical Standard 39 (confusable characters, the Cyrillic and Greek
letters that are drawn as Latin ones).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import compress
from operator import not_
from typing import Final, Literal

import msgspec

__all__ = ["Folded", "as_ascii", "lines_of", "normalised", "spaced", "squeezed"]

_LOOK_ALIKES: Final = str.maketrans(
    msgspec.toml.decode(files(__package__).joinpath("look_alikes.toml").read_text("utf-8"), type=dict[str, str])
)

_ALPHANUMERIC: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


_PIECE: Final = 512
"""Characters of a word that are normalised in one go; no word of a paper has as many."""
_PIECES: Final = re.compile(rf"\s+|\S{{1,{_PIECE}}}")


def _table(kept: bytes, other: int | None) -> bytes:
    table = bytearray(range(256)) if other is None else bytearray([other] * 256)
    for byte in kept:
        table[byte] = bytes([byte]).upper()[0]
    table[ord("\n")] = ord("\n")
    return bytes(table)


_SPACED: Final = _table(_ALPHANUMERIC, ord(" "))
_UPPER: Final = bytearray(_table(_ALPHANUMERIC, None))
for _one, _same in (("0", "O"), ("1", "I"), ("L", "I"), ("l", "I"), ("i", "I")):
    _UPPER[ord(_one)] = ord(_same)
_SQUEEZED: Final = bytes(_UPPER)
_DROPPED: Final = bytes(set(range(256)) - set(_ALPHANUMERIC) - {ord("\n")})


def normalised(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Returns a text in a form of Unicode.

    The accents of a letter are sorted in a time that grows with the square of their number, and a text of nothing else
    would take seconds; so a long text is normalised word by word, and a word that has no end in pieces.

    Args:
        form: The form.
        text: The text.
    """
    if len(text) <= _PIECE:
        return unicodedata.normalize(form, text)
    return _PIECES.sub(lambda piece: unicodedata.normalize(form, piece.group()), text)


def as_ascii(text: str) -> str:
    """Returns a text in ASCII: accents dropped, look-alike letters replaced, what is left outside ASCII dropped."""
    if text.isascii():
        return text
    return normalised("NFKD", text.translate(_LOOK_ALIKES)).encode("ascii", "ignore").decode("ascii")


def squeezed(text: str) -> bytes:
    """Returns the letters and digits of an ASCII text alone, in capitals, with what is mistaken for one another as one.

    Line feeds stay: many lines are folded in one call.
    """
    return text.encode("ascii").translate(_SQUEEZED, _DROPPED)


def spaced(text: str) -> bytes:
    """Returns an ASCII text in capitals with a space for each character that is no letter or digit; line feeds stay."""
    return text.encode("ascii").translate(_SPACED)


class Folded:
    """Many texts, each a line, in the two forms in which words are looked for in all of them at once.

    Args:
        written: Texts without line feeds.
    """

    def __init__(self, written: Sequence[str]) -> None:
        self.foreign: Final = list(compress(range(len(written)), map(not_, map(str.isascii, written))))
        """Places of the texts that are not in ASCII."""
        lines = list(written)
        for place in self.foreign:
            lines[place] = as_ascii(lines[place])
        self.lines: Final[Sequence[str]] = lines
        """As :func:`as_ascii`."""
        # A space before and after each line: a word at its edge has the same shape as one inside.
        text = " \n ".join(lines).encode("ascii")
        self.text: Final = text
        """The lines in ASCII, joined by line feeds, with a space before and after each but at both ends."""
        self.squeezed = text.translate(_SQUEEZED, _DROPPED)
        """As :func:`squeezed`."""
        self.spaced = b" " + text.translate(_SPACED) + b" "
        """As :func:`spaced`, with a space at both ends of each line."""


def lines_of(text: bytes, positions: Iterable[int]) -> Mapping[int, int]:
    """Returns, for each position in a folded text, which of its lines it is in; the first is 0."""
    lines, line, before = {}, 0, 0
    for position in sorted(set(positions)):
        line += text.count(b"\n", before, position)
        lines[position] = line
        before = position
    return lines
