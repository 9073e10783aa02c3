"""Commitments of signed statements, listed for our draft of the plan and taken over into it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema

from accord.node.api.operations import ApiRequest, offer
from accord.node.api.plans import PlanOut, held_draft, plan_out
from accord.node.api.shapes import Closed, PeerInPath
from accord.officers.permissions import Permission
from accord.workplan.content import ITEMS_MAX
from accord.workplan.promised import promises_with, taken_as
from accord.workplan.reading import last_save
from accord.workplan.taking_over import take_commitments

__all__ = ["router"]

router = Router()


class PlanCommitments(Closed):
    """Which commitments of signed statements the draft is to have."""

    seen: Annotated[int, Field(ge=1, description="Version of the draft that was read.")]
    references: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=ITEMS_MAX)] = (
        Field(description="References, as the list gives them; those that the draft has already are left.")
    )
    under: Annotated[str, Field(max_length=6)] = Field("", description="Code of the pillar; under none where left out.")


class PromisedOut(Schema):
    """A commitment of a signed statement."""

    reference: str = Field(description="Clause and sentence, the same on both nodes.")
    statement: UUID
    signed_on: date
    clause: int = Field(description="Number of the clause in the signed text.")
    sentence: int = Field(description="Which sentence of the clause, counted from one.")
    texts: dict[str, str] = Field(description="The sentence by language, as it was signed.")
    verb: str
    due_on: date | None
    code: str | None = Field(description="Its code in our draft; nothing where the draft does not have it.")


class PromisedList(Schema):
    """Commitments of signed statements, in the order of their texts."""

    items: list[PromisedOut]


@offer(
    router,
    "GET",
    "/plans/{peer}/draft/commitments",
    permission=Permission.AGREEMENT_DRAFT,
    summary="List commitments of signed statements for the draft",
    response=PromisedList,
)
def list_promises(request: ApiRequest, peer: PeerInPath) -> PromisedList:
    """Lists what a person confirmed in statements that both sides signed, with the code that it has in our draft."""
    codes = taken_as(last_save(held_draft(peer)).plan)
    return PromisedList(
        items=[
            PromisedOut(
                reference=one.reference,
                statement=one.statement,
                signed_on=one.signed_on,
                clause=one.number,
                sentence=one.sentence,
                texts=dict(one.texts),
                verb=one.verb.value,
                due_on=one.due_on,
                code=codes.get(one.reference),
            )
            for one in promises_with(request.officer, peer)
        ]
    )


@offer(
    router,
    "POST",
    "/plans/{peer}/draft/commitments",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Take commitments of signed statements over into the draft",
    response=PlanOut,
)
def take_promises(request: ApiRequest, peer: PeerInPath, body: PlanCommitments) -> PlanOut:
    """Puts them behind the commitments of the draft, each with its sentence, its day and its reference."""
    take_commitments(request.officer, held_draft(peer), seen=body.seen, references=body.references, under=body.under)
    return plan_out(request, peer)
