"""Commitments of signed statements in the plan: each once, with its sentence and a reference that both nodes share."""

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from accord.dialogue.commitments import confirm_commitment, drop_commitment, promises_of
from accord.dialogue.models import Commitment as Confirmed
from accord.dialogue.models import Statement
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted, Role
from accord.workplan.codes import Language, Verb
from accord.workplan.content import ITEMS_MAX, TITLE_MAX, Commitment, Plan, item_of
from accord.workplan.drafting import start_from_plan, undo
from accord.workplan.errors import PlanRefused
from accord.workplan.models import PlanDraft
from accord.workplan.promised import Promised, not_taken, promises_with, taken_as, with_promises
from accord.workplan.reading import last_save
from accord.workplan.taking_over import take_commitments
from tests.desk import Desk
from tests.dialogue.test_readouts import signed
from tests.workplan.plans import small_plan

PLAN = small_plan()
CLAUSE = UUID("6c1f0a52-0000-4000-8000-000000000001")


def policy(desk: Desk) -> Officer:
    return desk.officers[Role.POLICY]


def promised(sentence: int = 1, **more: object) -> Promised:
    given: dict[str, object] = {
        "statement": UUID("6c1f0a52-0000-4000-8000-0000000000aa"),
        "titles": {"en": "Joint statement", "fr": "Déclaration commune"},
        "signed_on": date(2026, 2, 7),
        "clause": CLAUSE,
        "number": 3,
        "sentence": sentence,
        "texts": {"en": "They will meet twice a year.", "fr": "Ils se réuniront deux fois l'an."},
        "verb": Verb.WILL,
        "due_on": date(2026, 12, 31),
    }
    return Promised(**{**given, **more})  # type: ignore[arg-type]


def confirmed(desk: Desk) -> tuple[Statement, list[str]]:
    """A signed statement of which every promise is confirmed, with the references of them in its order."""
    statement = signed(desk)
    for one in promises_of(statement):
        confirm_commitment(
            policy(desk), statement, clause=one.clause, sentence=one.sentence, verb=one.verb, due_on=date(2027, 6, 30)
        )
    return statement, [f"{one.clause}/{one.sentence + 1}" for one in promises_of(statement)]


def begun(desk: Desk, plan: Plan = PLAN) -> PlanDraft:
    return start_from_plan(policy(desk), peer="IN", plan=plan)


def test_a_commitment_of_a_signed_statement_is_taken_over_with_its_sentence_and_reference(desk: Desk) -> None:
    statement, references = confirmed(desk)
    draft = begun(desk)
    first = promises_of(statement)[0]
    save = take_commitments(policy(desk), draft, seen=1, references=references[:1], under="P1")
    added = save.plan.commitments[-1]
    assert added.id == "C2" == save.note
    assert (added.under, added.verb, added.due_on) == ("P1", Verb(first.verb), date(2027, 6, 30))
    assert added.title.en == first.texts["en"]
    assert added.source is not None
    assert (added.source.sentence, added.source.language) == (first.texts["en"], Language.EN)
    assert added.source.commitment == references[0]
    assert statement.signed_at is not None
    assert added.source.on == statement.signed_at.date()
    assert Act.objects.filter(verb="save plan").count() == 2
    # What stood in the plan is as it was, and one step back is the plan without it.
    assert save.plan.commitments[:-1] == PLAN.commitments
    assert undo(policy(desk), draft, seen=2).plan == PLAN


def test_what_the_plan_has_is_not_offered_and_not_taken_twice(desk: Desk) -> None:
    _statement, references = confirmed(desk)
    draft = begun(desk)
    take_commitments(policy(desk), draft, seen=1, references=references)
    draft.refresh_from_db()
    plan = last_save(draft).plan
    assert list(taken_as(plan)) == references
    assert not_taken(plan, promises_with(policy(desk), "IN")) == ()
    with pytest.raises(PlanRefused) as refused:
        take_commitments(policy(desk), draft, seen=2, references=references)
    assert refused.value.reason_code == "workplan.promises-taken"


def test_of_several_ticked_only_the_new_ones_are_added_in_the_order_of_the_statement(desk: Desk) -> None:
    _statement, references = confirmed(desk)
    assert len(references) > 1
    draft = begun(desk)
    take_commitments(policy(desk), draft, seen=1, references=references[1:2])
    save = take_commitments(policy(desk), draft, seen=2, references=list(reversed(references)))
    rest = [one for one in references if one != references[1]]
    assert list(taken_as(save.plan)) == [references[1], *rest]


