"""The workplan: what both sides signed, what they offer, and our own draft of the next revision."""

import base64
from collections.abc import Iterable
from datetime import date
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
from accord.workplan.documents.cells import DayOrder
from accord.workplan.documents.incoming import read_file
from accord.workplan.documents.preview import Note
from accord.workplan.errors import PlanRefused
from accord.workplan.models import PlanDraft
from accord.workplan.reading import agreed_text, draft_with, last_save, standing_offer_of_theirs
from accord.workplan.taking_in import plan_at_hand, require_sides, take_in
from accord.workplan.versions import Problem

__all__ = ["PlanOut", "held_draft", "plan_out", "router"]

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


class PlanImport(Closed):
    """A file of the plan, to be looked at, or taken into the draft."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="Its name; the ending says its form.")]
    file: Annotated[str, Field(description="Its content, base64. The whole body is at most 1 MiB.")]
    seen: Annotated[int, Field(ge=0, description="Version of the draft that was read; 0 where there is none.")]
    days: Annotated[
        Literal["day-first", "month-first"] | None,
        Field(description="How a day with two readings, such as 06/07/2026, is read."),
    ] = None
    save: Annotated[bool, Field(description="Whether it is taken into the draft, or only looked at.")] = False
    leaves_out: Annotated[bool, Field(description="Whether the rest is saved where something was not understood.")] = (
        False
    )


class FileNoteOut(Schema):
    """What was found in a file."""

    place: str = Field(description="Address of the cell, or number of the paragraph.")
    code: str
    sentence: str
    next_step: str
    shown: str = Field(description="Words of the file, such as a comment with its author.")


class TwoReadingsOut(Schema):
    """A day that is one day in one country and another day in another."""

    place: str
    written: str
    day_first: date
    month_first: date


class ItemChangeOut(Schema):
    """One entry that would be different."""

    part: str
    key: str
    change: str = Field(description="`added`, `removed`, `changed` or `moved`.")
    fields: list[str]


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


class PlanImportOut(Schema):
    """What was understood of a file, what was not, and what it changes."""

    understood: dict[str, int] = Field(description="Entries by part.")
    changes: list[ItemChangeOut] | None = Field(description="Against the draft; null where there is nothing yet.")
    not_understood: list[FileNoteOut] = Field(description="It changes nothing: the draft keeps what it has there.")
    stripped: list[FileNoteOut] = Field(description="Comments, tracked changes, hidden text, names of authors.")
    two_readings: list[TwoReadingsOut]
    problems: list[ProblemOut]
    saved: int | None = Field(description="The version of the draft that it became; null where it was not saved.")


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
        problems=_problems(drafting.problems_with(draft)),
    )


def _problems(found: Iterable[Problem]) -> list[ProblemOut]:
    return [
        ProblemOut(
            item=one.item,
            field=one.field,
            code=one.code,
            sentence=one.sentence,
            next_step=one.next_step,
            blocks=one.blocks,
        )
        for one in found
    ]


def _file_notes(found: Iterable[Note]) -> list[FileNoteOut]:
    return [
        FileNoteOut(place=one.place, code=one.code, sentence=one.sentence, next_step=one.next_step, shown=one.shown)
        for one in found
    ]


def plan_out(request: ApiRequest, peer: str) -> PlanOut:
    """Returns what both sides signed, what they offer, and our draft."""
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


def held_draft(peer: str) -> PlanDraft:
    """Returns our draft of the plan with a party.

    Raises:
        NotFound: There is none.
    """
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
    return plan_out(request, peer)


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
    return Status(201, plan_out(request, peer))


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
    drafting.save_plan(request.officer, held_draft(peer), seen=body.seen, plan=_plan(body.content), remark=body.remark)
    return plan_out(request, peer)


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
    text = drafting.prepare_for_signing(request.officer, held_draft(peer), seen=body.seen, words=body.words)
    return Status(201, PreparedPlanOut(text=text.pk))


@offer(
    router,
    "POST",
    "/plans/{peer}/draft/import",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Look at a file of the plan, or take it into the draft",
    response=PlanImportOut,
    statuses=(409,),
)
def import_plan(request: ApiRequest, peer: PeerInPath, body: PlanImport) -> PlanImportOut:
    """Says what is understood of a Word, Excel or JSON file, what is not, and what it changes; saves it where asked."""
    _require_peer(peer)
    try:
        data = base64.b64decode(body.file, validate=True)
    except ValueError as error:
        # Also where it holds a character that is none of base64 at all.
        raise PlanRefused(
            "The content of the file is not base64.",
            code="workplan.file-not-base64",
            next_step="Encode the bytes of the file as base64, without line breaks.",
            fields={"field": "file"},
        ) from error
    _held_draft, current = plan_at_hand(peer)
    order = DayOrder(body.days) if body.days is not None else None
    found = read_file(body.name, data, current=current, order=order)
    if found.plan is not None:
        require_sides(found.plan, peer)
    draft = None
    if body.save:
        draft = take_in(
            request.officer, peer=peer, seen=body.seen, found=found, name=body.name, leaves_out=body.leaves_out
        )
    changes = None if found.would_change is None else found.would_change.changes
    return PlanImportOut(
        understood=dict(found.understood),
        changes=None
        if changes is None
        else [
            ItemChangeOut(
                part=one.part, key=one.key, change=one.change.value, fields=[field.field for field in one.fields]
            )
            for one in changes
        ],
        not_understood=_file_notes(found.not_understood),
        stripped=_file_notes(found.stripped),
        two_readings=[
            TwoReadingsOut(place=one.place, written=one.written, day_first=one.day_first, month_first=one.month_first)
            for one in found.two_readings
        ],
        problems=_problems(found.problems),
        saved=draft.version if draft is not None else None,
    )
