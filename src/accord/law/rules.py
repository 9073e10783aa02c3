"""A rule as data: what its two files say, read strictly.

A rule is a pair of files of one name. ``CA-05.cedar`` holds one Cedar ``forbid`` for each way in which the rule can
speak, each with ``@id("CA-05.no-accuracy")``. ``CA-05.toml`` says what each of them means to an officer: outcome,
sentence, cure, who decides; and where the rule comes from, since when, how sure we are, and a table of rows
(facts, expected answer) that the tests run.

Numbers and dates that a legislature or a court may move are ``[parameters]`` of the TOML file and appear in the
policy as ``$name``; the policy text itself has no date and no threshold.
"""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from accord.law.decision import Outcome
from accord.law.facts import Day, SubstanceFact

__all__ = [
    "EVERY_PARTY",
    "OUTCOMES_IN_FILES",
    "Pack",
    "PackHeader",
    "Policy",
    "Row",
    "Rule",
    "Source",
    "SpecimenSource",
]

OUTCOMES_IN_FILES: dict[str, Outcome] = {
    "condition": Outcome.PERMIT_WITH,
    "hold": Outcome.HOLD,
    "route": Outcome.ROUTE,
    "refuse": Outcome.REFUSE,
}
"""The words a rule file may use for an outcome; a rule can never permit."""

EVERY_PARTY: Final = "*"
"""Stands for every party in the header of a pack that binds all."""

_Text = Annotated[str, Meta(min_length=1, max_length=600)]
_Strict = Annotated[dict[str, Any], Meta(description="Overrides of the specimen's facts; any JSON-like value.")]


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a rule was read.

    Args:
        reference: Instrument, clause and consolidation; never an address on the network.
        statute: Name of the text in the statutes collection, when it is there.
        words: A few words of that text by which the clause is found again.
    """

    reference: _Text
    statute: str | None = None
    words: str | None = None


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which a rule speaks.

    Args:
        outcome: ``refuse``, ``route``, ``hold`` or ``condition``.
        sentence: What stops the act, or what the officer must know.
        cure: What would let it pass; for a condition, what must be done.
        decider: Who decides.
        channel: The other channel, for ``route``.
        shielded: Its firing must not be inferable by the other side.
        yields_to_emergency: Gives way to a lawful emergency (BI-13) and is made good afterwards.
        opens_emergency: Is the emergency itself; only a condition may be.
    """

    outcome: Literal["refuse", "route", "hold", "condition"]
    sentence: _Text
    cure: _Text
    decider: _Text
    channel: str | None = None
    shielded: bool = False
    yields_to_emergency: bool = False
    opens_emergency: bool = False


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a rule's table: a lawful specimen, changed in some facts, and what the rule must then say.

    Args:
        name: What the row shows, as a clause.
        base: The specimen to start from.
        party: Party whose specimen it is; where null, the row runs for every party of the pack.
        facts: Facts that differ from the specimen.
        unset: Facts put back to unknown.
        fires: The rule's policies that must speak, exactly these, named without the rule's id.
        outcome: What the rule alone must answer.
        gate: What the whole gate must answer, where it matters.
    """

    name: _Text
    base: Literal["request", "answer", "use-request", "use-answer", "acknowledge"]
    party: str | None = None
    facts: _Strict = {}
    unset: tuple[str, ...] = ()
    fires: tuple[str, ...] = ()
    outcome: Literal["permit", "permit-with", "hold", "route", "refuse"]
    gate: Literal["permit", "permit-with", "hold", "route", "refuse"] | None = None


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of one party's law, or of what binds both.

    Args:
        id: Identifier, e.g. ``CA-05``.
        version: Raised with every change of meaning.
        title: A few words.
        in_force_from: First day in force here: its source's first day, or that of the agreement.
        in_force_to: Last day in force; null while open.
        citations: The law, each naming its Act or instrument.
        sources: Where each was read.
        verified: Whether the source was read in its primary text; a rule that is not ships on where it protects.
        note: What a lawyer of the party should look at first.
        applies: Actions at which it runs.
        parameters: Numbers (days, ranks, ``yyyymmdd``) that the policies read as ``$name``.
        policies: The ways in which it speaks, by name.
        rows: Its table.
    """

    id: Annotated[str, Meta(pattern=r"^[A-Z]{2}-[0-9]{2}$")]
    version: Annotated[int, Meta(ge=1)]
    title: _Text
    in_force_from: Day
    in_force_to: Day | None = None
    citations: Annotated[tuple[_Text, ...], Meta(min_length=1)]
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    verified: bool
    note: _Text
    applies: Annotated[tuple[Literal["release", "request", "use", "acknowledge"], ...], Meta(min_length=1)]
    parameters: dict[str, int] = {}
    policies: Annotated[dict[str, Policy], Meta(min_length=1)]
    rows: Annotated[tuple[Row, ...], Meta(min_length=4)]

    def is_in_force(self, day: Day) -> bool:
        """Whether the rule is in force on ``day``, both ends included."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)

    @property
    def citation(self) -> str:
        """All citations in one line."""
        return "; ".join(self.citations)


class SpecimenSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a party's specimens are made of: its part in the story that demonstrations tell.

    Args:
        act: The act that the party does first in the story.
        peer: The other party of the story.
        agency: Agency that acts.
        authorising_law: Law under which it acts.
        substance: The substance as this party controls it.
    """

    act: Literal["request", "answer"]
    peer: str
    agency: str
    authorising_law: str
    substance: SubstanceFact


class PackHeader(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``pack.toml`` says.

    Args:
        title: The pack in a few words.
        parties: Parties it binds; ``*`` for every party.
        keeper: Who answers for its content.
        in_force_from: First day for which the pack holds law; before it everything is refused.
        specimen: What the party's specimens are made of.
    """

    title: _Text
    parties: Annotated[tuple[str, ...], Meta(min_length=1)]
    keeper: _Text
    in_force_from: Day
    specimen: SpecimenSource | None = None


class Pack(Struct, frozen=True, kw_only=True):
    """A folder of rules, validated, with its digest.

    Args:
        name: Folder name.
        header: Title and parties.
        rules: Rules in order of their identifiers.
        texts: Policy text of each rule with its parameters filled in, by rule identifier.
        permits: Policy text of the permits; only the pack ``common`` has any.
        digest: SHA-256 over every file of the pack, names and bytes, in the order of names.
    """

    name: str
    header: PackHeader
    rules: tuple[Rule, ...]
    texts: dict[str, str]
    permits: str
    digest: bytes

    def binds(self, party: str) -> bool:
        """Whether the pack binds a party."""
        return EVERY_PARTY in self.header.parties or party in self.header.parties
