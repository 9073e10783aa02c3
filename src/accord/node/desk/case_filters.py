"""The filters of the list of cases: read from the address, said as tags, and made a query along an index.

Nothing of a filter is kept anywhere but in the address, so that a list can be bookmarked, shared and gone back to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accord.exchange.models import Case
from accord.exchange.owing import waits_on
from accord.exchange.reach import cases_for
from accord.node.api import labels
from accord.node.desk.code_words import known_words
from accord.officers.models import Officer

__all__ = ["FILTERS", "SORTS", "Chosen", "Tag", "chosen_of", "found_cases", "place_of", "plain_words", "tags_of"]

# Any: lazy translations.
FILTERS: Final[Mapping[str, Any]] = {
    "q": _("Words"),
    "state": _("State"),
    "waiting": _("Waiting on"),
    "holder": _("Held by"),
    "side": _("Begun by"),
    "peer": _("With"),
    "theme": _("Subject"),
}

SORTS: Final[Mapping[str, Any]] = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "changed": _("Last changed first"),
    "still": _("Longest unchanged first"),
}
"""The orders; the first is that of an address which names none."""

VALUE_CHARACTERS_MAX: Final = 80
WORDS_MAX: Final = 8
"""Words that are looked for; each costs a look through the titles."""

_BY: Final[Mapping[str, tuple[str, str]]] = {
    "newest": ("pk", "lt"),
    "oldest": ("pk", "gt"),
    "changed": ("changed_at", "lt"),
    "still": ("changed_at", "gt"),
}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What an address asks for.

    Args:
        values: The filters that are set, by name.
        sort: The order.
    """

    values: Mapping[str, str]
    sort: str

    def address(self, **changed: str) -> str:
        """Returns the query of an address with these filters, of which some are changed, or taken out where blank."""
        asked = {**self.values, **({"sort": self.sort} if self.sort != "newest" else {}), **changed}
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A filter that is set, as it is shown.

    Args:
        name: What it filters.
        value: For what.
        without: Address of the list without it.
    """

    name: Any  # Any: a lazy translation
    value: str
    without: str


def chosen_of(asked: QueryDict) -> Chosen:
    """Returns what an address asks for; a filter that is not known asks for nothing."""
    values = {name: plain_words(asked.get(name, "")) for name in FILTERS}
    sort = asked.get("sort", "")
    return Chosen(
        values={name: value for name, value in values.items() if value}, sort=sort if sort in SORTS else "newest"
    )


def plain_words(text: str) -> str:
    """Returns what is looked for, without what no database looks for: controls, and more than a line holds."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:VALUE_CHARACTERS_MAX]


def tags_of(chosen: Chosen, officers: Iterable[Officer]) -> list[Tag]:
    """Returns the filters that are set, each with the address that takes it out."""
    names = {officer.username: str(officer) for officer in officers}
    return [
        Tag(name=FILTERS[name], value=_said(name, value, names), without=chosen.address(**{name: ""}))
        for name, value in chosen.values.items()
    ]


def _said(name: str, value: str, officers: Mapping[str, str]) -> str:
    tables = {"state": labels.CASE_STATES, "waiting": labels.WAITING_ON}
    if name in tables:
        found = tables[name].get(value)
        return found.in_language(get_language() or "en") if found else value
    if name == "holder":
        return {"mine": gettext("me"), "nobody": gettext("nobody")}.get(value) or officers.get(value, value)
    if name == "side":
        return {"ours": gettext("us"), "theirs": gettext("them")}.get(value, value)
    return str(known_words("theme", value) or value) if name == "theme" else value


def found_cases(officer: Officer, chosen: Chosen, *, after: str = "") -> QuerySet[Case]:
    """Returns the cases that an address asks for, in its order, behind the place where the page before ended."""
    rows = cases_for(officer).select_related("holder", "peer").filter(_wanted(officer, chosen.values))
    column, word = _BY[chosen.sort]
    sign = "-" if word == "lt" else ""
    beyond = _beyond(after, column=column, word=word)
    if beyond is not None:
        rows = rows.filter(beyond)
    return rows.order_by(*((f"{sign}pk",) if column == "pk" else (f"{sign}{column}", f"{sign}pk")))


def _wanted(officer: Officer, values: Mapping[str, str]) -> Q:
    asked = Q()
    for word in values.get("q", "").split()[:WORDS_MAX]:
        # A message's reference is its case's, and a sign behind a stroke.
        reference = word.partition("/")[0] or word
        asked &= Q(title__icontains=word) | Q(own_ref__icontains=reference) | Q(other_ref__icontains=reference)
    columns = {"state": "state", "peer": "peer_id", "theme": "theme"}
    asked &= Q(**{column: values[name] for name, column in columns.items() if name in values})
    if waiting := values.get("waiting"):
        asked &= waits_on(waiting)
    if side := values.get("side"):
        asked &= Q(is_ours=side == "ours")
    if holder := values.get("holder"):
        known = {"mine": Q(holder=officer), "nobody": Q(holder=None)}
        asked &= known.get(holder, Q(holder__username=holder))
    return asked


def _beyond(after: str, *, column: str, word: str) -> Q | None:
    at, _, key = after.rpartition("~")
    try:
        place = UUID(key)
        if column == "pk":
            return Q(**{f"pk__{word}": place})
        given = datetime.fromisoformat(at)
        moment = given.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if given.tzinfo is None:
        return None
    tie = Q(**{column: moment, f"pk__{word}": place})
    # The first condition is the range of the index; the second keeps out what the page before showed.
    return Q(**{f"{column}__{word}e": moment}) & (Q(**{f"{column}__{word}": moment}) | tie)


def place_of(case: Case, sort: str) -> str:
    """Returns where a case stands in an order, for the page that goes on behind it."""
    column, _word = _BY[sort]
    return str(case.pk) if column == "pk" else f"{getattr(case, column).isoformat()}~{case.pk}"
