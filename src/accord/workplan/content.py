"""The workplan as a value: what both sides sign, and nothing that only one side knows.

A plan is one text in up to three languages. Everything in it that can be spoken of has a code of its own (``P1`` a
pillar, ``R2`` a priority of one side, ``C3`` a commitment, ``A12`` an action, ``D4`` a deliverable, ``M5`` a milestone,
``I6`` an indicator), which stays with it through all revisions, so that a sentence in a read-out, a message in the log
and a row of a table can point to it.

Invariants:

* **One value has one text.** Fields that are left out are ``None``, ``""``, ``()`` or ``False``, never an empty
  structure, so that two equal plans have equal canonical bytes (:mod:`accord.instruments.canonical`).
* The structure says what can be said; whether it makes sense as a whole (codes that exist, no circle of dependencies,
  numbers that agree across the languages) is :mod:`accord.workplan.checking`.
* Owners are agencies and functions. No person, no address and no telephone stands in a plan.
* What an indicator measured is not in the plan; what it is to measure is.

What it does not do: say how messages are handled meanwhile. The clock table, the ceilings and the open lanes are data
here; they come in force when both signatures are there (:mod:`accord.workplan.in_force`).

Source: public statements of 6 and 7 February 2026 ("shared workplan", "respective priorities", "consistent with
domestic laws and international obligations").
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec

from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.codes import LANGUAGES, Aim, Function, Language, LegalEffect, Recurrence, Status, Unit, Verb

__all__ = [
    "ACTIONS_MAX",
    "CHARACTERS_MAX",
    "ITEMS_MAX",
    "LETTERS",
    "MIN_CELL",
    "PARTS",
    "SCHEMA_VERSION",
    "TITLE_MAX",
    "Action",
    "Ceiling",
    "ClockRow",
    "Commitment",
    "Deliverable",
    "Indicator",
    "Item",
    "Milestone",
    "Owner",
    "Pillar",
    "Plan",
    "Priority",
    "Progress",
    "Source",
    "Wording",
    "all_items",
    "item_of",
    "items_by_id",
    "statuses",
]

SCHEMA_VERSION: Final = 1
"""Version of this form; a plan of another version is not read."""

TITLE_MAX: Final = 300
"""A title, characters: two printed lines; the longest heading of the published plans looked at has some 160."""

CHARACTERS_MAX: Final = 4_000
"""A text of an item, characters: one printed page."""

ACTIONS_MAX: Final = 5_000
"""Actions of a plan: two and a half times what the desk is measured with; three texts each stay below 16 MiB."""

ITEMS_MAX: Final = 1_000
"""Items of any other part of a plan."""

MIN_CELL: Final = 5
"""Fewest cases of which a figure is told; a plan may ask for more. Precedent: most statistics offices take 3 to 10."""

STATUSES_MAX: Final = 10_000
"""Rows of status: more than one for each item."""

SECONDS_MIN: Final = 900
"""The shortest clock, seconds: a quarter of an hour, as for the acknowledgement of a warning."""

SECONDS_MAX: Final = 90 * 86_400
"""The longest clock, seconds: a quarter; what may take longer needs no clock."""


PartyCode = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9]{1,7}\Z")]
AgencyCode = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z0-9][A-Z0-9-]{0,15}\Z")]
ItemId = Annotated[str, msgspec.Meta(pattern=r"\A[PRCADMI][1-9][0-9]{0,4}\Z")]
Text = Annotated[str, msgspec.Meta(max_length=CHARACTERS_MAX)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
DefinitionCode = Annotated[str, msgspec.Meta(max_length=64, pattern=r"\A[a-z][a-z0-9]*([.-][a-z0-9]+)*\Z")]


class _Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every value of a plan: frozen, exact, and without what is left out."""


class Wording(_Value, frozen=True, kw_only=True):
    """One text in the languages of the plan: linked versions, of which none is a note on another.

    Raises:
        ValueError: It is empty in every language.
    """

    en: Text = ""
    fr: Text = ""
    hi: Text = ""

    def __post_init__(self) -> None:
        if not (self.en or self.fr or self.hi):
            raise ValueError("a text needs words in at least one language")

    def of(self, language: str) -> str:
        """Returns the text of that language; empty where there is none."""
        return {"en": self.en, "fr": self.fr, "hi": self.hi}.get(language[:2], "")

    def in_language(self, language: str) -> str:
        """Returns the text of that language, or of the first that has one."""
        return self.of(language) or self.en or self.fr or self.hi

    def shown_language(self, language: str) -> str:
        """Returns the language of what :meth:`in_language` returns."""
        return next(code for code in (language[:2], *LANGUAGES) if self.of(code))


class Owner(_Value, frozen=True, kw_only=True):
    """Who answers for an item on one side."""

    party: PartyCode
    agency: AgencyCode
    function: Function


