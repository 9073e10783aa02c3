"""Texts that both sides sign: preparing one, offering, signing, asking, declining, withdrawing, ending consent."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from ninja import Field, Path, Router, Schema
from ninja.responses import Status

from accord.exchange.errors import NotFound
from accord.instruments import services
from accord.instruments.canonical import canonical_json
from accord.instruments.kinds import TYPE_CHARACTERS
from accord.instruments.models import Instrument, Text
from accord.instruments.signed import signed_file
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.paging import page_of
from accord.node.api.shapes import Closed, Cursor, Day, Limit, OtherParty, PageOut, PartyCode, Sentence, one_of
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

SIGNED_MEDIA_TYPE = "application/zip"


class NewText(Closed):
    """The next text of a matter, as JSON of its type."""

    peer: OtherParty
    type: Annotated[str, Field(min_length=1, max_length=TYPE_CHARACTERS, description="For example workplan.")]
    content: dict[str, Any] = Field(description="The text, with what is left empty left out.")
    instrument: UUID | None = Field(None, description="The matter it continues; a new one where it is left out.")
    note: Annotated[str, Field(max_length=2_000)] = Field("", description="Words beside the offer; not signed.")


class Words(Closed):
    """Words to the other side."""

    words: Sentence


class WithReason(Closed):
    """Why; the other side reads it."""

    reason: Sentence


class Withdrawal(Closed):
    """Why, where something is to be said; the other side reads it."""

    reason: Annotated[str, Field(max_length=2_000)] = ""


class End(Closed):
    """From which day consent ends, and why."""

    from_day: Day
    reason: Sentence


class SignatureOut(Schema):
    """One side's signature: a message in its log."""

    is_ours: bool
    at: dt.datetime
    signed_as: str
    envelope_id: UUID


class RemarkOut(Schema):
    """Words of one side about a text on offer."""

    is_ours: bool
    at: dt.datetime
    signed_as: str
    words: str


class TextOut(Schema):
    """Where a text stands."""

    id: UUID
    instrument: UUID
    peer: str
    type: str
    number: int
    is_ours: bool = Field(description="Whether our side proposed it.")
    state: Annotated[str, one_of(Text.State)]
    digest: str = Field(description="SHA-256 of its bytes, in hexadecimal: what is signed.")
    previous: str | None = Field(description="The digest of the text before it.")
    note: str
    prepared_at: dt.datetime
    prepared_by: str | None
    offered_at: dt.datetime | None
    settled_at: dt.datetime | None
    reason: str = Field(description="Why it was declined or withdrawn.")
    code: str = Field(description="The code with which the other node refused it.")
    is_in_force: bool
    ends_on: dt.date | None = Field(description="Day from which consent to the matter has ended.")
    signatures: list[SignatureOut]
    remarks: list[RemarkOut]


class WholeTextOut(TextOut):
    """A text with what it says."""

    content: dict[str, Any]


def _known(text: Text) -> dict[str, Any]:
    instrument = text.instrument
    return {
        "id": text.pk,
        "instrument": instrument.pk,
        "peer": instrument.peer_id,
        "type": instrument.type,
        "number": text.number,
        "is_ours": text.is_ours,
        "state": text.state,
        "digest": bytes(text.digest).hex(),
        "previous": bytes(text.previous).hex() if text.previous is not None else None,
        "note": text.note,
        "prepared_at": text.prepared_at,
        "prepared_by": text.prepared_by.username if text.prepared_by else None,
        "offered_at": text.offered_at,
        "settled_at": text.settled_at,
        "reason": text.settled_reason,
        "code": text.settled_code,
        "is_in_force": instrument.agreed_id == text.pk,
        "ends_on": instrument.ends_on,
        "signatures": [
            SignatureOut(is_ours=one.is_ours, at=one.at, signed_as=one.signed_as, envelope_id=one.envelope_id)
            for one in text.signatures.all()
        ],
        "remarks": [
            RemarkOut(is_ours=one.is_ours, at=one.at, signed_as=one.signed_as, words=one.words)
            for one in text.remarks.all()
        ],
    }


def _out(text: Text) -> TextOut:
    return TextOut(**_known(Text.objects.select_related("instrument", "prepared_by").get(pk=text.pk)))


def _text(text_id: UUID) -> Text:
    found = Text.objects.select_related("instrument__agreed", "prepared_by").filter(pk=text_id).first()
    if found is None:
        raise NotFound("There is no such text.")
    return found


@offer(
    router,
    "GET",
    "/texts",
    permission=Permission.AGREEMENT_READ,
    summary="List texts that both sides sign",
    response=PageOut[TextOut],
)
def list_texts(
    request: ApiRequest,
    *,
    cursor: Cursor = None,
    limit: Limit = 25,
    peer: PartyCode = None,
    type: Annotated[str | None, Field(max_length=TYPE_CHARACTERS)] = None,  # noqa: A002 - the name on the wire
    state: Text.State | None = None,
) -> PageOut[TextOut]:
    """Lists texts of both sides, the newest first."""
    rows = (
        Text.objects.select_related("instrument", "prepared_by")
        .prefetch_related("signatures", "remarks")
        .defer("packed")
    )
    wanted = {"instrument__peer_id": peer, "instrument__type": type, "state": state}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    page = page_of(rows, "texts", cursor=cursor, limit=limit, by="prepared_at")
    return PageOut(items=[TextOut(**_known(row)) for row in page.rows], next=page.next)


