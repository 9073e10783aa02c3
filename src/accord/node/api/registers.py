"""The registers that the law gate relies on: every version, and those that count on a day; read-only."""

from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema

from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.problems import NotFound
from accord.node.api.shapes import Cursor, Limit, PageOut, RowId, one_of
from accord.officers.permissions import Permission
from accord.parties.models import RegisterEntry
from accord.parties.register_book import entry_on
from accord.parties.registers import Register

__all__ = ["router"]

router = Router()

RegisterWord = Literal["arrangement", "risk", "assurance"]
Code = Annotated[
    str | None, Query(None, max_length=64, description="Code of the entry, or the party of a risk profile.")
]


class RegisterUnknown(NotFound):
    """There is no such version in the registers."""

    code = "api.register-entry-unknown"
    default_next_step = "List the versions with GET /registers."


class RegisterRow(Schema):
    """One version of an entry."""

    id: int
    register_name: Annotated[str, one_of(Register)] = Field(description="The register in which it stands.")
    code: str
    version: int
    state: Annotated[str, one_of(RegisterEntry.State)]
    counts_from: date = Field(description="First day on which it counts, in UTC.")
    counts_until: date | None = Field(description="Last day on which it counts, in UTC.")
    ended_on: date | None = Field(description="First day on which it was ended, in UTC.")
    is_in_force: bool = Field(description="Whether it is the version that counts today, in UTC.")
    text_sha256: str | None
    proposed_by: str | None
    settled_by: str | None
    terms: dict[str, Any] = Field(description="What it says; the scores of a risk profile stand apart.")  # Any: JSON


@offer(
    router,
    "GET",
    "/registers",
    permission=Permission.REGISTER_READ,
    summary="List versions of the registers",
    response=PageOut[RegisterRow],
)
def list_register_entries(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    register_name: RegisterWord | None = None,
    code: Code = None,
) -> PageOut[RegisterRow]:
    """Lists arrangements, risk profiles and assurances in all their versions, the newest first."""
    rows: QuerySet[RegisterEntry] = RegisterEntry.objects.select_related("proposed_by", "settled_by")
    if register_name is not None:
        rows = rows.filter(register=register_name)
    if code is not None:
        rows = rows.filter(code=code)
    page = page_of(rows, "registers", cursor=cursor, limit=limit)
    standing = _standing({(one.register, one.code) for one in page.rows})
    return PageOut(items=[_row(one, standing) for one in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/registers/{number}",
    permission=Permission.REGISTER_READ,
    summary="Show a version of a register",
    response=RegisterRow,
)
def show_register_entry(request: ApiRequest, number: Path[RowId]) -> RegisterRow:
    """Shows one version with its terms."""
    found = RegisterEntry.objects.select_related("proposed_by", "settled_by").filter(pk=number).first()
    if found is None:
        raise RegisterUnknown("There is no such version.")
    return _row(found, _standing({(found.register, found.code)}))


def _standing(entries: set[tuple[str, str]]) -> set[int]:
    """Returns the keys of the versions that count today, of the entries named."""
    today = timezone.now().date()
    versions: dict[tuple[str, str], list[RegisterEntry]] = {}
    for one in RegisterEntry.objects.filter(code__in={code for _register, code in entries}):
        versions.setdefault((one.register, one.code), []).append(one)
    found = (entry_on(versions.get(entry, ()), today) for entry in entries)
    return {one.pk for one in found if one is not None}


def _row(entry: RegisterEntry, standing: set[int]) -> RegisterRow:
    return RegisterRow(
        id=entry.pk,
        register_name=entry.register,
        code=entry.code,
        version=entry.version,
        state=entry.state,
        counts_from=entry.counts_from,
        counts_until=entry.counts_until,
        ended_on=entry.ended_on,
        is_in_force=entry.pk in standing,
        text_sha256=bytes(entry.text_digest).hex() if entry.text_digest else None,
        proposed_by=entry.proposed_by.username if entry.proposed_by else None,
        settled_by=entry.settled_by.username if entry.settled_by else None,
        terms=entry.terms,
    )
