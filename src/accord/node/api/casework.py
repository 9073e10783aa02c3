"""What the own side keeps of its cases: notes for colleagues, and which cases belong together; none of it leaves."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema

from accord.exchange.models import CaseNote
from accord.exchange.noting import NOTE_CHARACTERS_MAX
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.exchange.services import (
    assign,
    join_case,
    link_cases,
    links_of,
    notes_of,
    unlink_cases,
    write_note,
)
from accord.node.api.case_shapes import CaseOut, Reader
from accord.node.api.cases import case_after, find_case
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

Words = Annotated[str, Field(min_length=1, max_length=REASON_CHARACTERS_MAX)]


class NewNote(Closed):
    """A note for colleagues."""

    text: str = Field(min_length=1, max_length=NOTE_CHARACTERS_MAX)
    corrects: UUID | None = Field(None, description="The note of the same case that this one corrects.")


class NoteOut(Schema):
    """A note for colleagues; it is never changed, and never sent."""

    id: UUID
    text: str | None = Field(description="The words; null without `case.read`.")
    written_by: str
    written_at: datetime
    corrects: UUID | None


class NewLink(Closed):
    """A link to another case."""

    other: UUID
    kind: Literal["linked", "joined"] = Field(
        "linked", description="`joined`: the request of this case is worked on in the other one."
    )
    reason: Words


class LinkEnd(Closed):
    """The end of a link."""

    other: UUID
    reason: Words


class LinkOut(Schema):
    """A link, seen from a case."""

    case_id: UUID = Field(description="The case at the other end.")
    own_ref: str
    kind: Literal["linked", "joined-here", "joined-there"]
    reason: str
    linked_by: str
    linked_at: datetime


class Assignment(Closed):
    """To whom a case is given, and why."""

    to: str = Field(min_length=1, max_length=150, description="User name: one's own, or a colleague's.")
    reason: Words | None = Field(None, description="Needed where it goes to a colleague.")


def _note_out(written: CaseNote, *, shows_content: bool) -> NoteOut:
    return NoteOut(
        id=written.pk,
        text=written.text if shows_content else None,
        written_by=written.written_by.username,
        written_at=written.written_at,
        corrects=written.corrects_id,
    )


@offer(
    router,
    "GET",
    "/cases/{case_id}/notes",
    permission=Permission.CASE_READ,
    summary="List the notes of a case",
    response=list[NoteOut],
)
def list_notes(request: ApiRequest, case_id: Path[UUID]) -> list[NoteOut]:
    """Lists what officers wrote down for colleagues, in time; none of it ever leaves this node."""
    return [
        _note_out(one, shows_content=True) for one in notes_of(request.officer, find_case(request.officer, case_id))
    ]


@offer(
    router,
    "POST",
    "/cases/{case_id}/notes",
    permission=Permission.CASE_TAKE,
    summary="Write a note for colleagues",
    response=NoteOut,
    status=201,
    statuses=(409,),
    examples={"shift": {"text": "The licence office opens at nine."}},
)
def new_note(request: ApiRequest, case_id: Path[UUID], body: NewNote) -> NoteOut:
    """Writes a note; nobody changes it, and a further one corrects it."""
    written = write_note(request.officer, find_case(request.officer, case_id), body.text, corrects=body.corrects)
    return _note_out(written, shows_content=request.officer.may(Permission.CASE_READ))


@offer(
    router,
    "GET",
    "/cases/{case_id}/links",
    permission=Permission.CASE_READ,
    summary="List the cases that belong to a case",
    response=list[LinkOut],
)
def list_links(request: ApiRequest, case_id: Path[UUID]) -> list[LinkOut]:
    """Lists linked and joined cases; a link is for our own reading and moves no message."""
    return [
        LinkOut(
            case_id=one.case.pk,
            own_ref=one.case.own_ref,
            kind="joined-here" if one.is_joined_here else "joined-there" if one.is_joined_there else "linked",
            reason=one.link.reason,
            linked_by=one.link.linked_by.username,
            linked_at=one.link.linked_at,
        )
        for one in links_of(request.officer, find_case(request.officer, case_id))
    ]


@offer(
    router,
    "POST",
    "/cases/{case_id}/links",
    permission=Permission.CASE_TAKE,
    summary="Link a case to another, or join it to one",
    response=CaseOut,
    statuses=(409,),
)
def link_case(request: ApiRequest, case_id: Path[UUID], body: NewLink) -> CaseOut:
    """Links two cases; joined, the case goes to who holds the other one, and keeps its references and clock."""
    join = join_case if body.kind == "joined" else link_cases
    join(
        request.officer, find_case(request.officer, case_id), find_case(request.officer, body.other), reason=body.reason
    )
    return Reader(request.officer).case(case_after(case_id))


@offer(
    router,
    "POST",
    "/cases/{case_id}/unlink",
    permission=Permission.CASE_TAKE,
    summary="End the link between two cases",
    response=CaseOut,
    statuses=(409,),
)
def unlink_case(request: ApiRequest, case_id: Path[UUID], body: LinkEnd) -> CaseOut:
    """Ends a link; that there was one stays in both timelines."""
    unlink_cases(
        request.officer, find_case(request.officer, case_id), find_case(request.officer, body.other), reason=body.reason
    )
    return Reader(request.officer).case(case_after(case_id))


@offer(
    router,
    "POST",
    "/cases/{case_id}/assign",
    permission=Permission.CASE_TAKE,
    summary="Give a case to an officer",
    response=CaseOut,
    statuses=(409,),
    examples={"to a colleague": {"to": "duty", "reason": "Knows the file."}},
)
def assign_case(request: ApiRequest, case_id: Path[UUID], body: Assignment) -> CaseOut:
    """Gives a case that nobody or the officer holds; a colleague's is taken over, and not assigned away."""
    named = Officer.objects.filter(username=body.to).first() or Officer(username=body.to, is_active=False)
    to = request.officer if named.pk == request.officer.pk else named
    assign(request.officer, find_case(request.officer, case_id), to=to, reason=body.reason or "")
    return Reader(request.officer).case(case_after(case_id))
