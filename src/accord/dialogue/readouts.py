"""Read-outs: ours, private until it is published; theirs, as it stands in public; and both beside the agreed text.

The other side's read-out is never fetched: an officer pastes what is published, with its address and day. No text is
edited to fit another. Which sentence speaks of which is suggested, and confirmed by a person.
"""

import hashlib
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accord.dialogue.aligning import Tag, tag_of
from accord.dialogue.comparing import agreed_sentences, compare
from accord.dialogue.drafting import require_team
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import ReadOut, ReadOutLink, Statement
from accord.dialogue.reading import view_of
from accord.dialogue.sentences import sentences_of
from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.models import Officer

__all__ = [
    "confirm_link",
    "keep_read_out",
    "publish_read_out",
    "record_their_read_out",
    "undo_link",
]

READ_OUT_CHARACTERS_MAX: Final = 60_000
"""The longest joint statements have some 30,000 characters."""

URL_CHARACTERS_MAX: Final = 500


def _written(text: str) -> str:
    plain = text.replace("\r\n", "\n").strip()
    if not plain:
        raise DialogueRefused(
            "The read-out has no text.",
            code="dialogue.no-read-out",
            next_step="Write it, or paste what was published.",
            fields={"field": "text"},
        )
    if len(plain) > READ_OUT_CHARACTERS_MAX:
        raise DialogueRefused(
            f"A read-out has {READ_OUT_CHARACTERS_MAX} characters at most.",
            code="dialogue.read-out-too-long",
            next_step="Paste the text alone, without what stands around it on the page.",
            fields={"field": "text"},
        )
    check_written({"text": plain}, path="")
    return plain


def keep_read_out(
    officer: Officer, statement: Statement, *, language: str, text: str, now: datetime | None = None
) -> ReadOut:
    """Keeps our read-out as a draft that the statement's team alone sees.

    Args:
        officer: One of the team.
        statement: The statement.
        language: Its language.
        text: Its text.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: The officer is not of the team, or the text is empty or too long.
        TextRefused: The text holds a character that hides or reorders.
    """
    require_team(officer, statement)
    plain, moment = _written(text), now or timezone.now()
    with transaction.atomic():
        own = ReadOut.objects.filter(statement=statement, is_ours=True, language=language)
        draft = own.select_for_update().filter(published_on=None).first()
        if draft is None:
            draft = ReadOut(statement=statement, is_ours=True, language=language)
        if draft.text != plain and draft.pk is not None:
            # The sentences are others now: what a person said of the old ones is not said of these.
            draft.links.all().delete()
        draft.text, draft.digest = plain, _digest(plain)
        draft.recorded_at, draft.recorded_by = moment, officer
        draft.save()
    return draft


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def publish_read_out(
    officer: Officer,
    read_out: ReadOut,
    *,
    url: str,
    published_on: date,
    despite_contradictions: bool = False,
    now: datetime | None = None,
) -> ReadOut:
    """Records that our read-out was published: its text stands from now on, and every reader sees it.

    Args:
        officer: One of the team.
        read_out: Our draft.
        url: Where it is published.
        published_on: The day.
        despite_contradictions: Whether the officer has read in what it contradicts the agreed text.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: It is published already, contradicts the agreed text and nobody said so, or the address or day
            cannot be.
    """
    require_team(officer, read_out.statement)
    _check_source(url, published_on, now)
    found = compare(officer, read_out.statement, read_out.language).contradictions
    with transaction.atomic():
        held = ReadOut.objects.select_for_update().get(pk=read_out.pk)
        if held.published_on is not None or not held.is_ours:
            raise DialogueRefused("This read-out is published already.", code="dialogue.published-already")
        if found and not despite_contradictions:
            raise DialogueRefused(
                "Our read-out contradicts the agreed text.",
                code="dialogue.contradicts-agreed",
                next_step="Read each contradiction, mend the text, or tick that it is meant.",
                fields={"field": "despite", "count": len(found)},
            )
        held.url, held.published_on = url.strip(), published_on
        held.save()
        digest = bytes(held.digest).hex()
        note(
            officer,
            "publish read-out",
            held,
            at=now or timezone.now(),
            detail={"digest": digest, "count": len(found)},
        )
    return held