@offer(
    router,
    "GET",
    "/texts/{text_id}",
    permission=Permission.AGREEMENT_READ,
    summary="Show a text that both sides sign",
    response=WholeTextOut,
)
def show_text(request: ApiRequest, text_id: Path[UUID]) -> WholeTextOut:
    """Shows a text with what it says, its signatures and its remarks."""
    text = _text(text_id)
    return WholeTextOut(**_known(text), content=msgspec.json.decode(text.content))


@offer(
    router,
    "POST",
    "/texts",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Prepare a text for signing",
    response=TextOut,
    status=201,
    statuses=(404, 409, 422),
)
def prepare_text(request: ApiRequest, body: NewText) -> Status[TextOut]:
    """Prepares the next text of a matter; another officer signs and offers it."""
    instrument = None
    if body.instrument is not None:
        instrument = Instrument.objects.filter(pk=body.instrument).first()
        if instrument is None:
            raise NotFound("There is no such matter.")
    text = services.prepare(
        request.officer,
        peer=body.peer,
        type_name=body.type,
        content=canonical_json(body.content),
        instrument=instrument,
        note_to_them=body.note,
    )
    return Status(201, _out(text))


@offer(
    router,
    "POST",
    "/texts/{text_id}/discard",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Discard a text that was not offered",
    response=TextOut,
    statuses=(409,),
)
def discard_text(request: ApiRequest, text_id: Path[UUID]) -> TextOut:
    """Takes back what was prepared; nothing of it ever left."""
    return _out(services.discard(request.officer, _text(text_id)))


@offer(
    router,
    "POST",
    "/texts/{text_id}/offer",
    permission=Permission.AGREEMENT_SIGN,
    summary="Sign a text and offer it to the other side",
    response=TextOut,
    statuses=(409,),
)
def offer_text(request: ApiRequest, text_id: Path[UUID]) -> TextOut:
    """Signs for our side what another officer prepared, and offers it."""
    return _out(services.offer(request.officer, _text(text_id)))


@offer(
    router,
    "POST",
    "/texts/{text_id}/accept",
    permission=Permission.AGREEMENT_SIGN,
    summary="Sign a text of the other side",
    response=TextOut,
    statuses=(409,),
)
def accept_text(request: ApiRequest, text_id: Path[UUID]) -> TextOut:
    """Signs the other side's text; it is agreed when the receipt is on file."""
    return _out(services.accept(request.officer, _text(text_id)))


@offer(
    router,
    "POST",
    "/texts/{text_id}/remark",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Ask or say something about a text on offer",
    response=TextOut,
    statuses=(409,),
    examples={"a question": {"words": "Does the list of topics include fraud?"}},
)
def remark_on_text(request: ApiRequest, text_id: Path[UUID], body: Words) -> TextOut:
    """Sends words about a text; nothing is settled by them."""
    text = _text(text_id)
    services.remark(request.officer, text, words=body.words)
    return _out(text)


@offer(
    router,
    "POST",
    "/texts/{text_id}/decline",
    permission=Permission.AGREEMENT_SIGN,
    summary="Decline a text of the other side",
    response=TextOut,
    statuses=(409,),
    examples={"too early": {"reason": "The date is too early."}},
)
def decline_text(request: ApiRequest, text_id: Path[UUID], body: WithReason) -> TextOut:
    """Declines the other side's text, with the reason that it reads."""
    return _out(services.decline(request.officer, _text(text_id), reason=body.reason))


@offer(
    router,
    "POST",
    "/texts/{text_id}/withdraw",
    permission=Permission.AGREEMENT_SIGN,
    summary="Withdraw our offer of a text",
    response=TextOut,
    statuses=(409,),
)
def withdraw_text(request: ApiRequest, text_id: Path[UUID], body: Withdrawal) -> TextOut:
    """Withdraws our own offer; it counts once the other side has confirmed that it had not accepted before."""
    return _out(services.withdraw(request.officer, _text(text_id), reason=body.reason))


@offer(
    router,
    "POST",
    "/texts/{text_id}/end",
    permission=Permission.AGREEMENT_SIGN,
    summary="Withdraw our consent from a day on",
    response=TextOut,
    statuses=(409,),
    examples={"a change of law": {"from_day": "2027-01-01", "reason": "The law changed."}},
)
def end_consent(request: ApiRequest, text_id: Path[UUID], body: End) -> TextOut:
    """Ends our consent to the matter of this text, forward; what was agreed and done before that day stands."""
    text = _text(text_id)
    services.end(request.officer, text.instrument, from_day=body.from_day, reason=body.reason)
    return _out(text)


@offer(
    router,
    "GET",
    "/texts/{text_id}/signed",
    permission=Permission.AGREEMENT_READ,
    summary="Take a text along with the proof of its signatures",
    response=None,
    raw_answer=SIGNED_MEDIA_TYPE,
)
def take_signed_text(request: ApiRequest, text_id: Path[UUID]) -> HttpResponse:
    """Hands out the text and an evidence bundle of each signature; ``accord verify --text`` checks it."""
    text = _text(text_id)
    response = HttpResponse(signed_file(request.officer, text), content_type=SIGNED_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{text.instrument.type}-{text.number}.zip"'
    return response
