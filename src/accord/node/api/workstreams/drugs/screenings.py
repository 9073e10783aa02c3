"""Screenings of manifests: a file is brought, screened by the node, stopped, and goes on; what it refused as a table.

Who reads a screening is what the desk has (:mod:`accord.workstreams.drugs.manifests.reach`): another one is not there.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, BinaryIO, cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema

from accord.node.api.bodies import received_file
from accord.node.api.limits import IDEMPOTENCY_KEY_LIFE_HOURS
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.problems import UnsupportedMediaType
from accord.node.api.shapes import Cursor, Limit, PageOut, one_of
from accord.node.tables import table_response
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.manifests.keeping import go_on_with_screening, screen_file, stop_screening
from accord.workstreams.drugs.manifests.reach import screenings_for
from accord.workstreams.drugs.models import Flag, Screening
from accord.workstreams.drugs.retention.periods import Kept, last_day_of

__all__ = ["find_screening", "router"]

router = Router()

MANIFEST_MEDIA_TYPE = "application/octet-stream"

FileName = Annotated[str, Query(min_length=1, max_length=200, description="Name of the file, with its extension.")]
Again = Annotated[bool, Query(False, description="Whether one that was screened is screened once more.")]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file, hexadecimal.")]


class FaultOut(Schema):
    """Why a screening failed."""

    code: str
    sentence: str
    next_step: str


class ScreeningOut(Schema):
    """A screening: where it stands, how far it is, and what it came to. Words are null without `case.read`."""

    id: UUID
    name: str | None
    sha256: str
    size_bytes: int
    state: Annotated[str, one_of(Screening.State)]
    asked_by: str
    asked_at: dt.datetime
    began_at: dt.datetime | None
    ended_at: dt.datetime | None
    percent_read: int = Field(description="Of the file, 0 to 100.")
    lines: int = Field(description="Lines dealt with: every one was screened or refused.")
    screened: int
    refused: int
    unread_values: int = Field(description="Values that could not be read, of lines that were screened without them.")
    flagged: int = Field(description="Lines flagged; flags that were erased since are counted too.")
    flags_new: int = Field(description="Flags of which nobody said or did anything.")
    flags_true: int
    flags_false: int
    flags_followed: int
    register_version: str
    weights_number: int
    rules_digest: str = Field(description="SHA-256 of all that a flag follows from beside the line, hexadecimal.")
    may_go_on: bool = Field(description="Whether it was stopped or failed, and its file is still here.")
    file_kept_until: dt.date | None = Field(
        description="Last day of the sealed file where one is kept, unless a legal hold keeps it longer."
    )
    flags_kept_until: dt.date | None = Field(description="Last day of flags that nobody marked or followed.")
    kept_until: dt.date | None = Field(description="Last day of the screening itself and its counts.")
    fault: FaultOut | None


def _screenings(officer: Officer) -> QuerySet[Screening]:
    return with_counts(screenings_for(officer))


def with_counts(rows: QuerySet[Screening]) -> QuerySet[Screening]:
    """Returns screenings with what was said and done of their flags."""
    return rows.select_related("asked_by").annotate(
        flags_new=Count("flags", filter=Q(flags__mark="", flags__followed_at=None)),
        flags_true=Count("flags", filter=Q(flags__mark=Flag.Mark.TRUE)),
        flags_false=Count("flags", filter=Q(flags__mark=Flag.Mark.FALSE)),
        flags_followed=Count("flags", filter=Q(flags__followed_at__isnull=False)),
    )


def find_screening(officer: Officer, key: UUID) -> Screening:
    """Returns a screening that an officer reads, with its counts.

    Raises:
        DoesNotExist: There is none, or it is not the officer's to read.
    """
    return _screenings(officer).get(pk=key)


_COPIED = (
    *("id", "size_bytes", "state", "asked_at", "began_at", "ended_at", "lines", "screened", "refused", "flagged"),
    *("flags_new", "flags_true", "flags_false", "flags_followed", "weights_number", "rules_digest"),
)

_MAY_GO_ON = (Screening.State.STOPPED, Screening.State.FAILED)


def _out(officer: Officer, row: Screening) -> ScreeningOut:
    shows, ended = officer.may(Permission.CASE_READ), row.ended_at
    may_go_on = row.state in _MAY_GO_ON and row.root is not None
    return ScreeningOut(
        name=row.name if shows else None,
        sha256=bytes(row.sha256).hex(),
        asked_by=row.asked_by.username,
        percent_read=row.read_part,
        unread_values=row.unread,
        register_version=row.table_version,
        may_go_on=may_go_on,
        file_kept_until=last_day_of(Kept.SEALED_FILE, ended) if row.root is not None and ended else None,
        flags_kept_until=last_day_of(Kept.FLAG, ended) if ended else None,
        kept_until=last_day_of(Kept.SCREENING, ended) if ended else None,
        fault=FaultOut(**row.fault) if row.fault and shows else None,
        **{name: getattr(row, name) for name in _COPIED},
    )


@offer(
    router,
    "PUT",
    "/drugs/manifests/{sha256}",
    permission=Permission.MESSAGE_DRAFT,
    summary="Bring a manifest to be screened",
    response=ScreeningOut,
    statuses=(409, 507),
    raw_bodies=(MANIFEST_MEDIA_TYPE,),
)
def bring_manifest(request: ApiRequest, sha256: Sha256, name: FileName, *, again: Again = False) -> ScreeningOut:
    """Takes a manifest of at most 50 MiB in (CSV, also compressed with gzip, XLSX or Parquet), named by its digest.

    Its header is read at once; then the node screens it. The same file that the same account brings again within a day
    is the same screening, whatever became of it meanwhile; of one that goes on no more it is a new one.
    """
    officer = request.officer
    if request.content_type != MANIFEST_MEDIA_TYPE:
        raise UnsupportedMediaType(f"A manifest comes as {MANIFEST_MEDIA_TYPE}; its form is seen from its content.")
    with received_file(request, sha256) as file:
        made = None if again else _brought_before(officer, bytes.fromhex(sha256))
        if made is None:
            made = screen_file(officer, cast("BinaryIO", file), name=name)
    return _out(officer, with_counts(Screening.objects.filter(asked_by=officer)).get(pk=made.pk))


def _brought_before(officer: Officer, sha256: bytes) -> Screening | None:
    since = timezone.now() - dt.timedelta(hours=IDEMPOTENCY_KEY_LIFE_HOURS)
    same = Screening.objects.filter(asked_by=officer, sha256=sha256, asked_at__gte=since)
    return same.filter(Q(state=Screening.State.DONE) | Q(root__isnull=False)).order_by("-pk").first()


@offer(
    router,
    "GET",
    "/drugs/screenings",
    permission=Permission.CASE_READ,
    summary="List screenings of manifests",
    response=PageOut[ScreeningOut],
)
def list_screenings(request: ApiRequest, *, cursor: Cursor = None, limit: Limit = 25) -> PageOut[ScreeningOut]:
    """Lists the screenings that the account may read, the last one first."""
    page = page_of(_screenings(request.officer), "drug-screenings", cursor=cursor, limit=limit)
    return PageOut(items=[_out(request.officer, row) for row in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/drugs/screenings/{screening_id}",
    permission=Permission.CASE_READ,
    summary="Show a screening with its progress",
    response=ScreeningOut,
)
def show_one_screening(request: ApiRequest, screening_id: Path[UUID]) -> ScreeningOut:
    """Shows how far a screening is, and what it came to."""
    return _out(request.officer, find_screening(request.officer, screening_id))


@offer(
    router,
    "GET",
    "/drugs/screenings/{screening_id}/refused",
    permission=Permission.CASE_READ,
    summary="Download what a screening could not read",
    response=None,
    raw_answer="text/csv",
)
def download_refused_lines(request: ApiRequest, screening_id: Path[UUID]) -> HttpResponse:
    """Hands out the lines and values that could not be read, each with line, column, value and mend; it is noted."""
    screening = find_screening(request.officer, screening_id)
    rows = screening.refused_lines.count() + screening.unread_values.count()
    note(request.officer, "export refused lines", screening, detail={"rows": rows})
    header = ("line", "column", "value", "mend", "screened")
    return table_response(header, _refused(screening), name=f"refused-{screening.pk.hex[-8:]}", mark=False)


def _refused(screening: Screening) -> Iterator[tuple[object, ...]]:
    for one in screening.refused_lines.iterator():
        yield one.line, one.column, one.value, one.mend, "no"
    for value in screening.unread_values.iterator():
        yield value.line, value.column, value.value, value.mend, "without this value"


@offer(
    router,
    "POST",
    "/drugs/screenings/{screening_id}/stop",
    permission=Permission.MESSAGE_DRAFT,
    summary="Stop a screening",
    response=ScreeningOut,
    statuses=(409,),
)
def stop_one_screening(request: ApiRequest, screening_id: Path[UUID]) -> ScreeningOut:
    """Stops a screening that waits or runs; what was found so far stays, and it can go on while its file is kept."""
    stop_screening(request.officer, find_screening(request.officer, screening_id))
    return _out(request.officer, find_screening(request.officer, screening_id))


@offer(
    router,
    "POST",
    "/drugs/screenings/{screening_id}/go-on",
    permission=Permission.MESSAGE_DRAFT,
    summary="Let a screening go on",
    response=ScreeningOut,
    statuses=(409,),
)
def let_screening_go_on(request: ApiRequest, screening_id: Path[UUID]) -> ScreeningOut:
    """Lets a screening that was stopped or failed go on behind the last line that was dealt with."""
    go_on_with_screening(request.officer, find_screening(request.officer, screening_id))
    return _out(request.officer, find_screening(request.officer, screening_id))
