"""Drafts: write, replace without overwriting a colleague, check against the gate, submit for approval."""

from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Path, Router, Schema
from pydantic import StrictInt, WithJsonSchema

from accord.exchange.drafts import FieldProblem, StaleDraft
from accord.exchange.kinds.request import Request
from accord.exchange.kinds.spontaneous_information import SpontaneousInformation
from accord.exchange.own_side import OwnSide
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.exchange.services import (
    check_draft,
    discard,
    draft_information,
    draft_request,
    save_draft,
    submit,
)
from accord.exchange.wording import field_name, pointer_of, steps_of
from accord.law.decision import Outcome
from accord.node.api.case_shapes import MessageOut, Reader
from accord.node.api.cases import find_case, find_message, message_after
from accord.node.api.documents import STRUCT_MARK
from accord.node.api.examples import DRAFT_REQUEST
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, one_of
from accord.node.api.struct_schemas import draft_name
from accord.node.api.versions import IfMatch, StaleTag, entity_tag, version_meant
from accord.officers.permissions import Permission

__all__ = ["AnyFields", "OwnSideFields", "router"]

router = Router()

VERSION_MAX = 2**31 - 1

# Any: a JSON object whose schema is the kind's own; the services check it field by field.
AnyFields = Annotated[dict[str, Any], Field(description="The fields given so far, as the kind's JSON Schema has them.")]
RequestFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(Request)})]
InformationFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: draft_name(SpontaneousInformation)})]
OwnSideFields = Annotated[dict[str, Any], WithJsonSchema({STRUCT_MARK: OwnSide.__name__})]
Version = Annotated[StrictInt, Field(ge=1, le=VERSION_MAX, description="The version you have before you.")]


OutcomeWord = Annotated[str, one_of(outcome.label for outcome in Outcome)]


class NewRequest(Closed):
    """A request as far as it is written."""

    fields: RequestFields
    own_side: OwnSideFields | None = None


class NewInformation(Closed):
    """Spontaneous information as far as it is written."""

    fields: InformationFields
    own_side: OwnSideFields | None = None


class SavedDraft(Closed):
    """All fields of a draft, on top of the version the writer started from."""

    version: Version | None = Field(None, description="The version you started from; needed without `If-Match`.")
    fields: AnyFields
    own_side: OwnSideFields | None = Field(None, description="Left as stored where it is omitted.")


class Submission(Closed):
    """What is submitted: the version the drafter has before them."""

    version: Version


class Discarding(Closed):
    """Which version is discarded, and why."""

    version: Version
    reason: Annotated[str, Field(min_length=1, max_length=REASON_CHARACTERS_MAX)]


class ProblemOfField(Schema):
    """A field to mend."""

    field: str = Field(description="Its path in the message.")
    name: str = Field(description="Its name in words.")
    pointer: str = Field(description="JSON Pointer to it from the body of a draft.")
    sentence: str
    next_step: str


class ReasonOut(Schema):
    """A rule of law that spoke."""

    rule: str
    citation: str
    sentence: str
    cure: str = Field(description="What would let it pass.")
    decider: str = Field(description="Who decides.")
    outcome: OutcomeWord
    policy: str
    is_verified: bool = Field(description="Whether the source was read in its primary text.")


class CheckOut(Schema):
    """What stands between a draft and its release."""

    lets_pass: bool = Field(description="Whether only a second officer stands between the draft and its release.")
    problems: list[ProblemOfField]
    outcome: OutcomeWord
    reasons: list[ReasonOut]
    conditions: list[str]
    approver: str | None
    channel: str | None
    outward: str | None = Field(description="The only answer that may be given, where a reason must stay unknown.")
    payload: str | None = Field(description="Exactly what would leave, once nothing is to be mended.")


@offer(
    router,
    "POST",
    "/cases/{case_id}/requests",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft a request",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={"precursor": DRAFT_REQUEST},
)
def new_request(request: ApiRequest, case_id: Path[UUID], body: NewRequest) -> MessageOut:
    """Drafts a request in a case. A field that is given must be right; a field may be missing until submission."""
    draft = draft_request(request.officer, find_case(request.officer, case_id), body.fields, own=body.own_side)
    return Reader(request.officer).message(message_after(draft.pk))


