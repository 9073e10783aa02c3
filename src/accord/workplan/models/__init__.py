"""Tables of the workplan app, one file a noun."""

from .draft import DraftSave, PlanDraft
from .indicators import (
    AwaitedCase,
    CountCursor,
    CountedPeriod,
    IndicatorDispute,
    Observation,
    PublishedIndicators,
    StaleDay,
)

__all__ = [
    "AwaitedCase",
    "CountCursor",
    "CountedPeriod",
    "DraftSave",
    "IndicatorDispute",
    "Observation",
    "PlanDraft",
    "PublishedIndicators",
    "StaleDay",
]