class Source(_Value, frozen=True, kw_only=True):
    """The sentence of a statement from which an item comes.

    Args:
        statement: What the statement is called or how it is referred to.
        on: Its day.
        sentence: The sentence as it was published.
        language: Language of the sentence.
        commitment: Reference of the commitment in the register of the dialogue, where it stands there.
    """

    statement: Line
    on: date
    sentence: Text
    language: Language = Language.EN
    commitment: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Item(_Value, frozen=True, kw_only=True):
    """What the items of all parts have in common.

    Args:
        id: Its code, which stays with it.
        title: What it is, in a line.
        text: What it says, where a line is not enough.
        under: Code of the item it belongs to.
        verb: How strongly it is promised.
        owners: Who answers for it, on both sides; on one side for a priority.
        starts_on: First day.
        due_on: Day by which it is due, the first time where it recurs.
        recurrence: How often it falls due again.
        recurs_until: Last day on which it can fall due.
        depends_on: Codes of what must be done before.
        caveat: A legal caveat beside that of the whole plan.
        source: The sentence it comes from.
    """

    id: ItemId
    title: Wording
    text: Wording | None = None
    under: ItemId | None = None
    verb: Verb | None = None
    owners: Annotated[tuple[Owner, ...], msgspec.Meta(max_length=20)] = ()
    starts_on: date | None = None
    due_on: date | None = None
    recurrence: Recurrence = Recurrence.ONCE
    recurs_until: date | None = None
    depends_on: Annotated[tuple[ItemId, ...], msgspec.Meta(max_length=50)] = ()
    caveat: Wording | None = None
    source: Source | None = None


class Pillar(Item, frozen=True, kw_only=True):
    """A field of cooperation named in the agreement; the themes whose messages it is about."""

    id: Annotated[str, msgspec.Meta(pattern=r"\AP[1-9][0-9]{0,4}\Z")]
    themes: Annotated[tuple[Theme, ...], msgspec.Meta(max_length=len(Theme))] = ()


class Priority(Item, frozen=True, kw_only=True):
    """What one side wants most ("respective priorities"); under a pillar."""

    id: Annotated[str, msgspec.Meta(pattern=r"\AR[1-9][0-9]{0,4}\Z")]
    side: PartyCode


class Commitment(Item, frozen=True, kw_only=True):
    """What both sides promise; under a pillar."""

    id: Annotated[str, msgspec.Meta(pattern=r"\AC[1-9][0-9]{0,4}\Z")]
    legal_effect: LegalEffect = LegalEffect.NONE
    serves: Annotated[tuple[ItemId, ...], msgspec.Meta(max_length=50)] = ()


class Action(Item, frozen=True, kw_only=True):
    """What is done so that a commitment is kept; under it. It may serve priorities of either side."""

    id: Annotated[str, msgspec.Meta(pattern=r"\AA[1-9][0-9]{0,4}\Z")]
    serves: Annotated[tuple[ItemId, ...], msgspec.Meta(max_length=50)] = ()


class Deliverable(Item, frozen=True, kw_only=True):
    """What lies on the table when an action is done; under it."""

    id: Annotated[str, msgspec.Meta(pattern=r"\AD[1-9][0-9]{0,4}\Z")]


class Milestone(Item, frozen=True, kw_only=True):
    """A day by which something is reached; under a commitment or an action."""

    id: Annotated[str, msgspec.Meta(pattern=r"\AM[1-9][0-9]{0,4}\Z")]


