"""The workplan: what both sides signed, what they offer, and our own draft of the next revision."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from ninja import Field, Router, Schema
from ninja.responses import Status

from accord.exchange.errors import NotFound
from accord.instruments.canonical import canonical_json
from accord.instruments.models import Text
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, PeerInPath
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.workplan import drafting
from accord.workplan.content import Plan
from accord.workplan.errors import PlanRefused
from accord.workplan.models import PlanDraft
from accord.workplan.reading import agreed_text, draft_with, last_save, standing_offer_of_theirs

__all__ = ["router"]

router = Router()


class PlanStart(Closed):
    """What the draft begins from."""

    start: Literal["template", "agreed"]


class PlanSave(Closed):
    """The whole plan as it is to be."""

    seen: Annotated[int, Field(ge=1, description="Version of the draft that was read.")]
    content: dict[str, Any] = Field(description="The plan, with what is left empty left out.")
    remark: Annotated[str, Field(max_length=200)] = Field("", description="For our own history.")


class PlanPreparation(Closed):
    """Which version is prepared, and words beside the offer."""

    seen: Annotated[int, Field(ge=1, description="Version of the draft that was read.")]
    words: Annotated[str, Field(max_length=2_000)] = ""


class RevisionOut(Schema):
    """A revision that was signed or is offered."""

    text: UUID
    number: int
    content: dict[str, Any]


class ProblemOut(Schema):
    """What is wrong with a draft."""

    item: str = Field(description="Code of the item; `plan` for the plan as a whole.")
    field: str
    code: str
    sentence: str
    next_step: str
    blocks: bool = Field(description="Whether it must be mended before the plan can be prepared for signing.")


class PlanDraftOut(Schema):
    """Our own draft, which the other side does not see."""

    version: int
    content: dict[str, Any]
    problems: list[ProblemOut]


class PlanOut(Schema):
    """The workplan with a party as it stands."""

    peer: str
    agreed: RevisionOut | None = Field(description="The revision that both sides signed last.")
    offered: RevisionOut | None = Field(description="What the other side offers now.")
    draft: PlanDraftOut | None = Field(description="Our draft, to whom may prepare texts.")


class PreparedPlanOut(Schema):
    """The text that was prepared for signing."""

    text: UUID


def _revision(text: Text | None) -> RevisionOut | None:
    if text is None:
        return None
    return RevisionOut(text=text.pk, number=text.number, content=msgspec.json.decode(text.content))


def _draft(draft: PlanDraft | None) -> PlanDraftOut | None:
    if draft is None:
        return None
    return PlanDraftOut(
        version=draft.version,
        content=msgspec.to_builtins(last_save(draft).plan),
        problems=[
            ProblemOut(
                item=one.item,
                field=one.field,
                code=one.code,
                sentence=one.sentence,
                next_step=one.next_step,
                blocks=one.blocks,
            )
            for one in drafting.problems_with(draft)
        ],
    )


def _out(request: ApiRequest, peer: str) -> PlanOut:
    sees = request.officer.may(Permission.AGREEMENT_DRAFT)
    return PlanOut(
        peer=peer,
        agreed=_revision(agreed_text(peer)),
        offered=_revision(standing_offer_of_theirs(peer)),
        draft=_draft(draft_with(peer)) if sees else None,
    )


def _require_peer(peer: str) -> None:
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise NotFound("There is no such party.")


def _held(peer: str) -> PlanDraft:
    draft = draft_with(peer)
    if draft is None:
        raise NotFound("There is no draft of the plan with this party.")
    return draft


def _plan(content: dict[str, Any]) -> Plan:
    try:
        return msgspec.json.decode(canonical_json(content), type=Plan)
    except (msgspec.MsgspecError, ValueError) as error:
        raise PlanRefused(
            f"The content is not a plan: {error}",
            code="workplan.not-a-plan",
            next_step="Mend the field that is named.",
            fields={"field": "content"},
        ) from error


@offer(
    router,
    "GET",
    "/plans/{peer}",
    permission=Permission.AGREEMENT_READ,
    summary="Show the workplan with a party",
    response=PlanOut,
)
def show_plan(request: ApiRequest, peer: PeerInPath) -> PlanOut:
    """Shows the revision in force, what the other side offers, and our own draft to whom may prepare texts."""
    _require_peer(peer)
    return _out(request, peer)


@offer(
    router,
    "POST",
    "/plans/{peer}/draft",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Start the draft of the next revision",
    response=PlanOut,
    status=201,
)
def start_plan(request: ApiRequest, peer: PeerInPath, body: PlanStart) -> Status[PlanOut]:
    """Starts our draft from the template or from what both sides signed last."""
    _require_peer(peer)
    start = drafting.start_from_template if body.start == "template" else drafting.start_from_agreed
    start(request.officer, peer=peer)
    return Status(201, _out(request, peer))


@offer(
    router,
    "PUT",
    "/plans/{peer}/draft",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Save the draft of the next revision",
    response=PlanOut,
    statuses=(409,),
)
def save_plan_draft(request: ApiRequest, peer: PeerInPath, body: PlanSave) -> PlanOut:
    """Saves the draft; what a colleague changed since is kept, and where both changed one field nothing is saved."""
    drafting.save_plan(request.officer, _held(peer), seen=body.seen, plan=_plan(body.content), remark=body.remark)
    return _out(request, peer)


@offer(
    router,
    "POST",
    "/plans/{peer}/prepare",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Prepare the draft for signing",
    response=PreparedPlanOut,
    status=201,
    statuses=(409,),
)
def prepare_plan(request: ApiRequest, peer: PeerInPath, body: PlanPreparation) -> Status[PreparedPlanOut]:
    """Makes a text of the draft; another officer signs and offers it (``/texts``)."""
    text = drafting.prepare_for_signing(request.officer, _held(peer), seen=body.seen, words=body.words)
    return Status(201, PreparedPlanOut(text=text.pk))
