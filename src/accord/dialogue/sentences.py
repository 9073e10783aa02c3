"""Splits a public text into its sentences, in English, French and Hindi (pure).

Nothing of the text is changed or lost: the sentences, one after the other, are the text but for the blanks between
them. A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number or the number of a list;
a danda always does. What closes a quotation or a bracket goes with the sentence that it closes.
"""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["sentences_of"]

_ABBREVIATIONS: Final = {
    "en": "mr mrs ms dr prof gen col lt hon st no nos art arts para paras sec vs etc inc ltd co approx ed vol pp cf "
    "e.g i.e u.s u.k u.n jan feb mar apr jun jul aug sep sept oct nov dec",
    "fr": "m mm mme mmes mlle dr pr me art al p pp n no cf etc ex c.-à-d env av bd vol éd janv févr avr juill sept oct "
    "nov déc",
    "hi": "डॉ श्री प्रो सं क्र पृ ई कु मो रु इं ले मे",
}
_KNOWN: Final = {language: frozenset(words.split()) for language, words in _ABBREVIATIONS.items()}

_CLOSERS: Final = "\"'\u2019\u201d\u00bb)\\]"
_END: Final = re.compile(
    rf"(?:[.!?\u2026]+(?:[\u00a0\u202f ]?[\u00bb]|[{_CLOSERS}])*(?=\s|$))|(?:[\u0964\u0965][{_CLOSERS}]*)"
)
_BULLET: Final = re.compile(r"^\s*(?:[-\u2013\u2014\u2022*]|\(?\w{1,3}[.)])\s+")
_BLOCK: Final = re.compile(r"\n\s*\n")
_LIST_NUMBER: Final = re.compile(r"^\(?(?:\d{1,3}|[ivxlc]{1,5}|\w)[.)]$", re.IGNORECASE)


def sentences_of(text: str, language: str) -> tuple[str, ...]:
    """Returns the sentences of a text.

    Args:
        text: The text; blank lines and list items end a sentence, single line ends do not.
        language: ``en``, ``fr`` or ``hi``; another is read as English.
    """
    known = _KNOWN.get(language, _KNOWN["en"])
    return tuple(sentence for block in _BLOCK.split(text) for item in _items(block) for sentence in _split(item, known))


def _items(block: str) -> Iterator[str]:
    held: list[str] = []
    for line in block.split("\n"):
        if _BULLET.match(line) and held:
            yield " ".join(held)
            held = []
        if line.strip():
            held.append(line.strip())
    if held:
        yield " ".join(held)


def _split(text: str, known: frozenset[str]) -> Iterator[str]:
    start = 0
    for match in _END.finditer(text):
        if match.end() < len(text) and not _ends(text, start, match, known):
            continue
        sentence = text[start : match.end()].strip()
        if sentence:
            yield sentence
        start = match.end()
    rest = text[start:].strip()
    if rest:
        yield rest


def _ends(text: str, start: int, match: re.Match[str], known: frozenset[str]) -> bool:
    mark = match[0]
    if mark[0] in "\u0964\u0965":
        return True
    rest = text[match.end() :].lstrip(" \u00a0\u202f\u00ab\u201c\u2018\"'([")
    if rest and rest[0].islower():
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = text[start : match.start()].split()
    word = re.split("['\u2019]", before[-1].lstrip('(\u00ab\u201c"['))[-1] if before else ""
    if len(before) == 1 and _LIST_NUMBER.match(f"{word}."):
        return False
    is_initial = len(word) == 1 and word.isalpha() and word.isupper()
    return not (is_initial or word.lower() in known)
