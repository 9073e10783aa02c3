"""The form of what a plan says for itself and for the machine: its words, time limits, ceilings and open subjects."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _

from accord.node.desk.code_words import choice_label
from accord.node.desk.plan_forms import Written, day_of_form, wording_of_form
from accord.node.desk.plan_words import duration_words
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.codes import LANGUAGES, Language
from accord.workplan.content import SECONDS_MAX, SECONDS_MIN, Ceiling, ClockRow, Plan, Wording

__all__ = ["clock_rows", "terms_of_form", "terms_values"]

UNITS: Final[Mapping[str, int]] = {"minutes": 60, "hours": 3_600, "days": 86_400}
"""Units of a time limit with their seconds."""

PAIRS: Final = tuple((urgency, access) for urgency in Urgency for access in AccessClass)


def terms_values(plan: Plan) -> dict[str, Any]:  # Any: texts, and lists of codes
    """Returns what stands in the fields of the form."""
    found: dict[str, Any] = {  # Any: as before
        "in_force_on": plan.in_force_on.isoformat(),
        "languages": [str(one) for one in plan.languages],
        "lanes": [str(one) for one in plan.lanes],
    }
    for name in ("title", "about", "caveat"):
        wording = getattr(plan, name)
        found |= {f"{name}.{code}": wording.of(code) if wording is not None else "" for code in LANGUAGES}
    for row in plan.clocks:
        unit = next(name for name in ("days", "hours", "minutes", "seconds") if row.seconds % UNITS.get(name, 1) == 0)
        found[f"clock.{row.urgency}.{row.access}"] = str(row.seconds // UNITS.get(unit, 1))
        found[f"unit.{row.urgency}.{row.access}"] = unit
    for ceiling in plan.ceilings:
        found[f"classification.{ceiling.theme}"] = str(ceiling.classification)
        found[f"handling.{ceiling.theme}"] = str(ceiling.handling)
    return found


def clock_rows(values: Mapping[str, Any]) -> list[dict[str, Any]]:  # Any: what a template reads
    """Returns the table of time limits: a row for each urgency, a field for each way of access."""
    return [
        {
            "words": choice_label("urgency", urgency),
            "cells": [
                {
                    "name": f"{urgency}.{access}",
                    "words": choice_label("access_class", access),
                    "value": values.get(f"clock.{urgency}.{access}", ""),
                    "unit": values.get(f"unit.{urgency}.{access}", "") or "hours",
                    "first": duration_words(int(FIRST_CLOCK_TABLE.limit(urgency, access).total_seconds())),
                }
                for access in AccessClass
            ],
        }
        for urgency in reversed(Urgency)
    ]


def terms_of_form(posted: QueryDict, plan: Plan) -> tuple[Plan | None, Written]:
    """Returns the plan as the form says it, or nothing and what is wrong with the form."""
    result = Written()
    words = {
        name: wording_of_form(posted, name, result, is_needed=name != "about") for name in ("title", "about", "caveat")
    }
    day = day_of_form(posted, "in_force_on", result)
    if day is None and "in_force_on" not in result.errors:
        result.wrong("in_force_on", _("Give the day from which the plan applies."))
    languages = [one for one in LANGUAGES if one in posted.getlist("languages")]
    if not languages:
        result.wrong("languages", _("Choose at least one language."))
    clocks = _clocks(posted, result)
    ceilings = _ceilings(posted, result)
    lanes = tuple(theme for theme in Theme if theme in posted.getlist("lanes"))
    if result.errors or day is None:
        return None, result
    changed = msgspec.structs.replace(
        plan,
        **{name: msgspec.convert(texts, Wording) if texts else None for name, texts in words.items()},
        in_force_on=date.fromisoformat(day),
        languages=_in_order(plan.languages, languages),
        clocks=_kept(plan.clocks, clocks),
        ceilings=_kept(plan.ceilings, ceilings),
        lanes=plan.lanes if set(plan.lanes) == set(lanes) else lanes,
    )
    return changed, result


def _in_order(before: tuple[Language, ...], chosen: list[Language]) -> tuple[Language, ...]:
    """Returns the chosen languages; those that were there in the order they had, since the first leads."""
    kept = [one for one in before if one in chosen]
    return tuple(kept + [one for one in chosen if one not in kept])


def _kept(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:  # Any: rows of one table
    """Returns the rows as they were where only their order would be another."""
    is_same = len(before) == len(after) and all(row in after for row in before)
    return before if is_same else after


def _clocks(posted: QueryDict, result: Written) -> tuple[ClockRow, ...]:
    rows = []
    for urgency, access in PAIRS:
        name = f"clock.{urgency}.{access}"
        text = posted.get(name, "").strip()
        if not text:
            continue
        size = UNITS.get(posted.get(f"unit.{urgency}.{access}", ""), 1)
        seconds = int(text) * size if text.isascii() and text.isdecimal() and len(text) < 9 else 0
        if not SECONDS_MIN <= seconds <= SECONDS_MAX:
            result.wrong(
                name,
                _("Give a whole number, from %(least)s to %(most)s.")
                % {"least": duration_words(SECONDS_MIN), "most": duration_words(SECONDS_MAX)},
            )
            continue
        rows.append(ClockRow(urgency=urgency, access=access, seconds=seconds))
    return tuple(rows)


def _ceilings(posted: QueryDict, result: Written) -> tuple[Ceiling, ...]:
    rows = []
    for theme in Theme:
        level, handling = posted.get(f"classification.{theme}", ""), posted.get(f"handling.{theme}", "")
        if not level and not handling:
            continue
        if level not in set(Classification) or handling not in set(Handling):
            result.wrong(f"classification.{theme}", _("Choose the classification and the handling together."))
            continue
        rows.append(Ceiling(theme=theme, classification=Classification(level), handling=Handling(handling)))
    return tuple(rows)
