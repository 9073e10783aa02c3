"""One side's acts on a statement, the other side's as they arrive, and who sees what is not sent."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.dialogue import drafting, negotiating
from accord.dialogue.arriving import FOLLOWER
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.kinds import CLAUSE_PROPOSAL
from accord.dialogue.models import Clause, ClauseAct, ClauseDraft, Statement
from accord.dialogue.reading import ClauseView, statement_for, statements_of, view_of
from accord.dialogue.standing import ClauseState
from accord.dialogue.wording import Wording
from accord.exchange.errors import NotFound
from accord.exchange.text import TextRefused
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted, Role
from accord.release.intake import take_in
from accord.release.models import DecisionRecord, ReceivedMessage, ReleasedMessage
from accord.release.registry import followers
from tests.desk import Desk

TITLE = {"en": "Joint statement (specimen)", "fr": "Déclaration conjointe (spécimen)"}


def policy(desk: Desk) -> Officer:
    return desk.officers[Role.POLICY]


def begun(desk: Desk) -> Statement:
    """A statement whose title has been sent."""
    statement = drafting.begin_statement(policy(desk), peer="IN", title=TITLE)
    negotiating.propose_wording(policy(desk), title_of(statement))
    return Statement.objects.get(pk=statement.pk)


def title_of(statement: Statement) -> Clause:
    return Clause.objects.get(pk=statement.pk)


def sent_clause(desk: Desk, statement: Statement, text: str = "They meet twice a year.", **more: Any) -> Clause:
    draft = drafting.add_clause(policy(desk), statement, {"en": text}, **more)
    negotiating.propose_wording(policy(desk), draft.clause)
    return draft.clause


def arrives(desk: Desk, statement: Any, clause: Any, act: str, **more: Any) -> str:
    """An act of the other side arrives; returns why it was refused, or nothing."""
    content = {
        "schema_version": 1,
        "statement": str(getattr(statement, "pk", statement)),
        "clause": str(getattr(clause, "pk", clause)),
        "act": act,
        **more,
    }
    desk.peer.send(CLAUSE_PROPOSAL, content)
    take_in(desk.channel)
    return ReceivedMessage.objects.latest("pk").reason_code


def wording(text: str = "They meet once a year.", place: int = 10) -> Wording:
    return Wording(place=place, texts={"en": text})


def proposed(desk: Desk, clause: Clause, text: str, base: bytes = b"") -> str:
    more = {"base": base.hex()} if base else {}
    return arrives(desk, clause.statement_id, clause, "propose", wording=msgspec.to_builtins(wording(text)), **more)


def seen(desk: Desk, clause: Clause) -> ClauseView:
    view = view_of(policy(desk), Statement.objects.get(pk=clause.statement_id))
    return next(one for one in view.clauses if one.clause.pk == clause.pk)


def test_a_statement_is_its_teams_alone_until_a_word_of_it_is_sent(desk: Desk) -> None:
    statement = drafting.begin_statement(policy(desk), peer="IN", title=TITLE)
    colleague = desk.again(Role.POLICY, "second")
    for other in (colleague, desk.officers[Role.SIGNATORY], desk.liaison):
        assert statements_of(other) == []
        with pytest.raises(NotFound):
            statement_for(other, statement.pk)
    assert [one.title for one in statements_of(policy(desk))] == [TITLE]
    assert not Outbox.objects.filter(kind=CLAUSE_PROPOSAL).exists()
    drafting.add_member(policy(desk), statement, who="second")
    assert statement_for(colleague, statement.pk) == statement
    negotiating.propose_wording(policy(desk), title_of(statement))
    assert statement_for(desk.liaison, statement.pk) == statement
    with pytest.raises(NotPermitted):
        statement_for(desk.administrator, statement.pk)


def test_wording_that_is_not_sent_stays_the_teams(desk: Desk) -> None:
    statement = begun(desk)
    drafting.add_clause(policy(desk), statement, {"en": "They meet twice a year."})
    assert len(view_of(policy(desk), statement).clauses) == 2
    assert len(view_of(desk.liaison, statement).clauses) == 1
    clause = sent_clause(desk, statement)
    drafting.save_draft(policy(desk), clause, {"en": "They meet four times a year."})
    [shown] = [one for one in view_of(desk.liaison, statement).clauses if one.clause == clause]
    assert shown.draft is None
    assert seen(desk, clause).draft is not None


def test_a_proposal_leaves_as_it_was_written_and_binds_nobody(desk: Desk) -> None:
    statement = begun(desk)
    clause = sent_clause(desk, statement, comment="As at the last meeting.")
    sent = Outbox.objects.filter(kind=CLAUSE_PROPOSAL).latest("pk")
    assert msgspec.json.decode(bytes(sent.payload)) == {
        "schema_version": 1,
        "statement": str(statement.pk),
        "clause": str(clause.pk),
        "act": "propose",
        "wording": {"place": 10, "texts": {"en": "They meet twice a year."}},
        "comment": "As at the last meeting.",
    }
    assert DecisionRecord.objects.filter(kind=CLAUSE_PROPOSAL, action="acknowledge").count() == 2
    assert seen(desk, clause).standing.state is ClauseState.OURS
    assert Act.objects.filter(verb="propose clause").count() == 2
    assert not ClauseDraft.objects.exists()


def test_only_the_team_acts_and_only_drafters_join_it(desk: Desk) -> None:
    statement = begun(desk)
    clause = sent_clause(desk, statement)
    stranger = desk.again(Role.POLICY, "stranger")
    acts = (
        lambda who: drafting.add_clause(who, statement, {"en": "X."}),
        lambda who: drafting.save_draft(who, clause, {"en": "X."}),
        lambda who: drafting.discard_draft(who, clause),
        lambda who: drafting.add_member(who, statement, who="stranger"),
        lambda who: drafting.leave_statement(who, statement, who="policy"),
        lambda who: negotiating.propose_wording(who, clause),
        lambda who: negotiating.accept_wording(who, clause, digest=bytes(32)),
        lambda who: negotiating.withdraw_wording(who, clause),
        lambda who: negotiating.comment_on(who, clause, comment="X"),
    )
    for act in acts:
        for role in set(Role) - {Role.POLICY}:
            with pytest.raises(NotPermitted):
                act(desk.officers[role])
        with pytest.raises(DialogueRefused) as refused:
            act(stranger)
        assert refused.value.reason_code == "dialogue.not-of-team"
    with pytest.raises(DialogueRefused) as refused:
        drafting.add_member(policy(desk), statement, who="liaison")
    assert refused.value.reason_code == "dialogue.no-drafter"
    with pytest.raises(DialogueRefused) as refused:
        drafting.leave_statement(policy(desk), statement, who="policy")
    assert refused.value.reason_code == "dialogue.last-of-team"
    with pytest.raises(DialogueRefused) as refused:
        drafting.join_statement(stranger, statement)
    assert refused.value.reason_code == "dialogue.has-team"


def test_a_statement_of_the_other_side_is_open_to_readers_and_waits_for_a_team(desk: Desk) -> None:
    key = uuid4()
    title = {"place": 0, "texts": TITLE}
    assert arrives(desk, key, uuid4(), "propose", wording=title) == "dialogue.unknown-statement"
    assert arrives(desk, key, key, "comment", comment="Good day") == "dialogue.unknown-statement"
    assert arrives(desk, key, key, "propose", wording=title) == ""
    statement = statement_for(desk.liaison, key)
    assert (statement.is_ours, statement.peer_id) == (False, "IN")
    drafting.join_statement(policy(desk), statement)
    shown = view_of(policy(desk), statement)
    assert (shown.title, shown.is_member, shown.clauses[0].standing.state) == (TITLE, True, ClauseState.THEIRS)


def test_a_clause_is_agreed_while_both_stand_for_one_wording(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    ours = seen(desk, clause).standing.ours
    assert ours is not None
    assert arrives(desk, clause.statement_id, clause, "accept", digest=ours.digest.hex(), base=ours.digest.hex()) == ""
    assert seen(desk, clause).standing.agreed == ours
    assert arrives(desk, clause.statement_id, clause, "withdraw", base=ours.digest.hex()) == ""
    assert seen(desk, clause).standing.state is ClauseState.OURS


def test_both_edit_one_clause_and_nobodys_wording_is_lost(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    assert proposed(desk, clause, "They meet once a year.") == ""
    view = seen(desk, clause)
    assert view.standing.state is ClauseState.DIFFERS
    assert view.standing.ours is not None
    assert view.standing.theirs is not None
    assert (view.standing.ours.texts["en"], view.standing.theirs.texts["en"]) == (
        "They meet twice a year.",
        "They meet once a year.",
    )
    # They had not seen ours when they wrote.
    assert [one.is_stale for one in view.acts] == [False, True]
    negotiating.accept_wording(policy(desk), clause, digest=view.standing.theirs.digest)
    agreed = seen(desk, clause).standing.agreed
    assert agreed is not None
    assert agreed.texts == {"en": "They meet once a year."}
    content = msgspec.json.decode(bytes(Outbox.objects.filter(kind=CLAUSE_PROPOSAL).latest("pk").payload))
    assert content["digest"] == content["base"] == view.standing.theirs.digest.hex()


def test_a_proposal_that_saw_ours_is_not_stale_and_one_that_saw_an_older_one_is(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    first = seen(desk, clause).standing.ours
    assert first is not None
    assert proposed(desk, clause, "They meet once a year.", base=first.digest) == ""
    drafting.save_draft(policy(desk), clause, {"en": "They meet three times a year."})
    negotiating.propose_wording(policy(desk), clause)
    assert proposed(desk, clause, "They meet at least once a year.", base=first.digest) == ""
    assert [one.is_stale for one in seen(desk, clause).acts if not one.is_ours] == [False, True]


def test_an_act_upon_a_wording_that_the_other_side_has_left_is_refused_and_the_draft_stays(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    proposed(desk, clause, "They meet once a year.")
    theirs = seen(desk, clause).standing.theirs
    assert theirs is not None
    drafting.save_draft(policy(desk), clause, {"en": "They meet as needed."})
    proposed(desk, clause, "They meet at least once a year.")
    for act in (
        lambda: negotiating.accept_wording(policy(desk), clause, digest=theirs.digest),
        lambda: negotiating.propose_wording(policy(desk), clause, seen=theirs.digest),
        lambda: negotiating.propose_wording(policy(desk), clause, seen=b""),
    ):
        with pytest.raises(DialogueRefused) as refused:
            act()
        assert refused.value.reason_code == "dialogue.wording-changed"
    view = seen(desk, clause)
    assert view.draft is not None
    assert view.standing.theirs is not None
    negotiating.propose_wording(policy(desk), clause, seen=view.standing.theirs.digest)


def test_what_nobody_needs_to_send_twice_is_not_sent(desk: Desk) -> None:
    statement = begun(desk)
    clause = sent_clause(desk, statement)
    drafting.save_draft(policy(desk), clause, {"en": "They meet twice a year."})
    with pytest.raises(DialogueRefused) as refused:
        negotiating.propose_wording(policy(desk), clause)
    assert refused.value.reason_code == "dialogue.same-wording"
    drafting.discard_draft(policy(desk), clause)
    with pytest.raises(DialogueRefused) as refused:
        negotiating.propose_wording(policy(desk), clause)
    assert refused.value.reason_code == "dialogue.no-draft"
    negotiating.withdraw_wording(policy(desk), clause)
    with pytest.raises(DialogueRefused) as refused:
        negotiating.withdraw_wording(policy(desk), clause)
    assert refused.value.reason_code == "dialogue.nothing-to-withdraw"


def test_the_title_goes_first_and_a_clause_that_is_not_sent_takes_no_comment(desk: Desk) -> None:
    statement = drafting.begin_statement(policy(desk), peer="IN", title=TITLE)
    clause = drafting.add_clause(policy(desk), statement, {"en": "They meet."}).clause
    for act, code in (
        (lambda: negotiating.propose_wording(policy(desk), clause), "dialogue.title-first"),
        (lambda: negotiating.comment_on(policy(desk), clause, comment="Why?"), "dialogue.clause-not-sent"),
        (lambda: negotiating.comment_on(policy(desk), clause, comment="  "), "dialogue.no-comment"),
    ):
        with pytest.raises(DialogueRefused) as refused:
            act()
        assert refused.value.reason_code == code
    drafting.discard_draft(policy(desk), clause)
    assert list(statement.clauses.all()) == [title_of(statement)]


def test_a_draft_that_a_colleague_saved_meanwhile_is_not_overwritten(desk: Desk) -> None:
    statement = begun(desk)
    colleague = desk.again(Role.POLICY, "second")
    drafting.add_member(policy(desk), statement, who="second")
    draft = drafting.add_clause(policy(desk), statement, {"en": "They meet."})
    drafting.save_draft(colleague, draft.clause, {"en": "They will meet."}, version=1)
    with pytest.raises(DialogueRefused) as refused:
        drafting.save_draft(policy(desk), draft.clause, {"en": "They shall meet."}, version=1)
    assert refused.value.reason_code == "dialogue.draft-changed"
    assert ClauseDraft.objects.get().texts == {"en": "They will meet."}


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"en": "They meet [twice a year."}, "dialogue.brackets-open"),
        ({"en": "  "}, "dialogue.no-text"),
        ({"en": "x" * 4_001}, "dialogue.not-a-wording"),
        ({"en": "They\u202emeet."}, "text.refused-character"),
    ],
)
def test_a_wording_that_cannot_be_sent_is_refused_with_its_field(desk: Desk, texts: dict[str, str], code: str) -> None:
    with pytest.raises((DialogueRefused, TextRefused)) as refused:
        drafting.add_clause(policy(desk), begun(desk), texts)
    assert refused.value.reason_code == code
    assert str(refused.value.fields["field"]).startswith("texts")


def test_a_clause_put_in_brackets_is_a_draft_that_is_not_sent(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    draft = drafting.bracket_clause(policy(desk), clause, {"en": "They meet twice a year.", "fr": ""})
    assert draft.texts == {"en": "[They meet twice a year.]"}
    negotiating.propose_wording(policy(desk), clause)
    view = seen(desk, clause)
    assert view.standing.ours is not None
    arrives(
        desk,
        clause.statement_id,
        clause,
        "accept",
        digest=view.standing.ours.digest.hex(),
        base=view.standing.ours.digest.hex(),
    )
    view = seen(desk, clause)
    assert (view.standing.state, view.is_settled) == (ClauseState.AGREED, False)


def test_clauses_stand_in_their_places_and_a_new_one_fits_between(desk: Desk) -> None:
    statement = begun(desk)
    first = sent_clause(desk, statement, "First.")
    third = sent_clause(desk, statement, "Third.")
    second = sent_clause(desk, statement, "Second.", after=first.pk)
    shown = view_of(policy(desk), statement)
    assert [one.clause for one in shown.clauses] == [title_of(statement), first, second, third]
    assert [one.number for one in shown.clauses] == [None, 1, 2, 3]
    drafting.save_draft(policy(desk), second, {}, leaves_out=True)
    negotiating.propose_wording(policy(desk), second)
    ours = seen(desk, second).standing.ours
    assert ours is not None
    arrives(desk, statement, second, "accept", digest=ours.digest.hex(), base=ours.digest.hex())
    assert [one.number for one in view_of(policy(desk), statement).clauses] == [None, 1, None, 2]
    with pytest.raises(DialogueRefused) as refused:
        drafting.save_draft(policy(desk), title_of(statement), {}, leaves_out=True)
    assert refused.value.reason_code == "dialogue.title-stays"


def test_what_arrives_about_nothing_that_is_known_is_refused(desk: Desk) -> None:
    statement = begun(desk)
    clause = sent_clause(desk, statement)
    other = begun(desk)
    hidden = drafting.add_clause(policy(desk), statement, {"en": "Not sent."}).clause
    unknown = wording("x").digest.hex()
    assert arrives(desk, statement, uuid4(), "accept", digest=unknown) == "dialogue.unknown-clause"
    assert arrives(desk, statement, hidden, "comment", comment="I see you") == "dialogue.unknown-clause"
    assert arrives(desk, statement, clause, "accept", digest=unknown) == "dialogue.unknown-wording"
    assert arrives(desk, other, clause, "comment", comment="Where?") == "dialogue.unknown-clause"
    Statement.objects.filter(pk=statement.pk).update(signed_at=timezone.now())
    assert proposed(desk, clause, "Too late.") == "dialogue.statement-signed"
    with pytest.raises(DialogueRefused) as refused:
        negotiating.comment_on(policy(desk), clause, comment="Too late.")
    assert refused.value.reason_code == "dialogue.statement-signed"


def test_an_act_that_was_refused_there_or_never_left_does_not_count(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    drafting.save_draft(policy(desk), clause, {"en": "They meet three times a year."})
    later = negotiating.propose_wording(policy(desk), clause)
    for changed in ({"outcome": "refused", "outcome_code": "dialogue.too-many-acts"}, {"unsent_reason": "expired"}):
        ReleasedMessage.objects.filter(pk=later.released_id).update(
            **{"outcome": "", "outcome_code": "", "unsent_reason": "", **changed}
        )
        ours = seen(desk, clause).standing.ours
        assert ours is not None
        assert ours.texts == {"en": "They meet twice a year."}
    ReleasedMessage.objects.filter(pk=later.released_id).update(unsent_reason="", outcome="filed")
    ours = seen(desk, clause).standing.ours
    assert ours is not None
    assert ours.texts == {"en": "They meet three times a year."}


def test_what_was_lost_with_the_storage_comes_back(desk: Desk) -> None:
    clause = sent_clause(desk, begun(desk))
    before = [(one.act, one.digest, one.comment) for one in ClauseAct.objects.all()]
    released = list(ReleasedMessage.objects.filter(kind=CLAUSE_PROPOSAL))
    ClauseAct.objects.all().delete()
    Clause.objects.all().delete()
    Statement.objects.get().members.all().delete()
    Statement.objects.all().delete()
    assert FOLLOWER in followers()
    for _ in range(2):
        for one in released:
            FOLLOWER.on_restored(one.pk, bytes(one.outbox.payload))
    assert [(one.act, bytes(one.digest), one.comment) for one in ClauseAct.objects.all()] == [
        (act, bytes(digest), comment) for act, digest, comment in before
    ]
    drafting.join_statement(policy(desk), Statement.objects.get())
    assert seen(desk, Clause.objects.get(pk=clause.pk)).standing.state is ClauseState.OURS
    assert UUID(str(clause.statement_id)) == Statement.objects.get().pk
