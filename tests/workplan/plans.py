"""Plans for the tests: a small one that makes sense, and a large one in three languages."""

from datetime import date, timedelta
from decimal import Decimal

from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.codes import Function, Language, Recurrence, Status, Unit, Verb
from accord.workplan.content import (
    Action,
    Ceiling,
    ClockRow,
    Commitment,
    Deliverable,
    Indicator,
    Milestone,
    Owner,
    Pillar,
    Plan,
    Priority,
    Progress,
    Source,
    Wording,
)

__all__ = ["BOTH", "FIRST_DAY", "HOURS", "large_plan", "said", "small_plan"]

FIRST_DAY = date(2026, 3, 1)
BOTH = (
    Owner(party="CA", agency="RCMP", function=Function.LIAISON),
    Owner(party="IN", agency="NCB", function=Function.OPERATIONS),
)
HOURS = {
    (Urgency.THREAT_TO_LIFE, AccessClass.DIRECT): 4,
    (Urgency.THREAT_TO_LIFE, AccessClass.INDIRECT): 8,
    (Urgency.URGENT, AccessClass.DIRECT): 6,
    (Urgency.URGENT, AccessClass.INDIRECT): 48,
    (Urgency.NORMAL, AccessClass.DIRECT): 120,
    (Urgency.NORMAL, AccessClass.INDIRECT): 168,
}


def said(text: str) -> Wording:
    """A text that says the same in three languages."""
    return Wording(en=text, fr=f"{text} (fr)", hi=f"{text} (हि)")


def small_plan() -> Plan:
    return Plan(
        schema_version=1,
        parties=("CA", "IN"),
        title=Wording(en="Workplan", fr="Plan de travail", hi="कार्ययोजना"),
        in_force_on=FIRST_DAY,
        languages=(Language.EN, Language.FR, Language.HI),
        caveat=said("Consistent with domestic laws and international obligations."),
        pillars=(
            Pillar(id="P1", title=said("Precursors"), owners=BOTH, themes=(Theme.PRECURSORS,)),
            Pillar(id="P2", title=said("Fraud"), owners=BOTH, themes=(Theme.FRAUD,)),
        ),
        priorities=(Priority(id="R1", title=said("Fewer diversions"), under="P1", side="CA", owners=BOTH[:1]),),
        commitments=(
            Commitment(
                id="C1",
                title=said("Answer within the clock"),
                under="P1",
                verb=Verb.WILL,
                owners=BOTH,
                serves=("R1",),
                source=Source(statement="Statement", on=date(2026, 2, 7), sentence="They will answer in time."),
            ),
        ),
        actions=(
            Action(
                id="A1",
                title=said("Name contact points"),
                under="C1",
                verb=Verb.WILL,
                owners=BOTH,
                starts_on=date(2026, 3, 1),
                due_on=date(2026, 6, 30),
            ),
            Action(
                id="A2",
                title=said("Test the contact points"),
                text=said("Each month, by telephone."),
                under="C1",
                verb=Verb.INTEND,
                owners=BOTH,
                due_on=date(2026, 7, 31),
                recurrence=Recurrence.MONTHLY,
                recurs_until=date(2026, 12, 31),
                depends_on=("A1",),
                serves=("R1",),
            ),
        ),
        deliverables=(Deliverable(id="D1", title=said("List of contact points"), under="A1", owners=BOTH),),
        milestones=(Milestone(id="M1", title=said("First test"), under="C1", owners=BOTH, due_on=date(2026, 7, 31)),),
        indicators=(
            Indicator(
                id="I1",
                title=said("Answered within the clock"),
                under="C1",
                owners=BOTH,
                definition="answers.within-clock",
                unit=Unit.PERCENT,
                target=Decimal(95),
                min_cell=5,
                theme=Theme.PRECURSORS,
            ),
        ),
        clocks=tuple(
            ClockRow(urgency=urgency, access=access, seconds=hours * 3600) for (urgency, access), hours in HOURS.items()
        ),
        ceilings=(Ceiling(theme=Theme.PRECURSORS, classification=Classification.PROTECTED, handling=Handling.H2),),
        lanes=(Theme.PRECURSORS, Theme.FRAUD),
        progress=(
            Progress(item="A1", status=Status.UNDER_WAY, on=date(2026, 4, 1), by="CA", reason=said("Under way.")),
        ),
    )


_SENTENCE = (
    "Exchange lists of contact points for pre-export notices and review them before the meeting of {day}, with {n} "
    "sheets at most and a record of what was changed since the list before."
)
_PHRASE = (
    "Échanger les listes de points de contact pour les préavis d'exportation et les revoir avant la réunion du {day}, "
    "avec {n} feuilles au plus et un relevé de ce qui a changé depuis la liste précédente."
)
_VAKYA = (
    "निर्यात-पूर्व सूचनाओं के लिए संपर्क बिंदुओं की सूचियाँ साझा करना और {day} की बैठक से पहले उनकी समीक्षा करना, "
    "अधिकतम {n} पृष्ठों के साथ, और पिछली सूची के बाद हुए परिवर्तनों का अभिलेख रखना।"
)


def large_plan(*, actions: int, commitments: int = 100) -> Plan:
    """A plan with many actions, each with a title and a text of a few lines in three languages."""
    plan = small_plan()
    rows = []
    for number in range(1, actions + 1):
        day = FIRST_DAY + timedelta(days=number % 700)
        values = {"day": day.isoformat(), "n": number}
        text = Wording(
            en=" ".join([_SENTENCE.format(**values)] * 2),
            fr=" ".join([_PHRASE.format(**values)] * 2),
            hi=" ".join([_VAKYA.format(**values)] * 2),
        )
        rows.append(
            Action(
                id=f"A{number}",
                title=Wording(en=f"Lists, part {number}", fr=f"Listes, partie {number}", hi=f"सूचियाँ, भाग {number}"),
                text=text,
                under=f"C{1 + number % commitments}",
                verb=Verb.WILL,
                owners=BOTH,
                starts_on=day,
                due_on=day + timedelta(days=90),
                depends_on=(f"A{number - 1}",) if number > 1 and number % 3 == 0 else (),
            )
        )
    promises = tuple(
        Commitment(id=f"C{number}", title=said(f"Promise {number}"), under="P1", verb=Verb.WILL, owners=BOTH)
        for number in range(1, commitments + 1)
    )
    return Plan(
        schema_version=1,
        parties=plan.parties,
        title=plan.title,
        in_force_on=plan.in_force_on,
        languages=plan.languages,
        caveat=plan.caveat,
        pillars=plan.pillars,
        priorities=plan.priorities,
        commitments=promises,
        actions=tuple(rows),
        indicators=plan.indicators,
        clocks=plan.clocks,
        ceilings=plan.ceilings,
        lanes=plan.lanes,
    )
