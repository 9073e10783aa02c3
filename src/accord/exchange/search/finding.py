"""Finding: the texts of an officer's reach in which every word stands, what was written last first.

A hit is a row that the officer may read: the condition of :mod:`accord.exchange.reach` is part of the question, so that
neither a list nor a count nor the end of a page tells of anything else. Drafts are found by their authors alone, and
what was withdrawn or discarded by nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accord.exchange.models import AgencyInquiry, Arrival, CaseNote, Message, SearchEntry
from accord.exchange.reach import within
from accord.exchange.search.folding import INDIC, LATIN, Token, tokens
from accord.exchange.search.indexing import texts_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["COUNTED_MAX", "WORDS_MAX", "Found", "Hit", "Piece", "Wanted", "find"]

WORDS_MAX: Final = 8
"""Words of one question; more are left out."""

COUNTED_MAX: Final = 100
"""Hits are counted so far; whoever has more adds a word."""

PREFIX_LETTERS_MIN: Final = 3
"""A word is found by its beginning from so many letters on; shorter ones as they stand."""

SNIPPET_SIGNS: Final = 180
"""Signs shown of a text around its first hit: two lines."""

PIECES_SIGNS_MAX: Final = 20_000
"""Signs of a text that are looked through for what is shown of it."""

_PHRASE: Final = re.compile(r'"([^"]*)"|(\S+)')
_UNSENT: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)
_GONE: Final = (Message.State.WITHDRAWN, Message.State.DISCARDED)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for.

    Args:
        words: The words; what stands in quotation marks stands together.
        subject: ``case``, ``message``, ``note`` or ``inquiry``; every one where empty.
        peer: Code of the other party; every one where empty.
        theme: Subject of cooperation; every one where empty.
        since: First day, included.
        until: Last day, included.
    """

    words: str
    subject: str = ""
    peer: str = ""
    theme: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One text that was found.

    Args:
        entry: Its entry, with its case.
        message: The message, where it is one.
        pieces: What is shown of it.
        language: Language of the text, where it is known.
    """

    entry: SearchEntry
    message: Message | None
    pieces: tuple[Piece, ...]
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of what was found.

    Args:
        hits: The hits, what was written last first.
        count: How many there are in all, counted to :data:`COUNTED_MAX`; zero on a later page, where nobody counts.
        is_more: Whether there are more than were counted.
        next: Where the next page goes on; zero at the end.
        waiting: Messages within the officer's reach that arrived just now and are not looked through yet, counted to
            :data:`COUNTED_MAX`.
        waits_more: Whether there are more of them than were counted.
    """

    hits: list[Hit]
    count: int
    is_more: bool
    next: int
    waiting: int = 0
    waits_more: bool = False


@dataclass(frozen=True)
class _Term:
    """A word or a phrase as it is asked for: folded words in a row, and a sound for a single one."""

    words: tuple[str, ...]
    sounds: tuple[str, ...]

    @property
    def is_prefix(self) -> bool:
        return len(self.words) == 1 and len(self.words[0]) >= PREFIX_LETTERS_MIN and not self.words[0].isdigit()

    def fits(self, token: Token) -> bool:
        if token.sound and token.sound in self.sounds:
            return True
        return token.word.startswith(self.words[0]) if self.is_prefix else token.word in self.words


def _terms(text: str) -> list[_Term]:
    found = []
    for phrase, word in _PHRASE.findall(text.strip())[:WORDS_MAX]:
        parts = tokens(phrase or word)
        words = tuple(part.word for part in parts if part.word)
        if words:
            found.append(_Term(words=words, sounds=_sounds(parts) if len(words) == 1 and not phrase else ()))
    return found


def _sounds(parts: Sequence[Token]) -> tuple[str, ...]:
    """Returns the sounds under which a word is found: in the other scripts, and for an Indic word in Latin, too."""
    sound = next((part.sound[1:] for part in parts if part.sound), "")
    if not sound:
        return ()
    is_latin = parts[0].sound.startswith(LATIN)
    return (INDIC + sound,) if is_latin else (INDIC + sound, LATIN + sound)


def _sqlite_query(terms: Sequence[_Term]) -> str:
    asked = []
    for term in terms:
        quoted = " ".join(term.words)
        either = [f'words : "{quoted}"{" *" if term.is_prefix else ""}']
        either += [f'sounds : "{sound}"' for sound in term.sounds]
        asked.append(f"({' OR '.join(either)})")
    return " AND ".join(asked)


def _postgres_query(terms: Sequence[_Term]) -> str:
    asked = []
    for term in terms:
        row = " <-> ".join(f"'{word}':{'*' if term.is_prefix else ''}A" for word in term.words)
        either = [f"({row})", *(f"'{sound}':B" for sound in term.sounds)]
        asked.append(f"({' | '.join(either)})")
    return " & ".join(asked)


def _matching(terms: Sequence[_Term]) -> QuerySet[SearchEntry]:
    if connection.vendor == "sqlite":
        # The words come first and in their order, so that a page is found without looking through all that fits.
        return SearchEntry.objects.extra(
            tables=["exchange_searchindex"],
            where=["exchange_searchindex.rowid = exchange_searchentry.id", "exchange_searchindex MATCH %s"],
            params=[_sqlite_query(terms)],
            order_by=["-exchange_searchindex.rowid"],
        )
    return SearchEntry.objects.extra(
        where=["exchange_searchentry.vector @@ to_tsquery('simple', %s)"],
        params=[_postgres_query(terms)],
    ).order_by("-id")


