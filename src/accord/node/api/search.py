"""Search: words, names and references in what the account may read, whatever their accents and their script."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from accord.exchange.search.finding import Hit, Wanted, find
from accord.handling.standing import corrected_at
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import BIG_ID_MAX, Limit, PartyCode, one_of
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Theme

__all__ = ["router"]

router = Router()

Subject = Literal["case", "message", "note", "inquiry"]
Words = Annotated[
    str, Query(min_length=1, max_length=80, description="Words; what stands in quotation marks stands together.")
]
Before = Annotated[int, Query(0, ge=0, le=BIG_ID_MAX, description="`next` of the page before.")]
ThemeCode = Annotated[Theme | None, Query(None)]
Day = Annotated[date | None, Query(None, description="ISO 8601: YYYY-MM-DD; the day itself is included.")]


class HitOut(Schema):
    """One text in which the words stand."""

    subject: Subject
    case_id: UUID
    own_ref: str
    theme: Annotated[str, one_of(Theme)]
    message_id: UUID | None = Field(description="The message; null for a title, a note or a question to an agency.")
    handling: str | None
    corrected_at: datetime | None = Field(description="When words of the message were last corrected; null if never.")
    at: datetime
    text: str = Field(description="What is shown of the text around the first word.")
    marked: list[str] = Field(description="The words in it that were found, as they are written there.")


class FoundOut(Schema):
    """A page of what was found, what was written last first."""

    items: list[HitOut]
    count: int = Field(description="How many there are, counted to 100; 0 on a later page.")
    is_more: bool = Field(description="Whether there are more than were counted.")
    next: int | None = Field(description="`before` of the next page; null at the end.")
    waiting: int = Field(
        description="Messages that arrived just now and are not looked through yet, counted to 100; 0 on a later page."
    )
    waits_more: bool = Field(description="Whether there are more of them than were counted.")


def _out(hit: Hit, corrected: Mapping[UUID, datetime]) -> HitOut:
    return HitOut(
        subject=hit.entry.subject,  # type: ignore[arg-type] # one of the closed list, as the column has it
        case_id=hit.entry.case_id,
        own_ref=hit.entry.case.own_ref,
        theme=hit.entry.case.theme,
        message_id=hit.message.pk if hit.message is not None else None,
        handling=hit.message.handling or None if hit.message is not None else None,
        corrected_at=corrected.get(hit.message.pk) if hit.message is not None else None,
        at=hit.entry.at,
        text="".join(piece.text for piece in hit.pieces),
        marked=[piece.text for piece in hit.pieces if piece.is_hit],
    )


@offer(
    router,
    "GET",
    "/search",
    permission=Permission.CASE_READ,
    summary="Find words in what the account may read",
    response=FoundOut,
)
def search_texts(
    request: ApiRequest,
    *,
    q: Words,
    subject: Annotated[Subject | None, Query(None)],
    theme: ThemeCode,
    since: Day,
    until: Day,
    before: Before,
    peer: PartyCode = None,
    limit: Limit = 25,
) -> FoundOut:
    """Finds messages with their files' names, titles, references, notes and questions to agencies.

    What the account need not know is neither found nor counted, and a draft is found by its authors alone.
    """
    wanted = Wanted(words=q, subject=subject or "", theme=theme or "", peer=peer or "", since=since, until=until)
    found = find(request.officer, wanted, before=before, limit=limit)
    corrected = corrected_at(hit.message.pk for hit in found.hits if hit.message is not None)
    return FoundOut(
        items=[_out(hit, corrected) for hit in found.hits],
        count=found.count,
        is_more=found.is_more,
        next=found.next or None,
        waiting=found.waiting,
        waits_more=found.waits_more,
    )
