"""Our side's own work on a statement before a word of it leaves: its team, and wording that is not sent.

A statement begins here as a draft of its team. Nobody else at this node learns of it until its first wording is sent,
and nobody at the other side; wording that is not sent stays the team's for ever.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import Clause, ClauseAct, ClauseDraft, Statement, StatementMember
from accord.dialogue.reading import is_member
from accord.dialogue.wording import CLAUSES_MAX, Wording, bracketed
from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party

__all__ = [
    "add_clause",
    "add_member",
    "begin_statement",
    "bracket_clause",
    "discard_draft",
    "join_statement",
    "leave_statement",
    "require_drafter",
    "require_unsigned",
    "save_draft",
    "wording_from",
]

PLACE_STEP: Final = 10
"""Between the places of two new clauses, so that another one fits between them without moving either."""


def require_drafter(officer: Officer, statement: Statement) -> None:
    """Raises unless the officer drafts this statement.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the statement's team, or it is signed.
    """
    require_team(officer, statement)
    require_unsigned(statement)


def require_team(officer: Officer, statement: Statement) -> None:
    """Raises unless the officer is of a statement's team; after the signature, too.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    if not is_member(officer, statement):
        raise DialogueRefused(
            "You are not of the team that drafts this statement.",
            code="dialogue.not-of-team",
            next_step="Ask an officer of its team to add you; where it has no team yet, join it.",
        )


def require_unsigned(statement: Statement) -> None:
    """Raises where both sides have signed a statement.

    Raises:
        DialogueRefused: They have.
    """
    if statement.signed_at is not None:
        raise DialogueRefused(
            "Both sides have signed this statement: its text stands.",
            code="dialogue.statement-signed",
            next_step="Begin another statement for what is to be said beyond it.",
        )


def wording_from(texts: Mapping[str, str], *, place: int, leaves_out: bool) -> Wording:
    """Returns the wording that an officer wrote.

    Args:
        texts: Text by language; blank ones are passed over.
        place: Where the clause stands.
        leaves_out: Whether it is to be left out.

    Raises:
        DialogueRefused: It says nothing, is too long, or its brackets do not close.
        TextRefused: It holds a character that hides or reorders.
    """
    written = {} if leaves_out else {name: _plain(text) for name, text in sorted(texts.items()) if text.strip()}
    check_written(written, path="texts")
    try:
        return msgspec.convert({"place": place, "texts": written, "leaves_out": leaves_out}, Wording)
    except msgspec.ValidationError as error:
        raise _not_a_wording(str(error), written) from error


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _not_a_wording(why: str, written: Mapping[str, str]) -> DialogueRefused:
    field = next((f"texts.{name}" for name in written if f"texts.{name}" in why or f"[{name}]" in why), "texts")
    if "bracket" in why:
        return DialogueRefused(
            "A square bracket is opened and not closed, or closes nothing.",
            code="dialogue.brackets-open",
            next_step="Put each [ with its ] around the words that are not agreed.",
            fields={"field": field},
        )
    if "says nothing" in why or "has a text" in why:
        return DialogueRefused(
            "The clause has no text yet.",
            code="dialogue.no-text",
            next_step="Write it in at least one language.",
            fields={"field": field},
        )
    return DialogueRefused(
        "The wording is too long, or its place is not a number from 0 to 9999.",
        code="dialogue.not-a-wording",
        next_step="Shorten the text to 4,000 characters in each language, or mend its place.",
        fields={"field": field},
    )


