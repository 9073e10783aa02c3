"""The agreement at work, to be read: who is on duty now and when nobody is, and both sides' figures of a quarter."""

import datetime as dt
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from accord.errors import OfficerCanMend
from accord.exchange.errors import NotFound
from accord.liaison.roster.coverage import Span, Watch
from accord.liaison.roster.reading import DAYS_AHEAD, RosterRead, on_duty_now, read_roster
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import PeerInPath
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.periods import Period, period_of
from accord.workplan.indicators.comparing import Pair, last_report, pairs_of
from accord.workplan.indicators.counting import counted_at
from accord.workplan.indicators.figures import Figure, figures_of
from accord.workplan.indicators.report import ReportRow
from accord.workplan.indicators.reporting import ended_quarters
from accord.workplan.indicators.wanted import signed_plan, wanted_of

__all__ = ["router"]

router = Router()


class PeriodUnknown(OfficerCanMend):
    """What was asked for is no quarter."""

    code = "api.no-quarter"
    default_next_step = "Write a quarter as 2026-Q4."


class HoursOut(Schema):
    """A span of hours."""

    starts_at: dt.datetime
    ends_at: dt.datetime


class WatchOut(HoursOut):
    """One watch."""

    officer: str | None = Field(description="Who holds it; null for somebody of the other side, who is not named.")


class DutyPostOut(Schema):
    """A post of the roster."""

    name: str
    party: str
    on_duty: list[WatchOut] = Field(description="Who is on duty now; empty where nobody is.")
    next: WatchOut | None


class RosterOut(Schema):
    """The duty roster as it stands."""

    at: dt.datetime
    is_kept: bool = Field(description="Whether our side keeps a roster at all.")
    posts: list[DutyPostOut]
    gaps: list[HoursOut] = Field(description="Hours of the next 60 days in which nobody of ours is on duty.")


class FigureOut(Schema):
    """What a side says of an indicator."""

    standing: str = Field(description="`told`, or why there is no figure.")
    figure: Decimal | None
    numerator: int | None
    denominator: int | None
    parts: dict[str, int | None] = Field(description="The count by part; null for a part that is kept back.")


class IndicatorOut(Schema):
    """One indicator in one quarter."""

    id: str
    title: str
    definition: str
    unit: str
    aim: str
    target: Decimal | None
    is_agreed: bool = Field(description="Whether a signed plan names it.")
    ours: FigureOut
    theirs: FigureOut | None = Field(description="As they reported it; null where they told nothing of it.")
    is_other_question: bool = Field(description="Whether they measured it by another revision of the plan.")
    differs: bool


class IndicatorsOut(Schema):
    """Both sides' figures of a quarter, computed from what the two logs prove."""

    peer: str
    period: str
    counted_at: dt.datetime | None = Field(description="When our log was counted last.")
    reported_at: dt.datetime | None = Field(description="When they told theirs last.")
    indicators: list[IndicatorOut]


def _watch(watch: Watch, read: RosterRead) -> WatchOut:
    officer = read.officers.get(watch.holder) if watch.holder is not None else None
    return WatchOut(
        starts_at=watch.span.start,
        ends_at=watch.span.end,
        officer=officer.display_name if officer is not None else None,
    )


@offer(
    router,
    "GET",
    "/roster",
    permission=Permission.AGREEMENT_READ,
    summary="Show who is on duty now, and when nobody is",
    response=RosterOut,
)
def show_roster(request: ApiRequest) -> RosterOut:
    """Shows each post with who is on duty now and which watch comes next, and the gaps of the next sixty days."""
    now = timezone.now().replace(microsecond=0)
    read = read_roster(Span(now, now + timedelta(days=DAYS_AHEAD)))
    return RosterOut(
        at=now,
        is_kept=read.has_ours,
        posts=[
            DutyPostOut(
                name=one.post.name,
                party=one.post.party_id,
                on_duty=[_watch(watch, read) for watch in one.on],
                next=_watch(one.next, read) if one.next is not None else None,
            )
            for one in on_duty_now(read)
        ],
        gaps=[HoursOut(starts_at=gap.start, ends_at=gap.end) for gap in read.ours.gaps] if read.has_ours else [],
    )


def _figure(told: Figure | ReportRow) -> FigureOut:
    parts = told.parts if isinstance(told, Figure) else tuple((part.code, part.count) for part in told.parts)
    return FigureOut(
        standing=told.standing.value,
        figure=told.figure,
        numerator=told.numerator,
        denominator=told.denominator,
        parts=dict(parts),
    )


def _indicator(pair: Pair) -> IndicatorOut:
    wanted = pair.ours.wanted
    return IndicatorOut(
        id=wanted.id,
        title=wanted.title.in_language("en"),
        definition=wanted.definition_code,
        unit=wanted.unit.value,
        aim=wanted.aim.value,
        target=wanted.target,
        is_agreed=wanted.is_agreed,
        ours=_figure(pair.ours),
        theirs=_figure(pair.theirs) if pair.theirs is not None else None,
        is_other_question=pair.is_other_question,
        differs=pair.differs,
    )


def _period(asked: str | None) -> Period:
    if asked is None:
        return ended_quarters(timezone.now())[0]
    found = period_of(asked)
    if found is None or not found.is_quarter:
        raise PeriodUnknown("This is no quarter.", fields={"field": "period"})
    return found


@offer(
    router,
    "GET",
    "/plans/{peer}/indicators",
    permission=Permission.AGREEMENT_READ,
    summary="Show both sides' figures of a quarter",
    response=IndicatorsOut,
)
def show_indicators(
    request: ApiRequest,
    peer: PeerInPath,
    period: Annotated[
        str | None, Query(None, max_length=16, description="Such as 2026-Q4; the last that is over where omitted.")
    ] = None,
) -> IndicatorsOut:
    """Shows each indicator of the signed plan as our log has it, beside what the other side reported."""
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise NotFound("There is no such party.")
    quarter = _period(period)
    signed = signed_plan(peer)
    wanted = wanted_of(signed.plan if signed is not None else None)
    report = last_report(peer, quarter, is_ours=False)
    return IndicatorsOut(
        peer=peer,
        period=quarter.code,
        counted_at=counted_at(),
        reported_at=report.at if report is not None else None,
        indicators=[_indicator(pair) for pair in pairs_of(figures_of(peer, wanted, [quarter])[quarter.code], report)],
    )
