"""Need to know: who reads a case besides its scope, and the way in for who cannot wait."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema
from ninja.responses import Status

from accord.exchange.kinds.limits import SENTENCE_CHARACTERS_MAX
from accord.exchange.models import CaseMember
from accord.exchange.services import add_member, break_in, keep_to_team, open_to_scope, remove_member, team_of
from accord.node.api.case_shapes import CaseOut, Reader
from accord.node.api.cases import case_after, find_case
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

Reason = Annotated[str, Field(min_length=1, max_length=SENTENCE_CHARACTERS_MAX)]
UserName = Annotated[str, Field(min_length=1, max_length=150, description="User name of a colleague.")]


class MemberOut(Schema):
    """One colleague in the team of a case."""

    username: str
    kind: Literal["member", "break-in"] = Field(description="`break-in` opened the case in an emergency, for a day.")
    reason: str
    added_by: str
    added_at: datetime
    until: datetime | None


class TeamChange(Closed):
    """Who is taken into a team or out of it, and why."""

    act: Literal["add", "remove"]
    member: UserName
    reason: Reason


class Circle(Closed):
    """Whether a case is kept to its team, and why."""

    is_team_only: bool
    reason: Reason


class BreakIn(Closed):
    """The case that an officer must read at once, and what cannot wait."""

    reference: str = Field(min_length=1, max_length=64, description="Our reference of the case, or theirs.")
    reason: Reason


def _out(member: CaseMember) -> MemberOut:
    return MemberOut(
        username=member.officer.username,
        kind="break-in" if member.kind == CaseMember.Kind.BREAK_IN else "member",
        reason=member.reason,
        added_by=member.added_by.username,
        added_at=member.added_at,
        until=member.until,
    )


@offer(
    router,
    "GET",
    "/cases/{case_id}/team",
    permission=Permission.CASE_READ,
    summary="List the team of a case",
    response=list[MemberOut],
)
def list_team(request: ApiRequest, case_id: Path[UUID]) -> list[MemberOut]:
    """Lists who reads a case besides its holder and those in whose scope it lies."""
    return [_out(one) for one in team_of(request.officer, find_case(request.officer, case_id))]


@offer(
    router,
    "POST",
    "/cases/{case_id}/team",
    permission=Permission.TEAM_KEEP,
    summary="Take a colleague into the team of a case, or out of it",
    response=CaseOut,
    statuses=(409,),
    examples={"a colleague": {"act": "add", "member": "duty", "reason": "Knows the trade."}},
)
def change_team(request: ApiRequest, case_id: Path[UUID], body: TeamChange) -> CaseOut:
    """Changes the team: the holder of the case does, or a releasing officer."""
    member = Officer.objects.filter(username=body.member).first() or Officer(username=body.member, is_active=False)
    act = add_member if body.act == "add" else remove_member
    act(request.officer, find_case(request.officer, case_id), member=member, reason=body.reason)
    return Reader(request.officer).case(case_after(case_id))


@offer(
    router,
    "POST",
    "/cases/{case_id}/circle",
    permission=Permission.TEAM_KEEP,
    summary="Keep a case to its team, or open it to its scope",
    response=CaseOut,
    statuses=(409,),
    examples={"few": {"is_team_only": True, "reason": "A source is at risk."}},
)
def keep_case_to_team(request: ApiRequest, case_id: Path[UUID], body: Circle) -> CaseOut:
    """Keeps a case to its team, so that a scope opens it to nobody, or ends that."""
    act = keep_to_team if body.is_team_only else open_to_scope
    act(request.officer, find_case(request.officer, case_id), reason=body.reason)
    return Reader(request.officer).case(case_after(case_id))


@offer(
    router,
    "POST",
    "/break-ins",
    permission=Permission.CASE_TAKE,
    summary="Open a case in an emergency",
    response=CaseOut,
    status=201,
    statuses=(404,),
    examples={"tonight": {"reference": "CA-2026-ABCDE-FGHJK", "reason": "A person is in danger tonight."}},
)
def break_into_case(request: ApiRequest, body: BreakIn) -> Status[CaseOut]:
    """Opens a case for a day to an officer without need to know; its holder and the reviewers are told, with why."""
    case = break_in(request.officer, body.reference, reason=body.reason)
    return Status(201, Reader(request.officer).case(case_after(case.pk)))
