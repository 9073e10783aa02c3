"""A statement's clauses as pages show them: the texts of both sides beside each other, with what differs marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accord.dialogue.models import ClauseAct
from accord.dialogue.reading import ClauseView, StatementView
from accord.dialogue.standing import ClauseState
from accord.dialogue.wording import Wording
from accord.node.page_words import LANGUAGES
from accord.vocabulary.pieces import Piece, pieces_between

__all__ = ["STATES", "ClauseRow", "SpokenIn", "language_name", "pick", "row_of", "rows_of", "spoken"]

# Any: lazy translations.
STATES: Final[Mapping[ClauseState, tuple[str, str, Any]]] = {
    ClauseState.UNSENT: ("pen", "warn", _("Draft of our team, not sent")),
    ClauseState.NONE: ("pause", "warn", _("Withdrawn by both sides")),
    ClauseState.OURS: ("clock", "warn", _("Waits for the other side")),
    ClauseState.THEIRS: ("bell", "bad", _("Waits for us")),
    ClauseState.DIFFERS: ("scale", "bad", _("Two wordings")),
    ClauseState.CROSSED: ("warn", "bad", _("Crossed: each side took the wording of the other")),
    ClauseState.AGREED: ("good", "good", _("Agreed")),
    ClauseState.LEFT_OUT: ("good", "good", _("Agreed to be left out")),
}
"""Icon, tone and words of where a clause stands."""


@dataclass(frozen=True, kw_only=True)
class SpokenIn:
    """A clause in one language.

    Args:
        language: Code of the language.
        name: Its own name.
        ours: Our text.
        theirs: Theirs.
        pieces: Theirs, marked against ours, where both stand and differ.
        draft: Text of our draft.
        draft_pieces: It, marked against what it would replace.
    """

    language: str
    name: str
    ours: str
    theirs: str
    pieces: tuple[Piece, ...]
    draft: str
    draft_pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class ClauseRow:
    """A clause as a page shows it.

    Args:
        view: The clause.
        icon: Icon of its state.
        tone: Tone of its state.
        state_words: Its state in words.
        spoken: Its texts by language.
        place_differs: Whether the sides put it at different places.
        last_of_theirs: Newest act of the other side, if any.
    """

    view: ClauseView
    icon: str
    tone: str
    state_words: Any  # Any: a lazy translation
    spoken: tuple[SpokenIn, ...]
    place_differs: bool
    last_of_theirs: ClauseAct | None


def language_name(code: str) -> str:
    """Returns the own name of a language; its code where no desk speaks it."""
    return LANGUAGES.get(code, code)


def pick(texts: Mapping[str, str]) -> tuple[str, str]:
    """Returns the text that the reader reads best, with its language: their own, English, or any."""
    for language in (get_language() or "en", "en", *texts):
        if texts.get(language):
            return texts[language], language
    return "", ""


def rows_of(view: StatementView) -> tuple[ClauseRow, ...]:
    """Returns the rows of a statement's clauses."""
    return tuple(row_of(one, view.languages) for one in view.clauses)


def row_of(one: ClauseView, languages: Iterable[str]) -> ClauseRow:
    """Returns the row of one clause."""
    icon, tone, words = STATES[one.standing.state]
    standing = one.standing
    return ClauseRow(
        view=one,
        icon=icon,
        tone=tone,
        state_words=words,
        spoken=spoken(one, languages),
        place_differs=(
            standing.ours is not None and standing.theirs is not None and standing.ours.place != standing.theirs.place
        ),
        last_of_theirs=next((act for act in reversed(one.acts) if not act.is_ours), None),
    )


def spoken(one: ClauseView, languages: Iterable[str]) -> tuple[SpokenIn, ...]:
    """Returns the texts of a clause by language, those of its statement first."""
    standing, draft = one.standing, one.draft
    ours, theirs = _texts(standing.ours), _texts(standing.theirs)
    drafted: dict[str, str] = dict(draft.texts) if draft is not None else {}
    found = []
    for language in _all(languages, ours, theirs, drafted):
        mine, other, new = ours.get(language, ""), theirs.get(language, ""), drafted.get(language, "")
        found.append(
            SpokenIn(
                language=language,
                name=language_name(language),
                ours=mine,
                theirs=other,
                pieces=pieces_between(mine, other) if mine and other and mine != other else (),
                draft=new,
                draft_pieces=pieces_between(mine or other, new) if new and (mine or other) else (),
            )
        )
    return tuple(found)


def _texts(wording: Wording | None) -> Mapping[str, str]:
    return wording.texts if wording is not None else {}


def _all(languages: Iterable[str], *texts: Mapping[str, str]) -> Sequence[str]:
    known = dict.fromkeys(languages)
    for one in texts:
        known |= dict.fromkeys(sorted(one))
    return tuple(known)
