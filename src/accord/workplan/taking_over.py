"""Commitments of signed statements, taken over into our draft of the plan by choice."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workplan.models import DraftSave, PlanDraft
from accord.workplan.promised import promises_with, with_promises
from accord.workplan.reading import last_save
from accord.workplan.saving import locked_draft, require_seen, store_save

__all__ = ["take_commitments"]


def take_commitments(
    officer: Officer,
    draft: PlanDraft,
    *,
    seen: int,
    references: Collection[str],
    under: str = "",
    now: datetime | None = None,
) -> DraftSave:
    """Takes commitments of signed statements over into the draft, each with its sentence and its reference.

    Args:
        officer: Who may prepare texts.
        draft: The draft.
        seen: The version that the officer saw.
        references: Which ones, by their references; those that the plan has already are left.
        under: Code of the pillar under which they are put; none yet where omitted.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: Nothing was chosen, a commitment is not confirmed any more or in no language of a plan, there is
            no such pillar, the plan has them already, or a colleague saved meanwhile.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(draft)
        require_seen(held, seen)
        plan = last_save(held).plan
        taken = with_promises(plan, promises_with(officer, held.peer_id), references=references, under=under)
        codes = [row.id for row in taken.commitments[len(plan.commitments) :]]
        return store_save(officer, held, taken, why=DraftSave.Why.EDITED, at=moment, remark=", ".join(codes))
