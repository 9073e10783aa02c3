"""What holds of every record on file about a draft: who may write it, who may decide, and of which text it speaks.

Whoever wrote a word of the draft decides on no record of it, and nobody decides on their own. A record is bound to the
text and the files that it was written about; where they change, it counts no more.
"""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.exchange.authors import authors_of
from accord.exchange.models import Message
from accord.exchange.reading import read_message
from accord.exchange.text import check_written
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.officers.models import Officer

__all__ = [
    "TEXT_CHARACTERS_MAX",
    "AssessmentRefused",
    "OnFile",
    "binding_of",
    "counts_for",
    "is_another",
    "locked_draft",
    "note_decision",
    "own_file",
    "require_another",
    "require_no_author",
    "written_words",
]

TEXT_CHARACTERS_MAX: Final = 2_000
"""Longest short text of a record, in characters; the longest is twice that."""

_OF_THE_RECORD: Final = frozenset({"mistreatment_assessment_id"})
"""Fields that name the record itself, and so are not what it speaks of."""

OnFile = MistreatmentAssessment | PredominanceTest
"""A record about a draft."""


class AssessmentRefused(OfficerCanMend):
    """A record about a draft does not hold together, or this officer may not write or decide it."""

    code = "handling.assessment-refused"
    default_next_step = "Correct the field that is named; nothing was kept."


def binding_of(message: Message) -> bytes:
    """Returns what a record is bound to: the text of the draft and its files."""
    fields = {name: value for name, value in message.fields.items() if name not in _OF_THE_RECORD}
    digest = hashlib.sha256(b"accord/on-file/1\0" + msgspec.json.encode(fields, order="sorted"))
    for sha256 in message.attachments.order_by("id").values_list("sha256", flat=True):
        digest.update(bytes(sha256))
    return digest.digest()


def counts_for(record: OnFile, message: Message) -> bool:
    """Returns whether a record speaks of the text and files as they stand."""
    return hmac.compare_digest(bytes(record.bound_to), binding_of(message))


def locked_draft(by: Officer, message: Message) -> Message:
    """Returns a draft that an officer reads, under a lock.

    Args:
        by: Who acts.
        message: The draft.

    Raises:
        NotPermitted: The officer may not read cases.
        NotFound: The officer does not read this one.
        AssessmentRefused: It has left.
    """
    read_message(by, message.pk)
    held = Message.objects.select_for_update(of=("self",)).select_related("case").get(pk=message.pk)
    if not held.may_change:
        raise AssessmentRefused(
            "What has left is not assessed any more.",
            code="handling.has-left",
            next_step="Write what you found as a note in the case, or recall the message.",
        )
    return held


def require_no_author(by: Officer, message: Message) -> None:
    """Raises where an officer wrote a word of a draft.

    Raises:
        AssessmentRefused: It is their own file.
    """
    if by.pk in authors_of(message):
        raise own_file()


def require_another(by: Officer, record: OnFile, *, decisions: Collection[str] = ("open",)) -> None:
    """Raises unless an officer may decide on a record now.

    Args:
        by: Who decides.
        record: The record, under a lock.
        decisions: What may have been decided so far.

    Raises:
        AssessmentRefused: It is decided already, has left, or is their own file.
    """
    locked_draft(by, record.message)
    if record.decision not in decisions:
        raise AssessmentRefused("It is decided already.", code="handling.decided", next_step="Write a new one.")
    if not is_another(by, record):
        raise own_file()


def own_file() -> AssessmentRefused:
    """Returns the refusal of who would assess or decide their own file."""
    return AssessmentRefused(
        "Nobody assesses or decides their own file.",
        code="handling.own-file",
        next_step="Ask a colleague who wrote nothing of it.",
    )


def note_decision(record: OnFile, by: Officer, why: str, now: datetime | None) -> None:
    """Writes into a record who decided, when and why; the caller saves it."""
    record.decided_by, record.decided_at, record.decided_why = by, now or timezone.now(), why


def written_words(text: str, field: str, limit: int) -> str:
    """Returns a text of a record without blanks around it.

    Args:
        text: As it was typed.
        field: Its field.
        limit: Most characters.

    Raises:
        TextRefused: It is blank or holds a refused character.
        AssessmentRefused: It is too long.
    """
    words = text.replace("\r\n", "\n").strip()
    check_written({field: words or " "})
    if len(words) > limit:
        raise AssessmentRefused(f"The text is longer than {limit} characters.", fields={"field": field})
    return words


def is_another(officer: Officer, record: OnFile) -> bool:
    """Returns whether an officer neither wrote a record nor a word of the draft that it speaks of.

    Args:
        officer: Who would decide.
        record: The record.
    """
    return officer.pk != record.written_by_id and officer.pk not in authors_of(record.message)
