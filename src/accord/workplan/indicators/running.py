"""The figures of the running quarter, counted up to now."""

from datetime import datetime

from django.utils import timezone

from accord.vocabulary.periods import quarter_of

from .counting import count_new
from .figures import Figure, figures_of
from .wanted import signed_plan, wanted_of

__all__ = ["figures_now"]


def figures_now(peer: str, *, now: datetime | None = None) -> list[Figure]:
    """Counts what is new and returns the figures of the running quarter, in the order of the signed plan.

    Args:
        peer: Code of the other party.
        now: The time.
    """
    moment = now or timezone.now()
    count_new(now=moment)
    signed, period = signed_plan(peer), quarter_of(moment.date())
    return figures_of(peer, wanted_of(signed.plan if signed is not None else None), [period])[period.code]
