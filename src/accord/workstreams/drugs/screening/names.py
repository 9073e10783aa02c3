"""Names and numbers of a table found in many lines at once, each name with at most one typing error.

A name of at least ten letters and digits is cut into two halves with two letters between them. Whatever one error does
to it, one half stays whole; so the halves are looked for, all in one pass (Aho and Corasick, 1975), and only where one
is found are name and text compared. Registry numbers are looked up whole: their check digit alone lets one number in
ten pass.

Abbreviations are found as words of their own, never inside others. One that is long and has a digit in it means nothing
else, and is as good as a name.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from ahocorasick_rs import BytesAhoCorasick

from accord.workstreams.drugs.screening.folding import Folded, as_ascii, lines_of, spaced, squeezed
from accord.workstreams.drugs.screening.words import Hits, WordSearch
from accord.workstreams.drugs.substances.content import NameKind, SubstanceTable

__all__ = ["Found", "NameFinder"]

Sort = Literal["name", "abbreviation", "number", "digits", "near-number"]

SHORTEST: Final = 10
"""Letters and digits from which a name is looked for with an error, and inside of longer words."""

DISTINCT: Final = 5
"""Letters and digits from which an abbreviation that has both stands for a name."""

_PLACES: Final = b"23456789"
"""Digits that are never taken for letters."""
_DIGITS: Final = frozenset(b"%c" % digit for digit in _PLACES)

_BEFORE: Final = 2
"""Letters and digits before and after a name, of a text without errors, that are of account."""

_INNOCENT: Final = tuple(squeezed(word) for word in ("piperidine", "piperidino", "piperidinyl", "piperidyl"))
"""Words one other letter from a name of chemistry: where a text has one and the name has not, it is not the name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One substance found in a line.

    Args:
        substance: Its code.
        sort: By what: a name, an abbreviation, a registry number, the digits of one without its hyphens, or a number
            that may be one mistyped.
        wording: The name or number of the table.
        errors: Typing errors in the line's wording, 0 or 1.
        written: What stands in the text, where that is said beside the wording.
        column: The column of its own in which it stands; empty where it is the description.
    """

    substance: str
    sort: Sort
    wording: str
    errors: int = 0
    written: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class _Name:
    substance: str
    wording: str
    folded: bytes


@dataclass(frozen=True, slots=True, eq=False)
class _Half:
    name: _Name
    before: int
    """Letters and digits of the name before this half."""


class NameFinder:
    """Finds the substances of one table.

    Args:
        table: The table.
    """

    def __init__(self, table: SubstanceTable) -> None:
        self._halves: dict[bytes, list[_Half]] = defaultdict(list)
        self._numbers: dict[bytes, tuple[str, str, re.Pattern[str]]] = {}
        self._words: dict[bytes, Found] = {}
        for substance in table.substances:
            for name in substance.names:
                folded = squeezed(as_ascii(name.text))
                if name.kind is NameKind.ABBREVIATION or len(folded) < SHORTEST:
                    is_distinct = len(folded) >= DISTINCT and not name.text.isalpha()
                    sort: Sort = "name" if is_distinct else "abbreviation"
                    one = Found(substance=substance.id, sort=sort, wording=name.text)
                    self._words.update(dict.fromkeys(_as_words(name.text), one))
                    continue
                middle = len(folded) // 2
                known = _Name(substance.id, name.text, folded)
                # Two letters between the halves: exchanged with their neighbours, they would break both.
                self._halves[folded[: middle - 1]].append(_Half(known, 0))
                self._halves[folded[middle + 1 :]].append(_Half(known, middle + 1))
            for number in substance.cas:
                self._numbers[squeezed(number)] = (substance.id, number, _number_pattern(number))
        self._inside = [*self._halves, *self._numbers]
        self._inside_engine = BytesAhoCorasick(self._inside)
        self._search = WordSearch(self._words)

    @property
    def words(self) -> Collection[bytes]:
        """Abbreviations, as words of their own."""
        return self._words.keys()

    def find(self, folded: Folded, words: Hits | None = None) -> Mapping[int, tuple[Found, ...]]:
        """Returns what was found, by the place of the line in the sequence.

        Args:
            folded: The texts.
            words: Which of the abbreviations stand where, if they were looked for already.
        """
        found: dict[int, list[tuple[int, int, Found]]] = defaultdict(list)
        written: dict[tuple[int, bytes], Found | None] = {}
        text, lines = folded.squeezed, folded.lines
        matches = self._inside_engine.find_matches_as_indexes(text, overlapping=True)
        place = lines_of(text, (start for _which, start, _end in matches))
        for which, start, end in matches:
            line, pattern = place[start], self._inside[which]
            if pattern in self._numbers:
                # A line is looked through once for a number, however often its digits stand there.
                if (line, pattern) not in written:
                    written[line, pattern] = self._written(pattern, lines[line])
                if (number := written[line, pattern]) is not None:
                    found[line].append((start, end, number))
            for half in self._halves.get(pattern, ()):
                span = _span(half, text, start)
                if span is not None:
                    begins, stops, errors = span
                    name = half.name
                    one = Found(substance=name.substance, sort="name", wording=name.wording, errors=errors)
                    found[line].append((begins, stops, one))
        answer = {line: _longest(items) for line, items in found.items()}
        for line, short in self._abbreviations(folded.spaced, words).items():
            already = answer.get(line, ())
            named = {one.substance for one in already}
            answer[line] = (*already, *(one for one in short if one.substance not in named))
        return answer

    def _written(self, squeezed_number: bytes, line: str) -> Found | None:
        """How a line has a number of which its letters and digits alone have the digits; nothing where it has not."""
        substance, number, shape = self._numbers[squeezed_number]
        if shape.search(line):
            return Found(substance=substance, sort="number", wording=number)
        if re.search(rf"(?<!\d){number.replace('-', '')}(?!\d)", line):
            return Found(substance=substance, sort="digits", wording=number)
        return None

    def _abbreviations(self, spaced: bytes, hits: Hits | None) -> Mapping[int, tuple[Found, ...]]:
        if hits is None:
            (hits,) = self._search.find(spaced)
        place = lines_of(spaced, (start for _word, start, _end in hits))
        found: dict[int, list[tuple[int, int, Found]]] = defaultdict(list)
        for word, start, end in hits:
            found[place[start]].append((start, end, self._words[word]))
        return {line: _longest(items) for line, items in found.items()}


def _as_words(name: str) -> tuple[bytes, bytes]:
    """An abbreviation as a word, with its hyphens as spaces and without them."""
    words = spaced(as_ascii(name))
    return b" " + words + b" ", b" " + words.replace(b" ", b"") + b" "


_DRAWN: Final = {"0": "[0Oo]", "1": "[1IiLl]"}


def _number_pattern(number: str) -> re.Pattern[str]:
    """A registry number with its two hyphens, or what papers write in their place; 0 and O, 1 and I may be confused."""
    groups = ["".join(_DRAWN.get(digit, digit) for digit in group) for group in number.split("-")]
    between = r"\s{0,2}[-._/~\s]\s{0,2}"
    # A blank inside of a group too, where its two hyphens say that it is a number of this kind.
    parted = r"\s?-\s?".join(r"\s?".join(_DRAWN.get(digit, digit) for digit in group) for group in number.split("-"))
    return re.compile(rf"(?<![0-9A-Za-z-])(?:{between.join(groups)}|{parted})(?![0-9A-Za-z]|-\d)")


def _span(half: _Half, text: bytes, at: int) -> tuple[int, int, int] | None:
    """Where the name of a half stands around it, and with how many errors; nothing where it does not."""
    begin = max(0, at - half.before - _BEFORE)
    found = _span_in(half, text[begin : at - half.before + len(half.name.folded) + _BEFORE], at - begin)
    return (found[0] + begin, found[1] + begin, found[2]) if found else None


@lru_cache(maxsize=16_384)
def _span_in(half: _Half, text: bytes, at: int) -> tuple[int, int, int] | None:
    """The same in as much of the text as the name can reach into: texts of goods repeat themselves."""
    name = half.name.folded
    start, size = at - half.before, len(name)
    if start >= 0 and text[start : start + size] == name:
        return start, start + size, 0
    line_start, line_end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
    line_end = len(text) if line_end < 0 else line_end
    # One error: a letter other, too many, too few, or two exchanged. The half found is whole, the error is in the rest.
    for begins in (start, start - 1, start + 1) if half.before else (start,):
        for length in (size, size - 1, size + 1):
            stops = begins + length
            if begins < line_start or stops > line_end:
                continue
            window = text[begins:stops]
            if _within_one(window, name) and not _is_another(window, name, text[max(0, begins - 1) : begins]):
                return begins, stops, 1
    return None


def _is_another(window: bytes, name: bytes, before: bytes) -> bool:
    """Whether a wording one error from a name means something else.

    Another digit is another place on the ring, and another substance: 2-piperidone is no 4-piperidone. A digit that is
    missing is no error either where another one stands before the word.

    Args:
        window: The wording.
        name: The name.
        before: The letter or digit before the wording; nothing at the beginning of the text.
    """
    at = next((place for place, pair in enumerate(zip(window, name, strict=False)) if pair[0] != pair[1]), len(window))
    if len(window) == len(name):
        changed_digit = window[at] in _PLACES and name[at] in _PLACES
        return changed_digit or any(word in window and word not in name for word in _INNOCENT)
    if len(window) < len(name):
        return name[at] in _PLACES and before != name[at : at + 1] and before in _DIGITS
    return False


def _within_one(one: bytes, other: bytes) -> bool:
    """Whether one letter changed, added or left out, or two neighbours exchanged, make one word the other (Damerau)."""
    if len(one) > len(other):
        one, other = other, one
    same = 0
    while same < len(one) and one[same] == other[same]:
        same += 1
    if len(one) == len(other):
        rest, others = one[same + 1 :], other[same + 1 :]
        exchanged = one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]
        return rest == others or exchanged
    return len(other) - len(one) == 1 and one[same:] == other[same + 1 :]


def _longest(items: list[tuple[int, int, Found]]) -> tuple[Found, ...]:
    """The findings of one line without those inside longer ones: 1-boc-4-piperidone is not 4-piperidone beside it."""
    # None of those kept is inside another, so that in the order of their starts their ends ascend too: the one that
    # reaches furthest among those that start early enough is the last of these.
    starts: list[int] = []
    ends: list[int] = []
    best: dict[tuple[str, str], Found] = {}
    for start, end, one in sorted(items, key=lambda item: (item[0] - item[1], item[2].errors, item[0])):
        before = bisect_right(starts, start + 1)
        if before and ends[before - 1] >= end - 1:
            continue
        place = bisect_left(starts, start)
        starts.insert(place, start)
        ends.insert(place, end)
        best.setdefault((one.substance, one.sort), one)
    return tuple(best.values())
