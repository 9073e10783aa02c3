"""Reading statements: which an officer may see, and where each clause of one stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accord.dialogue.models import Clause, ClauseAct, ClauseDraft, Statement
from accord.dialogue.standing import ClauseStanding, ClauseState, standing_of
from accord.exchange.errors import NotFound
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["ClauseView", "StatementView", "is_member", "signed_with", "statement_for", "statements_of", "view_of"]


@dataclass(frozen=True, kw_only=True)
class ClauseView:
    """A clause as an officer sees it.

    Args:
        clause: The clause.
        standing: Where it stands between the sides.
        acts: Every act, comments too, in order; also those that do not count.
        draft: Wording that our side has not sent, where the officer may see it.
        number: Its number among the clauses; nothing for the title.
    """

    clause: Clause
    standing: ClauseStanding
    acts: tuple[ClauseAct, ...]
    draft: ClauseDraft | None
    number: int | None = None

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it stands in the list: the title first."""
        known = self.standing.known
        place = known.place if known is not None else self.draft.place if self.draft is not None else 0
        return (not self.clause.is_title, place, str(self.clause.pk))

    @property
    def is_settled(self) -> bool:
        """Whether nothing about it is open: agreed, without brackets, or agreed to be left out."""
        agreed = self.standing.agreed
        return agreed is not None and not agreed.has_brackets


@dataclass(frozen=True, kw_only=True)
class StatementView:
    """A statement with its clauses as an officer sees them.

    Args:
        statement: The statement.
        clauses: Its clauses in their order, the title first.
        is_member: Whether the officer drafts it.
    """

    statement: Statement
    clauses: tuple[ClauseView, ...]
    is_member: bool

    @property
    def title(self) -> dict[str, str]:
        """The texts of its title, as far as there is one."""
        return title_of(self.clauses)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the statement: those of its title."""
        return tuple(self.title)

    @property
    def shown_clauses(self) -> tuple[ClauseView, ...]:
        """The clauses that bear a number: all but the title and what is left out."""
        return tuple(one for one in self.clauses if one.number is not None)

    @property
    def open_count(self) -> int:
        """How many clauses, the title included, are not settled."""
        return sum(not one.is_settled for one in self.clauses)


def title_of(clauses: Iterable[ClauseView]) -> dict[str, str]:
    """Returns the texts of a statement's title: as it stands, else as our side drafts it."""
    for one in clauses:
        if one.clause.is_title:
            known = one.standing.known
            if known is not None:
                return known.texts
            return dict(one.draft.texts) if one.draft is not None else {}
    return {}


def is_member(officer: Officer, statement: Statement) -> bool:
    """Returns whether an officer drafts a statement for our side."""
    return statement.members.filter(officer=officer).exists()


def _seen_by(officer: Officer) -> QuerySet[Statement]:
    require(officer, Permission.AGREEMENT_READ)
    return Statement.objects.filter(Q(is_open=True) | Q(members__officer=officer)).distinct()


def statement_for(officer: Officer, key: UUID) -> Statement:
    """Returns a statement that the officer may see.

    Raises:
        NotPermitted: The officer reads no agreement.
        NotFound: There is none, or it is a draft of a team of which the officer is not.
    """
    found = _seen_by(officer).filter(pk=key).select_related("peer").first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def statements_of(officer: Officer) -> list[StatementView]:
    """Returns every statement that the officer may see, the newest first."""
    found = list(_seen_by(officer).select_related("peer"))
    return _views(officer, found)


def signed_with(officer: Officer, peer: str) -> list[tuple[Statement, dict[str, str]]]:
    """Returns the statements that both sides signed with one party, each with its title, the newest first.

    Raises:
        NotPermitted: The officer reads no agreement.
    """
    found = _seen_by(officer).filter(peer_id=peer, signed_at__isnull=False).order_by("-signed_at")
    return [(view.statement, view.title) for view in _views(officer, list(found))]


def view_of(officer: Officer, statement: Statement) -> StatementView:
    """Returns a statement with its clauses as the officer sees them."""
    return _views(officer, [statement])[0]


def _views(officer: Officer, statements: list[Statement]) -> list[StatementView]:
    own = set(Statement.objects.filter(members__officer=officer).values_list("pk", flat=True))
    keys = [one.pk for one in statements]
    acts: dict[UUID, list[ClauseAct]] = {}
    for act in ClauseAct.objects.filter(clause__statement__in=keys).select_related("officer", "released"):
        acts.setdefault(act.clause_id, []).append(act)
    clauses: dict[UUID, list[ClauseView]] = {key: [] for key in keys}
    for clause in Clause.objects.filter(statement__in=keys).select_related("draft", "draft__officer"):
        done = acts.get(clause.pk, [])
        may_see = clause.statement_id in own
        if not done and not may_see:
            continue
        clauses[clause.statement_id].append(
            ClauseView(
                clause=clause,
                standing=standing_of(one for one in done if one.counts),
                acts=tuple(done),
                draft=getattr(clause, "draft", None) if may_see else None,
            )
        )
    return [
        StatementView(statement=one, clauses=_numbered(clauses[one.pk]), is_member=one.pk in own) for one in statements
    ]


def _numbered(clauses: list[ClauseView]) -> tuple[ClauseView, ...]:
    found, number = [], 0
    for one in sorted(clauses, key=lambda view: view.place):
        counts = not one.clause.is_title and one.standing.state is not ClauseState.LEFT_OUT
        number += counts
        found.append(
            ClauseView(
                clause=one.clause,
                standing=one.standing,
                acts=one.acts,
                draft=one.draft,
                number=number if counts else None,
            )
        )
    return tuple(found)
