"""Statements that both sides negotiate: beginning one, its clauses, proposing, accepting, and preparing to sign."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from ninja import Field, Path, Router, Schema
from ninja.responses import Status

from accord.dialogue import drafting, negotiating
from accord.dialogue.kinds import COMMENT_CHARACTERS_MAX
from accord.dialogue.models import Clause
from accord.dialogue.reading import ClauseView, StatementView, statement_for, statements_of, view_of
from accord.dialogue.signing import prepare_statement
from accord.dialogue.standing import ClauseState
from accord.dialogue.wording import LANGUAGES_MAX, TEXT_CHARACTERS_MAX, Wording
from accord.exchange.errors import NotFound
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, OtherParty, one_of
from accord.officers.permissions import Permission

__all__ = ["router"]

router = Router()

Texts = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z]{2,3}$")],
        Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)],
    ],
    Field(min_length=1, max_length=LANGUAGES_MAX, description="Text by language."),
]
Comment = Annotated[
    str, Field(max_length=COMMENT_CHARACTERS_MAX, description="Words to the other side; part of no text.")
]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the wording that was read.")]


class NewStatement(Closed):
    """With whom, and the title by language; the statement's languages are those of its title."""

    peer: OtherParty
    title: Texts


class NewClause(Closed):
    """A clause that is drafted."""

    texts: Texts
    after: UUID | None = Field(None, description="The clause after which it stands; at the end where left out.")
    comment: Comment = ""


class ClauseDraftIn(Closed):
    """Wording of a clause that is not sent yet."""

    texts: Texts
    comment: Comment = ""
    version: int | None = Field(None, description="The draft's version that was read; refused where it has changed.")


class Proposal(Closed):
    """What the other side stood for when this was written."""

    seen: Digest | None = Field(None, description="The digest of their wording that was read; unchecked if left out.")


class Acceptance(Closed):
    """The wording that is accepted."""

    digest: Digest
    comment: Comment = ""


class CommentIn(Closed):
    """Words about a clause."""

    comment: Annotated[str, Field(min_length=1, max_length=COMMENT_CHARACTERS_MAX)]


class WordingOut(Schema):
    """One wording of a clause."""

    texts: dict[str, str]
    leaves_out: bool
    digest: str


class ClauseOut(Schema):
    """Where a clause stands between the two sides."""

    id: UUID
    number: int | None = Field(description="Its number; null for the title and for what is left out.")
    is_title: bool
    state: Annotated[str, one_of(ClauseState)]
    ours: WordingOut | None
    theirs: WordingOut | None
    draft: dict[str, str] | None = Field(description="Wording that our side has not sent, to its team.")
    draft_version: int | None


class StatementOut(Schema):
    """A statement as the caller may see it."""

    id: UUID
    peer: str
    title: dict[str, str]
    began_at: dt.datetime
    signed_at: dt.datetime | None
    is_ours: bool = Field(description="Whether our side began it.")
    is_member: bool = Field(description="Whether the caller is of the team that drafts it.")
    open: int = Field(description="Clauses that are not settled, the title among them.")


class WholeStatementOut(StatementOut):
    """A statement with its clauses."""

    clauses: list[ClauseOut]


class PreparedOut(Schema):
    """The text that was prepared for signing."""

    text: UUID


def _wording(wording: Wording | None) -> WordingOut | None:
    if wording is None:
        return None
    return WordingOut(texts=wording.texts, leaves_out=wording.leaves_out, digest=wording.digest.hex())


def _clause(view: ClauseView) -> ClauseOut:
    return ClauseOut(
        id=view.clause.pk,
        number=view.number,
        is_title=view.clause.is_title,
        state=view.standing.state.value,
        ours=_wording(view.standing.ours),
        theirs=_wording(view.standing.theirs),
        draft=dict(view.draft.texts) if view.draft is not None else None,
        draft_version=view.draft.version if view.draft is not None else None,
    )


def _known(view: StatementView) -> dict[str, object]:
    statement = view.statement
    return {
        "id": statement.pk,
        "peer": statement.peer_id,
        "title": view.title,
        "began_at": statement.began_at,
        "signed_at": statement.signed_at,
        "is_ours": statement.is_ours,
        "is_member": view.is_member,
        "open": view.open_count,
    }


def _whole(request: ApiRequest, key: UUID) -> WholeStatementOut:
    view = view_of(request.officer, statement_for(request.officer, key))
    return WholeStatementOut.model_validate({**_known(view), "clauses": [_clause(one) for one in view.clauses]})


def _clause_of(request: ApiRequest, statement_id: UUID, clause_id: UUID) -> Clause:
    statement = statement_for(request.officer, statement_id)
    found = Clause.objects.select_related("statement").filter(pk=clause_id, statement=statement).first()
    if found is None:
        raise NotFound("There is no such clause.")
    return found


@offer(
    router,
    "GET",
    "/statements",
    permission=Permission.AGREEMENT_READ,
    summary="List statements that both sides negotiate",
    response=list[StatementOut],
)
def list_statements(request: ApiRequest) -> list[StatementOut]:
    """Lists the statements that the caller may see, the newest first."""
    return [StatementOut.model_validate(_known(view)) for view in statements_of(request.officer)]


