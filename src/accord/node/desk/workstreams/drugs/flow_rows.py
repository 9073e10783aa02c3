"""Flows as the desk shows them: charts, the map, and tables whose rows say the same in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accord.node.desk.charts import BarChart, bar_chart
from accord.node.desk.countries import country_of
from accord.node.desk.figures import month_of, number_of
from accord.node.desk.workstreams.drugs.flow_map import FlowMap, MapRoute, flow_map
from accord.workstreams.drugs.flows.consignments import substance_names
from accord.workstreams.drugs.flows.grouping import Consignment, Flow, Group, by_month, by_route, by_substance, whole_of

__all__ = ["charts_of", "kilograms", "map_of", "route_rows", "route_words", "sheets_of", "substance_rows"]

MONTHS_DRAWN: Final = 24
"""Months that a chart has room for; the table to take along has all."""
SUBSTANCES_DRAWN: Final = 7
ROUTES_DRAWN: Final = 100
"""Routes on the map and in the table beside it, the most frequent."""
LABEL_CHARACTERS: Final = 15
"""Of a substance's name under a bar; the table beside has the whole."""

_GRAM: Final = Decimal("0.001")
ARROW: Final = " → "


def kilograms(mass: Decimal) -> Decimal:
    """Returns a mass to the gram, without zeros at its end."""
    plain = f"{mass.quantize(_GRAM):f}"
    return Decimal(plain.rstrip("0").rstrip(".") or "0")


def route_words(route: Iterable[str]) -> str:
    """Returns a route with the names of its countries."""
    return ARROW.join(map(country_of, route))


def _names(consignments: Iterable[Consignment]) -> Mapping[str, str]:
    return substance_names((one.substance, one.substance_name) for one in consignments)


def charts_of(consignments: Sequence[Consignment]) -> tuple[BarChart, ...]:
    """Returns the charts: notices and mass by month, notices and mass by substance."""
    months = by_month(consignments)[-MONTHS_DRAWN:]
    substances = by_substance(consignments)[:SUBSTANCES_DRAWN]
    names = _names(consignments)
    of_months = [(month_of(one.key), one.flow) for one in months]
    of_substances = [(names[one.key], one.flow) for one in substances]
    return (
        _counts(_("Notices by month of departure"), of_months),
        _masses(_("Mass by month of departure"), of_months),
        _short(_counts(_("Notices by substance"), of_substances)),
        _short(_masses(_("Mass by substance"), of_substances)),
    )


def _counts(title: str, rows: Sequence[tuple[str, Flow]]) -> BarChart:
    return bar_chart(
        title,
        unit=_("notices"),
        names=[_("all"), _("met with an objection"), pgettext("drugs", "stopped")],
        rows=[(label, (flow.notices, flow.objections, flow.stopped)) for label, flow in rows],
    )


def _masses(title: str, rows: Sequence[tuple[str, Flow]]) -> BarChart:
    return bar_chart(
        title,
        unit=_("kg"),
        names=[_("mass"), _("of which stopped")],
        rows=[(label, (float(kilograms(flow.kg)), float(kilograms(flow.stopped_kg)))) for label, flow in rows],
    )


def _short(chart: BarChart) -> BarChart:
    """Returns a chart whose labels have room under their bars; its table keeps them whole."""
    return replace(chart, labels=tuple((x, _cut(str(label))) for x, label in chart.labels))


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_CHARACTERS else f"{label[: LABEL_CHARACTERS - 1]}…"


def map_of(routes: Sequence[Group[tuple[str, ...]]]) -> FlowMap:
    """Returns the map of routes."""
    return flow_map(
        [
            MapRoute(countries=one.key, consignments=one.flow.notices, stopped=one.flow.stopped)
            for one in routes[:ROUTES_DRAWN]
        ],
        name_of=country_of,
        words_of=_leg_words,
    )


def _leg_words(leg: MapRoute) -> str:
    count = ngettext("%(count)s notice", "%(count)s notices", leg.consignments) % {"count": number_of(leg.consignments)}
    return f"{route_words(leg.countries)}, {count}"


def substance_rows(consignments: Sequence[Consignment]) -> list[dict[str, Any]]:  # Any: what a template shows
    """Returns the flows by substance."""
    groups = by_substance(consignments)
    names = _names(consignments)
    return [{"key": one.key, "name": names[one.key], **_figures(one.flow)} for one in groups]


def route_rows(routes: Sequence[Group[tuple[str, ...]]]) -> list[dict[str, Any]]:  # Any: what a template shows
    """Returns the flows by route, as far as the map shows them."""
    return [
        {"key": "-".join(one.key), "name": route_words(one.key), **_figures(one.flow)} for one in routes[:ROUTES_DRAWN]
    ]


def _figures(flow: Flow) -> dict[str, Any]:  # Any: what a template shows
    return {
        "notices": flow.notices,
        "kg": kilograms(flow.kg),
        "without_kg": flow.without_kg,
        "objections": flow.objections,
        "stopped": flow.stopped,
        "stopped_kg": kilograms(flow.stopped_kg),
    }


def sheets_of(consignments: Sequence[Consignment]) -> list[tuple[str, list[list[object]]]]:
    """Returns the flows as sheets of one table: whole, by month, by substance, by route; each with its head."""
    names = _names(consignments)
    return [
        (_("All"), [_head(_("All")), _line("", whole_of(consignments))]),
        (_("Months"), [_head(_("Month")), *(_line(_month(one.key), one.flow) for one in by_month(consignments))]),
        (
            _("Substances"),
            [_head(_("Substance")), *(_line(names[one.key], one.flow) for one in by_substance(consignments))],
        ),
        (
            _("Routes"),
            [_head(_("Route")), *(_line(route_words(one.key), one.flow) for one in by_route(consignments))],
        ),
    ]


def _month(first: date) -> str:
    return f"{first:%Y-%m}"


def _head(name: str) -> list[object]:
    return [
        *(name, pgettext("drugs", "Notices"), _("Mass, kg"), _("Without a mass"), _("Objections"), _("Stopped")),
        _("Of which stopped, kg"),
    ]


def _line(name: str, flow: Flow) -> list[object]:
    # A mass is a text with a point: a float would say what was not weighed.
    masses = [f"{kilograms(one):f}" for one in (flow.kg, flow.stopped_kg)]
    return [name, flow.notices, masses[0], flow.without_kg, flow.objections, flow.stopped, masses[1]]
