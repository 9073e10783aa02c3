"""From agreed clauses to one text that both sides sign.

The text is composed of the agreed wordings alone, by each node for itself, and in one canonical form: two nodes that
agree on every clause compose the same bytes. A drafter prepares it, another officer signs and offers it, and the other
side signs the same digest (:mod:`accord.instruments.services`). The instrument bears the statement's own identifier, so
that both sides offer texts of one instrument, whoever is first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from django.utils import timezone

from accord.dialogue.drafting import require_drafter
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import Statement
from accord.dialogue.reading import ClauseView, StatementView, view_of
from accord.dialogue.standing import ClauseState
from accord.dialogue.statement_text import (
    STATEMENT,
    ClauseText,
    Difference,
    StatementText,
    differences_in,
    read_statement,
)
from accord.instruments.canonical import canonical_bytes
from accord.instruments.models import Instrument, Text
from accord.instruments.services import prepare
from accord.instruments.types import TextType
from accord.officers.models import Officer
from accord.release.gate import our_party

__all__ = [
    "STATEMENT_TYPE",
    "Obstacle",
    "obstacles_of",
    "prepare_statement",
    "same_as_agreed",
    "signed_text",
    "text_of",
    "texts_of_statement",
]


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """What stands between a statement and its signature.

    Args:
        reason: ``no-clause``, ``not-agreed``, ``brackets``, ``language`` or ``figures``.
        clause: The clause that it is about, where it is about one.
        languages: Languages that are missing.
        difference: Figures in which two languages differ.
    """

    reason: Literal["no-clause", "not-agreed", "brackets", "language", "figures"]
    clause: ClauseView | None = None
    languages: Sequence[str] = ()
    difference: Difference | None = field(default=None)


def obstacles_of(view: StatementView) -> tuple[Obstacle, ...]:
    """Returns what stands between a statement and its signature, in the order of its clauses.

    Args:
        view: The statement; drafts of our team stand in nobody's way.
    """
    found: list[Obstacle] = []
    counted = [one for one in view.clauses if one.standing.state not in {ClauseState.UNSENT, ClauseState.NONE}]
    if not any(one.number is not None for one in counted):
        found.append(Obstacle(reason="no-clause"))
    wanted = set(view.title)
    for one in counted:
        agreed = one.standing.agreed
        if agreed is None:
            found.append(Obstacle(reason="not-agreed", clause=one))
            continue
        if agreed.leaves_out:
            continue
        if agreed.has_brackets:
            found.append(Obstacle(reason="brackets", clause=one))
        if set(agreed.texts) != wanted:
            missing = tuple(sorted(wanted ^ set(agreed.texts)))
            found.append(Obstacle(reason="language", clause=one, languages=missing))
        found += [
            Obstacle(reason="figures", clause=one, difference=difference) for difference in differences_in(agreed.texts)
        ]
    return tuple(found)


def text_of(view: StatementView) -> StatementText:
    """Returns the text that a statement's agreed clauses make.

    Raises:
        DialogueRefused: Something stands between it and its signature.
    """
    obstacles = obstacles_of(view)
    if obstacles:
        raise DialogueRefused(
            "The statement is not ready to be signed.",
            code="dialogue.not-ready",
            next_step="Settle what the page lists: each clause agreed, without brackets, in every language.",
            fields={"count": len(obstacles)},
        )
    agreed = [(one, wording) for one in view.clauses if (wording := one.standing.agreed) is not None]
    return StatementText(
        schema_version=1,
        statement=str(view.statement.pk),
        title=view.title,
        clauses=tuple(
            ClauseText(id=str(one.clause.pk), texts=wording.texts)
            for one, wording in agreed
            if not one.clause.is_title and not wording.leaves_out
        ),
    )


def prepare_statement(officer: Officer, statement: Statement, *, now: datetime | None = None) -> Text:
    """Prepares the agreed text for signing; another officer signs and offers it.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team, or something stands between the statement and its signature.
        InstrumentRefused: The text cannot be prepared as things stand.
    """
    require_drafter(officer, statement)
    moment = now or timezone.now()
    content = canonical_bytes(text_of(view_of(officer, statement)))
    instrument, _new = Instrument.objects.get_or_create(
        pk=statement.pk,
        defaults={"peer_id": statement.peer_id, "type": STATEMENT, "is_ours": True, "began_at": moment},
    )
    return prepare(
        officer, peer=statement.peer_id, type_name=STATEMENT, content=content, instrument=instrument, now=moment
    )


def texts_of_statement(statement: Statement) -> list[Text]:
    """Returns every text of a statement that was prepared or offered, the newest first."""
    found = Text.objects.filter(instrument_id=statement.pk, instrument__type=STATEMENT)
    return list(found.select_related("instrument").prefetch_related("signatures"))


def signed_text(statement: Statement) -> StatementText | None:
    """Returns the text that both sides signed."""
    agreed = Text.objects.filter(
        instrument_id=statement.pk, instrument__type=STATEMENT, state=Text.State.AGREED
    ).first()
    return read_statement(agreed.content) if agreed is not None else None


def same_as_agreed(view: StatementView, text: Text) -> bool:
    """Returns whether a text on offer is the one that the agreed clauses make here."""
    try:
        return canonical_bytes(text_of(view)) == text.content
    except DialogueRefused:
        return False


def _may_offer(party: str, value: StatementText) -> bool:
    statement = Statement.objects.filter(pk=value.statement, signed_at=None).first()
    return statement is not None and party in {statement.peer_id, our_party()}


def _agreed(text: Text) -> None:
    """Closes the negotiation of a statement whose text both sides signed."""
    Statement.objects.filter(pk=text.instrument_id, peer_id=text.instrument.peer_id, signed_at=None).update(
        signed_at=text.settled_at
    )


STATEMENT_TYPE: Final = TextType(
    name=STATEMENT,
    decode=read_statement,
    may_offer=_may_offer,
    # Else a text could close the negotiation of another statement than the one that it is.
    continues=lambda key, _before, value: str(key) == str(value.statement),
    on_agreed=_agreed,
)
"""Statements, as a type of text that both sides sign."""
