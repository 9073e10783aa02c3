"""Cases: open, list and show, with the timeline of everything that happened in each."""

from uuid import UUID

from ninja import Field, Path, Router
from ninja.responses import Status

from accord.exchange.models import Case, Message
from accord.exchange.owing import as_they_wait, waits_on
from accord.exchange.reach import cases_for, messages_for
from accord.exchange.services import create_case
from accord.node.api.case_shapes import CaseOut, CaseRow, CaseState, MessageOut, Reader, WaitingOn, case_row
from accord.node.api.examples import NEW_CASE
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Limit, OtherParty, PageOut, PartyCode
from accord.node.api.versions import entity_tag
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Theme

__all__ = ["case_after", "find_case", "find_message", "message_after", "router"]

router = Router()

TITLE_CHARACTERS_MAX = 200


class NewCase(Closed):
    """A case of our own."""

    peer: OtherParty
    theme: Theme
    title: str = Field(min_length=1, max_length=TITLE_CHARACTERS_MAX, description="For our own queue; never sent.")


def find_case(officer: Officer, case_id: UUID) -> Case:
    """Returns a case that the officer reads, or raises ``Case.DoesNotExist``, which the edge answers as 404."""
    return cases_for(officer).select_related("holder").get(pk=case_id)


def find_message(officer: Officer, message_id: UUID) -> Message:
    """Returns a message that the officer reads, or raises ``Message.DoesNotExist``, which the edge answers as 404."""
    rows = messages_for(officer).select_related("case", "clock", "drafted_by")
    return rows.get(pk=message_id)


def case_after(case_id: UUID) -> Case:
    """Returns a case as an act left it, for who did the act, even where they handed it away by that."""
    return Case.objects.select_related("holder").get(pk=case_id)


def message_after(message_id: UUID) -> Message:
    """Returns a message as an act left it, for who did the act."""
    return Message.objects.select_related("case", "clock", "drafted_by").get(pk=message_id)


@offer(
    router,
    "GET",
    "/cases",
    permission=Permission.CASE_READ,
    summary="List cases",
    response=PageOut[CaseRow],
)
def list_cases(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    state: CaseState | None = None,
    waiting_on: WaitingOn | None = None,
) -> PageOut[CaseRow]:
    """Lists cases, the newest first."""
    wanted = {"peer_id": peer, "state": state}
    rows = cases_for(request.officer).filter(**{name: value for name, value in wanted.items() if value is not None})
    if waiting_on is not None:
        rows = rows.filter(waits_on(waiting_on))
    page = page_of(rows.select_related("holder"), "cases", cursor=cursor, limit=limit)
    as_they_wait(page.rows)
    return PageOut(items=[case_row(case) for case in page.rows], next=page.next)


@offer(
    router,
    "POST",
    "/cases",
    permission=Permission.MESSAGE_DRAFT,
    summary="Open a case",
    response=CaseOut,
    status=201,
    statuses=(409,),
    examples={"precursor": NEW_CASE},
)
def open_case(request: ApiRequest, body: NewCase) -> Status[CaseOut]:
    """Opens a case of our own with a peer; its title stays here."""
    case = create_case(request.officer, peer=body.peer, theme=body.theme, title=body.title)
    return Status(201, Reader(request.officer).case(case))


@offer(
    router,
    "GET",
    "/cases/{case_id}",
    permission=Permission.CASE_READ,
    summary="Show a case with its timeline",
    response=CaseOut,
)
def show_case(request: ApiRequest, case_id: Path[UUID]) -> CaseOut:
    """Shows a case, its messages with their clocks, its inquiries, and what happened when."""
    case = find_case(request.officer, case_id)
    as_they_wait([case])
    return Reader(request.officer).case(case)


@offer(
    router,
    "GET",
    "/messages/{message_id}",
    permission=Permission.CASE_READ,
    summary="Show a message with its content",
    response=MessageOut,
)
def show_message(request: ApiRequest, message_id: Path[UUID]) -> MessageOut:
    """Shows a message, ours or theirs, with its content, its files and its clock."""
    message = find_message(request.officer, message_id)
    request.entity_tag = entity_tag(message)
    return Reader(request.officer).message(message)
