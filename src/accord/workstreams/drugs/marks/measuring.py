"""How good the rules are, by what officers said: precision and recall of each, over marked flags and missed lines.

* Precision of a rule: of the marked flags in which it holds, the part marked true.
* Recall of a rule: of all that is known to be right (flags marked true by any rule, and lines that officers say were
  missed), the part in which it holds. What nobody marked and nobody missed is not known and counts nowhere.

A line that was erased when its time was over counts on, by month and by the rules that held in it, without the line.

With few marks a figure says little: each comes with its count, and with the interval in which it lies with a chance of
95 in 100.

Source: Wilson, 1927 (interval of a proportion).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from accord.workstreams.drugs.models import Flag, MarkTally, MissedLine

__all__ = [
    "Measures",
    "RuleFigures",
    "Share",
    "Told",
    "erased_marks",
    "everything_said",
    "marked_flags",
    "measure_rules",
    "measured",
    "missed_lines",
]

_Z: Final = 1.96


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A part of a whole.

    Args:
        part: How many.
        whole: Of how many.
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; nothing where there is no whole."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between what it lies with a chance of 95 in 100 (Wilson)."""
        if not self.whole:
            return None
        share, count = self.part / self.whole, self.whole
        middle = share + _Z**2 / (2 * count)
        around = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
        below = 1 + _Z**2 / count
        return max(0.0, (middle - around) / below), min(1.0, (middle + around) / below)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleFigures:
    """One rule by what officers said.

    Args:
        rule: Its code.
        precision: Of the marked flags in which it holds, those marked true.
        recall: Of all known to be right, those in which it holds.
    """

    rule: str
    precision: Share
    recall: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """All rules by what officers said.

    Args:
        rules: Each rule that holds in a marked flag, by code.
        precision: Of all marked flags.
        recall: Of all known to be right, those flagged.
    """

    rules: tuple[RuleFigures, ...]
    precision: Share
    recall: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was said of one line.

    Args:
        key: Of the flag or the missed line; it decides for which half of the data it counts.
        rules: The codes of the rules that hold in it; none for a missed line.
        is_true: Whether it is right.
        is_apart: In which half it counts, where its line was erased; the key decides otherwise.
    """

    key: str
    rules: frozenset[str]
    is_true: bool
    is_apart: bool | None = None


def measure_rules() -> Measures:
    """Returns precision and recall of each rule over everything that officers marked so far, erased lines included."""
    return measured(everything_said())


def everything_said() -> list[Told]:
    """Returns what was said of flags and missed lines, and the counts of those that were erased since."""
    return [*marked_flags(), *missed_lines(), *erased_marks()]


def marked_flags() -> list[Told]:
    """Returns what was said of flags."""
    rows = Flag.objects.exclude(mark=Flag.Mark.NONE).order_by("pk").values_list("pk", "rule_codes", "mark")
    return [
        Told(key=str(key), rules=frozenset(codes.split()), is_true=mark == Flag.Mark.TRUE) for key, codes, mark in rows
    ]


def missed_lines() -> list[Told]:
    """Returns the lines that officers say were missed."""
    rows = MissedLine.objects.filter(removed_at=None).order_by("pk").values_list("pk", flat=True)
    return [Told(key=f"missed-{key}", rules=frozenset(), is_true=True) for key in rows]


def erased_marks() -> list[Told]:
    """Returns what was said of lines that were erased since, as often as it was said."""
    return [told for row in MarkTally.objects.order_by("pk") for told in [_of(row)] * row.lines]


def _of(row: MarkTally) -> Told:
    rules = frozenset(row.rule_codes.split())
    return Told(key=f"erased-{row.pk}", rules=rules, is_true=row.is_true, is_apart=row.is_apart)


def measured(told: Iterable[Told]) -> Measures:
    """Returns the figures of what was said.

    Args:
        told: Marked flags, and missed lines, which are right and have no rule.
    """
    everything: Sequence[Told] = list(told)
    right = [one for one in everything if one.is_true]
    flagged = [one for one in everything if one.rules]
    figures = []
    for rule in sorted({rule for one in flagged for rule in one.rules}):
        holds = [one for one in flagged if rule in one.rules]
        hits = sum(one.is_true for one in holds)
        figures.append(
            RuleFigures(
                rule=rule,
                precision=Share(part=hits, whole=len(holds)),
                recall=Share(part=hits, whole=len(right)),
            )
        )
    hits = sum(one.is_true for one in flagged)
    return Measures(
        rules=tuple(figures),
        precision=Share(part=hits, whole=len(flagged)),
        recall=Share(part=hits, whole=len(right)),
    )
