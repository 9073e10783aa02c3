"""What a posting says to both sides, as one value with one text; pure.

It has no member for a home, a family or a clearance, and a text with a member that it does not know is refused: what
the host need not know cannot be sent by mistake.
"""

import uuid
from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from accord.exchange.kinds.particulars import Digest
from accord.instruments.canonical import read_canonical
from accord.parties.profile import AGENCY_CODE, PARTY_CODE
from accord.vocabulary.periods import midnight_after
from accord.vocabulary.subjects import Theme

__all__ = [
    "POSTING",
    "SOIL_ACT",
    "LanguageLevel",
    "PostingContent",
    "SoilActContent",
    "may_offer_posting",
    "may_offer_soil_act",
    "read_posting",
    "read_soil_act",
]

POSTING: Final = "posting"
"""Name of the type of text."""

SOIL_ACT: Final = "soil-act"
"""Name of the type of text by which an act on the other side's soil is approved."""

LINE: Final = 160
"""Characters of a line: a name, a function, a reference."""

_Party = Annotated[str, msgspec.Meta(pattern=PARTY_CODE)]
_Agency = Annotated[str, msgspec.Meta(pattern=AGENCY_CODE)]
_Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LINE)]
_Paragraph = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
_Phone = Annotated[str, msgspec.Meta(pattern=r"\A\+[0-9][0-9 ()/.-]{4,38}\Z")]

Status = Literal["diplomatic", "administrative", "consular", "non-diplomatic"]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]


class LanguageLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language and how well it is spoken.

    Args:
        language: Code of the language (ISO 639).
        level: Level of the Common European Framework of Reference (CEFR).
    """

    language: Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{2,3}\Z")]
    level: Level


class PostingContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who is posted where, for what and how long.

    Args:
        schema_version: Version of the schema.
        sending: Party that posts the officer.
        host: Party on whose territory.
        holder: Name or function, as the officer chooses.
        agency: Agency of the sending party, by the code of its profile.
        topics: Subjects of cooperation.
        languages: Languages with their levels.
        status: Status under the Vienna Conventions.
        accreditation: Reference of the accreditation, where there is one.
        territory: Territory for which the officer is posted.
        from_day: First day.
        to_day: Last day, included.
        telephones: Office telephones, with the country's code.
        fingerprints: SHA-256 of public keys that the officer uses.
    """

    schema_version: Literal[1]
    sending: _Party
    host: _Party
    holder: _Line
    agency: _Agency
    topics: Annotated[tuple[Theme, ...], msgspec.Meta(min_length=1, max_length=len(Theme))]
    languages: Annotated[tuple[LanguageLevel, ...], msgspec.Meta(min_length=1, max_length=12)]
    status: Status
    territory: _Line
    from_day: date
    to_day: date
    accreditation: Annotated[str, msgspec.Meta(max_length=LINE)] = ""
    telephones: Annotated[tuple[_Phone, ...], msgspec.Meta(max_length=4)] = ()
    fingerprints: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=4)] = ()

    def __post_init__(self) -> None:
        if self.sending == self.host:
            raise ValueError("host: a posting is from one side to the other")
        if self.to_day < self.from_day:
            raise ValueError("to_day: the last day is before the first")
        if len(set(self.topics)) < len(self.topics):
            raise ValueError("topics: a topic stands there twice")
        if len({one.language for one in self.languages}) < len(self.languages):
            raise ValueError("languages: a language stands there twice")

    @property
    def ends_at(self) -> datetime:
        """The moment at which it is over: midnight UTC after its last day."""
        return midnight_after(self.to_day)


class SoilActContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An act of one side's officer on the other side's soil: what, where, when, by whom, why, with whom, on what terms.

    The asking side leaves the conditions blank. The host signs it as it is, or offers the same with its conditions;
    then both have signed the conditions.

    Args:
        schema_version: Version of the schema.
        asking: Party whose officer would act.
        host: Party on whose soil.
        act_kind: What is to be done.
        description: What exactly, and what not.
        place: Where.
        from_day: First day on which it is approved.
        to_day: Last day, included; after it the approval has expired.
        officer: Name or function of who would act.
        posting: Identifier of the posting that the officer holds, where there is one.
        ground: Why, and the law on which it rests.
        accompanied_by: Authority of the host that accompanies, or is asked to.
        conditions: Conditions of the host.

    Source: Protocol on Foreign Criminal Investigators in Canada (Global Affairs Canada, JLA-0142): notice in advance
    and approval before anybody is questioned or a statement is taken.
    """

    schema_version: Literal[1]
    asking: _Party
    host: _Party
    act_kind: Literal["interview", "statement", "observation", "presence", "site-visit", "handover", "other"]
    description: _Paragraph
    place: _Line
    from_day: date
    to_day: date
    officer: _Line
    ground: _Paragraph
    accompanied_by: _Line
    posting: uuid.UUID | None = None
    conditions: Annotated[str, msgspec.Meta(max_length=2000)] = ""

    def __post_init__(self) -> None:
        if self.asking == self.host:
            raise ValueError("host: it is an act on the other side's soil")
        if self.to_day < self.from_day:
            raise ValueError("to_day: the last day is before the first")

    @property
    def ends_at(self) -> datetime:
        """The moment at which the approval has expired."""
        return midnight_after(self.to_day)


def read_posting(content: bytes) -> PostingContent:
    """Returns the posting of canonical bytes.

    Raises:
        msgspec.ValidationError: They are not of the type.
        ValueError: They are not canonical.
    """
    return read_canonical(content, PostingContent)


def read_soil_act(content: bytes) -> SoilActContent:
    """Returns the act of canonical bytes.

    Raises:
        msgspec.ValidationError: They are not of the type.
        ValueError: They are not canonical.
    """
    return read_canonical(content, SoilActContent)


def may_offer_posting(ours: str, party: str, value: PostingContent) -> bool:
    """Returns whether a party may propose a posting: it sends the officer, and we are the other one of the two."""
    return party == value.sending and ours in {party, value.host}


def may_offer_soil_act(ours: str, party: str, value: SoilActContent) -> bool:
    """Returns whether a party may propose the text: the asking side does, and the host where it sets conditions."""
    if ours not in {value.asking, value.host}:
        return False
    return party == value.asking or (party == value.host and bool(value.conditions.strip()))
