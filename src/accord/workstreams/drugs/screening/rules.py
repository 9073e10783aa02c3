"""What makes a line worth a look: rules that each say why, how much, and what it costs to be wrong.

The rules over words and numbers read the description, the tariff code and the numbers of container and postal item, and
nothing else. Those over what is on file, and over weights, read the papers of a line (:mod:`~.papers`), and only where
one of the others speaks of it. No person, no nationality, no religion and no ethnicity is read by any.

Weights of the rules that hold are joined as independent chances: 1 - (1 - a)(1 - b).

Source: Precursor Control Regulations (SOR/2002-359), section 86(2), for the factors of a suspicious transaction; tariff
codes of the Harmonized System.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import msgspec

from accord.workstreams.drugs.screening.codes import CodeFinder
from accord.workstreams.drugs.screening.equipment import STEMS, equipment_in
from accord.workstreams.drugs.screening.folding import Folded, normalised
from accord.workstreams.drugs.screening.lines import Line, Lines
from accord.workstreams.drugs.screening.names import Found, NameFinder
from accord.workstreams.drugs.screening.near_numbers import NearNumbers
from accord.workstreams.drugs.screening.numbers import container_fails, postal_fails
from accord.workstreams.drugs.screening.on_file import OnFile
from accord.workstreams.drugs.screening.papers import Papers, read_papers
from accord.workstreams.drugs.screening.weights_of_goods import odd_weights
from accord.workstreams.drugs.screening.words import WordSearch
from accord.workstreams.drugs.substances.content import SubstanceTable

__all__ = ["THRESHOLD", "Flag", "Reason", "Rule", "Screen", "joined", "rules", "sentence_of", "shipped_weights"]

THRESHOLD: Final = 50
"""Score, of a hundred, from which a line is flagged."""

_CHEMICALS: Final = ("28", "29")
_CAS: Final = "cas"
_NUMBER_SORTS: Final = frozenset(("number", "digits", "near-number"))
# A match begins at the first of such words in a row, and at none behind it: otherwise each would be read to the last
# from every one of them.
_VAGUE: Final = re.compile(
    r"(?<!\bindustrial )(?<!\bchemical )(?<!\borganic )(?<!\bsynthetic )"
    r"\b(?:industrial |chemical |organic |synthetic )*"
    r"(?:intermediates?|chemicals?|reagents?|samples?|raw materials?"
    r"|(?:interm[ée]diaires?|r[ée]actifs?|[ée]chantillons?)(?: (?:chimiques?|organiques?|industriels?))*"
    r"|produits? chimiques?(?: industriels?)?|mati[èe]res? premi[èe]res?)\b"
    r"|(?<!रासायनिक )(?<!औद्योगिक )(?:रासायनिक |औद्योगिक )*(?:रसायन|मध्यवर्ती|नमूना|नमूने|कच्चा माल)",
    re.IGNORECASE,
)

_VAGUE_WORDS_MAX: Final = 6
"""Other words, those of packing and freight included, beside which a text still says nothing."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_CHEMISTRY: Final = re.compile(
    r"\b(?:purity|HPLC|CAS|assay|reagents?|intermediates?|chemicals?|compounds?|precursors?|synthesis"
    r"|(?:di)?hydrochloride|2?HCl|pharma\w*"
    r"|puret[ée]|r[ée]actifs?|interm[ée]diaires?|(?:produits? )?chimiques?|compos[ée]s?|pr[ée]curseurs?|synth[èe]se"
    r"|(?:di)?chlorhydrate)\b|रसायन|रासायनिक|मध्यवर्ती|शुद्धता|यौगिक|पूर्ववर्ती",
    re.IGNORECASE,
)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule.

    Args:
        weight: Chance, of a hundred, that a line is rightly flagged where this rule alone holds; set by judgement.
        title: What it looks for.
        sentence: Why a line is flagged, with places to fill.
        cost: What it costs to be wrong.
        source: Where it comes from: a law, a standard, published guidance.
        limits: Bounds that it compares with, by name.
        column_sentence: Why, where what was found stands in a column of its own; its heading fills ``column``.
        same_sentence: Why, where the wording is the label of the substance itself.
    """

    weight: Annotated[int, msgspec.Meta(ge=1, le=99)]
    title: str
    sentence: str
    cost: str
    source: str
    limits: Mapping[str, float] = {}
    column_sentence: str = ""
    same_sentence: str = ""

    def sentence_for(self, words: Mapping[str, str]) -> str:
        """Returns the template that is filled with such words."""
        if self.column_sentence and "column" in words:
            return self.column_sentence
        is_same = words.get("wording", "").casefold() == words.get("substance", "").casefold()
        return self.same_sentence if self.same_sentence and is_same else self.sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a line is flagged: one rule that holds.

    Args:
        rule: Its code.
        words: What fills the places of the rule's sentence.
    """

    rule: str
    words: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """What it says of this line, in English; a desk says it anew in the reader's language."""
        return sentence_of(self.rule, self.words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A line worth a look.

    Args:
        line: The line.
        score: Of a hundred.
        reasons: Why, the weightiest first.
        substances: Codes of the substances found.
    """

    line: Line
    score: int
    reasons: tuple[Reason, ...]
    substances: tuple[str, ...]


@cache
def rules() -> Mapping[str, Rule]:
    """Returns the rules by their codes."""
    text = files(__package__).joinpath("rules.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=dict[str, Rule])


def sentence_of(rule: str, words: Mapping[str, str]) -> str:
    """Returns what a rule says of a line, in English.

    Args:
        rule: Its code; one that a later version no longer has is named as it is.
        words: What fills the places.
    """
    known = rules().get(rule)
    return known.sentence_for(words).format_map(words) if known else rule


def shipped_weights() -> dict[str, int]:
    """Returns the weight of each rule as it ships."""
    return {code: rule.weight for code, rule in rules().items()}


class Screen:
    """Holds lines against the rules.

    Args:
        table: The substances that are looked for.
        weights: Weight of each rule, of a hundred; as shipped where omitted.
        threshold: Score from which a line is flagged.
    """

    def __init__(
        self, table: SubstanceTable, *, weights: Mapping[str, int] | None = None, threshold: int = THRESHOLD
    ) -> None:
        self._names = NameFinder(table)
        self._near = NearNumbers(table)
        self._words = WordSearch(self._names.words, STEMS)
        self._labels = {one.id: one.label for one in table.substances}
        self._editions = {one.tariff.code: one.tariff.edition for one in table.substances if one.tariff.is_own}
        self._own = {one.tariff.code: one.id for one in table.substances if one.tariff.is_own}
        self._baskets = Counter(one.tariff.code for one in table.substances if not one.tariff.is_own)
        self._codes = CodeFinder({*self._baskets, *self._own})
        self._rules = rules()
        self._weights, self._threshold = {**shipped_weights(), **(weights or {})}, threshold

    def screen(
        self,
        lines: Sequence[Line],
        *,
        kept: Callable[[Line], Mapping[str, str]] | None = None,
        on_file: OnFile | None = None,
    ) -> list[Flag]:
        """Returns the lines that reach the threshold, in their order.

        Args:
            lines: The lines.
            kept: Gives the cells of a line's papers; without it no rule over papers holds.
            on_file: What is on file; without it no rule over it holds.
        """
        many = lines if isinstance(lines, Lines) else Lines.of(lines)
        folded = Folded(many.descriptions)
        abbreviations, stems = self._words.find(folded.spaced)
        found = self._names.find(folded, abbreviations)
        near = self._near.find(folded)
        beside = self._of_column(many.columns.get(_CAS, ()))
        equipment = equipment_in(folded, stems, many.descriptions)
        spoken_of = self._codes.bearing(many.columns.get("tariff", ()))
        flags = []
        for place in sorted(spoken_of.union(found, near, equipment, beside)):
            line, named = many[place], found.get(place, ())
            named = (*named, *_not_named(near.get(place, ()), named))
            named = (*named, *_not_numbered(beside.get(place, ()), named))
            code = line.tariff[:6]
            reasons = [*self._of_names(line, code, named), *self._of_code(line, code, named)]
            if place in equipment:
                reasons.append(_because("equipment", words=equipment[place]))
            if not reasons:
                continue
            # These can only add to another reason: numbers are mistyped every day.
            reasons += self._of_numbers(line)
            if kept is not None:
                reasons += self._of_papers(read_papers(kept(line)), line, named, on_file)
            score = joined(self._weights[rule] for rule in {reason.rule for reason in reasons})
            if score >= self._threshold:
                reasons.sort(key=lambda reason: -self._weights[reason.rule])
                substances = tuple(dict.fromkeys(one.substance for one in named))
                flags.append(Flag(line=line, score=score, reasons=tuple(reasons), substances=substances))
        return flags

    def _of_column(self, cells: Sequence[str]) -> Mapping[int, tuple[Found, ...]]:
        """What numbers of the column of registry numbers name, by the place of the line; as in a description."""
        if not any(map(str.strip, cells)):
            return {}
        folded = Folded([cell.replace("\n", " ") for cell in cells])
        found = self._names.find(folded)
        near = self._near.find(folded)
        numbers: dict[int, tuple[Found, ...]] = {}
        for place in found.keys() | near.keys():
            whole = [one for one in found.get(place, ()) if one.sort in _NUMBER_SORTS]
            numbers[place] = tuple(
                replace(one, column=_CAS.upper()) for one in (*whole, *_not_named(near.get(place, ()), whole))
            )
        return {place: some for place, some in numbers.items() if some}

    def _of_names(self, line: Line, code: str, named: Sequence[Found]) -> list[Reason]:
        reasons = []
        for one in named:
            rule = "name-misspelt" if one.sort == "name" and one.errors else one.sort
            words = {"written": one.written} if one.written else {}
            words |= {"column": one.column} if one.column else {}
            reasons.append(_because(rule, wording=one.wording, substance=self._labels[one.substance], **words))
        certain = any(one.sort in {"name", "number"} for one in named)
        if certain and code and not code.startswith(_CHEMICALS):
            reasons.append(_because("elsewhere", code=code))
        if named and not certain:
            if code.startswith(_CHEMICALS):
                reasons.append(_because("chemistry", code=code))
            elif beside := _first(_CHEMISTRY, normalised("NFC", line.description)) or next(
                (one.column for one in named if one.column), ""
            ):
                reasons.append(_because("chemistry-words", words=beside))
        return reasons

    def _of_papers(self, papers: Papers, line: Line, named: Sequence[Found], on_file: OnFile | None) -> list[Reason]:
        found = odd_weights(papers, self._rules["package-weight"].limits)
        code = line.tariff[:6]
        first = self._editions.get(code, 0)
        if 0 < papers.edition < first:
            found.append(("edition", {"code": code, "stated": str(papers.edition), "edition": str(first)}))
        if on_file is not None:
            codes = [one.substance for one in named if one.sort in {"name", "number"}]
            codes += [self._own[code]] if code in self._own else []
            substances = {one: self._labels[one] for one in codes}
            found += on_file.found(papers, substances, line.tariff, self._rules["over-notice"].limits)
        return [Reason(rule=rule, words=words) for rule, words in found]

    def _of_code(self, line: Line, code: str, named: Sequence[Found]) -> list[Reason]:
        if code in self._own:
            label = self._labels[self._own[code]]
            return [_because("own-code", code=code, substance=label)]
        if code in self._baskets and not named and (words := _vague(line.description)):
            return [_because("vague", code=code, count=str(self._baskets[code]), words=words)]
        return []

    def _of_numbers(self, line: Line) -> list[Reason]:
        reasons = []
        if line.container and container_fails(line.container):
            reasons.append(_because("container", number=line.container))
        if line.postal and postal_fails(line.postal):
            reasons.append(_because("postal", number=line.postal))
        return reasons


def joined(weights: Iterable[int]) -> int:
    """Returns the score of the weights of several rules, joined as independent chances.

    Args:
        weights: Of a hundred, one a rule.
    """
    left = 1.0
    # In one order: the last digit of a product of fractions depends on it, and a score is rounded.
    for weight in sorted(weights):
        left *= 1 - weight / 100
    return round(100 * (1 - left))


def _because(rule: str, **words: str) -> Reason:
    return Reason(rule=rule, words=words)


def _not_named(near: Sequence[Found], named: Sequence[Found]) -> list[Found]:
    """What is near a number of substances that nothing else in the line names."""
    already = {one.substance for one in named}
    return [one for one in near if one.substance not in already]


def _not_numbered(column: Sequence[Found], named: Sequence[Found]) -> list[Found]:
    """What a column of its own adds: a number that the description has already says nothing more."""
    numbered = {one.substance for one in named if one.sort in _NUMBER_SORTS}
    already = {one.substance for one in named}
    return [one for one in column if one.substance not in (already if one.sort == "near-number" else numbered)]


def _vague(text: str) -> str:
    """The words that say nothing, where the text has few others; nothing where it says more."""
    text = normalised("NFC", text)
    others = _WORD.findall(_VAGUE.sub("", text))
    return _first(_VAGUE, text) if len(others) <= _VAGUE_WORDS_MAX else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(0) if match else ""
