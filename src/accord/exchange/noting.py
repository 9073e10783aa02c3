"""Notes for the own side: what officers write down for each other in a case.

No road leads from a note to the wire: no message, no fact for the gate and no bundle is made from one. Nobody changes
a note or takes it out; whoever was wrong writes a further one that says which it corrects.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, CaseNote
from accord.exchange.search.indexing import index_note
from accord.exchange.text import TextRefused, check_written
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["NOTE_CHARACTERS_MAX", "notes_of", "write_note"]

NOTE_CHARACTERS_MAX: Final = 4_000
"""A note, characters: a page; what is longer is a document, and belongs into a file."""


@transaction.atomic
def write_note(
    officer: Officer, case: Case, text: str, *, corrects: UUID | None = None, now: datetime | None = None
) -> CaseNote:
    """Writes a note for colleagues into a case, open or closed.

    Args:
        officer: Who writes; one who works on cases.
        case: The case.
        text: The words.
        corrects: Key of the note of the same case that this one corrects.
        now: The time.

    Raises:
        NotPermitted: The officer may not take cases.
        TextRefused: The text is blank, too long, or holds a refused character.
        ActRefused: The note to be corrected is not one of this case.
    """
    require(officer, Permission.CASE_TAKE)
    check_written({"text": text or " "})
    if len(text) > NOTE_CHARACTERS_MAX:
        raise TextRefused(
            "The note is too long.",
            code="text.too-long",
            next_step=f"Say it in {NOTE_CHARACTERS_MAX} characters, or in two notes.",
            fields={"field": "text"},
        )
    if corrects is not None and not CaseNote.objects.filter(pk=corrects, case=case).exists():
        raise ActRefused(
            "The note to be corrected is not one of this case.",
            code="exchange.no-such-note",
            next_step="Open the case again and correct a note that stands there.",
            fields={"field": "corrects"},
        )
    moment = now or timezone.now()
    written = CaseNote.objects.create(
        case=case, text=text.strip(), written_by=officer, written_at=moment, corrects_id=corrects
    )
    Case.objects.filter(pk=case.pk).update(changed_at=moment)
    index_note(written)
    note(officer, "write note", case, at=moment, detail={"note": str(written.pk)})
    return written


def notes_of(officer: Officer, case: Case) -> list[CaseNote]:
    """Returns the notes of a case in time.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    return list(case.notes.select_related("written_by"))
