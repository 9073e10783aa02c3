"""The filters of the pages on flows: read from the address, and an address again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict

from accord.officers.models import Officer
from accord.parties.models import Party
from accord.workstreams.drugs.flows.consignments import Wanted, substances_of

__all__ = ["Chosen", "choices_for", "chosen_of", "day_of_address"]

SIDES: Final[Mapping[str, bool]] = {"ours": True, "theirs": False}
COUNTRIES_MAX: Final = 40
"""Countries of a route in an address; a notice states no more."""

VALUE_CHARACTERS_MAX: Final = 200
"""Of the longest name of a substance in a message."""

_NAMES: Final = ("substance", "side", "peer", "since", "until", "route")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What an address asks for.

    Args:
        values: The filters that were understood, by name.
    """

    values: Mapping[str, str]

    @property
    def wanted(self) -> Wanted:
        """The same as the workstream asks it."""
        given = self.values
        return Wanted(
            substance=given.get("substance", ""),
            is_ours=SIDES.get(given.get("side", "")),
            peer=given.get("peer", ""),
            since=day_of_address(given.get("since", "")),
            until=day_of_address(given.get("until", "")),
            route=tuple(given["route"].split("-")) if "route" in given else (),
        )

    def address(self, **changed: str) -> str:
        """Returns the query of an address with these filters, of which some are changed, or taken out where blank."""
        asked = {name: value for name, value in {**self.values, **changed}.items() if value}
        return f"?{urlencode(asked)}"


def chosen_of(asked: QueryDict) -> Chosen:
    """Returns what an address asks for; what is not understood asks for nothing."""
    given = {name: _plain(asked.get(name, "")) for name in _NAMES}
    if given["side"] not in SIDES:
        given["side"] = ""
    for name in ("since", "until"):
        if day_of_address(given[name]) is None:
            given[name] = ""
    if not _is_route(given["route"]):
        given["route"] = ""
    return Chosen(values={name: value for name, value in given.items() if value})


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable()).strip()[:VALUE_CHARACTERS_MAX]


def _is_route(text: str) -> bool:
    codes = text.split("-")
    return 2 <= len(codes) <= COUNTRIES_MAX and all(len(one) == 2 and one.isascii() and one.isupper() for one in codes)


def day_of_address(text: str) -> date | None:
    """Returns the day that an address names, or nothing."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-30") else None
    except ValueError:
        return None


def choices_for(officer: Officer) -> dict[str, Any]:  # Any: what a form offers
    """Returns what the filter form offers an officer: substances of notices that they may read, and the parties."""
    return {
        "substances": sorted(substances_of(officer).items(), key=lambda one: one[1].casefold()),
        "peers": list(Party.objects.filter(is_self=False).order_by("code").values_list("code", flat=True)),
    }
