"""The saves of a draft: its row locked, the version that an officer saw, and the next version on top.

What changes a draft (``drafting.py``, ``taking_over.py``) does so through these, in one transaction.
"""

import zlib
from datetime import datetime
from typing import Final

from accord.instruments.canonical import canonical_bytes, digest_of, read_canonical
from accord.instruments.kinds import TEXT_BYTES_MAX
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.release.gate import our_party
from accord.workplan.content import Plan
from accord.workplan.errors import PlanRefused
from accord.workplan.models import DraftSave, PlanDraft
from accord.workplan.reading import last_save

__all__ = ["SAVES_MAX", "locked_draft", "require_seen", "store_save"]

SAVES_MAX: Final = 200
"""Saves of a draft that are kept: a week's work of several officers; older ones make room."""

_NOTHING: Final = "The plan would be as it is now."


def locked_draft(draft: PlanDraft) -> PlanDraft:
    """Returns the draft's row, locked.

    Raises:
        PlanRefused: It was discarded meanwhile.
    """
    held = PlanDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise PlanRefused("The draft was discarded.", code="workplan.draft-gone", next_step="Start a new one.")
    return held


def require_seen(draft: PlanDraft, seen: int) -> None:
    """Raises where the draft is not at the version that the officer saw.

    Raises:
        PlanRefused: A colleague saved meanwhile.
    """
    if seen != draft.version:
        raise PlanRefused(
            "A colleague saved meanwhile.",
            code="workplan.version-moved",
            next_step="Look at what changed, then do it again.",
            fields={"stored_version": draft.version},
        )


def store_save(
    officer: Officer,
    draft: PlanDraft,
    plan: Plan,
    *,
    why: DraftSave.Why,
    at: datetime,
    remark: str = "",
    restores: int | None = None,
) -> DraftSave:
    """Stores a plan as the draft's next version, inside the transaction in which it was locked.

    Args:
        officer: Who saves.
        draft: The draft, locked.
        plan: The plan.
        why: What was done.
        at: The time.
        remark: For our own history.
        restores: Version that is restored by it.

    Raises:
        PlanRefused: It is between other parties, too long, or as it was.
    """
    if set(plan.parties) != {our_party(), draft.peer_id}:
        raise PlanRefused(
            f"The plan is between {' and '.join(plan.parties)}.",
            code="workplan.other-parties",
            next_step=f"Write a plan between {our_party()} and {draft.peer_id}.",
        )
    content = canonical_bytes(plan)
    # What is stored can be read again as it is: a value that its own form refuses is found here, not when it is opened.
    read_canonical(content, Plan)
    if len(content) > TEXT_BYTES_MAX:
        raise PlanRefused("The plan is too long.", code="workplan.too-long", next_step="Shorten it.")
    digest = digest_of(content)
    if draft.version and bytes(last_save(draft).digest) == digest and restores is None:
        raise PlanRefused(_NOTHING, code="workplan.nothing-changed", next_step="Change something first.")
    draft.version += 1
    draft.save()
    save = DraftSave.objects.create(
        draft=draft,
        version=draft.version,
        restores=restores,
        why=why,
        note=remark[:200],
        packed=zlib.compress(content, 6),
        digest=digest,
        at=at,
        by=officer,
    )
    draft.saves.filter(version__lte=draft.version - SAVES_MAX).delete()
    note(officer, "save plan", draft, at=at, detail={"peer": draft.peer_id, "version": draft.version, "why": str(why)})
    return save
