"""The reviewer's view: decisions of the law gate and acts of officers, read-only."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from ninja import Path, Query, Router, Schema

from accord.law.decision import Outcome
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Cursor, Limit, Moment, PageOut, PartyCode, RowId, one_of
from accord.officers.models import Act
from accord.officers.permissions import Permission
from accord.oversight.services import acts, decision, decisions, facts_of
from accord.release.models import DecisionRecord

__all__ = ["ActRow", "DecisionRow", "act_row", "decision_row", "router"]

router = Router()

ActionWord = Literal["release", "request", "use", "acknowledge"]
OutcomeWord = Literal["permit", "permit-with", "hold", "route", "refuse"]
Number = Path[RowId]
Verb = Annotated[str | None, Query(None, pattern=r"^[a-z][a-z -]{0,63}$", description="The act, in its words.")]
UserName = Annotated[str | None, Query(None, pattern=r"^[A-Za-z0-9@.+_-]{1,150}$", description="Who acted.")]
ObjectType = Annotated[str | None, Query(None, pattern=r"^[a-z]{1,32}$", description="Sort of object acted on.")]
ObjectId = Annotated[str | None, Query(None, pattern=r"^[A-Za-z0-9-]{1,64}$", description="Key of the object.")]


class DecisionRow(Schema):
    """One decision, without its facts."""

    number: int
    at: datetime
    officer: str | None
    action: Annotated[str, one_of(get_args(ActionWord))]
    kind: str
    peer: str
    description: str
    outcome: Annotated[str, one_of(outcome.label for outcome in Outcome)]
    rules: list[str]
    digest: str
    pack_digest: str


class DecisionOut(DecisionRow):
    """One decision with what it rested on and what proves its commitment."""

    decision: dict[str, Any]  # Any: the published decision schema
    facts: dict[str, Any]  # Any: the published facts schema
    facts_digest: str
    salt: str
    commitment: str


class ActRow(Schema):
    """One thing an officer did; never content."""

    number: int
    at: datetime
    officer: str | None
    verb: str
    object_type: str
    object_id: str
    detail: dict[str, str | int | bool | None]


def decision_row(record: DecisionRecord) -> DecisionRow:
    """Returns a decision for a list."""
    return DecisionRow(**_row(record))


def _row(record: DecisionRecord) -> dict[str, Any]:  # Any: members of DecisionRow
    return {
        "number": record.pk,
        "at": record.at,
        "officer": record.officer.username if record.officer else None,
        "action": record.action,
        "kind": record.kind,
        "peer": record.peer,
        "description": record.description,
        "outcome": record.outcome,
        "rules": [reason["rule"] for reason in record.decision.get("reasons", ())],
        "digest": bytes(record.digest).hex(),
        "pack_digest": bytes(record.pack_digest).hex(),
    }


@offer(
    router,
    "GET",
    "/decisions",
    permission=Permission.RECORD_READ,
    summary="List decisions of the law gate",
    response=PageOut[DecisionRow],
)
def list_decisions(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    action: ActionWord | None = None,
    outcome: OutcomeWord | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[DecisionRow]:
    """Lists what the gate decided at this node, the newest first; refusals are on record too."""
    rows = decisions(request.officer, peer=peer, action=action, outcome=outcome, since=since, until=until)
    page = page_of(rows, "decisions", cursor=cursor, limit=limit)
    return PageOut(items=[decision_row(record) for record in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/decisions/{number}",
    permission=Permission.RECORD_READ,
    summary="Show a decision with its facts",
    response=DecisionOut,
)
def show_decision(request: ApiRequest, number: Number) -> DecisionOut:
    """Shows the facts, the reasons with their citations, and the salt that opens the commitment which travelled."""
    record = decision(request.officer, number)
    return DecisionOut(
        **_row(record),
        decision=record.decision,
        facts=facts_of(record),
        facts_digest=bytes(record.facts_digest).hex(),
        salt=bytes(record.salt).hex(),
        commitment=bytes(record.commitment).hex(),
    )


@offer(
    router,
    "GET",
    "/acts",
    permission=Permission.RECORD_READ,
    summary="List what officers did",
    response=PageOut[ActRow],
)
def list_acts(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    verb: Verb = None,
    officer: UserName = None,
    object_type: ObjectType = None,
    object_id: ObjectId = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> PageOut[ActRow]:
    """Lists who did what to which object and when, the newest first, of a period, an officer, an act or an object."""
    rows = acts(
        request.officer,
        object_type=object_type,
        object_id=object_id,
        verb=verb,
        officer=officer,
        since=since,
        until=until,
    )
    page = page_of(rows, "acts", cursor=cursor, limit=limit)
    return PageOut(items=[act_row(row) for row in page.rows], next=page.next)


def act_row(row: Act) -> ActRow:
    """Returns an act for a list."""
    return ActRow(
        number=row.pk,
        at=row.at,
        officer=row.officer.username if row.officer else None,
        verb=row.verb,
        object_type=row.object_type,
        object_id=row.object_id,
        detail=row.detail,
    )
