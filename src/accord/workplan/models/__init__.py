"""Tables of the workplan app, one file a noun."""

from .draft import DraftSave, PlanDraft

__all__ = ["DraftSave", "PlanDraft"]
