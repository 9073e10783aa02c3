"""From a flag to a message: a draft in a new case or one at hand, filled with what the line and its reasons say.

Nothing leaves by it: the draft goes the way of every draft. A company is named as the papers name it; what the line
says of countries stays out of fields that speak of persons.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.beginning import begin_case
from accord.exchange.drafting import TITLE_CHARACTERS_MAX, create_case, draft_of_kind
from accord.exchange.kinds import REQUEST, STRUCTS
from accord.exchange.kinds.limits import LINE_CHARACTERS_MAX, NARRATIVE_CHARACTERS_MAX, SENTENCE_CHARACTERS_MAX
from accord.exchange.models import Case, Message
from accord.exchange.text import TextRefused, check_written, first_refused
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.models import Flag
from accord.workstreams.drugs.screening.folding import as_ascii
from accord.workstreams.drugs.screenings.errors import ScreeningRefused
from accord.workstreams.drugs.substances.shipped import shipped_table

__all__ = ["FOLLOWED_AS", "Say", "follow_flag", "followable_kinds"]

Say = Callable[[str], str]
"""Says one of our sentences in a reader's language."""

_HS: Final = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,3}\Z")
_OPEN: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)
_Fields = dict[str, Any]  # Any: JSON types, checked where the draft is made


def followable_kinds() -> tuple[str, ...]:
    """Returns the kinds of message that a flag can lead to at this node."""
    return tuple(kind for kind in FOLLOWED_AS if kind in STRUCTS)


@transaction.atomic
def follow_flag(
    officer: Officer,
    flag: Flag,
    kind: str = REQUEST,
    *,
    peer: str = "",
    case: Case | None = None,
    title: str = "",
    say: Say = str,
    language: str = "en",
    now: datetime | None = None,
) -> Message:
    """Drafts a message about a flagged line; a second click gives the draft that was begun.

    Args:
        officer: Who follows it.
        flag: The flag.
        kind: One of :func:`followable_kinds`.
        peer: Code of the other party, for a new case.
        case: A case of ours to draft in; a new one is opened where there is none.
        title: Title of a new case, for our own list; what the flag says where it is empty.
        say: Says the reasons in the language of the message.
        language: That language.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ScreeningRefused: The kind is none that a flag can lead to.
        ReleaseRefused: There is no channel to the peer.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    if kind not in followable_kinds():
        raise ScreeningRefused("A flag cannot be followed by a message of this kind.", code="drugs.not-followable")
    held = Flag.objects.select_for_update(of=("self",)).select_related("message", "screening").get(pk=flag.pk)
    begun = held.message
    if begun is not None and begun.state in _OPEN and held.followed_as == kind:
        return begun
    moment = now or timezone.now()
    fields = {**FOLLOWED_AS[kind](held, say), "language": language}
    made = _drafted(officer, kind, fields, peer=peer, case=case, title=title or _title(held), now=moment)
    held.message, held.followed_as, held.followed_by, held.followed_at = made, kind, officer, moment
    held.save(update_fields=["message", "followed_as", "followed_by", "followed_at"])
    note(officer, "follow flag", held, at=moment, detail={"kind": kind})
    return made


def _drafted(
    officer: Officer, kind: str, fields: _Fields, *, peer: str, case: Case | None, title: str, now: datetime
) -> Message:
    if case is None and kind == REQUEST:
        return begin_case(officer, peer=peer, theme=Theme.PRECURSORS, title=title, fields=fields, now=now)
    where = case or create_case(officer, peer=peer, theme=Theme.PRECURSORS, title=title, now=now)
    return draft_of_kind(officer, where, kind, fields, now=now)


def _title(flag: Flag) -> str:
    return _line(f"{flag.reference or flag.line}: {flag.description}")[:TITLE_CHARACTERS_MAX]


def _request(flag: Flag, say: Say) -> _Fields:
    """A request says which consignment is meant and why it was flagged; what is asked of it the officer completes."""
    reasons = " ".join(say(sentence) for _rule, sentence in flag.said)
    papers = "\n".join(f"{name}: {text}" for name, text in _told(flag).items())
    return {
        "theme": Theme.PRECURSORS.value,
        "specification": _cut(_line(flag.description), SENTENCE_CHARACTERS_MAX),
        "facts": _cut(f"{reasons}\n\n{papers}".strip(), NARRATIVE_CHARACTERS_MAX),
        **({"substances": substances} if (substances := _substances(flag)) else {}),
    }


def _told(flag: Flag) -> Mapping[str, str]:
    """What the papers say, the description first; names of columns stay as they are."""
    papers = {name: _line(text) for name, text in flag.papers.items() if name != "reference"}
    named = {"reference": _line(flag.reference)} if flag.reference else {}
    return {**named, "description": _line(flag.description), **papers}


def _substances(flag: Flag) -> list[_Fields]:
    known = shipped_table().by_id()
    code = "".join(filter(str.isdigit, flag.papers.get("tariff", "")))[:10]
    found = []
    for one in (known[code] for code in flag.substances if code in known):
        entry: _Fields = {
            "name": _cut(one.label, LINE_CHARACTERS_MAX),
            "declared_as": _cut(_line(flag.description), LINE_CHARACTERS_MAX),
        }
        if one.cas:
            entry["cas_number"] = one.cas[0]
        if _HS.match(code):
            entry["hs_code"] = code
        found.append(entry)
    return found


def _line(text: str) -> str:
    """A text of a manifest as a message can hold it: composed, on one line, without what hides, reorders or misleads.

    Letters of another script that were put among Latin ones to disguise a word become Latin ones.
    """
    words = map(_plain, unicodedata.normalize("NFC", text).split())
    return " ".join(word for word in words if word)


def _plain(word: str) -> str:
    shown = "".join(sign for sign in word if first_refused(sign) is None)
    try:
        check_written({"word": shown})
    except TextRefused:
        return as_ascii(shown)
    return shown


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


FOLLOWED_AS: Final[Mapping[str, Callable[[Flag, Say], _Fields]]] = {REQUEST: _request}
"""What a flag fills in a draft of each kind."""
