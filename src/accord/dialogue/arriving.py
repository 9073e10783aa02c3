"""The other side's acts on clauses, as they arrive, and ours that come back after a loss of storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from accord.dialogue.kinds import CLAUSE_PROPOSAL, PROPOSAL_BYTES_MAX, ClauseProposal
from accord.dialogue.models import Clause, ClauseAct, Statement
from accord.dialogue.standing import standing_of
from accord.dialogue.wording import CLAUSES_MAX
from accord.exchange.text import check_texts, looks_plain
from accord.release.models import ReleasedMessage
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import Follower, MessageKind, json_kind

__all__ = ["CLAUSE_PROPOSAL_KIND", "FOLLOWER"]

OPEN_MAX: Final = 100
"""Statements under negotiation with one party; the twelfth meeting of a series has no more than a few."""

ACTS_MAX: Final = 2_000
"""Acts of the other side on one clause: more is no negotiation, and would only fill the page."""


_STATEMENT_SIGNED: Final = Handled(state="refused", code="dialogue.statement-signed")
_TOO_MANY_ACTS: Final = Handled(state="refused", code="dialogue.too-many-acts")
_TOO_MANY_CLAUSES: Final = Handled(state="refused", code="dialogue.too-many-clauses")
_TOO_MANY_STATEMENTS: Final = Handled(state="refused", code="dialogue.too-many-statements")
_UNKNOWN_CLAUSE: Final = Handled(state="refused", code="dialogue.unknown-clause")
_UNKNOWN_STATEMENT: Final = Handled(state="refused", code="dialogue.unknown-statement")
_UNKNOWN_WORDING: Final = Handled(state="refused", code="dialogue.unknown-wording")


class _Book:
    """What is known of the statements, clauses and acts that a batch touches; it grows as the batch is filed."""

    def __init__(self, statements: Sequence[Statement], clauses: Sequence[Clause], acts: Sequence[ClauseAct]) -> None:
        self.statements = {one.pk: one for one in statements}
        self.clauses = {one.pk: one for one in clauses}
        self.clause_counts: dict[UUID, int] = {}
        self.acts: dict[UUID, list[ClauseAct]] = {}
        self.open_count = 0
        for act in acts:
            self.acts.setdefault(act.clause_id, []).append(act)


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    statements = {UUID(one.content.statement) for one in received}
    clauses = {UUID(one.content.clause) for one in received}
    acts = ClauseAct.objects.filter(clause__in=clauses).counting()
    book = _Book(
        list(Statement.objects.select_for_update().filter(pk__in=statements)),
        list(Clause.objects.filter(pk__in=clauses)),
        list(acts),
    )
    for clause in Clause.objects.filter(statement__in=statements):
        book.clause_counts[clause.statement_id] = book.clause_counts.get(clause.statement_id, 0) + 1
    book.open_count = Statement.objects.filter(peer_id=work.peer, is_ours=False, signed_at=None).count()
    work.memory[CLAUSE_PROPOSAL] = book


def _file(received: Received, work: FilingWork) -> Handled:
    content: ClauseProposal = received.content
    book: _Book = work.memory[CLAUSE_PROPOSAL]
    statement = book.statements.get(UUID(content.statement))
    clause = book.clauses.get(UUID(content.clause))
    wrong = _wrong(content, statement, clause, book, work.peer)
    if wrong is not None:
        return wrong
    if statement is None:
        statement = Statement(
            id=UUID(content.statement), peer_id=work.peer, is_ours=False, began_at=received.received_at, is_open=True
        )
        book.statements[statement.pk] = statement
        book.open_count += 1
        work.add(statement)
    elif not statement.is_open:
        statement.is_open = True
        work.change(statement, "is_open")
    if clause is None:
        clause = Clause(id=UUID(content.clause), statement_id=statement.pk, began_at=received.received_at)
        book.clauses[clause.pk] = clause
        book.clause_counts[statement.pk] = book.clause_counts.get(statement.pk, 0) + 1
        work.add(clause)
    acts = book.acts.setdefault(clause.pk, [])
    ours = standing_of(acts).ours
    act = ClauseAct(
        clause_id=clause.pk,
        is_ours=False,
        act=content.act,
        content=msgspec.to_builtins(content.wording) if content.wording is not None else None,
        digest=content.wording.digest if content.wording is not None else bytes.fromhex(content.digest or ""),
        comment=content.comment,
        is_stale=content.act != "comment" and (content.base or "") != (ours.digest.hex() if ours is not None else ""),
        at=received.received_at,
        envelope_id=received.envelope_id,
    )
    acts.append(act)
    work.add(act)
    return FILED


def _wrong(
    content: ClauseProposal, statement: Statement | None, clause: Clause | None, book: _Book, peer: str
) -> Handled | None:
    """Returns what its sender is told where an act cannot be filed."""
    if statement is None:
        return _wrong_of_new(content, clause, book)
    if statement.peer_id != peer:
        return _UNKNOWN_STATEMENT
    if statement.signed_at is not None:
        return _STATEMENT_SIGNED
    if clause is None:
        if content.act != "propose":
            return _UNKNOWN_CLAUSE
        return _TOO_MANY_CLAUSES if book.clause_counts.get(statement.pk, 0) >= CLAUSES_MAX else None
    return _wrong_of_clause(content, statement, clause, book)


def _wrong_of_new(content: ClauseProposal, clause: Clause | None, book: _Book) -> Handled | None:
    # Whoever begins a statement names it: its title is the first that comes.
    if content.act != "propose" or content.clause != content.statement or clause is not None:
        return _UNKNOWN_STATEMENT
    return _TOO_MANY_STATEMENTS if book.open_count >= OPEN_MAX else None


def _wrong_of_clause(content: ClauseProposal, statement: Statement, clause: Clause, book: _Book) -> Handled | None:
    acts = book.acts.get(clause.pk, [])
    if clause.statement_id != statement.pk:
        return _UNKNOWN_CLAUSE
    if content.act != "propose" and not acts:
        # Our draft of it is nothing that the other side could know.
        return _UNKNOWN_CLAUSE
    if sum(not one.is_ours for one in acts) >= ACTS_MAX:
        return _TOO_MANY_ACTS
    if content.act == "accept":
        ours = {one.stands_for.hex() for one in acts if one.is_ours and one.act == "propose"}
        if content.digest not in ours:
            return _UNKNOWN_WORDING
    return None


def _check(payload: bytes, content: ClauseProposal) -> None:
    if not looks_plain(payload):
        check_texts(msgspec.to_builtins(content))


CLAUSE_PROPOSAL_KIND: Final[MessageKind] = json_kind(
    ClauseProposal,
    CLAUSE_PROPOSAL,
    schema=1,
    max_bytes=PROPOSAL_BYTES_MAX,
    handler=_file,
    facts_at_use=None,
    prepare=_prepare,
    check=_check,
    needs_approval=False,
)
"""The kind: one officer's act sends it, because it binds nobody; the signature under the whole text asks for two."""


