"""A file that was looked at is taken into our draft, as one save; or the draft is started from it.

What a file says is the whole plan, and it was looked at against one version of the draft. So it is not merged in
silence with what a colleague saved meanwhile: it is refused, and looked at once more against what stands there now.

Invariant: what was not understood changes nothing (:mod:`accord.workplan.documents.preview`), and is taken in with the
rest only where a person said so.
"""

from datetime import datetime

from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.gate import our_party
from accord.workplan.content import Plan
from accord.workplan.documents.preview import Preview
from accord.workplan.drafting import save_plan, start_from_plan
from accord.workplan.errors import PlanRefused
from accord.workplan.models import DraftSave, PlanDraft
from accord.workplan.reading import agreed_text, draft_with, last_save, plan_of_text

__all__ = ["plan_at_hand", "require_sides", "take_in"]


def plan_at_hand(peer: str) -> tuple[PlanDraft | None, Plan | None]:
    """Returns what a file is held against: our draft with its plan; without one, the revision that both signed."""
    draft = draft_with(peer)
    if draft is not None:
        return draft, last_save(draft).plan
    agreed = agreed_text(peer)
    return None, plan_of_text(agreed) if agreed is not None else None


def require_sides(plan: Plan, peer: str) -> None:
    """Refuses a plan that is between other parties.

    Raises:
        PlanRefused: It is.
    """
    if set(plan.parties) != {our_party(), peer}:
        raise PlanRefused(
            f"The plan is between {' and '.join(plan.parties)}.",
            code="workplan.other-parties",
            next_step=f"Choose a plan between {our_party()} and {peer}.",
            fields={"field": "file"},
        )


def take_in(
    officer: Officer,
    *,
    peer: str,
    seen: int,
    found: Preview,
    name: str = "",
    leaves_out: bool = False,
    now: datetime | None = None,
) -> PlanDraft:
    """Saves what was understood of a file into our draft, or starts the draft from it.

    Args:
        officer: Who may prepare texts.
        peer: The other side.
        seen: The version of the draft that the file was looked at against; 0 where there was none.
        found: What was understood.
        name: The name of the file, for the history.
        leaves_out: Whether the officer takes the rest although something was not understood.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: Nothing or not all was understood, a colleague saved meanwhile, the plan is between other parties,
            or nothing would change.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    if found.plan is None:
        raise PlanRefused(
            "Nothing of the file was understood as a plan.",
            code="workplan.file-not-understood",
            next_step="Mend what is listed in the file, and choose it again.",
        )
    if found.not_understood and not leaves_out:
        raise PlanRefused(
            "Something in the file was not understood.",
            code="workplan.file-partly-understood",
            next_step="Mend it in the file, or say that the draft keeps what it has there.",
            fields={"field": "leaves_out"},
        )
    require_sides(found.plan, peer)
    if not seen:
        return start_from_plan(officer, peer=peer, plan=found.plan, now=now)
    draft = draft_with(peer)
    if draft is None:
        raise PlanRefused("The draft was discarded.", code="workplan.draft-gone", next_step="Start a new one.")
    save_plan(
        officer,
        draft,
        seen=seen,
        plan=found.plan,
        why=DraftSave.Why.FILE,
        remark=name[:200],
        is_exact=True,
        now=now,
    )
    draft.refresh_from_db()
    return draft
