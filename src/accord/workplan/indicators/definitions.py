"""What can be measured: definitions of indicators, as pure description.

A definition says in words what is counted and of what, in which unit, on which side of a target it is to be, and which
kinds of message it is read from. What reads a node's own tables is a source
(:mod:`accord.workplan.indicators.sources`), so that a workstream brings both when it brings its kinds.

No definition counts arrests, removals or anything else that is done to persons: what is counted becomes what is sought,
and a number of arrests is had by arresting. Such a definition is refused, with the reason.

Source: public statements of 6 and 7 February 2026 ("shared workplan"); Campbell, "Assessing the impact of planned
social change" (1976), on measures that become targets.
"""

import re
import tomllib
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Final

import msgspec

from accord.errors import OfficerCanMend
from accord.workplan.codes import Aim, Unit
from accord.workplan.content import DefinitionCode, Wording

__all__ = [
    "Definition",
    "DefinitionRefused",
    "Shape",
    "definition_codes",
    "definition_of",
    "definitions",
    "definitions_in",
    "fits_unit",
    "register_definition",
]

_PERSECUTING: Final = re.compile(
    r"\b(?:arrest|removal|remov(?:e|ed) persons?|deport|expuls|expel|detention|detain|extradit|surrender|convict"
    r"|imprison|interrogat|raid|arrestation|renvoi|expulsion|d[ée]tention)",
    re.IGNORECASE,
)
"""What is done to persons, and therefore never a figure to be reached; English and French, as names have it."""


class DefinitionRefused(OfficerCanMend):
    """This is never measured as a target."""

    code = "workplan.indicator-refused"
    default_next_step = "Define what the other side does in time or puts right, and not what is done to persons."


class Shape(StrEnum):
    """How a figure comes from what was counted."""

    SHARE = "share"
    MEDIAN = "median"
    COUNT = "count"


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One definition.

    Args:
        code: By which plans and reports name it.
        name: What it is, in a line.
        counts: What is counted, in words.
        of: Of what it is counted: the denominator, in words.
        shape: How the figure comes from the counts.
        unit: Its unit where no plan says another.
        aim: On which side of a target it is to be.
        family: Observations it counts.
        kinds: Kinds of message it is read from; it is not measured before this node knows them all.
        of_family: Observations that are its denominator, where they are others.
        parts: By what a count is told apart, if by anything: the vocabulary of the observations' codes.
        within_hours: Hours within which the second kind must answer the first, where that is all that is looked at.
        has_theme: Whether what it counts has a theme, so that an indicator may be of one theme alone.
        has_urgency: Whether what it counts has an urgency.
    """

    code: DefinitionCode
    name: Wording
    counts: Wording
    of: Wording
    shape: Shape
    unit: Unit
    aim: Aim
    family: Annotated[str, msgspec.Meta(min_length=1, max_length=24)]
    kinds: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    of_family: str = ""
    parts: str = ""
    within_hours: int | None = None
    has_theme: bool = True
    has_urgency: bool = False


class _Shipped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    definitions: tuple[Definition, ...]


_DEFINITIONS: dict[str, Definition] = {}


def register_definition(definition: Definition) -> None:
    """Makes a definition known; a second one of the same code replaces the first (as on reload).

    Raises:
        DefinitionRefused: It counts what is done to persons.
    """
    words = (definition.code, *(getattr(definition, name).en for name in ("name", "counts", "of")), definition.name.fr)
    found = next((match for match in map(_PERSECUTING.search, words) if match), None)
    if found is not None:
        raise DefinitionRefused(
            f"An indicator never counts what is done to persons ({found.group()}): what is counted is sought.",
            fields={"definition": definition.code},
        )
    _DEFINITIONS[definition.code] = definition


def definition_of(code: str) -> Definition | None:
    """Returns the definition of a code, or ``None`` where this node has none."""
    return _DEFINITIONS.get(code)


def definitions() -> tuple[Definition, ...]:
    """Returns all definitions, in the order in which they were registered."""
    return tuple(_DEFINITIONS.values())


def definition_codes() -> frozenset[str]:
    """Returns the codes that a plan may give an indicator."""
    return frozenset(_DEFINITIONS)


def fits_unit(definition: Definition, unit: Unit) -> bool:
    """Returns whether a figure of this definition can be told in a unit."""
    if definition.shape is Shape.MEDIAN:
        return unit in {Unit.MINUTES, Unit.HOURS, Unit.DAYS}
    return unit is (Unit.PERCENT if definition.shape is Shape.SHARE else Unit.COUNT)


def definitions_in(package: str) -> tuple[Definition, ...]:
    """Returns the definitions in the ``definitions.toml`` of a package; a workstream keeps its own in its folder.

    Args:
        package: Dotted name of the package.

    Raises:
        msgspec.ValidationError: The file has a member that no definition has, or lacks one.
    """
    text = files(package).joinpath("definitions.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Shipped).definitions


for _definition in definitions_in(__package__):
    register_definition(_definition)
