"""What is written into the index, and taken out of it.

What our own officers write is indexed in the transaction of the text itself. What arrives is indexed soon after its
filing (:func:`index_arrived`), so that a flood of arrivals is filed at the pace of the courier; until then a search
says how many texts it could not look through.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection, transaction

from accord.courier.precedence import give_way
from accord.exchange.arriving import Step, done, held, leave_out, waiting
from accord.exchange.models import AgencyInquiry, Case, CaseNote, Message, SearchEntry
from accord.exchange.search.folding import folded
from accord.release.inserting import insert_rows

__all__ = [
    "entry_of_message",
    "forget",
    "index_arrived",
    "index_case",
    "index_inquiry",
    "index_message",
    "index_note",
    "rebuild",
    "scrub",
    "texts_of",
]

CODES: Final = frozenset(
    {
        "access_class",
        "chunk_count",
        "clock_table",
        "equivalent",
        "evaluation",
        "evidence_needed",
        "first_chunk",
        "handling",
        "key",
        "language",
        "media_type",
        "outcome",
        "party",
        "purpose",
        "role",
        "sha256",
        "state",
        "theme",
        "urgency",
    }
)
"""Members that hold codes, keys and digests: a filter finds them, and nobody looks for them by words."""

ROWS_AT_ONCE: Final = 1_000
"""Rows of one step of a rebuild, which then can be killed and begun again."""

INDEXED_TOGETHER: Final = 128
"""Messages that arrived and are indexed in one transaction: each leaves a piece of the index that is merged later."""

_GONE: Final = (Message.State.WITHDRAWN, Message.State.DISCARDED)


def texts_of(fields: Mapping[str, Any]) -> list[str]:  # Any: JSON values of many shapes
    """Returns the texts in a message, without codes, keys and digests."""
    found: list[str] = []
    left: list[tuple[str, Any]] = list(fields.items())[::-1]
    while left:
        name, value = left.pop()
        if isinstance(value, str):
            if name not in CODES:
                found.append(value)
        elif isinstance(value, dict):
            left += list(value.items())[::-1]
        elif isinstance(value, list):
            left += [(name, one) for one in value[::-1]]
    return found


def entry_of_message(message: Message, *references: str) -> SearchEntry:
    """Returns the unsaved entry of a message.

    Args:
        message: The message, whose content names its files where it has left or came.
        references: What it is found by besides: references of its case, names of a draft's files.
    """
    fields = msgspec.json.decode(bytes(message.content) or b"{}")
    form = folded("\n".join([message.reference, *references, *texts_of(fields)]))
    return SearchEntry(
        subject=SearchEntry.Subject.MESSAGE,
        key=message.pk,
        case_id=message.case_id,
        message_id=message.pk,
        at=message.created_at,
        words=form.words,
        sounds=form.sounds,
    )


def index_arrived(*, seconds: float | None = None) -> int:
    """Writes what arrived and is not in the index yet into it, the oldest first.

    Args:
        seconds: After how long nothing more is begun; ``None`` for all of it.

    Returns:
        The number of messages that wait no more.
    """
    until = None if seconds is None else time.monotonic() + seconds
    taken = 0
    while arrived := waiting(Step.SEARCH, limit=INDEXED_TOGETHER):
        entries = _entries_of(arrived.values())
        with transaction.atomic():
            # What was withdrawn or erased since it was read waits no more.
            still = held(Step.SEARCH, arrived)
            insert_rows(SearchEntry, [entry for entry in entries if entry.key in still], has_keys=False)
            done(Step.SEARCH, arrived)
        taken += len(arrived)
        if until is not None and time.monotonic() >= until:
            break
    return taken


def _entries_of(keys: Iterable[UUID]) -> list[SearchEntry]:
    rows = Message.objects.filter(pk__in=list(keys)).exclude(state__in=_GONE).select_related("case").order_by()
    found = rows.only("reference", "case__own_ref", "content", "created_at")
    entries = []
    for message in found:
        give_way()
        entries.append(entry_of_message(message, message.case.own_ref))
    return entries


def index_message(message: Message) -> None:
    """Writes a message of ours into the index, in the place of what stood there of it."""
    forget([message.pk])
    if message.state in _GONE or bytes(message.content) in {b"", b"{}"}:
        return
    names = [attachment.name for attachment in message.attachments.all()]
    entry_of_message(message, message.case.own_ref, message.case.other_ref, *names).save()


def index_case(case: Case) -> None:
    """Writes the title and the references of a case into the index."""
    _replace(_of_case(case))


def index_note(note: CaseNote) -> None:
    """Writes a note into the index."""
    _replace(_of_note(note))


def index_inquiry(inquiry: AgencyInquiry) -> None:
    """Writes a question to an agency, with its reply, into the index."""
    _replace(_of_inquiry(inquiry))


def _replace(entry: SearchEntry) -> None:
    forget([entry.key])
    entry.save()


def _of_case(case: Case) -> SearchEntry:
    form = folded(f"{case.own_ref}\n{case.other_ref}\n{case.title}")
    return SearchEntry(
        subject=SearchEntry.Subject.CASE,
        key=case.pk,
        case=case,
        at=case.opened_at,
        words=form.words,
        sounds=form.sounds,
    )


def _of_note(note: CaseNote) -> SearchEntry:
    form = folded(note.text)
    return SearchEntry(
        subject=SearchEntry.Subject.NOTE,
        key=note.pk,
        case=note.case,
        at=note.written_at,
        words=form.words,
        sounds=form.sounds,
    )


def _of_inquiry(inquiry: AgencyInquiry) -> SearchEntry:
    form = folded(f"{inquiry.agency}\n{inquiry.question}\n{inquiry.reply}")
    return SearchEntry(
        subject=SearchEntry.Subject.INQUIRY,
        key=inquiry.pk,
        case=inquiry.case,
        at=inquiry.asked_at,
        words=form.words,
        sounds=form.sounds,
    )


def forget(keys: Iterable[UUID]) -> None:
    """Takes texts out of the index.

    Args:
        keys: Keys of messages, cases, notes or inquiries.
    """
    gone = list(keys)
    leave_out(Step.SEARCH, gone)
    SearchEntry.objects.filter(key__in=gone).delete()


def rebuild() -> int:
    """Makes the index anew from what stands in the tables, the oldest first; returns how many texts it holds."""
    with transaction.atomic():
        SearchEntry.objects.all().delete()
    made = 0
    for batch in _batches(_everything()):
        with transaction.atomic():
            forget(entry.key for entry in batch)
            made += len(SearchEntry.objects.bulk_create(batch))
    scrub()
    return made


def scrub() -> None:
    """Takes what was taken out of the index out of its pages, too: after an erasure, and after a rebuild.

    Until its segments are merged, FTS5 keeps the words of a row that is gone; a second time costs next to nothing.
    PostgreSQL's vacuum does it by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO exchange_searchindex (exchange_searchindex) VALUES ('optimize')")


def _everything() -> Iterator[SearchEntry]:
    yield from map(_of_case, Case.objects.filter(is_ours=True).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE))
    rows = Message.objects.exclude(state__in=_GONE).select_related("case").prefetch_related("attachments")
    for message in rows.order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
        if bytes(message.content) not in {b"", b"{}"}:
            names = [attachment.name for attachment in message.attachments.all()]
            yield entry_of_message(message, message.case.own_ref, message.case.other_ref, *names)
    notes = CaseNote.objects.select_related("case").order_by("pk")
    yield from map(_of_note, notes.iterator(chunk_size=ROWS_AT_ONCE))
    inquiries = AgencyInquiry.objects.select_related("case").order_by("pk")
    yield from map(_of_inquiry, inquiries.iterator(chunk_size=ROWS_AT_ONCE))


def _batches(entries: Iterator[SearchEntry]) -> Iterator[list[SearchEntry]]:
    batch: list[SearchEntry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
