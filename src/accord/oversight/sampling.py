"""A random sample of decisions that anybody can draw again: its seed is stated, and its rule is one line.

Each decision of the population is ranked by SHA-256(seed || 0x0A || its number in decimal), and the first of them are
the sample. So nobody at the node can steer what a reviewer reads, a reviewer cannot pick in secret, and whoever has the
list of numbers repeats the draw with any program.

Source: NSIRA Act, section 8(2.2), as a model of a review by sample.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.oversight.services import decisions
from accord.release.models import DecisionRecord

__all__ = ["SAMPLE_MAX", "SEED_CHARACTERS_MAX", "Sample", "SampleRefused", "draw_sample", "ranked"]

SAMPLE_MAX: Final = 200
"""Decisions of one sample: more than a reviewer reads in a visit."""
SEED_CHARACTERS_MAX: Final = 100
"""Characters of a seed: a sentence, a row of dice, a number from a newspaper."""


class SampleRefused(OfficerCanMend):
    """The sample cannot be drawn: seed or size do not fit."""

    code = "oversight.sample-refused"
    http_status = 422


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample as it was drawn.

    Args:
        seed: What was stated.
        population: Decisions it was drawn from.
        digest: SHA-256 over the numbers of the population, one a line, in hexadecimal: whoever draws again from other
            numbers sees that it is another population.
        drawn: The sample, in the order in which it was drawn; each knows how many annotations it has.
    """

    seed: str
    population: int
    digest: str
    drawn: tuple[DecisionRecord, ...]


def ranked(seed: str, numbers: Sequence[int]) -> list[int]:
    """Returns numbers in the order in which a seed draws them."""
    prefix = seed.encode() + b"\n"
    return sorted(numbers, key=lambda number: hashlib.sha256(prefix + str(number).encode()).digest())


@transaction.atomic
def draw_sample(
    reviewer: Officer,
    *,
    seed: str,
    size: int,
    since: datetime | None = None,
    until: datetime | None = None,
    action: str | None = None,
    outcome: str | None = None,
) -> Sample:
    """Draws a sample of the decisions that fit, and notes seed, population and size as an act.

    Args:
        reviewer: Who draws.
        seed: What the reviewer states; any words.
        size: How many are wanted.
        since: First moment, included.
        until: Last moment, excluded.
        action: ``release``, ``request``, ``use`` or ``acknowledge``.
        outcome: Name of the outcome.

    Raises:
        NotPermitted: The account may not read the record.
        SampleRefused: The seed is blank or too long, or the size is not between 1 and 200.
    """
    rows = decisions(reviewer, since=since, until=until, action=action, outcome=outcome)
    stated = seed.strip()
    if not stated or len(stated) > SEED_CHARACTERS_MAX:
        raise SampleRefused(
            f"A seed has 1 to {SEED_CHARACTERS_MAX} characters.",
            code="oversight.seed-unusable",
            next_step="State any words or number; the same words draw the same sample.",
        )
    if not 0 < size <= SAMPLE_MAX:
        raise SampleRefused(
            f"A sample has 1 to {SAMPLE_MAX} decisions.",
            code="oversight.sample-size",
            next_step="Choose a smaller number, or draw twice with two seeds.",
        )
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    digest = hashlib.sha256("".join(f"{number}\n" for number in numbers).encode()).hexdigest()
    chosen = ranked(stated, numbers)[:size]
    found = {row.pk: row for row in rows.filter(pk__in=chosen).annotate(noted=Count("annotations"))}
    told: dict[str, str | int | bool | None] = {
        "seed": stated,
        "size": len(chosen),
        "population": len(numbers),
        "digest": digest,
    }
    note(reviewer, "draw sample", reviewer, detail={**told, "action": action, "outcome": outcome})
    return Sample(seed=stated, population=len(numbers), digest=digest, drawn=tuple(_in_order(found, chosen)))


def _in_order(found: Mapping[int, DecisionRecord], chosen: Sequence[int]) -> Iterator[DecisionRecord]:
    return (found[number] for number in chosen)