def record_their_read_out(
    officer: Officer,
    statement: Statement,
    *,
    language: str,
    text: str,
    url: str,
    published_on: date,
    now: datetime | None = None,
) -> ReadOut:
    """Records the other side's read-out from its public source; what was recorded before stays.

    Args:
        officer: One of the team.
        statement: The statement.
        language: Its language.
        text: Its text, as published.
        url: Where it is published.
        published_on: The day.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: The officer is not of the team, the text is empty or too long, or the address or day cannot be.
        TextRefused: The text holds a character that hides or reorders.
    """
    require_team(officer, statement)
    _check_source(url, published_on, now)
    plain, moment = _written(text), now or timezone.now()
    with transaction.atomic():
        read_out = ReadOut.objects.create(
            statement=statement,
            is_ours=False,
            language=language,
            text=plain,
            digest=_digest(plain),
            url=url.strip(),
            published_on=published_on,
            recorded_at=moment,
            recorded_by=officer,
        )
        note(officer, "record read-out", read_out, at=moment, detail={"digest": bytes(read_out.digest).hex()})
    return read_out


def _check_source(url: str, published_on: date, now: datetime | None) -> None:
    try:
        parts = urlsplit(url.strip())
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= URL_CHARACTERS_MAX
    except ValueError:
        is_good = False
    if not is_good:
        raise DialogueRefused(
            "This is no address of a public page.",
            code="dialogue.not-an-address",
            next_step="Give the address at which it is published, from https:// on.",
            fields={"field": "url"},
        )
    if published_on > (now or timezone.now()).date():
        raise DialogueRefused(
            "This day lies ahead.",
            code="dialogue.day-ahead",
            next_step="Give the day on which it was published.",
            fields={"field": "published_on"},
        )


def confirm_link(
    officer: Officer, read_out: ReadOut, *, sentence: int, agreed: str, tag: str, now: datetime | None = None
) -> ReadOutLink:
    """Confirms of which agreed sentence a sentence of a read-out speaks, and how; a later word replaces an earlier one.

    Args:
        officer: One of the team.
        read_out: The read-out.
        sentence: Index of its sentence.
        agreed: Key of the agreed sentence; empty where it was added.
        tag: The tag; the one that fits where it is empty.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: There is no such sentence or tag.
    """
    require_team(officer, read_out.statement)
    sentences = sentences_of(read_out.text, read_out.language)
    known = {one.key: one for one in agreed_sentences(view_of(officer, read_out.statement), read_out.language)}
    spoken_of = known.get(agreed)
    if sentence not in range(len(sentences)) or (agreed and spoken_of is None) or (tag and tag not in set(Tag)):
        raise DialogueRefused(
            "There is no such sentence or tag.",
            code="dialogue.no-such-sentence",
            next_step="Open the comparison again and choose once more.",
            fields={"field": "agreed"},
        )
    chosen = Tag.ADDED
    if spoken_of is not None:
        fits = tag_of(sentences[sentence], spoken_of.text, read_out.language)
        chosen = Tag(tag) if tag and tag != Tag.ADDED else fits
    with transaction.atomic():
        link, _new = ReadOutLink.objects.update_or_create(
            read_out=read_out,
            sentence=sentence,
            defaults={
                "clause": spoken_of.clause if spoken_of is not None else None,
                "clause_sentence": spoken_of.index if spoken_of is not None else 0,
                "tag": chosen.value,
                "confirmed_by": officer,
                "confirmed_at": now or timezone.now(),
            },
        )
    return link


def undo_link(officer: Officer, read_out: ReadOut, *, sentence: int) -> None:
    """Takes back what was confirmed of a sentence; the suggestion stands again.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: The officer is not of the team.
    """
    require_team(officer, read_out.statement)
    read_out.links.filter(sentence=sentence).delete()
