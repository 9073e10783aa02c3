"""Which indicators are looked at: those of the plan that both sides signed; before there is one, every definition."""

from dataclasses import dataclass
from decimal import Decimal

from accord.workplan.codes import Aim, Unit
from accord.workplan.content import MIN_CELL, Indicator, Plan, Wording, items_by_id
from accord.workplan.reading import agreed_text, plan_of_text

from .definitions import Definition, definition_of, definitions

__all__ = ["SignedPlan", "Wanted", "signed_plan", "wanted_of"]


@dataclass(frozen=True, kw_only=True)
class SignedPlan:
    """The revision in force with a peer.

    Args:
        number: Its number.
        digest: Its SHA-256.
        plan: What it says.
    """

    number: int
    digest: bytes
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One indicator that is measured.

    Args:
        id: Its code in the plan; that of its definition where no plan names it.
        title: What it is called.
        definition_code: Code of its definition.
        definition: The definition; ``None`` where this node has none of that code.
        unit: Unit of its figure.
        aim: On which side of the target it is to be.
        min_cell: Fewest cases of which a figure is told.
        baseline: Where it stood.
        target: Where it is to be; ``None`` where none is agreed.
        theme: Only messages of this theme; empty for all.
        urgency: Only requests of this urgency; empty for all.
        pillar: The pillar it stands under; ``None`` where no plan names it.
        is_agreed: Whether a signed plan names it.
    """

    id: str
    title: Wording
    definition_code: str
    definition: Definition | None
    unit: Unit
    aim: Aim
    min_cell: int
    baseline: Decimal | None = None
    target: Decimal | None = None
    theme: str = ""
    urgency: str = ""
    pillar: Wording | None = None
    is_agreed: bool = True


def signed_plan(peer: str) -> SignedPlan | None:
    """Returns the revision of the workplan that both sides signed last; ``None`` where there is none."""
    text = agreed_text(peer)
    if text is None:
        return None
    return SignedPlan(number=text.number, digest=bytes(text.digest), plan=plan_of_text(text))


def wanted_of(plan: Plan | None) -> list[Wanted]:
    """Returns the indicators of a plan in its order; all definitions where there is no plan."""
    if plan is None:
        return [_of_definition(definition) for definition in definitions()]
    return [_of_indicator(indicator, plan) for indicator in plan.indicators]


def _of_definition(definition: Definition) -> Wanted:
    return Wanted(
        id=definition.code,
        title=definition.name,
        definition_code=definition.code,
        definition=definition,
        unit=definition.unit,
        aim=definition.aim,
        min_cell=MIN_CELL,
        is_agreed=False,
    )


def _of_indicator(indicator: Indicator, plan: Plan) -> Wanted:
    known = items_by_id(plan)
    above = known.get(indicator.under or "")
    while above is not None and above.under:
        above = known.get(above.under)
    return Wanted(
        id=indicator.id,
        title=indicator.title,
        definition_code=indicator.definition,
        definition=definition_of(indicator.definition),
        unit=indicator.unit,
        aim=indicator.aim,
        min_cell=indicator.min_cell,
        baseline=indicator.baseline,
        target=indicator.target,
        theme=indicator.theme.value if indicator.theme else "",
        urgency=indicator.urgency.value if indicator.urgency else "",
        pillar=above.title if above is not None else None,
    )
