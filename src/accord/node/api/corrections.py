"""Correcting what was sent, and what came of a correction that was received."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Path, Router, Schema

from accord.exchange.errors import NotFound
from accord.exchange.kinds.correction import CorrectionAction, CorrectionReason
from accord.exchange.kinds.limits import CAVEATS_MAX, LINE_CHARACTERS_MAX, LIST_ITEMS_MAX, SENTENCE_CHARACTERS_MAX
from accord.handling.applying import progress_of
from accord.handling.corrections import draft_correction
from accord.handling.models import Correction
from accord.handling.reports import draft_report
from accord.handling.seeing import seen_by
from accord.handling.tasks import as_they_stand, open_tasks
from accord.node.api.case_shapes import MessageOut, Reader
from accord.node.api.cases import find_message
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed
from accord.officers.permissions import Permission
from accord.vocabulary.handling import Handling

__all__ = ["router"]

router = Router()

Line = Annotated[str, Field(min_length=1, max_length=LINE_CHARACTERS_MAX)]
Lines = Annotated[list[Line], Field(min_length=1, max_length=LIST_ITEMS_MAX)]
EFFECTS_SHOWN = 200
"""Effects of one answer; the counts say how many there are."""


class NewValue(Closed):
    """Words that are wrong, and the right ones; without these the wrong ones are to be taken out."""

    wrong: Line
    right: Line | None = None


class NewCaveat(Closed):
    """A further caveat."""

    who_may_access: Lines
    permitted_uses: Lines
    procedure_contact: Line
    expires_on: dt.date


class NewCorrection(Closed):
    """What is to be done about a message of ours that has left."""

    action: CorrectionAction
    reason: CorrectionReason
    what_is_wrong: str = Field(min_length=1, max_length=SENTENCE_CHARACTERS_MAX)
    values: list[NewValue] = Field(default=[], max_length=LIST_ITEMS_MAX, description="Needed with `correct`.")
    new_handling: Handling | None = Field(None, description="With `restrict`.")
    new_caveats: list[NewCaveat] = Field(default=[], max_length=CAVEATS_MAX, description="With `restrict`.")

    def changes(self) -> dict[str, Any]:
        """Returns what is said beside the action, as the message has it."""
        given = self.model_dump(mode="json", exclude_none=True, include={"values", "new_handling", "new_caveats"})
        return {name: value for name, value in given.items() if value}


class NewReport(Closed):
    """The report on a correction of the other side."""

    statement: str = Field("", max_length=SENTENCE_CHARACTERS_MAX)


class EffectOut(Schema):
    """What a correction did to one thing derived from what it is about, or what a person is still to do."""

    thing: str
    way: str
    deed: str
    state: Literal["done", "task", "not-done"]
    reference: str
    reason: str
    done_at: dt.datetime | None


class CorrectionOut(Schema):
    """How far a correction has been applied."""

    message: UUID
    action: CorrectionAction
    is_ours: bool
    at: dt.datetime
    found: int | None = Field(description="Things derived; null while the node is still looking.")
    treated: int
    applied_at: dt.datetime | None
    tasks: int = Field(description="What a person is still to do.")
    effects: list[EffectOut]


@offer(
    router,
    "POST",
    "/messages/{message_id}/correction",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft a correction of what was sent",
    response=MessageOut,
    status=201,
    statuses=(409,),
    examples={
        "a wrong name": {
            "action": "correct",
            "reason": "inaccurate",
            "what_is_wrong": "The office is another one.",
            "values": [{"wrong": "Mumbai zonal office", "right": "Chennai zonal office"}],
        },
        "recall": {"action": "recall", "reason": "inaccurate", "what_is_wrong": "It was confused with another."},
    },
)
def correct_message(request: ApiRequest, message_id: Path[UUID], body: NewCorrection) -> MessageOut:
    """Drafts a restriction, correction, recall or erasure; it is approved and released like any message."""
    draft = draft_correction(
        request.officer,
        find_message(request.officer, message_id),
        action=body.action,
        reason=body.reason,
        what_is_wrong=body.what_is_wrong,
        changes=body.changes(),
    )
    return Reader(request.officer).message(find_message(request.officer, draft.pk))


@offer(
    router,
    "GET",
    "/messages/{message_id}/correction",
    permission=Permission.CASE_READ,
    summary="Show how far a correction has been applied",
    response=CorrectionOut,
)
def show_correction(request: ApiRequest, message_id: Path[UUID]) -> CorrectionOut:
    """Shows what a correction, ours or theirs, did to each thing derived from what it is about."""
    message = find_message(request.officer, message_id)
    row = Correction.objects.filter(message=message).first()
    if row is None:
        raise NotFound("There is no such correction.")
    treated, found = progress_of(row)
    tasks = open_tasks(row)
    seen, _read = seen_by(request.officer, row, as_they_stand(row.effects.all()[:EFFECTS_SHOWN]))
    return CorrectionOut(
        message=message.pk,
        action=CorrectionAction(row.action),
        is_ours=row.is_ours,
        at=row.at,
        found=found,
        treated=treated,
        applied_at=row.applied_at,
        tasks=tasks.count(),
        effects=[EffectOut.model_validate(effect, from_attributes=True) for effect in seen],
    )


@offer(
    router,
    "POST",
    "/messages/{message_id}/correction-report",
    permission=Permission.MESSAGE_DRAFT,
    summary="Draft the report on a correction",
    response=MessageOut,
    status=201,
    statuses=(409,),
)
def report_on_correction(request: ApiRequest, message_id: Path[UUID], body: NewReport) -> MessageOut:
    """Drafts the report from what is on file; it is approved and released like any message."""
    correction = find_message(request.officer, message_id)
    draft = draft_report(request.officer, correction, statement=body.statement)
    return Reader(request.officer).message(find_message(request.officer, draft.pk))
