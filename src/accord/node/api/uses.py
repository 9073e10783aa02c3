"""Using what was received: each use beyond filing is asked of the law gate before it is made."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema
from pydantic import StrictBool

from accord.exchange.facts import Use
from accord.exchange.kinds.limits import SENTENCE_CHARACTERS_MAX
from accord.exchange.services import use_received
from accord.law.facts import MistreatmentSuspicion
from accord.node.api.cases import find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Purpose

__all__ = ["router"]

router = Router()

Sentence = Annotated[str, Field(min_length=1, max_length=SENTENCE_CHARACTERS_MAX)]


class NewUse(Closed):
    """What is to be done with a received message."""

    effect: Literal["lead", "evidence", "deprive-of-rights"]
    purpose: Purpose
    suspicion: MistreatmentSuspicion = Field("unknown", description="Possibly obtained through mistreatment?")
    permitted_in: UUID | None = Field(None, description="Their message in this case that permits another use.")
    onward_state: str | None = Field(None, pattern=r"^[A-Z][A-Z0-9]{1,7}$", description="State to pass it on to.")
    relies_on_peer_decision: StrictBool = Field(False, description="Whether our authority would rest on their gate.")
    is_life_threat: StrictBool = False
    imminence: Sentence | None = Field(None, description="What makes the harm imminent; with `is_life_threat`.")
    is_minimum_data: StrictBool = False


class UseOut(Schema):
    """The gate's answer to a use: it is permitted, under these conditions."""

    decision: int = Field(description="Number of the decision on record.")
    outcome: Literal["permit", "permit-with"]
    conditions: list[str]


@offer(
    router,
    "POST",
    "/messages/{message_id}/use",
    permission=Permission.MESSAGE_ANSWER,
    summary="Ask the law gate about a use of what was received",
    response=UseOut,
    status=201,
    statuses=(409,),
    examples={"a lead": {"effect": "lead", "purpose": "investigate", "suspicion": "no"}},
)
def use_message(request: ApiRequest, message_id: Path[UUID], body: NewUse) -> UseOut:
    """Asks the gate whether a received message may be used so; the answer is on record, whatever it is."""
    use = Use(
        effect=body.effect,
        purpose=body.purpose,
        suspicion=body.suspicion,
        onward_state=body.onward_state,
        relies_on_peer_decision=body.relies_on_peer_decision,
        is_life_threat=body.is_life_threat,
        imminence=body.imminence,
        is_minimum_data=body.is_minimum_data,
    )
    permission = find_message(body.permitted_in) if body.permitted_in is not None else None
    record = use_received(request.officer, find_message(message_id), use, permitted_in=permission)
    outcome: Literal["permit", "permit-with"] = "permit" if record.outcome == "permit" else "permit-with"
    return UseOut(decision=record.pk, outcome=outcome, conditions=record.decision["conditions"])
