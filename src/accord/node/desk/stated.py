"""What our side told its own law of a message: what was said, and by name what was not.

A fact that nobody stated has a value for the gate all the same: the one that protects. On the page of the second
officer it must not read as a statement, since the approval binds what was said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from msgspec import inspect

from accord.exchange.own_side import OwnSide
from accord.law.facts import SubstanceFact
from accord.node.desk.fact_words import FACTS
from accord.node.desk.field_words import LABELS, OWN_SIDE
from accord.node.desk.reading import Part, parts_of

__all__ = ["Stated", "stated"]

SUBSTANCES = "substances"


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What our side told its own law.

    Args:
        said: The members that were stated.
        unsaid: Names of those that were not.
    """

    said: tuple[Part, ...]
    unsaid: tuple[str, ...]


def stated(own: Mapping[str, Any], *, read: Collection[str] = OWN_SIDE) -> Stated:
    """Returns what was stated of a draft, and what was not.

    Args:
        own: What our side stated.
        read: Members that our law reads; of others it is not said that they are missing.
    """
    given = _given(OwnSide, own)
    substances = [one for one in given.pop(SUBSTANCES, ()) if isinstance(one, Mapping)]
    said = list(parts_of(given))
    if substances:
        groups = tuple(_of_substance(one) for one in substances)
        said.append(Part(name=SUBSTANCES, label=LABELS[f"own.{SUBSTANCES}"], groups=groups))
    names = [
        name for name in OWN_SIDE if name in read and name not in given and not (name == SUBSTANCES and substances)
    ]
    return Stated(said=tuple(said), unsaid=tuple(_name(f"own.{name}", name) for name in names))


def _of_substance(substance: Mapping[str, Any]) -> tuple[Part, ...]:
    given = _given(SubstanceFact, substance)
    names = [name for name in SubstanceFact.__struct_fields__ if name not in given]
    unsaid = Part(name="", label=_("Not said"), items=tuple(_name("", name) for name in names))
    return (*parts_of(given), *((unsaid,) if names else ()))


def _name(path: str, name: str) -> str:
    return str(LABELS.get(path) or LABELS.get(name) or FACTS.get(name) or name.replace("_", " ").capitalize())


def _given(struct: type[msgspec.Struct], held: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the members that are not what stands where nothing was said."""
    defaults = {
        one.name: list(one.default) if isinstance(one.default, tuple) else one.default
        for one in inspect.type_info(struct).fields  # type: ignore[attr-defined]
    }
    return {
        name: value
        for name, value in held.items()
        if value is not None and (name not in defaults or value != defaults[name])
    }
