"""Indicators in words: figures with their unit, what is not told and why, and what may explain a difference."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.node.desk.figures import NO_BREAK, number_of
from accord.node.desk.workstreams import modules_named
from accord.workplan.codes import Aim, Unit
from accord.workplan.indicators.definitions import Shape
from accord.workplan.indicators.figures import Figure, why_not_measured
from accord.workplan.indicators.report import ReportRow, Standing
from accord.workplan.indicators.wanted import Wanted

__all__ = [
    "EXPLANATIONS",
    "FAMILIES",
    "UNITS",
    "counts_words",
    "difference_words",
    "figure_words",
    "standing_words",
    "target_words",
]

# Any: lazy translations.
UNITS: Final[Mapping[str, Any]] = {
    Unit.PERCENT: gettext_lazy("percent"),
    Unit.COUNT: gettext_lazy("number"),
    Unit.MINUTES: gettext_lazy("minutes"),
    Unit.HOURS: gettext_lazy("hours"),
    Unit.DAYS: gettext_lazy("days"),
}

_SHORT: Final[Mapping[str, Any]] = {
    Unit.PERCENT: "%",
    Unit.COUNT: "",
    Unit.MINUTES: gettext_lazy("min"),
    Unit.HOURS: gettext_lazy("h"),
    Unit.DAYS: gettext_lazy("d"),
}

EXPLANATIONS: Final[Mapping[str, Any]] = {
    "since": gettext_lazy("it came or was answered after their report"),
    "edge": gettext_lazy("it lies within a day of the first or last moment of the quarter"),
    "transit": gettext_lazy("it was answered within an hour of its limit or of their report: a message takes time"),
    "pause": gettext_lazy("its clock was paused with a stated ground"),
    "withdrawn": gettext_lazy("it was withdrawn or expired, and is counted no more"),
    "underway": gettext_lazy("what became of it on their side is not known here yet"),
    "refused": gettext_lazy("their node refused it"),
}

FAMILIES: Final[dict[str, Any]] = {
    "request": gettext_lazy("request"),
    "gone": gettext_lazy("request"),
    "answer": gettext_lazy("answer"),
    "refusal": gettext_lazy("ground of refusal"),
    "correction": gettext_lazy("correction"),
    "objection": gettext_lazy("objection"),
    "ping": gettext_lazy("test of a contact point"),
    "pre-export-notice": gettext_lazy("notice before export"),
}

for _words in modules_named("indicator_words"):
    FAMILIES.update(_words.FAMILIES)

_WHY: Final[Mapping[str, Any]] = {
    "unknown-kind": gettext_lazy("not measured: this node knows no such message yet"),
    "unknown-definition": gettext_lazy("not measured: this node has no definition of that code"),
    "unit": gettext_lazy("not measured: the plan gives it a unit that its definition does not have"),
    "filter": gettext_lazy("not measured: what it counts has no such theme or urgency"),
}


def figure_words(figure: Decimal, unit: Unit) -> str:
    """Returns a figure with its unit."""
    short = str(_SHORT[unit])
    return f"{number_of(figure.normalize() + 0)}{NO_BREAK + short if short else ''}"


def standing_words(standing: Standing, wanted: Wanted, *, is_ours: bool) -> str:
    """Returns why there is no figure; empty where there is one."""
    if standing is Standing.NO_CASES:
        return _("no cases in this quarter")
    if standing is Standing.KEPT_BACK:
        return _("kept back: fewer than %(count)s cases, or it would give so few away") % {
            "count": number_of(wanted.min_cell)
        }
    if standing is Standing.NOT_MEASURED:
        why = why_not_measured(wanted) if is_ours else ""
        return str(_WHY[why]) if why else _("not measured there: their node knows no such message yet")
    return ""


def counts_words(told: Figure | ReportRow, wanted: Wanted) -> str:
    """Returns of how many a figure is; empty where that is not told."""
    definition = wanted.definition
    if told.denominator is None or told.figure is None or definition is None:
        return ""
    whole = number_of(told.denominator)
    if told.numerator is None or definition.shape is not Shape.SHARE:
        return _("of %(whole)s") % {"whole": whole}
    return _("%(part)s of %(whole)s") % {"part": number_of(told.numerator), "whole": whole}


def target_words(wanted: Wanted) -> str:
    """Returns where an indicator is to be."""
    if wanted.target is None:
        return _("no target agreed yet")
    told = figure_words(wanted.target, wanted.unit)
    words = _("at least %(figure)s") if wanted.aim is Aim.AT_LEAST else _("at most %(figure)s")
    return words % {"figure": told}


def difference_words(difference: Decimal, unit: Unit) -> str:
    """Returns by how much theirs is more (+) or less than ours."""
    if not difference:
        return _("none in the figure")
    sign = "+" if difference > 0 else "\N{MINUS SIGN}"
    if unit is Unit.PERCENT:
        return _("%(figure)s points") % {"figure": f"{sign}{number_of(abs(difference).normalize() + 0)}"}
    return f"{sign}{figure_words(abs(difference), unit)}"
