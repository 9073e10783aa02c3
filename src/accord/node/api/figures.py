"""The reviewer's figures: how soon each side answers the other, the year's statistics, and the record of what left."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema

from accord.exchange.models import Clock, Message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.problems import NotFound
from accord.node.api.shapes import Cursor, Limit, PageOut, portable
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.statistics import (
    COLUMNS,
    FIRST_YEAR,
    StatisticsTable,
    disclosure_of,
    disclosures,
    peers_of,
    use_disclosed,
    uses_outward,
    year_statistics,
)
from accord.oversight.timeliness import PERIODS, Timeliness, late_requests, timeliness
from accord.parties.profile import PARTY_CODE

__all__ = ["router"]

router = Router()

YEAR_MAX = 9999

Peer = Annotated[str, Query(pattern=portable(PARTY_CODE), description="Code of the other party.")]
Days = Annotated[int, Query(PERIODS[1], ge=1, le=PERIODS[-1], description="How many days back.")]
Year = Path[Annotated[int, Field(ge=FIRST_YEAR, le=YEAR_MAX)]]
TOTAL = "total"


class PartyUnknown(NotFound):
    """There is no such other party at this node."""

    code = "api.party-unknown"
    default_next_step = "Take the party from the list of channels."


class FiguresOut(Schema):
    """Figures of all requests of a period, or of one theme or urgency."""

    code: str | None = Field(description="The theme or urgency; null for all.")
    requests: int
    in_time: int
    due: int = Field(description="How many were answered, or should have been.")
    percent: int | None = Field(description="In time, of those due, rounded down; null where none was due.")
    median_seconds: float | None = Field(description="Half of the answers took no longer; null without answers.")
    open: int
    oldest: datetime | None = Field(description="When the clock of the oldest open one began.")


class LateOut(Schema):
    """A request that was answered late, or is overdue."""

    message_id: UUID
    case_id: UUID
    reference: str
    theme: str
    urgency: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None


class SideOut(Schema):
    """How soon one side answers the other."""

    all: FiguresOut
    by_theme: list[FiguresOut]
    by_urgency: list[FiguresOut]
    late: list[LateOut] = Field(description="The oldest of them first, fifty at most.")


class TimelinessOut(Schema):
    """Both sides as our own log and clocks show them."""

    peer: str
    days: int
    ours: SideOut = Field(description="How we answer them.")
    theirs: SideOut = Field(description="How they answer us.")


class CountsOut(Schema):
    """One row of a table; the last one is `total`."""

    code: str
    counts: list[int | None] = Field(description="In the order of the columns; null where a small count is kept back.")


class TableOut(Schema):
    """One table of the year as it may be published."""

    name: str
    columns: list[str]
    rows: list[CountsOut]


class YearOut(Schema):
    """The statistics of a year, by UTC."""

    year: int
    peer: str
    is_over: bool
    tables: list[TableOut]


class DisclosureOut(Schema):
    """What left, without its content."""

    number: int = Field(description="Number of the decision on record.")
    released_at: datetime
    kind: str
    description: str
    recipient: str
    authorised_by: str | None
    released_by: str | None
    outcome: str
    rules: list[str]


class OutwardUseOut(Schema):
    """A permitted use by which a message of the other side went outside, without its content."""

    number: int = Field(description="Number of the decision on record.")
    used_at: datetime
    use: str = Field(description="The act, such as court or third-state.")
    kind: str = Field(description="Kind of the message.")
    description: str
    recipient: str
    handed_to: str | None = Field(description="The person or office, in the officer's words.")
    whose: str = Field(description="Code of the party whose message it is.")
    used_by: str
    permission: str | None = Field(description="Reference of the answer that permitted it; null where none was needed.")
    outcome: str
    rules: list[str]


def _figures(one: Timeliness) -> FiguresOut:
    return FiguresOut(
        code=one.code or None,
        requests=one.requests,
        in_time=one.in_time,
        due=one.due,
        percent=one.percent,
        median_seconds=None if one.median is None else one.median.total_seconds(),
        open=one.open,
        oldest=one.oldest,
    )


def _late(clock: Clock) -> LateOut:
    return LateOut(
        message_id=clock.message_id,
        case_id=clock.message.case_id,
        reference=clock.message.reference,
        theme=clock.message.case.theme,
        urgency=clock.urgency,
        started_at=clock.started_at,
        due_at=clock.due_at,
        ended_at=clock.ended_at,
    )


def _side(reviewer: Officer, peer: str, direction: Message.Direction, days: int) -> SideOut:
    found = timeliness(reviewer, peer=peer, direction=direction, days=days)
    late = late_requests(reviewer, peer=peer, direction=direction, days=days)
    [everything] = found["all"]
    return SideOut(
        all=_figures(everything),
        by_theme=[_figures(one) for one in found["theme"]],
        by_urgency=[_figures(one) for one in found["urgency"]],
        late=[_late(clock) for clock in late],
    )


@offer(
    router,
    "GET",
    "/review/timeliness",
    permission=Permission.RECORD_READ,
    summary="Show how soon each side answers",
    response=TimelinessOut,
    statuses=(404,),
)
def show_timeliness(request: ApiRequest, *, peer: Peer, days: Days) -> TimelinessOut:
    """Shows share in time, median and oldest of both sides, by theme and urgency, with the requests that were late."""
    if peer not in peers_of(request.officer):
        raise PartyUnknown("There is no such party.")
    return TimelinessOut(
        peer=peer,
        days=days,
        ours=_side(request.officer, peer, Message.Direction.IN, days),
        theirs=_side(request.officer, peer, Message.Direction.OUT, days),
    )


def _table(table: StatisticsTable) -> TableOut:
    rows = zip((*table.rows, TOTAL), table.cells, strict=True)
    return TableOut(
        name=table.name,
        columns=[*COLUMNS[table.name], TOTAL],
        rows=[CountsOut(code=code, counts=list(counts)) for code, counts in rows],
    )


@offer(
    router,
    "GET",
    "/review/years/{year}/statistics",
    permission=Permission.RECORD_READ,
    summary="Show the statistics of a year",
    response=YearOut,
)
def show_year_statistics(request: ApiRequest, year: Year, *, peer: Peer) -> YearOut:
    """Shows requests, refusals and delays of a year as they may be published, small counts kept back."""
    tables = year_statistics(request.officer, year=year, peer=peer)
    return YearOut(year=year, peer=peer, is_over=year < timezone.now().year, tables=[_table(one) for one in tables])


@offer(
    router,
    "GET",
    "/review/years/{year}/disclosures",
    permission=Permission.RECORD_READ,
    summary="List what left in a year",
    response=PageOut[DisclosureOut],
)
def list_disclosures(
    request: ApiRequest, year: Year, *, peer: Peer, cursor: Cursor = None, limit: Limit = 25
) -> PageOut[DisclosureOut]:
    """Lists the record of disclosures of a year, the oldest first, with who authorised and released each."""
    rows = disclosures(request.officer, year=year, peer=peer)
    page = page_of(rows, "review.disclosures", cursor=cursor, limit=limit, by="released_at", newest_first=False)
    found = [disclosure_of(row) for row in page.rows]
    return PageOut(
        items=[
            DisclosureOut(
                number=one.number,
                released_at=one.at,
                kind=one.kind,
                description=one.description,
                recipient=one.recipient,
                authorised_by=one.authorised_by,
                released_by=one.by,
                outcome=one.outcome,
                rules=list(one.rules),
            )
            for one in found
        ],
        next=page.next,
    )


@offer(
    router,
    "GET",
    "/review/years/{year}/outward-uses",
    permission=Permission.RECORD_READ,
    summary="List what of theirs went outside in a year",
    response=PageOut[OutwardUseOut],
)
def list_outward_uses(
    request: ApiRequest, year: Year, *, peer: Peer, cursor: Cursor = None, limit: Limit = 25
) -> PageOut[OutwardUseOut]:
    """Lists the permitted uses of a year by which messages of a party went outside, the oldest first."""
    rows = uses_outward(request.officer, year=year, peer=peer)
    page = page_of(rows, "review.outward-uses", cursor=cursor, limit=limit, by="at", newest_first=False)
    found = [(row, use_disclosed(row)) for row in page.rows]
    return PageOut(
        items=[
            OutwardUseOut(
                number=one.number,
                used_at=one.at,
                use=one.use,
                kind=one.kind,
                description=one.description,
                recipient=one.recipient,
                handed_to=one.handed_to or None,
                whose=one.whose,
                used_by=row.officer.display_name,
                permission=one.permission or None,
                outcome=one.outcome,
                rules=list(one.rules),
            )
            for row, one in found
        ],
        next=page.next,
    )
