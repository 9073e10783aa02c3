"""Indicators: both sides' figures of a quarter, one with its trend and trace, reports, disputes and tables."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.code_words import choice_label
from accord.node.desk.indicator_rows import IndicatorRow, Overview, overview, trend_of
from accord.node.desk.indicator_words import EXPLANATIONS, FAMILIES
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.tables import table_response
from accord.node.workbooks import workbook_response
from accord.officers.acts import note
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.periods import Period, last_quarters, period_of, quarter_of
from accord.workplan.indicators.comparing import trace
from accord.workplan.indicators.counting import counted_at
from accord.workplan.indicators.disputing import disputes_of, open_dispute, settle_dispute
from accord.workplan.indicators.report import Standing
from accord.workplan.indicators.reporting import ended_quarters, report_indicators
from accord.workplan.models import IndicatorDispute

__all__ = ["act_on_dispute", "download_indicators", "report_one_quarter", "show_indicator", "show_indicators"]

QUARTERS_LISTED: Final = 8

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "peer": gettext_lazy("With whom"),
    "period": gettext_lazy("Quarter"),
    "reason": gettext_lazy("In your words"),
}


@page(Permission.AGREEMENT_READ)
def show_indicators(request: HttpRequest) -> HttpResponse:
    """Shows every indicator of the signed plan in one quarter, ours beside theirs.

    View permission: ``agreement.read``.
    """
    return _show(request, request.GET, None)


def _peers() -> list[str]:
    return list(Party.objects.filter(is_self=False).order_by("code").values_list("code", flat=True))


def _chosen(given: Mapping[str, str]) -> tuple[list[str], str, Period]:
    peers = _peers()
    peer = given.get("peer") or (peers[0] if peers else "")
    period = period_of(given.get("period", "")) or _newest(peer)
    if (peers and peer not in peers) or not period.is_quarter:
        raise NotFound("There is no such party or quarter.")
    return peers, peer, period


def _newest(peer: str) -> Period:
    """Returns the quarter that goes on where it has a figure or keeps one back, else the last one that is over."""
    now = timezone.now()
    current = quarter_of(now.date())
    ours = [row.pair.ours for row in overview(peer, current).rows] if peer else []
    # A count of nothing among nothing is told as well, and is no reason to open here.
    has_any = any(one.standing is Standing.KEPT_BACK or one.numerator or one.denominator for one in ours)
    return current if has_any else ended_quarters(now)[0]


def _show(request: HttpRequest, given: Mapping[str, str], error: AccordError | None) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    peers, peer, period = _chosen(given)
    found = overview(peer, period) if peer else None
    shown: dict[str, Any] = {
        "peers": peers,
        "peer": peer,
        "period": period,
        "periods": [one.code for one in reversed(last_quarters(now.date(), QUARTERS_LISTED))],
        "is_over": period.is_over(now),
        "found": found,
        "counted_at": counted_at(),
        "may_sign": officer.may(Permission.AGREEMENT_SIGN),
        "query": urlencode({"peer": peer, "period": period.code}),
        "error": error,
        "error_names": NAMES,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
    }
    return show(request, "desk/indicators/list.html", shown, status=error.http_status if error else 200)


@page(Permission.AGREEMENT_SIGN, methods=("POST",))
def report_one_quarter(request: HttpRequest) -> HttpResponse:
    """Signs our figures of a quarter off and sends them.

    View permission: ``agreement.sign``.
    """
    officer, given = officer_of(request), request.POST
    peer, period = given.get("peer", ""), given.get("period", "")
    try:
        act_once(
            request,
            lambda: report_indicators(officer, peer=peer, period=period),
            done=_("Reported. The other side has these figures beside its own."),
        )
    except AccordError as error:
        return _show(request, given, error)
    return _to("desk:indicators", peer, period)


def _to(name: str, peer: str, period: str, *arguments: str) -> HttpResponse:
    return redirect(f"{reverse(name, args=arguments)}?{urlencode({'peer': peer, 'period': period})}")


@page(Permission.AGREEMENT_READ)
def show_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Shows one indicator: its definition, its trend, what a difference is made of, and its disputes.

    View permission: ``agreement.read``; disputes need ``agreement.draft``.
    """
    return _show_one(request, code, request.GET, None)


def _row_of(found: Overview | None, code: str) -> IndicatorRow:
    row = next((row for row in found.rows if row.wanted.id == code), None) if found is not None else None
    if row is None:
        raise NotFound("There is no such indicator.")
    return row


