"""Reading what was received, so that copies of it are found: passages and files are marked once, in the background.

Filing marks nothing, so that it stays as fast as it is. The job runner marks what waits for it (see
:mod:`accord.exchange.arriving`), a little at a time while more arrives and the rest when nothing does, and a draft that
is submitted waits until everything received is marked. Texts are read before a transaction begins, and few are written
in one: who files waits for no reading.
"""

import hashlib
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import BinaryIO, Final
from uuid import UUID
from xml.parsers.expat import ExpatError, ParserCreate

from django.db import transaction

from accord.courier.precedence import give_way
from accord.courier.statements import insert, rows_of, uuid_param
from accord.exchange.arriving import Step, done, held, waiting
from accord.exchange.models import Attachment, Message
from accord.handling.models import FileMark, Passage
from accord.handling.passages import COMMON_FROM, marks_of, marks_of_fields
from accord.handling.retention import set_timers

__all__ = ["mark_received", "mark_taken_out", "parts_of", "texts_of"]

WRITTEN_TOGETHER: Final = 2
"""Messages whose marks are written in one transaction: some 8 ms for long reports, for which who files waits."""

LOOK_UP_MARKS: Final = 900
"""Marks of one question; SQLite's older builds take 999 parameters."""

MARKS_A_STEP: Final = 100
"""Marks are asked for in multiples of this, so that few statements serve all messages."""

PART_BYTES_MAX: Final = 64 * 1024 * 1024
"""Unpacked size of a part that is looked into; larger ones were refused when the file was let in."""

_PICTURES: Final = "/media/"
_TEXT_PARTS: Final = re.compile(r"(word|xl)/(?!theme|styles|settings|fontTable|calcChain).*\.xml", re.IGNORECASE)
"""Parts of an office file in which words stand: its text, notes, heads and feet, remarks, cells, drawings."""

_TEXT_ELEMENTS: Final = frozenset({"t", "delText", "instrText"})
"""Elements of those parts that hold words; numbers of a table and what is computed are none."""


def mark_received(*, seconds: float | None = None) -> int:
    """Marks the passages and files of what was received and not yet marked.

    Args:
        seconds: After how long nothing more is begun; ``None`` for all of it.

    Returns:
        The number of messages marked.
    """
    marked = 0
    until = None if seconds is None else time.monotonic() + seconds
    while arrived := waiting(Step.MARKS, limit=WRITTEN_TOGETHER):
        _mark(arrived)
        marked += len(arrived)
        if until is not None and time.monotonic() >= until:
            break
    return marked


def _mark(arrived: Mapping[int, UUID]) -> None:
    rows = Message.objects.filter(pk__in=list(arrived.values())).select_related("in_reply_to").order_by()
    rows = rows.only("content", "direction", "created_at", "received_at", "in_reply_to__content")
    messages = list(rows.prefetch_related("attachments"))
    _write(arrived, [(message, _marks_of_received(message)) for message in messages])


def _marks_of_received(message: Message) -> set[int]:
    give_way()
    marks = marks_of_fields(message.fields)
    if marks and message.in_reply_to is not None:
        # What they quote of our own words is not theirs.
        marks -= marks_of_fields(message.in_reply_to.fields)
    return marks


@transaction.atomic
def _write(arrived: Mapping[int, UUID], read: Sequence[tuple[Message, set[int]]]) -> None:
    # Whoever reads at the same time marks the same; the second finds that they wait no more.
    still = held(Step.MARKS, arrived)
    # What was erased since its text was read keeps no mark of it: it waits on, and is read again as it is now.
    rows = Message.objects.filter(pk__in=still).order_by()
    texts = {key: bytes(content) for key, content in rows.values_list("pk", "content")}
    found = [(message, marks) for message, marks in read if texts.get(message.pk) == bytes(message.content)]
    read_now = {message.pk for message, _ in found}
    done(Step.MARKS, [key for key, message in arrived.items() if message in read_now])
    set_timers([message for message, _ in found])
    _add(found)
    files = [
        FileMark(message=message, sha256=bytes(file.sha256))
        for message, _ in found
        for file in message.attachments.all()
    ]
    FileMark.objects.bulk_create(files, ignore_conflicts=True)


