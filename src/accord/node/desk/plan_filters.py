"""What of a plan is looked for: read from the address, offered as choices, and kept in the links of a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language

from accord.node.desk.plan_scene import Scene
from accord.node.desk.plan_words import DUE_WORDS, STATUS_WORDS
from accord.workplan.finding import Place, Wanted, found, owners_of, reading_order

__all__ = ["Choice", "Found", "looked_for", "whole_number"]

VALUE_CHARACTERS_MAX: Final = 80


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One filter with what can be chosen.

    Args:
        name: Its name in the address.
        options: Values and their words.
        chosen: What is chosen.
    """

    name: str
    options: Sequence[tuple[str, Any]]  # Any: a lazy translation
    chosen: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was looked for in a plan, and what was found.

    Args:
        wanted: What was looked for.
        places: All places of the plan.
        hits: Those that were found.
        choices: The filters.
        query: The address's query that asks for the same, without the page.
    """

    wanted: Wanted
    places: Sequence[Place]
    hits: Sequence[Place]
    choices: Mapping[str, Choice]
    query: str

    def address(self, **more: object) -> str:
        """Returns the query with something added."""
        return f"?{self.query}{'&' if self.query else ''}{urlencode(more)}"


def whole_number(given: QueryDict, name: str, *, default: int, least: int, most: int) -> int:
    """Returns a number from an address within its bounds; the default where it is none."""
    text = given.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        return default
    return min(max(int(text), least), most)


def looked_for(request: HttpRequest, scene: Scene) -> Found:
    """Returns what the address looks for in the plan of a scene, which has one."""
    plan = scene.plan
    if plan is None:
        return Found(wanted=Wanted(), places=(), hits=(), choices={}, query="")
    given = {one.name: request.GET.get(one.name, "")[:VALUE_CHARACTERS_MAX] for one in fields(Wanted)}
    wanted = Wanted(**given)
    places = reading_order(plan, today=scene.today)
    kept = {"of": scene.of if request.GET.get("of") else "", **given}
    return Found(
        wanted=wanted,
        places=places,
        hits=found(plan, places, wanted, today=scene.today),
        choices={one.name: one for one in _choices(scene, places, wanted)},
        query=urlencode({name: value for name, value in kept.items() if value}),
    )


def _choices(scene: Scene, places: Sequence[Place], wanted: Wanted) -> Iterable[Choice]:
    plan, language = scene.plan, get_language() or "en"
    if plan is None:
        return
    pillars = [(one.id, f"{one.id} {one.title.in_language(language)}") for one in plan.pillars]
    yield Choice(name="pillar", options=pillars, chosen=wanted.pillar)
    sides = [(code, scene.names.get(code, code)) for code in plan.parties]
    yield Choice(name="side", options=sides, chosen=wanted.side)
    owners = sorted({owner for place in places for owner in owners_of(place.item)})
    yield Choice(name="owner", options=[(one, one.replace("/", " ")) for one in owners], chosen=wanted.owner)
    yield Choice(name="status", options=[(str(one), told) for one, told in STATUS_WORDS.items()], chosen=wanted.status)
    yield Choice(name="due", options=[(str(one), told) for one, told in DUE_WORDS.items()], chosen=wanted.due)