def _show_one(request: HttpRequest, code: str, given: Mapping[str, str], error: AccordError | None) -> HttpResponse:
    officer = officer_of(request)
    _all, peer, period = _chosen(given)
    found = overview(peer, period) if peer else None
    row = _row_of(found, code)
    assert found is not None  # noqa: S101 - a row was found in it
    wanted, all_wanted = row.wanted, [one.wanted for one in found.rows]
    family = wanted.definition.family if wanted.definition else None
    together = [one for one in all_wanted if one.definition is not None and one.definition.family == family]
    together = together if wanted in together else [wanted]
    as_of = found.report.as_of if found.report is not None else timezone.now()
    traced = trace(officer, wanted, peer=peer, period=period, as_of=as_of, together=all_wanted)
    shown: dict[str, Any] = {
        "peer": peer,
        "period": period,
        "found": found,
        "row": row,
        "wanted": wanted,
        "definition": wanted.definition,
        "parts": _parts(row),
        "trend": trend_of(peer, wanted, together, period),
        "trace": traced,
        "entries": [
            (entry, FAMILIES.get(entry.family, entry.family), [EXPLANATIONS[name] for name in entry.explanations])
            for entry in traced.entries
        ],
        "explanations": [EXPLANATIONS[name] for name in traced.explanations],
        "disputes": disputes_of(peer, wanted.id),
        "may_dispute": officer.may(Permission.AGREEMENT_DRAFT),
        "query": urlencode({"peer": peer, "period": period.code}),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/indicators/detail.html", shown, status=error.http_status if error else 200)


def _parts(row: IndicatorRow) -> list[tuple[Any, int | None, int | None, bool]]:  # Any: a lazy translation
    theirs = row.pair.theirs
    told = {part.code: part.count for part in theirs.parts} if theirs is not None else {}
    return [(choice_label("ground", code), count, told.get(code), code in told) for code, count in row.pair.ours.parts]


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_dispute(request: HttpRequest, code: str) -> HttpResponse:
    """Opens a dispute of the other side's figure, or settles one.

    View permission: ``agreement.draft``.
    """
    officer, given = officer_of(request), request.POST
    _all, peer, period = _chosen(given)
    found = overview(peer, period) if peer else None
    row = _row_of(found, code)
    words = given.get("reason", "")

    def act() -> None:
        if given.get("act") == "settle":
            held = IndicatorDispute.objects.filter(
                pk=whole(given.get("dispute", "")) or 0, peer=peer, indicator=code
            ).first()
            if held is None:
                raise NotFound("There is no such dispute.")
            settle_dispute(officer, held, words=words)
            return
        report = found.report if found is not None else None
        if report is None:
            raise NotFound("The other side reported nothing on this quarter.")
        open_dispute(officer, row.pair, report, words=words)

    try:
        act_once(request, act, done=_("Recorded. It stays on our side."))
    except NotFound:
        raise
    except AccordError as error:
        return _show_one(request, code, given, error)
    return _to("desk:indicator", peer, period.code, code)


@page(Permission.AGREEMENT_READ)
def download_indicators(request: HttpRequest, form: str) -> HttpResponse:
    """Gives the figures of a quarter as a table (CSV) or workbook (XLSX); it is noted as an act.

    View permission: ``agreement.read``.
    """
    officer = officer_of(request)
    _all, peer, period = _chosen(request.GET)
    if form not in {"csv", "xlsx"} or not peer:
        raise NotFound("There is no such table.")
    found = overview(peer, period)
    lines = [_line(row) for row in found.rows]
    detail: dict[str, str | int | bool | None] = {"period": period.code, "party": peer, "rows": len(lines)}
    note(officer, "export indicators", Party.objects.get(code=peer), detail=detail)
    name = f"accord-indicators-{period.code}-{peer}"
    if form == "csv":
        return table_response(_head(), lines, name=name, mark=True)
    return workbook_response([(_("Indicators"), [_head(), *lines])], name=name)


def _head() -> list[object]:
    return [
        _("Pillar"), _("Code"), _("Indicator"), _("What is counted"), _("Of what"), _("Unit"), _("Baseline"),
        _("Target"), _("Ours"), _("Ours: counted"), _("Ours: of"), _("Theirs"), _("Theirs: counted"), _("Theirs: of"),
        _("Difference"), _("Quarter"),
    ]  # fmt: skip


def _line(row: IndicatorRow) -> list[object]:
    language, wanted = get_language() or "en", row.wanted
    definition, pair = wanted.definition, row.pair
    theirs = pair.theirs if not pair.is_other_question else None
    return [
        wanted.pillar.in_language(language) if wanted.pillar else "",
        wanted.id,
        wanted.title.in_language(language),
        definition.counts.in_language(language) if definition else "",
        definition.of.in_language(language) if definition else "",
        str(row.unit),
        row.baseline,
        row.target,
        _plain(pair.ours.figure, row.ours),
        pair.ours.numerator,
        pair.ours.denominator,
        _plain(theirs.figure if theirs is not None else None, row.theirs),
        theirs.numerator if theirs is not None else None,
        theirs.denominator if theirs is not None else None,
        _plain(pair.difference, {"words": ""}),
        pair.ours.period.code,
    ]


def _plain(figure: Decimal | None, cell: Mapping[str, Any]) -> object:  # Any: what a cell shows
    return float(figure) if figure is not None else str(cell.get("words", ""))
