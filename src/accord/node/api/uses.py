"""Using what was received: each use is asked of the law gate, and what no caveat permits, of its originator."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema
from pydantic import StrictBool

from accord.exchange.kinds.limits import LINE_CHARACTERS_MAX, LIST_ITEMS_MAX
from accord.handling.grants import grants_of
from accord.handling.models import Grant, Use
from accord.handling.permissions import answer_permission, ask_permission
from accord.handling.uses import Intended, use_item, uses_of
from accord.law.facts import MistreatmentSuspicion
from accord.node.api.case_shapes import MessageOut, Reader
from accord.node.api.cases import find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, Sentence
from accord.officers.permissions import Permission
from accord.vocabulary.refusal import PermissionOutcome
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["router"]

router = Router()

Line = Annotated[str, Field(min_length=1, max_length=LINE_CHARACTERS_MAX)]


class NewUse(Closed):
    """What is to be done with a received message."""

    use: UseCode
    purpose: Purpose
    recipient: Line | None = Field(None, description="Who gets it, as a caveat names them; needed where it goes out.")
    handed_to: Line | None = Field(None, description="The person or office, in your own words.")
    suspicion: MistreatmentSuspicion = Field("unknown", description="Possibly obtained through mistreatment?")
    relies_on_peer_decision: StrictBool = Field(False, description="Whether our authority would rest on their gate.")
    imminence: Sentence | None = Field(None, description="What makes death or serious harm imminent, where it is.")
    is_minimum_data: StrictBool = False
    concerns_rights: StrictBool | None = Field(
        None, description="For `access-request`: whether corruption or a breach of human rights is alleged."
    )

    def intended(self) -> Intended:
        """Returns what is intended, as the service takes it."""
        return Intended(
            use=self.use,
            purpose=self.purpose,
            recipient=self.recipient or "",
            handed_to=self.handed_to or "",
            suspicion=self.suspicion,
            relies_on_peer_decision=self.relies_on_peer_decision,
            imminence=self.imminence or "",
            is_minimum_data=self.is_minimum_data,
            concerns_rights=self.concerns_rights,
        )


class UseOut(Schema):
    """One use on record, with the gate's answer to it."""

    id: UUID = Field(description="The mark that a print or a download bears.")
    use: str
    recipient: str
    handed_to: str
    purpose: str
    officer: str
    at: dt.datetime
    is_permitted: bool
    decision: int = Field(description="Number of the decision on record.")
    grant: UUID | None = Field(description="The grant of the originator without which it would have been refused.")
    mark: Literal["none", "page", "cover", "headers"]


class UseMade(UseOut):
    """The gate's answer to a use: it is permitted, under these conditions."""

    outcome: Literal["permit", "permit-with"]
    conditions: list[str]
    granted_conditions: list[str] = Field(description="What the originator's grant asks to be kept to.")


class GrantOut(Schema):
    """What an originator said to one use of one item."""

    id: UUID
    item: UUID = Field(description="The message that is used.")
    request: UUID
    answer: UUID = Field(description="The message that says it: its evidence.")
    is_ours: bool = Field(description="Whether we gave it.")
    use: str
    recipient: str
    purpose: str
    result: PermissionOutcome
    conditions: list[str]
    permitted_until: dt.date | None
    used_once: bool
    used_at: dt.datetime | None
    is_withdrawn: bool


class NewPermissionRequest(NewUse):
    """A question to the originator about one use of one item."""

    justification: Sentence
    answer_by: dt.date | None = Field(None, description="A week from now where it is left out.")


class NewPermissionAnswer(Closed):
    """The originator's answer."""

    result: PermissionOutcome
    conditions: list[Sentence] = Field(default=[], max_length=LIST_ITEMS_MAX)
    permitted_until: dt.date | None = Field(None, description="Needed where it is granted.")
    used_once: StrictBool = False
    reasons: Sentence | None = None


def _out(use: Use) -> dict[str, object]:
    return {
        "id": use.pk,
        "use": use.use,
        "recipient": use.recipient,
        "handed_to": use.handed_to,
        "purpose": use.purpose,
        "officer": use.officer.username,
        "at": use.at,
        "is_permitted": use.is_permitted,
        "decision": use.decision_id,
        "grant": use.grant_id,
        "mark": use.mark,
    }


