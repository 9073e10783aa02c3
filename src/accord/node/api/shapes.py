"""Shapes that several answers share: pages, times in both capitals, references."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Generic, TypeVar

from ninja import Field, Path, Query, Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, WithJsonSchema

from accord.exchange.kinds.limits import NARRATIVE_CHARACTERS_MAX, SENTENCE_CHARACTERS_MAX
from accord.node.api.limits import PAGE_DEFAULT, PAGE_MAX
from accord.parties.profile import PARTY_CODE

__all__ = [
    "BIG_ID_MAX",
    "Closed",
    "Cursor",
    "Day",
    "KindName",
    "Limit",
    "Moment",
    "Narrative",
    "OtherParty",
    "PageOut",
    "PartyCode",
    "PeerInPath",
    "RowId",
    "Sentence",
    "one_of",
    "portable",
]

Item = TypeVar("Item")

BIG_ID_MAX = 2**63 - 1
"""Largest row number either database can hold."""

CURSOR_CHARACTERS_MAX = 200

_STARTS_WITH_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")


def _text_only(value: object) -> object:
    # A number would be read as seconds since 1970: two readers could see two meanings.
    if isinstance(value, str) and _STARTS_WITH_A_DAY.match(value):
        return value
    raise ValueError("a day or time must be written as RFC 3339 has it")


Day = Annotated[date, BeforeValidator(_text_only)]


def _in_utc(value: datetime) -> datetime:
    # Databases know fewer offsets than ISO 8601 allows.
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        msg = "is outside the years 1 to 9999 in UTC"
        raise ValueError(msg) from error


Moment = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_in_utc)]


def portable(pattern: str) -> str:
    """Returns a pattern of ours as JSON Schema writes it: there ``$`` is the end, and never before a last newline."""
    return pattern.replace(r"\A", "^").replace(r"\Z", "$")


def one_of(codes: Iterable[str], description: str = "") -> WithJsonSchema:
    """Returns the schema of a text of an answer that is one of these codes, such as those of an enum.

    An answer's codes come from the database or a decision and are not checked again: the schema tells a client which.
    """
    told = {"description": description} if description else {}
    return WithJsonSchema({"type": "string", "enum": [str(code) for code in codes], **told})


class Closed(Schema):
    """A body in which an unknown member is refused: a misspelt safeguard must be noticed."""

    model_config = ConfigDict(extra="forbid")


Cursor = Annotated[
    str | None,
    Query(
        None,
        min_length=1,
        max_length=CURSOR_CHARACTERS_MAX,
        pattern=r"^[A-Za-z0-9:_-]+$",
        description="`next` of the page before.",
    ),
]
Limit = Annotated[int, Query(PAGE_DEFAULT, ge=1, le=PAGE_MAX, description="Most rows of the page.")]
OtherParty = Annotated[str, Field(pattern=portable(PARTY_CODE), description="Code of the other party.")]
PeerInPath = Path[OtherParty]
PartyCode = Annotated[str | None, Query(None, pattern=portable(PARTY_CODE), description="Code of the other party.")]
KindName = Annotated[str, Path(pattern=r"^[a-z][a-z-]{1,47}$", description="Name of a kind of message.")]
Sentence = Annotated[str, Field(min_length=1, max_length=SENTENCE_CHARACTERS_MAX)]
Narrative = Annotated[str, Field(min_length=1, max_length=NARRATIVE_CHARACTERS_MAX)]
RowId = Annotated[int, Field(ge=1, le=BIG_ID_MAX)]


class PageOut(Schema, Generic[Item]):
    """One page of a list and the cursor of the next one."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
