"""Flags of a screening: the lines worth a look with their reasons, and what an officer says of each."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Query, Router, Schema

from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_along
from accord.node.api.shapes import Closed, Cursor, Limit, PageOut, one_of
from accord.node.api.workstreams.drugs.screenings import find_screening
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.manifests.reach import flags_for
from accord.workstreams.drugs.marks.marking import REASON_CHARACTERS_MAX, mark_flag, undo_mark
from accord.workstreams.drugs.marks.weights import numbered
from accord.workstreams.drugs.models import Flag
from accord.workstreams.drugs.retention.due import last_day_of_flag
from accord.workstreams.drugs.screening.rules import rules

__all__ = ["router"]

router = Router()

STATES = ("new", "marked-true", "marked-false", "followed")

State = Annotated[
    Literal["new", "marked-true", "marked-false", "followed"] | None,
    Query(None, description="Those in this state alone."),
]
RuleCode = Annotated[
    str | None, Query(None, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64, description="Those of this rule alone.")
]


class FlagReasonOut(Schema):
    """Why a line is flagged, by one rule."""

    rule: str
    sentence: str
    cost: str = Field(description="What it costs to be wrong.")
    source: str
    weight: int | None = Field(description="Of a hundred, as it was when the line was screened.")


class FlagOut(Schema):
    """A line worth a look. What was said of it stays out of `papers`, which is what the line says."""

    id: UUID
    screening_id: UUID
    line: int
    score: int = Field(description="Of a hundred.")
    state: Annotated[str, one_of(STATES)]
    reference: str
    description: str
    papers: dict[str, str] = Field(description="What is kept of the line, by the names of the columns.")
    substances: list[str] = Field(description="Codes of the register.")
    reasons: list[FlagReasonOut] = Field(description="The weightiest first.")
    mark_reason: str
    marked_by: str | None
    marked_at: dt.datetime | None
    followed_as: str = Field(description="Kind of the message that was begun from it last; empty where none was.")
    followed_at: dt.datetime | None
    kept_until: dt.date | None = Field(description="Its last day, unless a case needs it longer; null while it runs.")


class Marking(Closed):
    """Whether it was right to flag the line."""

    is_true: bool
    reason: str = Field("", max_length=REASON_CHARACTERS_MAX, description="Why; needed where it was wrong.")


def _out(flag: Flag, weights: Mapping[str, int]) -> FlagOut:
    known = rules()
    reasons = [
        FlagReasonOut(
            rule=code,
            sentence=sentence,
            cost=known[code].cost if code in known else "",
            source=known[code].source if code in known else "",
            weight=weights.get(code),
        )
        for code, sentence in flag.said
    ]
    copied = ("line", "score", "state", "reference", "description", "mark_reason", "marked_at", "followed_at")
    return FlagOut(
        id=flag.pk,
        screening_id=flag.screening_id,
        papers={name: str(text) for name, text in flag.papers.items()},
        substances=list(flag.substances),
        reasons=reasons,
        marked_by=flag.marked_by.username if flag.marked_by else None,
        followed_as=flag.followed_as,
        kept_until=last_day_of_flag(flag),
        **{name: getattr(flag, name) for name in copied},
    )


def _found(officer: Officer, key: UUID) -> Flag:
    return flags_for(officer).select_related("screening", "marked_by").get(pk=key)


def _shown(officer: Officer, key: UUID) -> FlagOut:
    flag = _found(officer, key)
    return _out(flag, numbered(flag.screening.weights_number).weights)


@offer(
    router,
    "GET",
    "/drugs/screenings/{screening_id}/flags",
    permission=Permission.CASE_READ,
    summary="List the flags of a screening",
    response=PageOut[FlagOut],
)
def list_flags(
    request: ApiRequest,
    screening_id: Path[UUID],
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    state: State = None,
    rule: RuleCode = None,
) -> PageOut[FlagOut]:
    """Lists the lines worth a look, the highest score first, each with its reasons and what an error costs.

    The list is noted with the account's name when its first page is asked for, as a table taken along.
    """
    screening = find_screening(request.officer, screening_id)
    rows = screening.flags.select_related("screening", "marked_by")
    if rule is not None:
        rows = rows.filter(rule_codes__contains=f" {rule} ")
    if state == "new":
        rows = rows.filter(mark="", followed_at=None)
    elif state == "followed":
        rows = rows.filter(followed_at__isnull=False)
    elif state is not None:
        rows = rows.filter(mark=state.removeprefix("marked-"), followed_at=None)
    order = (("score", True), ("line", False))
    page = page_along(rows, f"drug-flags-{screening.pk.hex}", cursor=cursor, limit=limit, order=order)
    if cursor is None:
        note(request.officer, "export flags", screening, detail={"rows": rows.count()})
    weights = numbered(screening.weights_number).weights
    return PageOut(items=[_out(flag, weights) for flag in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/drugs/flags/{flag_id}",
    permission=Permission.CASE_READ,
    summary="Show a flag",
    response=FlagOut,
)
def show_one_flag(request: ApiRequest, flag_id: Path[UUID]) -> FlagOut:
    """Shows one line worth a look, with its reasons and what was said of it."""
    return _shown(request.officer, flag_id)


@offer(
    router,
    "POST",
    "/drugs/flags/{flag_id}/mark",
    permission=Permission.MESSAGE_DRAFT,
    summary="Say whether a flag was right",
    response=FlagOut,
    statuses=(409,),
    examples={"tea": {"is_true": False, "reason": "The goods are tea; the text was cut."}},
)
def mark_one_flag(request: ApiRequest, flag_id: Path[UUID], body: Marking) -> FlagOut:
    """Says of a flag whether it was right; it measures the rules, and the last word counts."""
    mark_flag(request.officer, _found(request.officer, flag_id), is_true=body.is_true, reason=body.reason)
    return _shown(request.officer, flag_id)


@offer(
    router,
    "POST",
    "/drugs/flags/{flag_id}/unmark",
    permission=Permission.MESSAGE_DRAFT,
    summary="Take back what was said last of a flag",
    response=FlagOut,
    statuses=(409,),
)
def unmark_flag(request: ApiRequest, flag_id: Path[UUID]) -> FlagOut:
    """Takes back one's own last word on a flag; what was said before it counts again."""
    undo_mark(request.officer, _found(request.officer, flag_id))
    return _shown(request.officer, flag_id)