@offer(
    router,
    "POST",
    "/messages/{message_id}/use",
    permission=Permission.MESSAGE_ANSWER,
    summary="Ask the law gate about a use of what was received",
    response=UseMade,
    status=201,
    statuses=(409,),
    examples={
        "a lead": {"use": "lead", "purpose": "investigate", "suspicion": "no"},
        "into court": {"use": "court", "purpose": "prosecute", "recipient": "Superior Court", "suspicion": "no"},
    },
)
def use_message(request: ApiRequest, message_id: Path[UUID], body: NewUse) -> UseMade:
    """Asks the gate whether a received message may be used so; the answer is on record, whatever it is."""
    made = use_item(request.officer, find_message(request.officer, message_id), body.intended())
    record = made.decision
    return UseMade.model_validate(
        {
            **_out(made),
            "outcome": "permit" if record.outcome == "permit" else "permit-with",
            "conditions": record.decision["conditions"],
            "granted_conditions": made.grant.conditions if made.grant is not None else [],
        }
    )


@offer(
    router,
    "GET",
    "/messages/{message_id}/uses",
    permission=Permission.CASE_READ,
    summary="List the uses of a message",
    response=list[UseOut],
)
def list_uses(request: ApiRequest, message_id: Path[UUID]) -> list[UseOut]:
    """Lists the uses of a received message that were made or stopped, the newest first."""
    return [UseOut.model_validate(_out(use)) for use in uses_of([find_message(request.officer, message_id)])]


@offer(
    router,
    "GET",
    "/messages/{message_id}/grants",
    permission=Permission.CASE_READ,
    summary="List the permissions given for a message",
    response=list[GrantOut],
)
def list_grants(request: ApiRequest, message_id: Path[UUID]) -> list[GrantOut]:
    """Lists what its originator said to uses of a message, by either side; a denial stands in it, too."""
    return [_grant(grant) for grant in grants_of([find_message(request.officer, message_id)])]


def _grant(grant: Grant) -> GrantOut:
    return GrantOut(
        id=grant.pk,
        item=grant.item_id,
        request=grant.request_id,
        answer=grant.answer_id,
        is_ours=grant.is_ours,
        use=grant.use,
        recipient=grant.recipient,
        purpose=grant.purpose,
        result=PermissionOutcome(grant.result),
        conditions=list(grant.conditions),
        permitted_until=grant.permitted_until,
        used_once=grant.used_once,
        used_at=grant.used_at,
        is_withdrawn=grant.is_withdrawn,
    )


@offer(
    router,
    "POST",
    "/messages/{message_id}/permission-request",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft a question to the originator about a use",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={
        "court": {
            "use": "court",
            "purpose": "prosecute",
            "recipient": "Superior Court",
            "justification": "The consignor is on trial; the declaration is the only paper on the drum.",
        }
    },
)
def ask_for_permission(request: ApiRequest, message_id: Path[UUID], body: NewPermissionRequest) -> MessageOut:
    """Drafts the question from the item; it is approved and released like any message."""
    draft = ask_permission(
        request.officer,
        find_message(request.officer, message_id),
        body.intended(),
        justification=body.justification,
        answer_by=body.answer_by,
    )
    return Reader(request.officer).message(find_message(request.officer, draft.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/permission-answer",
    permission=Permission.MESSAGE_ANSWER,
    summary="Draft the answer to a permission request",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={
        "with a condition": {
            "result": "granted-with-conditions",
            "conditions": ["In closed session only."],
            "permitted_until": "2027-06-30",
            "used_once": True,
        }
    },
)
def answer_for_permission(request: ApiRequest, message_id: Path[UUID], body: NewPermissionAnswer) -> MessageOut:
    """Drafts the answer; once it is released, the other side may use the item so, and no other way."""
    draft = answer_permission(
        request.officer,
        find_message(request.officer, message_id),
        result=body.result,
        conditions=body.conditions,
        permitted_until=body.permitted_until,
        used_once=body.used_once,
        reasons=body.reasons or "",
    )
    return Reader(request.officer).message(find_message(request.officer, draft.pk))