def _readable(officer: Officer) -> Q:
    mine = Q(message__drafted_by=officer) | Q(message__saved_by=officer)
    is_left = Q(message=None) | ~Q(message__state__in=(*_UNSENT, *_GONE))
    return within(officer, "case__") & (is_left | (mine & Q(message__state__in=_UNSENT)))


def find(officer: Officer, wanted: Wanted, *, before: int = 0, limit: int = 25) -> Found:
    """Returns a page of the texts that the officer may read and in which every word stands.

    Args:
        officer: Who looks.
        wanted: What for.
        before: :attr:`Found.next` of the page before; zero for the first.
        limit: Hits of the page.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    terms = _terms(wanted.words)
    if not terms:
        return Found(hits=[], count=0, is_more=False, next=0)
    # Asked first: what is indexed between the two questions is both found and counted here, never neither.
    waiting = 0 if before else len(_waiting(officer, wanted)[: COUNTED_MAX + 1])
    rows = _matching(terms).filter(_readable(officer), _filters(wanted))
    if before:
        rows = rows.filter(pk__lt=before)
    # What is counted is looked up once, and of it the page is read.
    keys = list(rows.values_list("pk", flat=True)[: limit + 1 if before else COUNTED_MAX + 1])
    held = SearchEntry.objects.select_related("case").in_bulk(keys[:limit])
    return Found(
        hits=_hits([held[key] for key in keys[:limit] if key in held], terms),
        count=0 if before else min(len(keys), COUNTED_MAX),
        is_more=not before and len(keys) > COUNTED_MAX,
        next=keys[limit - 1] if len(keys) > limit else 0,
        waiting=min(waiting, COUNTED_MAX),
        waits_more=waiting > COUNTED_MAX,
    )


def _waiting(officer: Officer, wanted: Wanted) -> QuerySet[Arrival, int]:
    """Returns what arrived within the officer's reach, would not be left out by a filter, and is not indexed yet."""
    if wanted.subject not in {"", SearchEntry.Subject.MESSAGE}:
        return Arrival.objects.none().values_list("pk", flat=True)
    asked = {"message__case__peer_id": wanted.peer, "message__case__theme": wanted.theme}
    rows = Arrival.objects.filter(needs_search=True, **{name: value for name, value in asked.items() if value})
    return rows.filter(within(officer, "message__case__")).order_by("id").values_list("pk", flat=True)


def _filters(wanted: Wanted) -> Q:
    asked = {"subject": wanted.subject, "case__peer_id": wanted.peer, "case__theme": wanted.theme}
    found = Q(**{name: value for name, value in asked.items() if value})
    if wanted.since is not None:
        found &= Q(at__gte=_midnight(wanted.since, time.min))
    if wanted.until is not None:
        found &= Q(at__lte=_midnight(wanted.until, time.max))
    return found


def _midnight(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone.get_current_timezone())


def _hits(entries: Sequence[SearchEntry], terms: Sequence[_Term]) -> list[Hit]:
    keys = [entry.key for entry in entries]
    messages = Message.objects.select_related("drafted_by").prefetch_related("attachments").in_bulk(keys)
    notes = dict(CaseNote.objects.filter(pk__in=keys).values_list("pk", "text"))
    inquiries = {
        key: f"{question}\n{reply}"
        for key, question, reply in AgencyInquiry.objects.filter(pk__in=keys).values_list("pk", "question", "reply")
    }
    return [_hit(entry, messages.get(entry.key), {**notes, **inquiries}, terms) for entry in entries]


def _hit(entry: SearchEntry, message: Message | None, texts: dict[UUID, str], terms: Sequence[_Term]) -> Hit:
    if message is None:
        case = entry.case
        text = texts.get(entry.key) or f"{case.title} · {case.own_ref} {case.other_ref}".strip()
        return Hit(entry=entry, message=None, pieces=_pieces([text], terms))
    fields = msgspec.json.decode(bytes(message.content) or b"{}")
    names = [attachment.name for attachment in message.attachments.all()] if not fields.get("attachments") else []
    parts = [*texts_of(fields), *names, message.reference, entry.case.own_ref, entry.case.other_ref]
    return Hit(entry=entry, message=message, pieces=_pieces(parts, terms), language=str(fields.get("language") or ""))


def _pieces(parts: Sequence[str], terms: Sequence[_Term]) -> tuple[Piece, ...]:
    """Returns the part of a text in which most of the words stand, cut around the first of them."""
    best, most = "", 0
    marked: list[Token] = []
    seen = 0
    for part in parts:
        if seen > PIECES_SIGNS_MAX:
            break
        seen += len(part)
        found = [token for token in tokens(part[:PIECES_SIGNS_MAX]) if any(term.fits(token) for term in terms)]
        number = sum(any(term.fits(token) for token in found) for term in terms)
        if number > most:
            best, most, marked = part, number, found
    if not marked:
        return ()
    begin = max(0, marked[0].start - SNIPPET_SIGNS // 3)
    begin = best.rfind(" ", 0, begin) + 1 if begin else 0
    end = min(len(best), begin + SNIPPET_SIGNS)
    pieces, place = [Piece(text="… ", is_hit=False)] if begin else [], begin
    for token in marked:
        if token.start < place or token.end > end:
            continue
        pieces += [
            Piece(text=best[place : token.start], is_hit=False),
            Piece(text=best[token.start : token.end], is_hit=True),
        ]
        place = token.end
    pieces.append(Piece(text=best[place:end] + (" …" if end < len(best) else ""), is_hit=False))
    return tuple(piece for piece in pieces if piece.text)