@offer(
    router,
    "POST",
    "/cases/{case_id}/information",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft spontaneous information",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def new_information(request: ApiRequest, case_id: Path[UUID], body: NewInformation) -> MessageOut:
    """Drafts information that is given unasked because it matters to the other side."""
    draft = draft_information(request.officer, find_case(request.officer, case_id), body.fields, own=body.own_side)
    return Reader(request.officer).message(message_after(draft.pk))


@offer(
    router,
    "PUT",
    "/messages/{message_id}/draft",
    permission=Permission.MESSAGE_DRAFT,
    summary="Replace a draft",
    response=MessageOut,
    statuses=(409, 412, 428),
)
def replace_draft(
    request: ApiRequest, message_id: Path[UUID], body: SavedDraft, if_match: IfMatch = None
) -> MessageOut:
    """Replaces all fields of a draft. Where a colleague saved first, both texts come back and nothing is lost."""
    version = version_meant(if_match, body.version)
    try:
        saved = save_draft(
            request.officer,
            find_message(request.officer, message_id),
            version=version,
            fields=body.fields,
            own=body.own_side,
        )
    except StaleDraft as stale:
        raise stale if if_match is None else StaleTag.of(stale) from None
    request.entity_tag = entity_tag(saved)
    return Reader(request.officer).message(message_after(saved.pk))


@offer(
    router,
    "GET",
    "/messages/{message_id}/check",
    permission=Permission.CASE_READ,
    summary="Check a draft against the law gate",
    response=CheckOut,
    statuses=(409, 422),
)
def check_message(request: ApiRequest, message_id: Path[UUID]) -> CheckOut:
    """Tells what stops a draft, what would cure it and who decides; nothing is stored."""
    found = check_draft(request.officer, find_message(request.officer, message_id))
    decision = found.decision
    return CheckOut(
        lets_pass=found.lets_pass,
        problems=[_problem(item) for item in found.problems],
        outcome=decision.outcome.label,
        reasons=[
            ReasonOut(
                rule=reason.rule,
                citation=reason.citation,
                sentence=reason.sentence,
                cure=reason.cure,
                decider=reason.decider,
                outcome=reason.outcome.label,
                policy=reason.policy,
                is_verified=reason.is_verified,
            )
            for reason in decision.reasons
        ],
        conditions=list(decision.conditions),
        approver=decision.approver,
        channel=decision.channel,
        outward=found.outward,
        payload=found.payload.decode() if found.payload is not None else None,
    )


def _problem(item: FieldProblem) -> ProblemOfField:
    return ProblemOfField(
        field=item.field,
        name=field_name(steps_of(item.field)),
        pointer=pointer_of(item.field),
        sentence=item.sentence,
        next_step=item.next_step,
    )


@offer(
    router,
    "POST",
    "/messages/{message_id}/submit",
    permission=Permission.MESSAGE_DRAFT,
    summary="Submit a draft for approval",
    response=MessageOut,
    statuses=(409,),
    examples={"first version": {"version": 1}},
)
def submit_message(request: ApiRequest, message_id: Path[UUID], body: Submission) -> MessageOut:
    """Asks a second officer to approve exactly this message; a refusal by the gate is put on record."""
    submitted = submit(request.officer, find_message(request.officer, message_id), version=body.version)
    return Reader(request.officer).message(message_after(submitted.pk))


@offer(
    router,
    "POST",
    "/messages/{message_id}/discard",
    permission=Permission.MESSAGE_DRAFT,
    summary="Discard a draft",
    response=MessageOut,
    statuses=(409,),
    examples={"first version": {"version": 1, "reason": "The matter was settled by telephone."}},
)
def discard_message(request: ApiRequest, message_id: Path[UUID], body: Discarding) -> MessageOut:
    """Erases the content of a draft that will not be sent; who discarded it, when and why stays on record."""
    discarded = discard(
        request.officer, find_message(request.officer, message_id), version=body.version, reason=body.reason
    )
    return Reader(request.officer).message(message_after(discarded.pk))
