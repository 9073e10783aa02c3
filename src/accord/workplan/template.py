"""The plan to start from that ships for two parties: a data file, drawn from what both said in public.

A template says so of itself, and is never offered as it is (:mod:`accord.workplan.checking`): an officer starts a draft
from it, and from then on it is that side's own text.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from accord.workplan.content import Plan
from accord.workplan.errors import PlanRefused

__all__ = ["shipped_templates", "template_plan"]


@cache
def shipped_templates() -> tuple[Plan, ...]:
    """Returns the templates that come with Accord, by the names of their files."""
    folder = files("accord.workplan") / "templates"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(msgspec.convert(tomllib.loads(file.read_text("utf-8")), Plan, strict=True) for file in found)


def template_plan(parties: Iterable[str]) -> Plan:
    """Returns the template for two parties.

    Raises:
        PlanRefused: None ships for them.
    """
    wanted = tuple(sorted(parties))
    for plan in shipped_templates():
        if plan.parties == wanted:
            return plan
    raise PlanRefused(
        f"No template ships for {' and '.join(wanted)}.",
        code="workplan.no-template",
        next_step="Start from a file.",
    )
