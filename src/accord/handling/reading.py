"""Reading what was received, so that copies of it are found: passages and files are marked once, in the background.

Filing marks nothing, so that it stays as fast as it is. The job runner marks what has been filed since, a little at a
time while more arrives and the rest when nothing does, and a draft that is submitted waits until everything received
is marked. Texts are read before a transaction begins, and few are written in one: who files waits for no reading.
"""

import hashlib
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError, ParserCreate

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from accord.exchange.models import Attachment, Message
from accord.handling.models import FileMark, Passage, Read
from accord.handling.passages import COMMON_FROM, marks_of, marks_of_fields
from accord.handling.retention import set_timers

__all__ = ["mark_received", "mark_taken_out", "parts_of", "texts_of"]

BATCH: Final = 200
"""Messages that are looked up at a time."""

WRITTEN_TOGETHER: Final = 4
"""Messages whose marks are written in one transaction: some 20 ms for long reports."""

LOOK_BACK: Final = timedelta(minutes=30)
"""How far before the newest mark is looked for what was filed late: far longer than any transaction lasts."""

LOOK_UP_MARKS: Final = 900
"""Marks of one question; SQLite's older builds take 999 parameters."""

PART_BYTES_MAX: Final = 64 * 1024 * 1024
"""Unpacked size of a part that is looked into; larger ones were refused when the file was let in."""

_RECEIVED: Final = (Message.State.RECEIVED, Message.State.WITHDRAWN)
_PICTURES: Final = "/media/"
_TEXT_PARTS: Final = re.compile(r"(word|xl)/(?!theme|styles|settings|fontTable|calcChain).*\.xml", re.IGNORECASE)
"""Parts of an office file in which words stand: its text, notes, heads and feet, remarks, cells, drawings."""

_TEXT_ELEMENTS: Final = frozenset({"t", "delText", "instrText"})
"""Elements of those parts that hold words; numbers of a table and what is computed are none."""


def _unread(now: datetime) -> QuerySet[Message]:
    # What was marked while the clock was ahead says nothing of what is filed now that it is right again.
    newest = Read.objects.filter(at__lte=now).aggregate(at=Max("at"))["at"]
    waiting = Message.objects.filter(state__in=_RECEIVED, direction=Message.Direction.IN)
    if newest is not None:
        waiting = waiting.filter(saved_at__gte=newest - LOOK_BACK)
    return waiting.exclude(pk__in=Read.objects.order_by().values("pk")).order_by("saved_at")


def mark_received(*, now: datetime | None = None, seconds: float | None = None) -> int:
    """Marks the passages and files of what was received and not yet marked.

    Args:
        now: The time.
        seconds: After how long nothing more is begun; ``None`` for all of it.

    Returns:
        The number of messages marked.
    """
    done = 0
    moment = now or timezone.now()
    until = None if seconds is None else time.monotonic() + seconds
    while waiting := list(_unread(moment).select_related("in_reply_to").prefetch_related("attachments")[:BATCH]):
        for start in range(0, len(waiting), WRITTEN_TOGETHER):
            if until is not None and done and time.monotonic() >= until:
                return done
            some = waiting[start : start + WRITTEN_TOGETHER]
            _mark([(message, _marks_of_received(message)) for message in some], moment)
            done += len(some)
    return done


def _marks_of_received(message: Message) -> set[int]:
    marks = marks_of_fields(message.fields)
    if marks and message.in_reply_to is not None:
        # What they quote of our own words is not theirs.
        marks -= marks_of_fields(message.in_reply_to.fields)
    return marks


@transaction.atomic
def _mark(read: Sequence[tuple[Message, set[int]]], now: datetime) -> None:
    # What was erased since its text was read keeps no mark of it: it is read again as it is now.
    keys = [message.pk for message, _ in read]
    held = dict(Message.objects.select_for_update(of=("self",)).filter(pk__in=keys).values_list("pk", "content"))
    found = [(message, marks) for message, marks in read if bytes(held[message.pk]) == bytes(message.content)]
    # Whoever reads at the same time marks the same; the second finds the row and leaves it.
    Read.objects.bulk_create(
        [Read(message=message, at=max(now, message.saved_at)) for message, _ in found], ignore_conflicts=True
    )
    set_timers([message for message, _ in found])
    _add(found)
    files = [
        FileMark(message=message, sha256=bytes(file.sha256))
        for message, _ in found
        for file in message.attachments.all()
    ]
    FileMark.objects.bulk_create(files, ignore_conflicts=True)


def _add(found: Sequence[tuple[Message, set[int]]]) -> None:
    held = _how_often({mark for _, marks in found for mark in marks})
    rows = []
    for message, marks in found:
        for mark in marks:
            if held[mark] < COMMON_FROM:
                held[mark] += 1
                rows.append(Passage(message=message, mark=mark))
    Passage.objects.bulk_create(rows, batch_size=2_000)


def _how_often(marks: set[int]) -> Counter[int]:
    held: Counter[int] = Counter()
    wanted = list(marks)
    for start in range(0, len(wanted), LOOK_UP_MARKS):
        part = Passage.objects.filter(mark__in=wanted[start : start + LOOK_UP_MARKS]).order_by()
        held.update(dict(part.values_list("mark").annotate(Count("pk"))))
    return held


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
