"""What an act moved: the figures of the running quarter before it and after it, for the story of the demonstration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accord.vocabulary.periods import quarter_of

from .counting import count_new
from .figures import Figure, figures_of
from .wanted import signed_plan, wanted_of

__all__ = ["Moved", "figures_now", "moved"]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An indicator that says something else than before.

    Args:
        before: What it said.
        after: What it says.
    """

    before: Figure
    after: Figure


def figures_now(peer: str, *, now: datetime | None = None) -> dict[str, Figure]:
    """Counts what is new and returns the figures of the running quarter, by the indicator's code.

    Args:
        peer: Code of the other party.
        now: The time.
    """
    moment = now or timezone.now()
    count_new(now=moment)
    signed, period = signed_plan(peer), quarter_of(moment.date())
    wanted = wanted_of(signed.plan if signed is not None else None)
    return {figure.wanted.id: figure for figure in figures_of(peer, wanted, [period])[period.code]}


def moved(before: Mapping[str, Figure], after: Mapping[str, Figure]) -> list[Moved]:
    """Returns the indicators that say something else after an act than before it."""
    both = [(figure, after[code]) for code, figure in before.items() if code in after]
    return [Moved(before=one, after=other) for one, other in both if one != other]