class Indicator(Item, frozen=True, kw_only=True):
    """How both sides will know; under a commitment or a pillar.

    Args:
        definition: Code of the definition by which each node computes it from its own log.
        unit: Its unit.
        aim: On which side of the target it is to be.
        baseline: Where it stood; ``None`` where nobody knows.
        target: Where it is to be.
        min_cell: Fewest cases of which a figure is told.
        theme: Only messages of this theme; all where left out.
        urgency: Only requests of this urgency; all where left out.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"\AI[1-9][0-9]{0,4}\Z")]
    definition: DefinitionCode
    unit: Unit
    aim: Aim = Aim.AT_LEAST
    baseline: Decimal | None = None
    target: Decimal | None = None
    min_cell: Annotated[int, msgspec.Meta(ge=MIN_CELL, le=1_000)]
    theme: Theme | None = None
    urgency: Urgency | None = None

    def __post_init__(self) -> None:
        if not all(figure.is_finite() for figure in (self.baseline, self.target) if figure is not None):
            raise ValueError("baseline and target are plain numbers")


class ClockRow(_Value, frozen=True, kw_only=True):
    """One time limit: calendar time from receipt, in seconds."""

    urgency: Urgency
    access: AccessClass
    seconds: Annotated[int, msgspec.Meta(ge=SECONDS_MIN, le=SECONDS_MAX)]


class Ceiling(_Value, frozen=True, kw_only=True):
    """The most that may be in a message of a theme.

    Args:
        theme: The theme.
        classification: The highest classification that travels.
        handling: The most restrictive handling code that travels.
    """

    theme: Theme
    classification: Classification
    handling: Handling


class Progress(_Value, frozen=True, kw_only=True):
    """Where an item stood on a day, with the reason; the row of the latest day counts."""

    item: ItemId
    status: Status
    on: date
    by: PartyCode
    reason: Wording


class Plan(_Value, frozen=True, kw_only=True):
    """A revision of the workplan.

    Args:
        schema_version: Version of this form.
        parties: Codes of the two sides, in the order of the alphabet.
        title: What the plan is called.
        about: What it is and what it is not.
        is_template: Whether it is a text to start from, which neither side has taken as its own.
        in_force_on: Day from which it applies, from midnight UTC, so that both nodes begin at one moment.
        languages: Languages in which every text of it must stand.
        caveat: The legal caveat under which all of it stands.
        pillars: Fields of cooperation.
        priorities: What each side wants most.
        commitments: What both promise.
        actions: What is done.
        deliverables: What comes of it.
        milestones: By when.
        indicators: How both will know.
        clocks: The clock table; empty where the first table applies.
        ceilings: Ceilings by theme; a theme without one has that of each side's law alone.
        lanes: Themes that are open; empty where the plan says nothing of them, so that all are.
        progress: Where items stand.
    """

    schema_version: Literal[1]
    parties: tuple[PartyCode, PartyCode]
    title: Wording
    about: Wording | None = None
    is_template: bool = False
    in_force_on: date
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=len(Language))]
    caveat: Wording
    pillars: Annotated[tuple[Pillar, ...], msgspec.Meta(max_length=ITEMS_MAX)] = ()
    priorities: Annotated[tuple[Priority, ...], msgspec.Meta(max_length=ITEMS_MAX)] = ()
    commitments: Annotated[tuple[Commitment, ...], msgspec.Meta(max_length=ITEMS_MAX)] = ()
    actions: Annotated[tuple[Action, ...], msgspec.Meta(max_length=ACTIONS_MAX)] = ()
    deliverables: Annotated[tuple[Deliverable, ...], msgspec.Meta(max_length=ITEMS_MAX)] = ()
    milestones: Annotated[tuple[Milestone, ...], msgspec.Meta(max_length=ITEMS_MAX)] = ()
    indicators: Annotated[tuple[Indicator, ...], msgspec.Meta(max_length=ITEMS_MAX)] = ()
    clocks: Annotated[tuple[ClockRow, ...], msgspec.Meta(max_length=len(Urgency) * len(AccessClass))] = ()
    ceilings: Annotated[tuple[Ceiling, ...], msgspec.Meta(max_length=len(Theme))] = ()
    lanes: Annotated[tuple[Theme, ...], msgspec.Meta(max_length=len(Theme))] = ()
    progress: Annotated[tuple[Progress, ...], msgspec.Meta(max_length=STATUSES_MAX)] = ()


PARTS: Final[dict[str, type[Item]]] = {
    "pillars": Pillar,
    "priorities": Priority,
    "commitments": Commitment,
    "actions": Action,
    "deliverables": Deliverable,
    "milestones": Milestone,
    "indicators": Indicator,
}
"""Parts of a plan that hold items, in the order in which they are read, with the kind of each."""

LETTERS: Final[dict[str, str]] = {
    "P": "pillars",
    "R": "priorities",
    "C": "commitments",
    "A": "actions",
    "D": "deliverables",
    "M": "milestones",
    "I": "indicators",
}
"""The part that the first letter of a code names."""


def all_items(plan: Plan) -> Iterator[Item]:
    """Yields the items of all parts, in the order of the plan."""
    for part in PARTS:
        yield from getattr(plan, part)


def items_by_id(plan: Plan) -> dict[str, Item]:
    """Returns the items by their codes; of two with one code, the first."""
    found: dict[str, Item] = {}
    for item in all_items(plan):
        found.setdefault(item.id, item)
    return found


def item_of(plan: Plan, code: str) -> Item | None:
    """Returns the item of a code; ``None`` where the plan has none."""
    part = LETTERS.get(code[:1])
    return next((item for item in getattr(plan, part) if item.id == code), None) if part else None


def statuses(plan: Plan) -> dict[str, Progress]:
    """Returns where each item stands: of its rows, that of the latest day, and of one day the last."""
    found: dict[str, Progress] = {}
    for row in plan.progress:
        if row.item not in found or row.on >= found[row.item].on:
            found[row.item] = row
    return found
