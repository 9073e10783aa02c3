"""A text that the other side offered, held against our draft: what both make together, before anything is stored."""

from collections.abc import Mapping

import msgspec

from accord.instruments.models import Text
from accord.workplan.content import Plan
from accord.workplan.entries import ROWS
from accord.workplan.errors import PlanRefused
from accord.workplan.merging import Choice, Merged, merged
from accord.workplan.models import PlanDraft
from accord.workplan.reading import TYPE, agreed_text, last_save, plan_of_text

__all__ = ["merge_with", "require_theirs"]


def merge_with(draft: PlanDraft, text: Text, *, choices: Mapping[str, Choice] | None = None) -> Merged:
    """Returns what our draft and a text of theirs make together, before anything is stored.

    Both are held against the revision that theirs follows; where it follows none, against what our draft began from.
    """
    require_theirs(draft, text)
    theirs = plan_of_text(text)
    return merged(_base_of(draft, text, theirs), last_save(draft).plan, theirs, choices=choices)


def _base_of(draft: PlanDraft, text: Text, theirs: Plan) -> Plan:
    named = None if text.previous is None else bytes(text.previous)
    for held in (agreed_text(draft.peer_id), draft.started_from):
        if held is not None and bytes(held.digest) == named:
            return plan_of_text(held)
    before = text.instrument.texts.filter(state=Text.State.AGREED)
    if named is not None:
        for held in before:
            if bytes(held.digest) == named:
                return plan_of_text(held)
    # Nothing stood there before: what each side wrote is its own, and what both wrote alike agrees.
    empty = dict.fromkeys(ROWS, ())
    return msgspec.structs.replace(theirs, about=None, **empty)


def require_theirs(draft: PlanDraft, text: Text) -> None:
    """Refuses a text that is no workplan which this party offered.

    Raises:
        PlanRefused: It is ours, or of another type or peer.
    """
    if text.is_ours or (text.instrument.type, text.instrument.peer_id) != (TYPE, draft.peer_id):
        raise PlanRefused(
            "The text is not a workplan that this party offered.",
            code="workplan.not-theirs",
            next_step="Choose a text that the other side offered.",
        )
