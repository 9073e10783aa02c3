"""What can be wrong with an act on the workplan."""

from accord.errors import OfficerCanMend
from accord.workplan.content import Plan
from accord.workplan.merging import Merged
from accord.workplan.versions import Problem

__all__ = ["PlanConflicts", "PlanNotReady", "PlanRefused", "StalePlan"]


class PlanRefused(OfficerCanMend):
    """This act on the workplan cannot be done as things stand."""

    code = "workplan.refused"
    default_next_step = "Open the plan again and see where it stands."


class StalePlan(OfficerCanMend):
    """A colleague saved meanwhile and changed the same fields; nothing was overwritten, and both texts are here.

    ``merged`` holds the conflicts with the stored and the new value of each; ``yours`` is what was to be saved. They
    are attributes for the page that shows both, not fields of the error, which may be logged.
    """

    code = "workplan.stale-draft"
    default_next_step = "Choose for each of the fields which of the two stays, and save again."
    http_status = 409

    def __init__(self, *, yours: Plan, merged: Merged, stored_version: int, saved_by: str) -> None:
        super().__init__(
            "A colleague saved meanwhile and changed the same fields.",
            fields={"stored_version": stored_version, "conflicts": len(merged.open)},
        )
        self.yours = yours
        self.merged = merged
        self.stored_version = stored_version
        self.saved_by = saved_by


class PlanConflicts(OfficerCanMend):
    """Both sides changed the same fields, and a person has not yet chosen for each of them."""

    code = "workplan.conflicts"
    default_next_step = "Choose for each of the fields whether ours or theirs stays."
    http_status = 409

    def __init__(self, merged: Merged) -> None:
        super().__init__(
            "Both sides changed the same fields, and a choice is missing.", fields={"conflicts": len(merged.open)}
        )
        self.merged = merged


class PlanNotReady(OfficerCanMend):
    """The draft has problems that keep it from being signed."""

    code = "workplan.not-ready"
    default_next_step = "Mend what is listed, then prepare it again."

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            f"The plan cannot be signed as it is; to be mended: {len(problems)}.",
            fields={"items": ", ".join(dict.fromkeys(problem.item for problem in problems))[:400]},
        )
        self.problems = problems
