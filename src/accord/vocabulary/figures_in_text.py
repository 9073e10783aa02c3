"""Numbers and days in a text, in three languages: what must agree between the versions of one text.

A translation may say a thing in other words; it may not say another number or another day. So both are read out of each
version and compared. The reading is lenient about form and strict about value:

* Digits of any script are digits (``३० जून २०२६`` is 30 June 2026). Groups are read as each language writes them:
  ``1,234.5`` and ``1,00,000`` in English and Hindi, ``1 234,5`` in French.
* A day is read from ISO form, from a month in words with its day or year, in any order, and from ``30/06/2026`` where
  only one reading exists. Where two exist (``06/07/2026``) it is reported, not guessed; so is the 31st of June.
* Ordinals are numbers (``1st``, ``1er``, ``1ला``), multipliers are carried out (``5 million``, ``50 लाख``), and hours
  with a.m. or p.m. are hours of the day.
* A number in words may stand for one in digits (``three days``, ``3 jours``), and need not stand for any, because many
  such words have another meaning (French *neuf*, Hindi *दो*).

What it does not do: understand a sentence. Two numbers that change places are not seen.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from accord.vocabulary.figure_words import CARDINALS, MONTHS, MULTIPLIERS, ORDINAL_ENDINGS

__all__ = ["Figures", "figures_of", "missing_in"]

_EDGE_BEFORE: Final = r"(?<![\w\u0900-\u0963\u0970-\u097f])"
_EDGE_AFTER: Final = r"(?![\w\u0900-\u0963\u0970-\u097f])"
"""Edges of a word. ``\\b`` takes the vowel signs of Devanagari for no part of a word."""

_SPACE: Final = "[ \u00a0\u202f]"
_LEAP_YEAR: Final = 2024
"""Stands for the year that is not said, so that 29 February can be."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one version of a text says in figures.

    Args:
        numbers: Numbers in digits.
        days: Days and months, as ``2026-06-30``, ``2026-06``, ``06-30`` or ``06``.
        words: Numbers in words, each of which may be one.
        impossible: Days that no calendar has, as written.
        ambiguous: Days that can be read in two ways, as written.
    """

    numbers: tuple[Decimal, ...] = ()
    days: tuple[str, ...] = ()
    words: tuple[Decimal, ...] = ()
    impossible: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def figures_of(text: str, language: str) -> Figures:
    """Returns the numbers and days of a text.

    Args:
        text: The text.
        language: ``en``, ``fr`` or ``hi``; another is read as English.
    """
    reading = _Reading(_in_ascii_digits(text), language if language in MONTHS else "en")
    return reading.figures()


def missing_in(there: Figures, here: Figures) -> tuple[str, ...]:
    """Returns what stands in one version in figures and is missing in the other, in the order of value.

    Args:
        there: The version in which it stands.
        here: The version in which it is looked for; a number may stand there in words.
    """
    numbers = Counter(there.numbers) - Counter(here.numbers)
    numbers -= Counter(here.words)
    days = Counter(there.days) - Counter(here.days)
    return (*sorted(days.elements()), *(_plain(number) for number in sorted(numbers.elements())))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _in_ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _any_of(words: Mapping[str, int] | Mapping[str, Decimal]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


class _Patterns:
    """The compiled forms of one language."""

    def __init__(self, language: str) -> None:
        month = rf"(?P<month>{_any_of(MONTHS[language])})\.?"
        ordinal = rf"(?:{'|'.join(ORDINAL_ENDINGS[language])})?"
        day, year = rf"(?<!\d)(?P<day>\d{{1,2}})\s?{ordinal}", r"(?P<year>\d{4})(?!\d)"
        # Month names are capitals in English ("may", "march" and "august" are words); Hindi has no case.
        flags = re.IGNORECASE if language == "fr" else 0
        joint = {"en": r"\s+(?:of\s+)?", "fr": r"\s+", "hi": r"\s+"}[language]
        self.days = (
            re.compile(r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)"),
            re.compile(rf"{day}{joint}{_EDGE_BEFORE}{month}{_EDGE_AFTER}(?:,?\s+(?:de\s+)?{year})?", flags),
            re.compile(
                rf"{_EDGE_BEFORE}{month}\s+(?P<day>\d{{1,2}}){ordinal}(?!\d){_EDGE_AFTER}(?:,?\s+{year})?", flags
            ),
            re.compile(rf"{_EDGE_BEFORE}{month}{_EDGE_AFTER},?\s+(?:of\s+|de\s+)?{year}", flags),
        )
        self.slashed = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\d/.-]?\d)")
        self.month = re.compile(rf"{_EDGE_BEFORE}{month}{_EDGE_AFTER}", flags)
        spaced = r"[ \u00a0\u202f]" if language == "fr" else r"[\u00a0\u202f]"
        grouped = rf"\d{{1,3}}(?:{spaced}\d{{3}})+"
        if language == "fr":
            whole, fraction = rf"(?:{grouped}|\d+)", r"(?:[.,]\d+)?"
        else:
            whole, fraction = rf"(?:\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}(?!\d)|{grouped}|\d+)", r"(?:\.\d+)?"
        self.number = re.compile(
            rf"(?P<sign>(?<![^\s(\[])[-\u2212])?(?<!\d)(?P<number>{whole}{fraction})(?!\d)"
            rf"(?:{_SPACE}?(?P<times>{_any_of(MULTIPLIERS[language])}){_EDGE_AFTER})?"
            rf"(?:{_SPACE}?(?P<half>[ap])\.?m\b\.?)?",
            re.IGNORECASE,
        )
        self.word = re.compile(rf"{_EDGE_BEFORE}(?:{_any_of(CARDINALS[language])}){_EDGE_AFTER}", re.IGNORECASE)


_PATTERNS: Final[dict[str, _Patterns]] = {}


def _patterns(language: str) -> _Patterns:
    if language not in _PATTERNS:
        _PATTERNS[language] = _Patterns(language)
    return _PATTERNS[language]


_NO_BARE: Final = frozenset({3, 5})
"""March and May stand for other things where no number is beside them, in one of the languages."""


class _Reading:
    """One text while it is read: what was read is blanked, so that no figure is read twice."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._patterns = _patterns(language)
        self._days: list[str] = []
        self._impossible: list[str] = []
        self._ambiguous: list[str] = []

    def figures(self) -> Figures:
        has_digits = any(sign.isdigit() for sign in self._text)
        if has_digits:
            for pattern in self._patterns.days:
                self._take(pattern, self._take_day)
            self._take(self._patterns.slashed, self._take_slashed)
        self._take(self._patterns.month, self._take_month)
        numbers: list[Decimal] = []
        if has_digits:
            self._take(self._patterns.number, lambda match: numbers.append(self._number(match)))
        cardinals = CARDINALS[self._language]
        return Figures(
            numbers=tuple(numbers),
            days=tuple(self._days),
            words=tuple(Decimal(cardinals[match[0].lower()]) for match in self._patterns.word.finditer(self._text)),
            impossible=tuple(self._impossible),
            ambiguous=tuple(self._ambiguous),
        )

    def _take(self, pattern: re.Pattern[str], take: Callable[[re.Match[str]], None]) -> None:
        def blank(match: re.Match[str]) -> str:
            take(match)
            return " " * len(match[0])

        self._text = pattern.sub(blank, self._text)

    def _take_day(self, match: re.Match[str]) -> None:
        parts = match.groupdict()
        named = parts["month"]
        month = int(named) if named.isdigit() else _month(named, self._language)
        self._note(match[0], parts.get("year"), month, parts.get("day"))

    def _take_slashed(self, match: re.Match[str]) -> None:
        first, second = int(match[1]), int(match[3])
        readings = {
            (month, day) for day, month in ((first, second), (second, first)) if _exists(int(match[4]), month, day)
        }
        if len(readings) > 1:
            self._ambiguous.append(match[0])
        elif readings:
            ((month, day),) = readings
            self._note(match[0], match[4], month, str(day))
        else:
            self._impossible.append(match[0])

    def _take_month(self, match: re.Match[str]) -> None:
        month = _month(match["month"], self._language)
        if month not in _NO_BARE:
            self._days.append(f"{month:02}")

    def _note(self, written: str, year: str | None, month: int, day: str | None) -> None:
        if not _exists(int(year) if year else _LEAP_YEAR, month, int(day) if day else 1):
            self._impossible.append(written.strip())
            return
        parts = [year] if year else []
        parts.append(f"{month:02}")
        if day:
            parts.append(f"{int(day):02}")
        self._days.append("-".join(parts))

    def _number(self, match: re.Match[str]) -> Decimal:
        digits = re.sub("[ \u00a0\u202f]", "", match["number"])
        digits = digits.replace(",", "." if self._language == "fr" else "")
        number = Decimal(digits)
        if match["times"]:
            number *= MULTIPLIERS[self._language][match["times"].lower()]
        if match["half"] and number <= 12:
            number = number % 12 + (12 if match["half"].lower() == "p" else 0)
        return -number if match["sign"] else number


def _month(word: str, language: str) -> int:
    months = MONTHS[language]
    return months[word] if word in months else months[word.lower()]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
