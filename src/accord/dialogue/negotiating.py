"""Our side's acts on the clauses of a statement: each is one message to the other side.

A proposal, an acceptance, a withdrawal and a comment each leave as ``clause-proposal``. They bind nobody: what binds is
the signature under the whole text, which asks for two officers (:mod:`accord.instruments`). So they leave by one
officer's act, and pass the gate as an acknowledgement does: they are words meant for publication.

Both sides may write at the same time. Nothing is lost by it: each keeps the wording for which it stands until it takes
another one itself.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from django.utils import timezone

from accord.dialogue.drafting import require_drafter, require_unsigned, wording_from
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.kinds import CLAUSE_PROPOSAL, COMMENT_CHARACTERS_MAX, ClauseProposal
from accord.dialogue.models import Clause, ClauseAct, ClauseActs, ClauseDraft, Statement
from accord.dialogue.standing import ClauseStanding, standing_of
from accord.dialogue.wording import Wording
from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.release.acknowledging import acknowledgement
from accord.release.services import channel_to, one_release, send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = ["accept_wording", "comment_on", "propose_wording", "withdraw_wording"]

PROPOSAL_LIFE_DAYS: Final = 30
"""Days an act may wait for its peer; a later one of the same clause says where we stand then."""

_Act = Literal["propose", "accept", "withdraw", "comment"]

_VERBS: Final[dict[_Act, str]] = {
    "propose": "propose clause",
    "accept": "accept clause",
    "withdraw": "withdraw clause",
    "comment": "comment on clause",
}


def propose_wording(
    officer: Officer, clause: Clause, *, seen: bytes | None = None, now: datetime | None = None
) -> ClauseAct:
    """Sends the draft of a clause: from now on our side stands for it.

    Args:
        officer: One of the statement's team.
        clause: The clause, which has a draft.
        seen: Digest of the other side's wording that the officer saw; empty where there was none; unchecked if omitted.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: There is no draft, the other side proposed meanwhile, we stand for this wording already, or
            the title has not been sent.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let it pass; nothing was sent.
    """
    require_drafter(officer, clause.statement)
    with one_release():
        statement = _locked(clause.statement)
        draft = ClauseDraft.objects.select_for_update().filter(clause=clause).first()
        if draft is None:
            raise DialogueRefused(
                "There is no draft of this clause to send.",
                code="dialogue.no-draft",
                next_step="Write the wording first.",
                fields={"field": "texts"},
            )
        standing = standing_now(clause)
        _require_seen(standing, seen)
        wording = wording_from(draft.texts, place=draft.place, leaves_out=draft.leaves_out)
        if standing.ours is not None and standing.ours.digest == wording.digest:
            raise DialogueRefused(
                "Our side stands for this wording already.",
                code="dialogue.same-wording",
                next_step="Change a word, discard the draft, or send a comment.",
                fields={"field": "texts"},
            )
        if not clause.is_title and not _title_is_sent(statement):
            raise DialogueRefused(
                "The title comes first: the other side knows nothing of this statement yet.",
                code="dialogue.title-first",
                next_step="Send the title, then this clause.",
            )
        sent = _send(officer, clause, "propose", standing, wording=wording, comment=draft.comment, now=now)
        draft.delete()
        if not statement.is_open:
            Statement.objects.filter(pk=statement.pk).update(is_open=True)
    return sent


def accept_wording(
    officer: Officer, clause: Clause, *, digest: bytes, comment: str = "", now: datetime | None = None
) -> ClauseAct:
    """Accepts the wording for which the other side stands: the clause is agreed while both stand for it.

    Args:
        officer: One of the statement's team.
        clause: The clause.
        digest: Digest of the wording that the officer read.
        comment: Words to the other side.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The other side stands for another wording now, or we stand for this one already.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let it pass; nothing was sent.
    """
    require_drafter(officer, clause.statement)
    with one_release():
        _locked(clause.statement)
        standing = standing_now(clause)
        if standing.theirs is None or standing.theirs.digest != digest:
            raise _changed()
        if standing.ours is not None and standing.ours.digest == digest:
            raise DialogueRefused(
                "Our side stands for this wording already.",
                code="dialogue.same-wording",
                next_step="Nothing is left to do for this clause.",
            )
        return _send(officer, clause, "accept", standing, digest=digest, comment=comment, now=now)


def withdraw_wording(officer: Officer, clause: Clause, *, comment: str = "", now: datetime | None = None) -> ClauseAct:
    """Withdraws the wording for which our side stands: we stand for none until we propose or accept one.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: Our side stands for none.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let it pass; nothing was sent.
    """
    require_drafter(officer, clause.statement)
    with one_release():
        _locked(clause.statement)
        standing = standing_now(clause)
        if standing.ours is None:
            raise DialogueRefused(
                "Our side stands for no wording of this clause.",
                code="dialogue.nothing-to-withdraw",
                next_step="Nothing needs to be withdrawn.",
            )
        return _send(officer, clause, "withdraw", standing, comment=comment, now=now)


def comment_on(officer: Officer, clause: Clause, *, comment: str, now: datetime | None = None) -> ClauseAct:
    """Sends words about a clause to the other side; where the clause stands does not change.

    Raises:
        NotPermitted: The officer may not draft what both sides agree on.
        DialogueRefused: The comment says nothing, or the other side does not know the clause yet.
        TextRefused: The comment holds a character that hides or reorders.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let it pass; nothing was sent.
    """
    require_drafter(officer, clause.statement)
    if not comment.strip():
        raise DialogueRefused(
            "The comment says nothing.",
            code="dialogue.no-comment",
            next_step="Write what the other side is to read.",
            fields={"field": "comment"},
        )
    with one_release():
        _locked(clause.statement)
        if not _acts(clause).filter(act="propose").exists():
            raise DialogueRefused(
                "The other side does not know this clause yet.",
                code="dialogue.clause-not-sent",
                next_step="Send its wording first; a comment can go with it.",
            )
        return _send(officer, clause, "comment", standing_now(clause), comment=comment, now=now)


def standing_now(clause: Clause) -> ClauseStanding:
    """Returns where a clause stands by what is on file here."""
    return standing_of(_acts(clause).select_related("released"))


def _acts(clause: Clause) -> ClauseActs:
    return ClauseAct.objects.filter(clause=clause).counting()


def _locked(statement: Statement) -> Statement:
    channel_to(statement.peer_id)
    locked = Statement.objects.select_for_update().get(pk=statement.pk)
    # It may have been signed since the officer's page was opened.
    require_unsigned(locked)
    return locked


def _title_is_sent(statement: Statement) -> bool:
    return ClauseAct.objects.filter(clause_id=statement.pk, act="propose").counting().exists()


def _require_seen(standing: ClauseStanding, seen: bytes | None) -> None:
    stands = standing.theirs.digest if standing.theirs is not None else b""
    if seen is not None and seen != stands:
        raise _changed()


def _changed() -> DialogueRefused:
    return DialogueRefused(
        "The other side stands for another wording than you saw.",
        code="dialogue.wording-changed",
        next_step="Read its newest wording beside yours, then decide again; your own words are kept.",
        fields={"field": "texts"},
    )


def _send(
    officer: Officer,
    clause: Clause,
    act: _Act,
    standing: ClauseStanding,
    *,
    wording: Wording | None = None,
    digest: bytes = b"",
    comment: str = "",
    now: datetime | None = None,
) -> ClauseAct:
    moment = now or timezone.now()
    said = comment.replace("\r\n", "\n").strip()
    if said:
        check_written({"comment": said}, path="")
    if len(said) > COMMENT_CHARACTERS_MAX:
        raise DialogueRefused(
            f"The comment is longer than {COMMENT_CHARACTERS_MAX} characters.",
            code="dialogue.comment-too-long",
            next_step="Shorten it.",
            fields={"field": "comment"},
        )
    peer = clause.statement.peer_id
    content = ClauseProposal(
        schema_version=1,
        statement=str(clause.statement_id),
        clause=str(clause.pk),
        act=act,
        wording=wording,
        digest=digest.hex() if act == "accept" else None,
        base=standing.theirs.digest.hex() if standing.theirs is not None else None,
        comment=said,
    )
    released = send_for_the_channel(
        peer=peer,
        kind=CLAUSE_PROPOSAL,
        payload=msgspec.json.encode(content),
        facts=acknowledgement(CLAUSE_PROPOSAL, peer=peer, on=moment.date()),
        lane=Lane.ROUTINE,
        not_after=moment + timedelta(days=PROPOSAL_LIFE_DAYS),
        now=moment,
    )
    row = ClauseAct.objects.create(
        clause=clause,
        is_ours=True,
        act=act,
        content=msgspec.to_builtins(wording) if wording is not None else None,
        digest=wording.digest if wording is not None else digest,
        comment=said,
        at=moment,
        officer=officer,
        envelope_id=released.envelope_id,
        released=released,
    )
    note(officer, _VERBS[act], clause, at=moment, detail={"party": peer, "digest": bytes(row.digest).hex()})
    return row
