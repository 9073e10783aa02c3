"""What makes a line worth a look: rules that each say why, how much, and what it costs to be wrong.

A line has no person in it for these rules: neither consignor nor consignee, nor a country of either, is read. What they
read is the description, the tariff code and the numbers of container and postal item.

Weights of the rules that hold are joined as independent chances: 1 - (1 - a)(1 - b).

Source: Precursor Control Regulations (SOR/2002-359), section 86(2), for the factors of a suspicious transaction; tariff
codes of the Harmonized System.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import msgspec

from accord.workstreams.drugs.screening.equipment import EquipmentFinder
from accord.workstreams.drugs.screening.folding import as_ascii
from accord.workstreams.drugs.screening.manifest import Line
from accord.workstreams.drugs.screening.names import Found, NameFinder
from accord.workstreams.drugs.screening.numbers import container_fails, postal_fails
from accord.workstreams.drugs.substances.content import SubstanceTable

__all__ = ["THRESHOLD", "Flag", "Reason", "Rule", "Screen", "rules"]

THRESHOLD: Final = 50
"""Score, of a hundred, from which a line is flagged."""

_CHEMICALS: Final = ("28", "29")
_VAGUE: Final = re.compile(
    r"\b(?:industrial |chemical |organic |synthetic )*"
    r"(?:intermediates?|chemicals?|reagents?|samples?|raw materials?)\b",
    re.IGNORECASE,
)

_VAGUE_WORDS_MAX: Final = 6
"""Other words, those of packing and freight included, beside which a text still says nothing."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_CHEMISTRY: Final = re.compile(
    r"\b(?:purity|HPLC|CAS|assay|reagents?|intermediates?|chemicals?|compounds?|precursors?|synthesis"
    r"|(?:di)?hydrochloride|2?HCl|pharma\w*)\b",
    re.IGNORECASE,
)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule.

    Args:
        weight: Chance, of a hundred, that a line is rightly flagged where this rule alone holds; set by judgement.
        title: What it looks for.
        sentence: Why a line is flagged, with places to fill.
        cost: What it costs to be wrong.
    """

    weight: Annotated[int, msgspec.Meta(ge=1, le=99)]
    title: str
    sentence: str
    cost: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a line is flagged: one rule that holds.

    Args:
        rule: Its code.
        sentence: What it says of this line.
    """

    rule: str
    sentence: str


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


class Screen:
    """Holds lines against the rules.

    Args:
        table: The substances that are looked for.
    """

    def __init__(self, table: SubstanceTable) -> None:
        self._names, self._equipment = NameFinder(table), EquipmentFinder()
        self._labels = {one.id: one.label for one in table.substances}
        self._own = {one.tariff.code: one.id for one in table.substances if one.tariff.is_own}
        self._baskets = Counter(one.tariff.code for one in table.substances if not one.tariff.is_own)
        self._codes = frozenset(self._baskets).union(self._own)
        self._rules = rules()

    def screen(self, lines: Sequence[Line]) -> list[Flag]:
        """Returns the lines that reach the threshold, in their order."""
        texts = [as_ascii(line.description) for line in lines]
        found, equipment = self._names.find(texts), self._equipment.find(texts)
        spoken_of = {place for place, line in enumerate(lines) if line.tariff[:6] in self._codes}
        flags = []
        for place in sorted(spoken_of.union(found, equipment)):
            line, named = lines[place], found.get(place, ())
            code = line.tariff[:6]
            reasons = [*self._of_names(line, code, named), *self._of_code(line, code, named)]
            if place in equipment:
                reasons.append(Reason(rule="equipment", sentence=self._say("equipment", words=equipment[place])))
            if not reasons:
                continue
            # These can only add to another reason: numbers are mistyped every day.
            reasons += self._of_numbers(line)
            score = self._joined(reasons)
            if score >= THRESHOLD:
                reasons.sort(key=lambda reason: -self._rules[reason.rule].weight)
                substances = tuple(dict.fromkeys(one.substance for one in named))
                flags.append(Flag(line=line, score=score, reasons=tuple(reasons), substances=substances))
        return flags

    def _of_names(self, line: Line, code: str, named: Sequence[Found]) -> list[Reason]:
        reasons = []
        for one in named:
            rule = "name-misspelt" if one.errors else one.sort
            sentence = self._say(rule, wording=one.wording, substance=self._labels[one.substance])
            reasons.append(Reason(rule=rule, sentence=sentence))
        certain = any(one.sort in {"name", "number"} for one in named)
        if certain and code and not code.startswith(_CHEMICALS):
            reasons.append(Reason(rule="elsewhere", sentence=self._say("elsewhere", code=code)))
        if named and not certain:
            if code.startswith(_CHEMICALS):
                reasons.append(Reason(rule="chemistry", sentence=self._say("chemistry", code=code)))
            elif words := _first(_CHEMISTRY, line.description):
                reasons.append(Reason(rule="chemistry-words", sentence=self._say("chemistry-words", words=words)))
        return reasons

    def _of_code(self, line: Line, code: str, named: Sequence[Found]) -> list[Reason]:
        if code in self._own:
            label = self._labels[self._own[code]]
            return [Reason(rule="own-code", sentence=self._say("own-code", code=code, substance=label))]
        if code in self._baskets and not named and (words := _vague(line.description)):
            return [
                Reason(
                    rule="vague", sentence=self._say("vague", code=code, count=str(self._baskets[code]), words=words)
                )
            ]
        return []

    def _of_numbers(self, line: Line) -> list[Reason]:
        reasons = []
        if line.container and container_fails(line.container):
            reasons.append(Reason(rule="container", sentence=self._say("container", number=line.container)))
        if line.postal and postal_fails(line.postal):
            reasons.append(Reason(rule="postal", sentence=self._say("postal", number=line.postal)))
        return reasons

    def _say(self, rule: str, **words: str) -> str:
        return self._rules[rule].sentence.format(**words)

    def _joined(self, reasons: Sequence[Reason]) -> int:
        left = 1.0
        for rule in {reason.rule for reason in reasons}:
            left *= 1 - self._rules[rule].weight / 100
        return round(100 * (1 - left))


def _vague(text: str) -> str:
    """The words that say nothing, where the text has few others; nothing where it says more."""
    others = _WORD.findall(_VAGUE.sub("", text))
    return _first(_VAGUE, text) if len(others) <= _VAGUE_WORDS_MAX else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(0) if match else ""
