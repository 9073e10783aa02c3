"""From agreed clauses to one text: what must hold first, and that both nodes compose the same bytes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.dialogue import drafting, negotiating
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import Clause, Statement
from accord.dialogue.reading import view_of
from accord.dialogue.signing import obstacles_of, prepare_statement, same_as_agreed, signed_text, text_of
from accord.dialogue.statement_text import StatementText, differences_in, read_statement
from accord.instruments.canonical import canonical_bytes
from accord.instruments.kinds import TEXT_ANSWER, TEXT_OFFER, TextOffer, offer_bytes
from accord.instruments.models import Text
from accord.instruments.services import accept, offer
from accord.instruments.types import type_of
from accord.officers.permissions import Role
from accord.release.intake import take_in
from tests.desk import Desk
from tests.dialogue.test_negotiating import TITLE, arrives, begun, policy

BOTH = {"en": "They will meet by 30 June 2027.", "fr": "Ils se réuniront avant le 30 juin 2027."}


def agreed(desk: Desk, statement: Statement, clause: Clause) -> None:
    """The other side accepts what we stand for."""
    ours = negotiating.standing_now(clause).ours
    assert ours is not None
    digest = ours.digest.hex()
    assert arrives(desk, statement, clause, "accept", digest=digest, base=digest) == ""


def proposed_clause(desk: Desk, statement: Statement, texts: dict[str, str]) -> Clause:
    clause = drafting.add_clause(policy(desk), statement, texts).clause
    negotiating.propose_wording(policy(desk), clause)
    return clause


def ready(desk: Desk) -> Statement:
    statement = begun(desk)
    agreed(desk, statement, Clause.objects.get(pk=statement.pk))
    agreed(desk, statement, proposed_clause(desk, statement, BOTH))
    return Statement.objects.get(pk=statement.pk)


def reasons(desk: Desk, statement: Statement) -> list[str]:
    return [one.reason for one in obstacles_of(view_of(policy(desk), statement))]


def test_a_statement_is_ready_when_nothing_of_it_is_open(desk: Desk) -> None:
    statement = begun(desk)
    assert reasons(desk, statement) == ["no-clause", "not-agreed"]
    agreed(desk, statement, Clause.objects.get(pk=statement.pk))
    clause = proposed_clause(desk, statement, {"en": "They will meet [once] by 30 June 2027."})
    assert reasons(desk, statement) == ["not-agreed"]
    agreed(desk, statement, clause)
    assert reasons(desk, statement) == ["brackets", "language"]
    drafting.save_draft(policy(desk), clause, {**BOTH, "fr": "Ils se réuniront avant le 3 juin 2027."})
    negotiating.propose_wording(policy(desk), clause)
    agreed(desk, statement, clause)
    [obstacle] = obstacles_of(view_of(policy(desk), statement))
    assert obstacle.reason == "figures"
    assert obstacle.difference is not None
    assert (obstacle.difference.missing, obstacle.difference.added) == (("2027-06-30",), ("2027-06-03",))
    with pytest.raises(DialogueRefused) as refused:
        prepare_statement(policy(desk), statement)
    assert refused.value.reason_code == "dialogue.not-ready"
    drafting.save_draft(policy(desk), clause, BOTH)
    negotiating.propose_wording(policy(desk), clause)
    agreed(desk, statement, clause)
    assert reasons(desk, statement) == []


def test_a_draft_of_ours_stands_in_nobodys_way_and_in_no_text(desk: Desk) -> None:
    statement = ready(desk)
    drafting.add_clause(policy(desk), statement, {"en": "Not sent."})
    assert reasons(desk, statement) == []
    assert b"Not sent" not in canonical_bytes(text_of(view_of(policy(desk), statement)))


def test_a_clause_that_is_left_out_is_in_no_text(desk: Desk) -> None:
    statement = ready(desk)
    clause = proposed_clause(desk, statement, {"en": "To be dropped.", "fr": "À retirer."})
    drafting.save_draft(policy(desk), clause, {}, leaves_out=True)
    negotiating.propose_wording(policy(desk), clause)
    agreed(desk, statement, clause)
    text = text_of(view_of(policy(desk), statement))
    assert [one.texts for one in text.clauses] == [BOTH]


def test_both_sides_sign_the_text_of_the_agreed_clauses_and_it_is_closed(desk: Desk) -> None:
    statement = ready(desk)
    prepared = prepare_statement(policy(desk), statement)
    assert prepared.instrument_id == statement.pk
    offered = offer(desk.officers[Role.SIGNATORY], prepared)
    answer = {
        "schema_version": 1,
        "instrument": str(statement.pk),
        "number": 1,
        "digest": bytes(offered.digest).hex(),
        "act": "accept",
        "signed_as": "Secretary (specimen)",
    }
    desk.peer.send(TEXT_ANSWER, answer)
    take_in(desk.channel)
    statement.refresh_from_db()
    assert statement.signed_at is not None
    signed = signed_text(statement)
    assert signed is not None
    assert (signed.title, [one.texts for one in signed.clauses]) == (TITLE, [BOTH])
    with pytest.raises(DialogueRefused) as refused:
        prepare_statement(policy(desk), statement)
    assert refused.value.reason_code == "dialogue.statement-signed"


def offered_by_them(desk: Desk, statement: Statement, content: bytes) -> Text | None:
    made = TextOffer(
        instrument=statement.pk,
        type="statement",
        number=1,
        previous=None,
        content=content,
        signed_as="Secretary (specimen)",
    )
    desk.peer.send(TEXT_OFFER, offer_bytes(made))
    take_in(desk.channel)
    return Text.objects.filter(instrument_id=statement.pk, is_ours=False).first()


def test_an_offer_of_other_words_than_the_agreed_ones_is_known_as_such(desk: Desk) -> None:
    statement = ready(desk)
    text = text_of(view_of(policy(desk), statement))
    other = msgspec.structs.replace(text, title={**TITLE, "en": "Another title"})
    theirs = offered_by_them(desk, statement, canonical_bytes(other))
    assert theirs is not None
    assert not same_as_agreed(view_of(policy(desk), statement), theirs)


def test_an_offer_of_the_agreed_words_is_signed_for_our_side(desk: Desk) -> None:
    statement = ready(desk)
    theirs = offered_by_them(desk, statement, canonical_bytes(text_of(view_of(policy(desk), statement))))
    assert theirs is not None
    assert same_as_agreed(view_of(policy(desk), statement), theirs)
    accept(desk.officers[Role.SIGNATORY], theirs)
    assert Text.objects.get(pk=theirs.pk).state == Text.State.ACCEPTED


def test_a_text_of_a_statement_that_nobody_negotiates_is_not_theirs_to_offer(desk: Desk) -> None:
    statement = ready(desk)
    text = text_of(view_of(policy(desk), statement))
    stranger = msgspec.structs.replace(text, statement="01a2267c-0e6c-7c57-a14f-a4c9990b8cae")
    assert offered_by_them(desk, statement, canonical_bytes(stranger)) is None
    may_offer = type_of("statement").may_offer
    assert [may_offer(party, text) for party in ("CA", "IN", "XX")] == [True, True, False]


CLAUSE = "01a2267c-0e6c-7c57-a14f-a4c9990b8caf"
WHOLE = {
    "schema_version": 1,
    "statement": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae",
    "title": {"en": "T"},
    "clauses": [{"id": CLAUSE, "texts": {"en": "C."}}],
}


@pytest.mark.parametrize(
    "changed",
    [
        {"title": {}},
        {"title": {"en": "T", "fr": "T"}},
        {"clauses": []},
        {"clauses": [{"id": CLAUSE, "texts": {"en": "[C.]"}}]},
        {"clauses": [{"id": CLAUSE, "texts": {"en": "C."}}] * 2},
        {"clauses": [{"id": CLAUSE, "texts": {"en": " "}}]},
        {"extra": 1},
    ],
)
def test_what_is_no_statement_is_not_read_as_one(changed: dict[str, object]) -> None:
    assert read_statement(canonical_bytes(msgspec.convert(WHOLE, StatementText))).languages == ("en",)
    with pytest.raises((msgspec.ValidationError, ValueError)):
        msgspec.convert({**WHOLE, **changed}, StatementText)


def test_bytes_that_are_not_canonical_are_refused() -> None:
    content = canonical_bytes(msgspec.convert(WHOLE, StatementText))
    with pytest.raises(ValueError, match="canonical"):
        read_statement(content + b" ")


@given(st.integers(2, 99), st.sampled_from(["en", "fr", "hi"]))
def test_the_same_figures_differ_in_no_language(number: int, language: str) -> None:
    texts = {"en": f"{number} posts", language: f"{number} postes"}
    assert list(differences_in(texts)) == []
    if language != "en":
        [found] = differences_in({**texts, language: f"{number + 1} postes"})
        assert (found.missing, found.added) in {
            ((str(number),), (str(number + 1),)),
            ((str(number + 1),), (str(number),)),
        }