def _add(found: Sequence[tuple[Message, set[int]]]) -> None:
    known = _how_often({mark for _, marks in found for mark in marks})
    rows = []
    for message, marks in found:
        key = uuid_param(message.pk)
        for mark in sorted(marks):
            if known[mark] < COMMON_FROM:
                known[mark] += 1
                rows.append((key, mark))
    # Hundreds of narrow rows a message: made as objects, they would take as long as finding them.
    if rows:
        insert(Passage, ("message_id", "mark"), rows)


def _how_often(marks: set[int]) -> Counter[int]:
    known: Counter[int] = Counter()
    wanted = list(marks)
    for start in range(0, len(wanted), LOOK_UP_MARKS):
        part = wanted[start : start + LOOK_UP_MARKS]
        # A mark that is asked for twice counts once.
        part += part[-1:] * (-len(part) % MARKS_A_STEP)
        known.update(dict(rows_of(_how_often_sql(len(part)), part)))
    return known


@cache
def _how_often_sql(count: int) -> str:
    """Returns the question for so many marks: composed by Django, they would take as long as finding them."""
    places = ", ".join(["%s"] * count)
    table = Passage._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table
    return f'SELECT mark, COUNT(*) FROM "{table}" WHERE mark IN ({places}) GROUP BY mark'  # noqa: S608


def mark_taken_out(attachment: Attachment, file: BinaryIO) -> None:
    """Marks the pictures and words inside a received file when it is first taken out: from then on it can be copied."""
    message = attachment.message
    if message.is_ours:
        return
    digests = parts_of(attachment.media_type, file)
    FileMark.objects.bulk_create(
        [FileMark(message=message, sha256=digest, is_part=True) for digest in digests], ignore_conflicts=True
    )
    marks: set[int] = set()
    for text in texts_of(attachment.media_type, file):
        marks |= marks_of(text)
    known = set(Passage.objects.filter(message=message).values_list("mark", flat=True))
    _add([(message, marks - known)])


def parts_of(media_type: str, file: BinaryIO) -> set[bytes]:
    """Returns the digests of the pictures inside an office file; of any other file there are none."""
    if "openxmlformats" not in media_type:
        return set()
    file.seek(0)
    with zipfile.ZipFile(file) as package:
        found = {
            hashlib.sha256(package.read(part)).digest()
            for part in package.infolist()
            if _PICTURES in part.filename and 0 < part.file_size <= PART_BYTES_MAX
        }
    file.seek(0)
    return found


def texts_of(media_type: str, file: BinaryIO) -> Iterator[str]:
    """Yields the words of a text, table or office file; those of a PDF or a picture are not read."""
    file.seek(0)
    if media_type.startswith("text/"):
        yield file.read().decode("utf-8", "replace")
    elif "openxmlformats" in media_type:
        with zipfile.ZipFile(file) as package:
            for part in package.infolist():
                if _TEXT_PARTS.fullmatch(part.filename) and part.file_size <= PART_BYTES_MAX:
                    yield _words_of(package.read(part))
    file.seek(0)


def _words_of(xml: bytes) -> str:
    # The file was let in only without a document type, so that no entity can be declared in it.
    words: list[str] = []
    inside = ""

    def begin(name: str, _members: object) -> None:
        nonlocal inside
        inside = name.rpartition(":")[2]

    def keep(text: str) -> None:
        if inside in _TEXT_ELEMENTS:
            words.append(text)

    reader = ParserCreate()
    reader.StartElementHandler = begin
    reader.CharacterDataHandler = keep
    try:
        reader.Parse(xml, True)
    except ExpatError:
        return ""
    return "".join(words)
