"""A party's profile: names, capital, time zone, holidays, agencies and law packs, read from a data file.

Nothing of any one state is in the code: a third state joins with a file of its own.
"""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import msgspec

from accord.errors import OurFault
from accord.vocabulary.handling import Classification

__all__ = ["Agency", "Names", "Profile", "ProfileRefused", "load_profile", "profile_from_json", "shipped_profiles"]

# ISO 3166-1 alpha-2 has two letters; the room above it serves a specimen state or an organisation.
PARTY_CODE: Final = r"\A[A-Z][A-Z0-9]{1,7}\Z"
AGENCY_CODE: Final = r"\A[A-Z0-9][A-Z0-9-]{0,15}\Z"
PACK_NAME: Final = r"\A[a-z][a-z0-9_]{0,31}\Z"

# A profile is read at pairing from a file that another state made: bounded before it is parsed.
PROFILE_BYTES: Final = 256 * 1024

_Label = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]


class ProfileRefused(OurFault):
    """A profile is missing, malformed, or names a zone, calendar or pack that does not exist."""

    code = "parties.profile-refused"
    default_next_step = "Correct the profile file named in the message."


class Names(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One name in the languages of the interface."""

    en: _Label
    fr: _Label
    hi: _Label

    def in_language(self, language: str) -> str:
        """Returns the name in that language, in English where the language is unknown."""
        return {"fr": self.fr, "hi": self.hi}.get(language[:2], self.en)


class Agency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agency of a party, by the code that messages use."""

    code: Annotated[str, msgspec.Meta(pattern=AGENCY_CODE)]
    names: Names


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is shown and computed about a party.

    Args:
        version: Version of the profile's form.
        code: The party's code on the wire.
        names: The state's name.
        capital: Its capital's name, beside the clocks.
        time_zone: IANA zone in which its working days are counted.
        holidays_country: Country code of its public holidays.
        holidays_subdivision: Subdivision of that calendar, or empty.
        agencies: Its agencies.
        law_packs: Rule packs its gate loads.
        markings: Its own classification markings and the least equivalent of each; empty where it has no table.
    """

    version: Annotated[int, msgspec.Meta(ge=1, le=1)]
    code: Annotated[str, msgspec.Meta(pattern=PARTY_CODE)]
    names: Names
    capital: Names
    time_zone: str
    holidays_country: str
    holidays_subdivision: str = ""
    agencies: Annotated[tuple[Agency, ...], msgspec.Meta(min_length=1, max_length=200)]
    law_packs: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=PACK_NAME)], ...], msgspec.Meta(min_length=1, max_length=16)
    ]
    markings: Annotated[dict[_Label, Classification], msgspec.Meta(max_length=64)] = {}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.time_zone)

    def agency(self, code: str) -> Agency:
        """Returns the agency of that code.

        Raises:
            ProfileRefused: The party has no such agency.
        """
        for agency in self.agencies:
            if agency.code == code:
                return agency
        raise ProfileRefused(f"{self.code} has no agency {code[:16]!r}.", code="parties.unknown-agency")

    def to_json(self) -> dict[str, object]:
        """Returns the profile as JSON types, for the database and the invitation."""
        value: dict[str, object] = msgspec.to_builtins(self)
        return value


def shipped_profiles() -> tuple[str, ...]:
    """Returns the names of the profiles that come with Accord."""
    folder = files("accord.parties") / "profiles"
    return tuple(sorted(file.name[:-5] for file in folder.iterdir() if file.name.endswith(".toml")))


def load_profile(name_or_path: str) -> Profile:
    """Returns a shipped profile by its name, or the one in a file.

    Raises:
        ProfileRefused: There is none, or it does not hold together.
    """
    if re.fullmatch(PACK_NAME, name_or_path):
        if name_or_path not in shipped_profiles():
            raise ProfileRefused(
                f"There is no profile {name_or_path!r}.", next_step=f"Shipped are: {', '.join(shipped_profiles())}."
            )
        text = (files("accord.parties") / "profiles" / f"{name_or_path}.toml").read_text("utf-8")
    else:
        text = _text_of(Path(name_or_path))
    try:
        return profile_from_json(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileRefused(f"The profile is not TOML: {error}") from error


def _text_of(file: Path) -> str:
    try:
        if file.stat().st_size > PROFILE_BYTES:
            raise ProfileRefused(f"The profile is larger than {PROFILE_BYTES} bytes.")
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileRefused(f"The profile cannot be read: {file.name}") from error


def profile_from_json(value: object) -> Profile:
    """Returns a profile from JSON types, checked against the zones and calendars of this machine.

    Raises:
        ProfileRefused: A field is missing, unknown or names nothing that exists.
    """
    try:
        profile = msgspec.convert(value, Profile)
    except msgspec.ValidationError as error:
        raise ProfileRefused(f"The profile is refused: {error}") from error
    try:
        ZoneInfo(profile.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ProfileRefused(f"The profile names no IANA time zone: {profile.time_zone[:64]!r}.") from error
    try:
        holidays.country_holidays(profile.holidays_country, subdiv=profile.holidays_subdivision or None)
    except NotImplementedError as error:
        raise ProfileRefused("The profile names no known holiday calendar.") from error
    codes = [agency.code for agency in profile.agencies]
    if len(set(codes)) != len(codes):
        raise ProfileRefused("The profile names an agency twice.")
    return profile
