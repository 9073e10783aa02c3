"""Which weights of the rules are in force: those that ship, or the last ones that a second officer agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass

from accord.workstreams.drugs.models import RuleWeights
from accord.workstreams.drugs.screening.rules import THRESHOLD, shipped_weights

__all__ = ["Weighing", "in_force", "numbered"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighing:
    """One version of the weights.

    Args:
        number: Its number; 0 is what ships.
        weights: Chance, of a hundred, by the code of each rule.
        threshold: Score from which a line is flagged.
    """

    number: int
    weights: Mapping[str, int]
    threshold: int


def in_force() -> Weighing:
    """Returns the weights that count for a screening that begins now."""
    row = RuleWeights.objects.filter(state=RuleWeights.State.IN_FORCE).first()
    return _of(row) if row else _shipped()


def numbered(number: int) -> Weighing:
    """Returns one version of the weights; what ships where there is none of this number."""
    row = RuleWeights.objects.filter(number=number).first() if number else None
    return _of(row) if row else _shipped()


def _shipped() -> Weighing:
    return Weighing(number=0, weights=shipped_weights(), threshold=THRESHOLD)


def _of(row: RuleWeights) -> Weighing:
    # A rule that is newer than these weights keeps the weight with which it ships.
    return Weighing(number=row.number, weights={**shipped_weights(), **row.weights}, threshold=row.threshold)
