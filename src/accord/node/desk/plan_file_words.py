"""What was found in a file of a workplan, as a page tells it: where it stands, what it is, and what mends it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accord.workplan.documents.preview import Note

__all__ = ["NoteRow", "note_rows", "place_words"]

# Any: lazy translations.
_WHOLE: Final[dict[str, Any]] = {
    "": _("the file"),
    "author": _("author of the file"),
    "creator": _("author of the file"),
    "last modified by": _("last changed by"),
    "lastModifiedBy": _("last changed by"),
}
_NUMBERED: Final = re.compile(r"(?<![^( ])(paragraph|comment) ([0-9]+)(?![^), ])")


@dataclass(frozen=True, kw_only=True)
class NoteRow:
    """One thing that is told of a file.

    Args:
        place: Where it stands.
        sentence: What it is.
        next_step: What mends it.
        shown: Words of the file.
    """

    place: str
    sentence: str
    next_step: str
    shown: str


def note_rows(found: Iterable[Note]) -> list[NoteRow]:
    """Returns what is told of a file; the page says sentence and next step in the reader's language."""
    return [
        NoteRow(place=place_words(one.place), sentence=one.sentence, next_step=one.next_step, shown=one.shown)
        for one in found
    ]


def place_words(place: str) -> str:
    """Returns a place in a file in words; the name of a sheet, a heading or an address stays as it is."""
    if place in _WHOLE:
        return str(_WHOLE[place])

    def numbered(match: re.Match[str]) -> str:
        words = gettext("paragraph %(number)s") if match[1] == "paragraph" else gettext("comment %(number)s")
        return words % {"number": match[2]}

    return _NUMBERED.sub(numbered, place)