def test_a_word_taken_back_in_the_dialogue_is_not_taken_over(desk: Desk) -> None:
    _statement, references = confirmed(desk)
    draft = begun(desk)
    drop_commitment(policy(desk), Confirmed.objects.order_by("pk")[0])
    with pytest.raises(PlanRefused) as refused:
        take_commitments(policy(desk), draft, seen=1, references=references)
    assert refused.value.reason_code == "workplan.promise-gone"
    draft.refresh_from_db()
    assert last_save(draft).version == 1


def test_nothing_is_taken_over_on_a_version_that_the_officer_did_not_see(desk: Desk) -> None:
    _statement, references = confirmed(desk)
    draft = begun(desk)
    take_commitments(policy(desk), draft, seen=1, references=references[:1])
    with pytest.raises(PlanRefused) as refused:
        take_commitments(policy(desk), draft, seen=1, references=references[1:])
    assert refused.value.reason_code == "workplan.version-moved"


def test_nothing_of_a_statement_with_another_party_or_that_is_not_signed_is_offered(desk: Desk) -> None:
    statement, _references = confirmed(desk)
    assert promises_with(policy(desk), "ZZ") == ()
    Statement.objects.filter(pk=statement.pk).update(signed_at=None)
    assert promises_with(policy(desk), "IN") == ()


@pytest.mark.parametrize("role", [Role.LIAISON, Role.SIGNATORY, Role.ADMINISTRATOR])
def test_only_who_prepares_texts_takes_commitments_over(desk: Desk, role: Role) -> None:
    draft = begun(desk)
    with pytest.raises(NotPermitted):
        take_commitments(desk.officers[role], draft, seen=1, references=["x"])


def test_a_long_sentence_has_a_title_of_whole_words_and_stands_whole_in_the_text() -> None:
    sentence = "They will " + "exchange lists " * 40 + "each year."
    (item,) = with_promises(
        replace(PLAN, commitments=()), [promised(texts={"en": sentence})], references=[f"{CLAUSE}/1"]
    ).commitments
    assert len(item.title.en) <= TITLE_MAX
    assert item.title.en.endswith("exchange […]") or item.title.en.endswith("lists […]")
    assert item.text is not None
    assert item.text.en == sentence
    assert item.under is None


def test_a_sentence_without_english_says_its_language() -> None:
    plan = with_promises(
        replace(PLAN, commitments=()),
        [promised(texts={"fr": "Ils se réuniront.", "pa": "ਉਹ ਮਿਲਣਗੇ।"})],
        references=[f"{CLAUSE}/1"],
    )
    (item,) = plan.commitments
    assert item.source is not None
    assert (item.title.en, item.title.fr) == ("", "Ils se réuniront.")
    assert (item.source.language, item.source.statement) == (Language.FR, "Déclaration commune")


@pytest.mark.parametrize(
    ("references", "under", "code"),
    [
        ([], "", "workplan.none-chosen"),
        ([f"{CLAUSE}/9"], "", "workplan.promise-gone"),
        ([f"{CLAUSE}/1"], "P99", "workplan.unknown-pillar"),
        ([f"{CLAUSE}/1"], "C1", "workplan.unknown-pillar"),
        ([f"{CLAUSE}/2"], "", "workplan.no-language"),
    ],
)
def test_what_cannot_be_taken_over_is_told(references: list[str], under: str, code: str) -> None:
    offered = [promised(), promised(2, texts={"pa": "ਉਹ ਮਿਲਣਗੇ।"})]
    with pytest.raises(PlanRefused) as refused:
        with_promises(PLAN, offered, references=references, under=under)
    assert refused.value.reason_code == code


def test_a_plan_that_is_full_takes_nothing_over() -> None:
    first = PLAN.commitments[0]
    full: tuple[Commitment, ...] = tuple(replace(first, id=f"C{number}") for number in range(1, ITEMS_MAX + 1))
    with pytest.raises(PlanRefused) as refused:
        with_promises(replace(PLAN, commitments=full), [promised()], references=[f"{CLAUSE}/1"])
    assert refused.value.reason_code == "workplan.too-many"
    assert item_of(PLAN, "C1") is first