@offer(
    router,
    "POST",
    "/statements",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Begin a statement",
    response=WholeStatementOut,
    status=201,
    examples={"a title": {"peer": "IN", "title": {"en": "Joint statement (specimen)"}}},
)
def begin_one_statement(request: ApiRequest, body: NewStatement) -> Status[WholeStatementOut]:
    """Begins a statement with the draft of its title; nothing leaves until the title is proposed."""
    statement = drafting.begin_statement(request.officer, peer=body.peer, title=body.title)
    return Status(201, _whole(request, statement.pk))


@offer(
    router,
    "GET",
    "/statements/{statement_id}",
    permission=Permission.AGREEMENT_READ,
    summary="Show a statement with its clauses",
    response=WholeStatementOut,
)
def show_statement(request: ApiRequest, statement_id: Path[UUID]) -> WholeStatementOut:
    """Shows where each clause stands, with the wordings of both sides."""
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/join",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Join a statement that nobody here drafts",
    response=WholeStatementOut,
)
def join_one_statement(request: ApiRequest, statement_id: Path[UUID]) -> WholeStatementOut:
    """Makes the caller the first of the team that drafts a statement of the other side."""
    drafting.join_statement(request.officer, statement_for(request.officer, statement_id))
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/clauses",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Draft a new clause",
    response=WholeStatementOut,
    status=201,
)
def add_one_clause(request: ApiRequest, statement_id: Path[UUID], body: NewClause) -> Status[WholeStatementOut]:
    """Drafts a clause for our team; nothing leaves until it is proposed."""
    statement = statement_for(request.officer, statement_id)
    drafting.add_clause(request.officer, statement, body.texts, after=body.after, comment=body.comment)
    return Status(201, _whole(request, statement_id))


@offer(
    router,
    "PUT",
    "/statements/{statement_id}/clauses/{clause_id}/draft",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Keep wording of a clause for our team",
    response=WholeStatementOut,
)
def keep_clause_draft(
    request: ApiRequest, statement_id: Path[UUID], clause_id: Path[UUID], body: ClauseDraftIn
) -> WholeStatementOut:
    """Keeps wording that is not sent; a colleague's later save is never overwritten where a version is given."""
    clause = _clause_of(request, statement_id, clause_id)
    drafting.save_draft(request.officer, clause, body.texts, comment=body.comment, version=body.version)
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/clauses/{clause_id}/propose",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Propose the drafted wording of a clause",
    response=WholeStatementOut,
)
def propose_clause(
    request: ApiRequest, statement_id: Path[UUID], clause_id: Path[UUID], body: Proposal
) -> WholeStatementOut:
    """Sends the draft of a clause; the other side's wording stays beside it until one takes the other's."""
    clause = _clause_of(request, statement_id, clause_id)
    negotiating.propose_wording(request.officer, clause, seen=bytes.fromhex(body.seen) if body.seen else None)
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/clauses/{clause_id}/accept",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Accept the other side's wording of a clause",
    response=WholeStatementOut,
)
def accept_clause(
    request: ApiRequest, statement_id: Path[UUID], clause_id: Path[UUID], body: Acceptance
) -> WholeStatementOut:
    """Accepts the wording that was read; refused where the other side stands for another one now."""
    clause = _clause_of(request, statement_id, clause_id)
    negotiating.accept_wording(request.officer, clause, digest=bytes.fromhex(body.digest), comment=body.comment)
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/clauses/{clause_id}/withdraw",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Withdraw our wording of a clause",
    response=WholeStatementOut,
)
def withdraw_clause(request: ApiRequest, statement_id: Path[UUID], clause_id: Path[UUID]) -> WholeStatementOut:
    """Withdraws the wording for which our side stands."""
    negotiating.withdraw_wording(request.officer, _clause_of(request, statement_id, clause_id))
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/clauses/{clause_id}/comment",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Comment on a clause to the other side",
    response=WholeStatementOut,
)
def comment_on_clause(
    request: ApiRequest, statement_id: Path[UUID], clause_id: Path[UUID], body: CommentIn
) -> WholeStatementOut:
    """Sends words about a clause; where it stands does not change."""
    negotiating.comment_on(request.officer, _clause_of(request, statement_id, clause_id), comment=body.comment)
    return _whole(request, statement_id)


@offer(
    router,
    "POST",
    "/statements/{statement_id}/prepare",
    permission=Permission.AGREEMENT_DRAFT,
    summary="Prepare an agreed statement for signing",
    response=PreparedOut,
    status=201,
)
def prepare_one_statement(request: ApiRequest, statement_id: Path[UUID]) -> Status[PreparedOut]:
    """Composes the text of the agreed clauses; another officer signs and offers it (``/texts``)."""
    text = prepare_statement(request.officer, statement_for(request.officer, statement_id))
    return Status(201, PreparedOut(text=text.pk))
