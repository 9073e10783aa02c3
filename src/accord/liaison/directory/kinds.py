"""The three kinds of message of this room: a directory, a test call, and its answer; none is about a case or person."""

from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from accord.exchange.kinds.particulars import EnvelopeId
from accord.liaison.directory.functions import FunctionCode
from accord.parties.profile import AGENCY_CODE, Names

__all__ = ["DIRECTORY", "ENTRIES_MAX", "PING", "PING_ANSWER", "Directory", "Entry", "Ping", "PingAnswer"]

DIRECTORY: Final = "directory"
PING: Final = "ping"
PING_ANSWER: Final = "ping-answer"

ENTRIES_MAX: Final = 200
"""Entries of one side: twice the agencies that take part in the largest networks of liaison officers of one state."""

_Agency = Annotated[str, msgspec.Meta(pattern=AGENCY_CODE)]
_Phone = Annotated[str, msgspec.Meta(pattern=r"\A(\+[0-9][0-9 ()/.-]{4,38})?\Z")]
_Mail = Annotated[str, msgspec.Meta(pattern=r"\A([^\s@]{1,64}@[^\s@]{1,120})?\Z")]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One point of contact: an office, never a person's home.

    Args:
        names: Name in the languages of the interface.
        agency: Agency, by the code of its party's profile.
        functions: What it is competent for.
        zone: IANA time zone of its hours.
        telephone: Office telephone with the country's code; empty while none was given.
        email: Office e-mail; empty while none was given.
        hours: When somebody is there, in words such as ``Mon-Fri 09:00-17:00``; empty while not given.
    """

    names: Names
    agency: _Agency
    functions: Annotated[tuple[FunctionCode, ...], msgspec.Meta(min_length=1, max_length=40)]
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    telephone: _Phone = ""
    email: _Mail = ""
    hours: Annotated[str, msgspec.Meta(max_length=120)] = ""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("zone: this is no IANA time zone, such as Asia/Kolkata") from None


class Directory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All points of contact of the sender; it replaces the directory with the lower number.

    Args:
        schema_version: Version of the schema.
        number: Number of this directory towards this peer, from 1.
        entries: The entries.
    """

    schema_version: Literal[1]
    number: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    entries: Annotated[tuple[Entry, ...], msgspec.Meta(max_length=ENTRIES_MAX)]


class Ping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test call: whoever is on duty for the function answers with one act.

    Args:
        schema_version: Version of the schema.
        ping: Identifier, chosen by the sender.
        function: Function that is tested.
    """

    schema_version: Literal[1]
    ping: EnvelopeId
    function: FunctionCode


class PingAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer of a person to a test call.

    Args:
        schema_version: Version of the schema.
        ping: Identifier of the test call.
    """

    schema_version: Literal[1]
    ping: EnvelopeId
