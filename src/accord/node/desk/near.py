"""Days that a form may name: near enough to now that every zone and every calculation has them."""

from datetime import date
from typing import Final

from django.utils import timezone

__all__ = ["YEARS_NEAR", "is_near"]

YEARS_NEAR: Final = 10
"""Leave, watches, handovers and meetings lie within so many years of today; what lies further off is a slip."""


def is_near(day: date) -> bool:
    """Says whether a day (or a moment) lies within ten years of today."""
    return abs(day.year - timezone.localdate().year) <= YEARS_NEAR