def _restored(released_key: int, payload: bytes) -> None:
    """Puts an act of ours that was lost with the storage back; who did it is not in it."""
    released = ReleasedMessage.objects.get(pk=released_key)
    if released.kind != CLAUSE_PROPOSAL:
        return
    content = msgspec.json.decode(payload, type=ClauseProposal)
    statement = _statement_of(content, released.peer_id, released.released_at)
    clause, _new = Clause.objects.get_or_create(
        id=UUID(content.clause), defaults={"statement": statement, "began_at": released.released_at}
    )
    ClauseAct.objects.get_or_create(
        envelope_id=released.envelope_id,
        defaults={
            "clause": clause,
            "is_ours": True,
            "act": content.act,
            "content": msgspec.to_builtins(content.wording) if content.wording is not None else None,
            "digest": content.wording.digest if content.wording is not None else bytes.fromhex(content.digest or ""),
            "comment": content.comment,
            "at": released.released_at,
            "released": released,
        },
    )


def _statement_of(content: ClauseProposal, peer: str, at: datetime) -> Statement:
    statement, _new = Statement.objects.get_or_create(
        id=UUID(content.statement), defaults={"peer_id": peer, "is_ours": True, "began_at": at, "is_open": True}
    )
    return statement


FOLLOWER: Final = Follower(on_restored=_restored)
"""What this room does when an act of ours comes back after a loss of storage."""
