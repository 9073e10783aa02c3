"""Weights of the rules from marked lines, with a part of these kept apart to see whether they became better.

What was marked is split by a digest of its key, the same whenever it is asked: three of five parts are learned from,
two are held out. A rule's new weight is the precision that it has in the first part, drawn towards the weight that it
had by as many imagined marks as :data:`PRIOR` says, so that few marks move it little. Both weightings are then measured
on the second part alone. What is proposed counts for new screenings when a second officer agrees; each screening says
with which version it was made.

Source: the beta distribution as the prior of a proportion (Gelman et al., Bayesian Data Analysis, 2.1).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.four_eyes import FourEyes
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workstreams.drugs.marks.errors import WeightsRefused
from accord.workstreams.drugs.marks.measuring import Measures, Told, everything_said, measured
from accord.workstreams.drugs.marks.weights import Weighing, in_force
from accord.workstreams.drugs.models import RuleWeights
from accord.workstreams.drugs.screening.rules import joined, rules

__all__ = [
    "MARKS_MIN",
    "Tuned",
    "agree_to_weights",
    "held_out",
    "propose_weights",
    "refuse_weights",
    "tune",
    "tuned",
]

PRIOR: Final = 10
"""Marks that the weight at hand counts for against those that officers made."""

MARKS_MIN: Final = 20
"""Marks without which nothing is proposed: of fewer, the part held out says nothing."""

HELD_OUT: Final = 102
"""Of 256: two of five parts."""

WEIGHT_MIN: Final = 1
WEIGHT_MAX: Final = 99


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuned:
    """What marked lines say of the weights.

    Args:
        weights: The proposed weight of each rule, of a hundred.
        threshold: Score from which a line is flagged; it stays as it is.
        learned_from: Marks that the weights were made from.
        held_out: Marks that they were measured on.
        before: The figures of the weights in force, on the part held out.
        after: The figures of the proposed ones, on the same part.
    """

    weights: Mapping[str, int]
    threshold: int
    learned_from: int
    held_out: int
    before: Measures
    after: Measures

    def figures(self) -> dict[str, Any]:  # Any: JSON types
        """Returns the figures as they are kept with the proposal."""
        return {
            "learned_from": self.learned_from,
            "held_out": self.held_out,
            "before": _as_json(self.before),
            "after": _as_json(self.after),
        }


def held_out(key: str) -> bool:
    """Whether what was marked counts for the part held out; the same answer for the same key, always."""
    return hashlib.sha256(key.encode()).digest()[0] < HELD_OUT


def _is_apart(told: Told) -> bool:
    return held_out(told.key) if told.is_apart is None else told.is_apart


def tune() -> Tuned:
    """Returns the weights that the marked lines speak for, with what they would change on the part held out.

    Raises:
        WeightsRefused: Too few lines are marked, or one of the two parts has none.
    """
    return tuned(everything_said(), in_force())


def tuned(told: Iterable[Told], now: Weighing) -> Tuned:
    """Returns the weights that some marks speak for.

    Args:
        told: What was said of flags and missed lines.
        now: The weights in force.

    Raises:
        WeightsRefused: There are too few.
    """
    everything = list(told)
    learned = [one for one in everything if not _is_apart(one)]
    apart = [one for one in everything if _is_apart(one)]
    if len(everything) < MARKS_MIN or not learned or not apart:
        raise WeightsRefused(
            f"Too few lines are marked: {len(everything)} of {MARKS_MIN}.",
            code="drugs.too-few-marks",
            next_step="Mark more flags as right or wrong, then tune again.",
        )
    weights = dict(now.weights)
    for figures in measured(learned).rules:
        if figures.rule in weights:
            part, whole = figures.precision.part, figures.precision.whole
            share = (part + PRIOR * weights[figures.rule] / 100) / (whole + PRIOR)
            weights[figures.rule] = min(WEIGHT_MAX, max(WEIGHT_MIN, round(100 * share)))
    return Tuned(
        weights=weights,
        threshold=now.threshold,
        learned_from=len(learned),
        held_out=len(apart),
        before=measured(_flagged_by(apart, now.weights, now.threshold)),
        after=measured(_flagged_by(apart, weights, now.threshold)),
    )


@transaction.atomic
def propose_weights(
    officer: Officer,
    *,
    weights: Mapping[str, int] | None = None,
    threshold: int | None = None,
    why: str = "",
    now: datetime | None = None,
) -> RuleWeights:
    """Proposes the next version of the weights: those that the marked lines speak for, or an officer's own.

    Args:
        officer: Who proposes.
        weights: Weight of a hundred by the code of a rule, of some or all rules; the tuned ones where omitted.
        threshold: Score from which a line is flagged; as it is where omitted.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: The officer may not propose to registers.
        WeightsRefused: A version waits, a rule is not known, a number is out of range, or too few lines are marked.
        TextRefused: The reason holds a refused character.
    """
    require(officer, Permission.REGISTER_PROPOSE)
    check_written({"why": why})
    moment, current = now or timezone.now(), in_force()
    Officer.objects.select_for_update().get(pk=officer.pk)
    if RuleWeights.objects.filter(state=RuleWeights.State.WAITING).exists():
        raise WeightsRefused(
            "Other weights wait for a second officer.",
            code="drugs.weights-wait",
            next_step="Let them be agreed to or refused first.",
        )
    if weights is None:
        found = tune()
        given, figures = dict(found.weights), found.figures()
    else:
        given, figures = {**current.weights, **weights}, {}
    cut = current.threshold if threshold is None else threshold
    _require_sense(given, cut)
    row = RuleWeights.objects.create(
        number=(RuleWeights.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        state=RuleWeights.State.WAITING,
        weights=given,
        threshold=cut,
        figures=figures,
        why=why.strip(),
        proposed_by=officer,
        proposed_at=moment,
    )
    note(officer, "propose weights", row, at=moment, detail={"version": row.number})
    return row


@transaction.atomic
def agree_to_weights(officer: Officer, row: RuleWeights, *, now: datetime | None = None) -> RuleWeights:
    """Lets proposed weights count for screenings that begin from now on, as the second person.

    Raises:
        NotPermitted: The officer may not decide on registers.
        FourEyes: The officer proposed them.
        WeightsRefused: They are settled already.
    """
    require(officer, Permission.REGISTER_DECIDE)
    held = _waiting(row)
    if held.proposed_by_id == officer.pk:
        raise FourEyes(
            "Who proposed weights does not agree to them.",
            code="drugs.own-weights",
            next_step="Ask another officer who may decide on the registers.",
        )
    RuleWeights.objects.filter(state=RuleWeights.State.IN_FORCE).update(state=RuleWeights.State.REPLACED)
    return _settle(officer, held, RuleWeights.State.IN_FORCE, "agree to weights", now or timezone.now())


@transaction.atomic
def refuse_weights(officer: Officer, row: RuleWeights, *, now: datetime | None = None) -> RuleWeights:
    """Refuses proposed weights; their proposer so takes them back.

    Raises:
        NotPermitted: The officer may neither decide on registers nor proposed them.
        WeightsRefused: They are settled already.
    """
    held = _waiting(row)
    is_own = held.proposed_by_id == officer.pk
    require(officer, Permission.REGISTER_PROPOSE if is_own else Permission.REGISTER_DECIDE)
    return _settle(officer, held, RuleWeights.State.REFUSED, "refuse weights", now or timezone.now())


def _waiting(row: RuleWeights) -> RuleWeights:
    held = RuleWeights.objects.select_for_update().get(pk=row.pk)
    if held.state != RuleWeights.State.WAITING:
        raise WeightsRefused("These weights are settled already.", code="drugs.weights-settled")
    return held


def _settle(officer: Officer, held: RuleWeights, state: str, verb: str, at: datetime) -> RuleWeights:
    held.state, held.settled_by, held.settled_at = state, officer, at
    held.save(update_fields=["state", "settled_by", "settled_at"])
    note(officer, verb, held, at=at, detail={"version": held.number})
    return held


def _require_sense(weights: Mapping[str, int], threshold: int) -> None:
    unknown = sorted(set(weights) - set(rules()))
    if unknown:
        raise WeightsRefused(f"There is no rule {unknown[0]}.", code="drugs.no-such-rule", fields={"field": unknown[0]})
    for name, number in [*weights.items(), ("threshold", threshold)]:
        if not WEIGHT_MIN <= number <= WEIGHT_MAX:
            raise WeightsRefused(
                f"{name} is {number}: write a whole number from {WEIGHT_MIN} to {WEIGHT_MAX}.",
                code="drugs.weight-out-of-range",
                fields={"field": name},
            )


def _flagged_by(told: Sequence[Told], weights: Mapping[str, int], threshold: int) -> list[Told]:
    """What was said, as if the lines had been screened so: one below the threshold is not flagged.

    A wrong one that is not flagged is gone, a right one that is not flagged is a missed line.
    """
    found = []
    for one in told:
        if joined([weights.get(rule, 0) for rule in one.rules]) >= threshold:
            found.append(one)
        elif one.is_true:
            found.append(Told(key=one.key, rules=frozenset(), is_true=True))
    return found


def _as_json(measures: Measures) -> dict[str, Any]:  # Any: JSON types
    return {
        "precision": [measures.precision.part, measures.precision.whole],
        "recall": [measures.recall.part, measures.recall.whole],
        "rules": {
            one.rule: {
                "precision": [one.precision.part, one.precision.whole],
                "recall": [one.recall.part, one.recall.whole],
            }
            for one in measures.rules
        },
    }
