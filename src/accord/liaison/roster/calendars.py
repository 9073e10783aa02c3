"""The public holidays by which shifts are kept, from the calendars that the parties' profiles name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from accord.parties.profile import Profile

__all__ = ["Holidays", "holidays_of"]


@lru_cache(maxsize=64)
def _of_year(country: str, subdivision: str, year: int, language: str) -> Mapping[date, str]:
    spoken = _languages_of(country)
    named = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language=language if language in spoken else None
    )
    return dict(named.items())


@lru_cache(maxsize=16)
def _languages_of(country: str) -> frozenset[str]:
    """Returns the languages in which a calendar names its days."""
    return frozenset(holidays.list_localized_countries().get(country, ()))


@dataclass(frozen=True, kw_only=True)
class Holidays:
    """Public holidays by party.

    Args:
        calendars: By the code of a party, its calendar: country and subdivision.
    """

    calendars: Mapping[str, tuple[str, str]]

    def is_holiday(self, party: str, day: date) -> bool:
        """Returns whether it is a public holiday of the party; never for a party that is not known."""
        country, subdivision = self.calendars.get(party, ("", ""))
        return bool(country) and day in _of_year(country, subdivision, day.year, "")

    def name_of(self, party: str, day: date, language: str = "") -> str:
        """Returns the name of the holiday in the reader's language where its calendar knows it; empty if it is none."""
        country, subdivision = self.calendars.get(party, ("", ""))
        return _of_year(country, subdivision, day.year, language).get(day, "") if country else ""


def holidays_of(profiles: Iterable[Profile]) -> Holidays:
    """Returns the holidays of these parties."""
    return Holidays(calendars={one.code: (one.holidays_country, one.holidays_subdivision) for one in profiles})
