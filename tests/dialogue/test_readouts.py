"""Read-outs and commitments: private until published, compared, confirmed by a person, taken out of the signed text."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accord.dialogue import commitments, readouts
from accord.dialogue.aligning import Tag
from accord.dialogue.comparing import Comparison, compare
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import Clause, Commitment, ReadOut, Statement
from accord.dialogue.signing import prepare_statement
from accord.dialogue.verbs import Strength
from accord.instruments.kinds import TEXT_ANSWER
from accord.instruments.services import offer
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.release.intake import take_in
from tests.desk import Desk
from tests.dialogue.test_negotiating import begun, policy
from tests.dialogue.test_signing import agreed, proposed_clause

URL = "https://example.invalid/read-out"
DAY = date(2026, 11, 1)

CLAUSES = (
    {
        "en": "The two sides will exchange pre-export notices within 7 days.",
        "fr": "Les deux parties échangeront les préavis d'exportation dans les 7 jours.",
    },
    {
        "en": "They intend to meet twice a year. The meeting took place in a good spirit.",
        "fr": "Elles ont l'intention de se réunir deux fois par an. La réunion a été cordiale.",
    },
)
OURS = (
    "The two sides will exchange pre-export notices within 7 days. They shall meet twice a year. "
    "The Minister thanked the hosts for the warm welcome."
)
THEIRS = "Both sides will exchange pre-export notices within 10 days."


def signed(desk: Desk) -> Statement:
    statement = begun(desk)
    agreed(desk, statement, Clause.objects.get(pk=statement.pk))
    for texts in CLAUSES:
        agreed(desk, statement, proposed_clause(desk, statement, texts))
    text = offer(desk.officers[Role.SIGNATORY], prepare_statement(policy(desk), statement))
    answer = {
        "schema_version": 1,
        "instrument": str(statement.pk),
        "number": 1,
        "digest": bytes(text.digest).hex(),
        "act": "accept",
        "signed_as": "Secretary (specimen)",
    }
    desk.peer.send(TEXT_ANSWER, answer)
    take_in(desk.channel)
    return Statement.objects.get(pk=statement.pk)


def kept(desk: Desk, statement: Statement, text: str = OURS) -> ReadOut:
    return readouts.keep_read_out(policy(desk), statement, language="en", text=text)


def recorded(desk: Desk, statement: Statement, text: str = THEIRS) -> ReadOut:
    return readouts.record_their_read_out(policy(desk), statement, language="en", text=text, url=URL, published_on=DAY)


def tags(compared: Comparison) -> list[tuple[str | None, list[Tag], list[Tag]]]:
    return [
        (row.agreed.text[:14] if row.agreed else None, [one.tag for one in row.ours], [one.tag for one in row.theirs])
        for row in compared.rows
    ]


def test_three_columns_show_what_each_side_says_of_each_agreed_sentence(desk: Desk) -> None:
    statement = signed(desk)
    kept(desk, statement)
    recorded(desk, statement)
    found = compare(policy(desk), statement, "en")
    assert found.is_signed
    assert tags(found) == [
        ("The two sides ", [Tag.VERBATIM], [Tag.PARAPHRASE]),
        ("They intend to", [Tag.STRONGER], []),
        ("The meeting to", [], []),
        (None, [Tag.ADDED], []),
    ]
    [theirs] = found.rows[0].theirs
    assert [(one.agreed, one.ours) for one in theirs.contradictions] == [("7", "10")]


def test_our_read_out_is_the_teams_until_it_is_published(desk: Desk) -> None:
    statement = signed(desk)
    draft = kept(desk, statement, CLAUSES[0]["en"])
    assert compare(desk.liaison, statement, "en").ours is None
    assert compare(policy(desk), statement, "en").ours == draft
    readouts.publish_read_out(policy(desk), draft, url=URL, published_on=DAY)
    shown = compare(desk.liaison, statement, "en").ours
    assert shown == draft
    assert shown is not None
    assert (shown.url, shown.published_on) == (URL, DAY)
    assert Act.objects.filter(verb="publish read-out").exists()
    with pytest.raises(NotPermitted):
        compare(desk.administrator, statement, "en")
    with pytest.raises(DialogueRefused) as refused:
        readouts.publish_read_out(policy(desk), draft, url=URL, published_on=DAY)
    assert refused.value.reason_code == "dialogue.published-already"
    # What is written afterwards is another one; what was published stays.
    assert kept(desk, statement).pk != draft.pk
    assert ReadOut.objects.get(pk=draft.pk).text == CLAUSES[0]["en"]


def test_a_read_out_that_contradicts_the_agreed_text_is_published_only_when_that_is_meant(desk: Desk) -> None:
    statement = signed(desk)
    draft = kept(desk, statement)
    [wrong] = compare(policy(desk), statement, "en").contradictions
    assert [one.sort for one in wrong.contradictions] == ["verb"]
    with pytest.raises(DialogueRefused) as refused:
        readouts.publish_read_out(policy(desk), draft, url=URL, published_on=DAY)
    assert refused.value.reason_code == "dialogue.contradicts-agreed"
    assert ReadOut.objects.get(pk=draft.pk).published_on is None
    readouts.publish_read_out(policy(desk), draft, url=URL, published_on=DAY, despite_contradictions=True)
    assert ReadOut.objects.get(pk=draft.pk).published_on == DAY


def test_a_link_counts_once_a_person_confirmed_it_and_can_be_taken_back(desk: Desk) -> None:
    statement = signed(desk)
    draft = kept(desk, statement)
    agreed_sentences = compare(policy(desk), statement, "en").agreed
    link = readouts.confirm_link(policy(desk), draft, sentence=2, agreed=agreed_sentences[2].key, tag="")
    assert (link.tag, link.confirmed_by) == ("paraphrase", policy(desk))
    own = compare(policy(desk), statement, "en").rows[2].ours[0]
    assert own.link == link
    readouts.confirm_link(policy(desk), draft, sentence=2, agreed="", tag="verbatim")
    assert draft.links.get().tag == "added"
    readouts.undo_link(policy(desk), draft, sentence=2)
    assert not draft.links.exists()
    for wrong in ({"sentence": 9, "agreed": "", "tag": ""}, {"sentence": 0, "agreed": "x.0", "tag": ""}):
        with pytest.raises(DialogueRefused) as refused:
            readouts.confirm_link(policy(desk), draft, **wrong)  # type: ignore[arg-type] # wrong on purpose
        assert refused.value.reason_code == "dialogue.no-such-sentence"


def test_other_words_lose_what_was_confirmed_of_the_old_ones(desk: Desk) -> None:
    statement = signed(desk)
    draft = kept(desk, statement)
    readouts.confirm_link(policy(desk), draft, sentence=2, agreed="", tag="")
    kept(desk, statement)
    assert draft.links.exists()
    kept(desk, statement, "Other words.")
    assert not draft.links.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"url": "ftp://example.invalid/x"}, "dialogue.not-an-address"),
        ({"url": "javascript:alert(1)"}, "dialogue.not-an-address"),
        ({"url": "https://[bad"}, "dialogue.not-an-address"),
        ({"url": ""}, "dialogue.not-an-address"),
        ({"published_on": datetime.now(UTC).date() + timedelta(days=2)}, "dialogue.day-ahead"),
        ({"text": " "}, "dialogue.no-read-out"),
        ({"text": "x" * 60_001}, "dialogue.read-out-too-long"),
    ],
)
def test_a_read_out_without_a_public_source_is_not_recorded(desk: Desk, changed: dict[str, object], code: str) -> None:
    given = {"language": "en", "text": THEIRS, "url": URL, "published_on": DAY, **changed}
    with pytest.raises(DialogueRefused) as refused:
        readouts.record_their_read_out(policy(desk), begun(desk), **given)  # type: ignore[arg-type] # one is wrong
    assert refused.value.reason_code == code


def test_only_the_team_writes_read_outs_and_commitments(desk: Desk) -> None:
    statement = signed(desk)
    draft = kept(desk, statement)
    stranger = desk.again(Role.POLICY, "stranger")
    [promise, *_] = commitments.promises_of(statement)
    acts = (
        lambda who: readouts.keep_read_out(who, statement, language="en", text="X."),
        lambda who: readouts.publish_read_out(who, draft, url=URL, published_on=DAY),
        lambda who: readouts.record_their_read_out(who, statement, language="en", text="X.", url=URL, published_on=DAY),
        lambda who: readouts.confirm_link(who, draft, sentence=0, agreed="", tag=""),
        lambda who: readouts.undo_link(who, draft, sentence=0),
        lambda who: commitments.confirm_commitment(
            who, statement, clause=promise.clause, sentence=promise.sentence, verb="will"
        ),
    )
    for act in acts:
        with pytest.raises(NotPermitted):
            act(desk.officers[Role.SIGNATORY])
        with pytest.raises(DialogueRefused) as refused:
            act(stranger)
        assert refused.value.reason_code == "dialogue.not-of-team"


def test_each_sentence_with_an_operative_verb_is_suggested_and_confirmed(desk: Desk) -> None:
    statement = signed(desk)
    found = commitments.promises_of(statement)
    assert [(one.number, one.sentence, one.verb) for one in found] == [(1, 0, Strength.WILL), (2, 0, Strength.INTEND)]
    assert found[1].texts == {
        "en": "They intend to meet twice a year.",
        "fr": "Elles ont l'intention de se réunir deux fois par an.",
    }
    assert commitments.commitments_with(desk.liaison, "IN") == ()
    made = commitments.confirm_commitment(
        policy(desk),
        statement,
        clause=found[0].clause,
        sentence=0,
        verb="shall",
        our_lead="Health Canada",
        their_lead="CBN",
        due_on=date(2027, 6, 30),
    )
    [taken] = commitments.commitments_with(desk.liaison, "IN")
    assert (taken, taken.verb, taken.texts) == (made, "shall", CLAUSES[0])
    assert commitments.commitments_with(desk.liaison, "XX") == ()
    assert commitments.promises_of(statement)[0].commitment == made
    again = commitments.confirm_commitment(policy(desk), statement, clause=found[0].clause, sentence=0, verb="will")
    assert (again.pk, Commitment.objects.count()) == (made.pk, 1)
    commitments.drop_commitment(policy(desk), made)
    assert not Commitment.objects.exists()
    for wrong in ({"sentence": 5, "verb": "will"}, {"sentence": 0, "verb": "may"}):
        with pytest.raises(DialogueRefused) as refused:
            commitments.confirm_commitment(policy(desk), statement, clause=found[0].clause, **wrong)  # type: ignore[arg-type] # wrong on purpose
        assert refused.value.reason_code == "dialogue.no-such-promise"


def test_a_statement_that_is_not_signed_promises_nothing(desk: Desk) -> None:
    statement = begun(desk)
    agreed(desk, statement, proposed_clause(desk, statement, CLAUSES[0]))
    assert commitments.promises_of(statement) == ()
    assert not compare(policy(desk), statement, "en").is_signed
    assert [one.text for one in compare(policy(desk), statement, "en").agreed] == [CLAUSES[0]["en"]]