def begin_statement(officer: Officer, *, peer: str, title: Mapping[str, str], now: datetime | None = None) -> Statement:
    """Begins a statement with the draft of its title; its languages are those of the title.

    Args:
        officer: A drafter, who becomes its team.
        peer: Code of the other party.
        title: The title by language.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: There is no such party, or the title says nothing.
        TextRefused: The title holds a character that hides or reorders.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    wording = wording_from(title, place=0, leaves_out=False)
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise DialogueRefused("There is no such party.", code="dialogue.unknown-party", fields={"field": "peer"})
    with transaction.atomic():
        statement = Statement.objects.create(peer_id=peer, is_ours=True, began_at=moment, began_by=officer)
        StatementMember.objects.create(statement=statement, officer=officer, since=moment)
        clause = Clause.objects.create(id=statement.pk, statement=statement, began_at=moment)
        _save(officer, clause, wording, comment="", now=moment)
        note(officer, "begin statement", statement, at=moment, detail={"party": peer})
    return statement


def add_clause(
    officer: Officer,
    statement: Statement,
    texts: Mapping[str, str],
    *,
    after: UUID | None = None,
    comment: str = "",
    now: datetime | None = None,
) -> ClauseDraft:
    """Drafts a new clause.

    Args:
        officer: One of the statement's team.
        statement: The statement.
        texts: Its text by language.
        after: The clause after which it stands; at the end where it is omitted.
        comment: Words to the other side, sent with it.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team, the text says nothing, or there is no room for a clause.
        TextRefused: The text holds a character that hides or reorders.
    """
    require_drafter(officer, statement)
    moment = now or timezone.now()
    places = _places(statement)
    if len(places) >= CLAUSES_MAX:
        raise DialogueRefused(
            f"A statement has {CLAUSES_MAX} clauses at most.",
            code="dialogue.too-many-clauses",
            next_step="Join clauses, or leave one out first.",
        )
    wording = wording_from(texts, place=_place_after(places, after), leaves_out=False)
    with transaction.atomic():
        clause = Clause.objects.create(statement=statement, began_at=moment)
        return _save(officer, clause, wording, comment=comment, now=moment)


def _places(statement: Statement) -> dict[UUID, int]:
    """Returns the place of each clause as our side knows it last."""
    places: dict[UUID, int] = {}
    for act in ClauseAct.objects.filter(clause__statement=statement, act="propose"):
        wording = act.wording
        if wording is not None:
            places[act.clause_id] = wording.place
    drafts = ClauseDraft.objects.filter(clause__statement=statement)
    return places | {one.clause_id: one.place for one in drafts if one.clause_id not in places}


def _place_after(places: Mapping[UUID, int], after: UUID | None) -> int:
    taken = sorted(places.values())
    if after is None or after not in places:
        return min(9_999, (taken[-1] if taken else 0) + PLACE_STEP)
    here = places[after]
    following = next((place for place in taken if place > here), here + 2 * PLACE_STEP)
    return min(9_999, (here + following) // 2)


def save_draft(
    officer: Officer,
    clause: Clause,
    texts: Mapping[str, str],
    *,
    place: int | None = None,
    leaves_out: bool = False,
    comment: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> ClauseDraft:
    """Keeps wording of a clause for our team; nothing leaves.

    Args:
        officer: One of the statement's team.
        clause: The clause.
        texts: Its text by language.
        place: Where it stands; where it stood when omitted.
        leaves_out: Whether the clause is to be left out.
        comment: Words to the other side, sent with it.
        version: The draft's version that the officer saw; any when omitted.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team, the text says nothing, or a colleague has saved meanwhile.
        TextRefused: The text holds a character that hides or reorders.
    """
    require_drafter(officer, clause.statement)
    if clause.is_title and leaves_out:
        raise DialogueRefused(
            "The title cannot be left out.",
            code="dialogue.title-stays",
            next_step="Propose another title.",
            fields={"field": "leaves_out"},
        )
    moment = now or timezone.now()
    stands = _places(clause.statement).get(clause.pk, 0)
    wording = wording_from(texts, place=stands if place is None else place, leaves_out=leaves_out)
    with transaction.atomic():
        return _save(officer, clause, wording, comment=comment, now=moment, version=version)


def _save(
    officer: Officer, clause: Clause, wording: Wording, *, comment: str, now: datetime, version: int | None = None
) -> ClauseDraft:
    said = _plain(comment)
    if said:
        check_written({"comment": said}, path="")
    found = ClauseDraft.objects.select_for_update().filter(clause=clause).first()
    if found is not None and version is not None and found.version != version:
        raise DialogueRefused(
            "A colleague of your team has saved this draft since you opened it.",
            code="dialogue.draft-changed",
            next_step="Read what the draft says now; your own words stay in the form.",
            fields={"field": "texts"},
        )
    draft = found or ClauseDraft(clause=clause, version=0)
    draft.place, draft.texts, draft.leaves_out = wording.place, wording.texts, wording.leaves_out
    draft.comment, draft.officer, draft.saved_at = said, officer, now
    draft.version += 1
    draft.save()
    return draft


def bracket_clause(
    officer: Officer, clause: Clause, texts: Mapping[str, str], now: datetime | None = None
) -> ClauseDraft:
    """Keeps a wording as a draft with the whole of each text in brackets: our side does not carry it as it is."""
    return save_draft(officer, clause, {name: bracketed(text) for name, text in texts.items() if text.strip()}, now=now)


def discard_draft(officer: Officer, clause: Clause) -> None:
    """Takes wording back that was not sent; a clause of which nothing else is known goes with it.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team.
    """
    require_drafter(officer, clause.statement)
    with transaction.atomic():
        ClauseDraft.objects.filter(clause=clause).delete()
        if not clause.is_title and not clause.acts.exists():
            clause.delete()


def join_statement(officer: Officer, statement: Statement, now: datetime | None = None) -> None:
    """Makes an officer the first of a team: of a statement that the other side began and nobody here drafts yet.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: It has a team, whose members add others.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    with transaction.atomic():
        Statement.objects.select_for_update().get(pk=statement.pk)
        if statement.members.exists():
            raise DialogueRefused(
                "This statement has a team already.",
                code="dialogue.has-team",
                next_step="Ask an officer of its team to add you.",
            )
        StatementMember.objects.create(statement=statement, officer=officer, since=now or timezone.now())
        note(officer, "join statement", statement)


def add_member(officer: Officer, statement: Statement, *, who: str, now: datetime | None = None) -> None:
    """Adds a drafter to a statement's team, who then sees its drafts.

    Args:
        officer: One of the team.
        statement: The statement.
        who: The account's name.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team, or there is no such drafter.
    """
    require_drafter(officer, statement)
    added = Officer.objects.filter(username=who).first()
    if added is None or not added.may(Permission.AGREEMENT_DRAFT):
        raise DialogueRefused(
            "There is no officer of this name who may draft.",
            code="dialogue.no-drafter",
            next_step="Write the name of an account with the role policy.",
            fields={"field": "who"},
        )
    StatementMember.objects.get_or_create(statement=statement, officer=added, defaults={"since": now or timezone.now()})
    note(officer, "add to statement", statement, detail={"officer": added.username})


def leave_statement(officer: Officer, statement: Statement, *, who: str) -> None:
    """Takes an officer out of a statement's team; the last one stays.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The officer is not of the team, or would leave it empty.
    """
    require_drafter(officer, statement)
    others = statement.members.exclude(officer__username=who)
    if not others.exists():
        raise DialogueRefused(
            "The last one of a team stays in it.",
            code="dialogue.last-of-team",
            next_step="Add a colleague first.",
            fields={"field": "who"},
        )
    statement.members.filter(officer__username=who).delete()
    note(officer, "take out of statement", statement, detail={"officer": who})
