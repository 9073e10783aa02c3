"""What both sides promised in the statements that they signed, as commitments of a plan; each is taken over once.

A commitment of the dialogue is known in the plan by its reference: the clause of the signed text and the sentence in
it, which both sides have alike. Whoever signs the plan can look the sentence up.

Source: public statement of 7 February 2026, by which the workplan guides what the statements promise.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from itertools import groupby
from typing import Final
from uuid import UUID

from accord.dialogue.commitments import commitments_with
from accord.dialogue.models import Commitment as Confirmed
from accord.dialogue.models import Statement
from accord.dialogue.signing import signed_text
from accord.officers.models import Officer
from accord.workplan.changing import next_code, with_item
from accord.workplan.codes import LANGUAGES, Language, Verb
from accord.workplan.content import ITEMS_MAX, TITLE_MAX, Commitment, Pillar, Plan, Source, Wording, item_of
from accord.workplan.errors import PlanRefused

__all__ = ["Promised", "not_taken", "promises_with", "taken_as", "with_promises"]

LINE_MAX: Final = 200
"""Characters of the name of a statement, as a plan bears it with a sentence."""

_MORE: Final = " […]"


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A commitment of a signed statement, as a plan can take it over.

    Args:
        statement: Identifier of the statement.
        titles: Its title by language.
        signed_on: The day on which both signatures were there, by UTC.
        clause: Identifier of the clause.
        number: Number of the clause in the signed text.
        sentence: Which sentence of the clause it is, counted from one.
        texts: The sentence by language, as it was signed.
        verb: How strongly it promises.
        our_lead: Who leads for our side, as a person wrote it.
        their_lead: Who leads for the other side.
        due_on: The day by which it is to be kept.
    """

    statement: UUID
    titles: Mapping[str, str]
    signed_on: date
    clause: UUID
    number: int
    sentence: int
    texts: Mapping[str, str]
    verb: Verb
    our_lead: str = ""
    their_lead: str = ""
    due_on: date | None = None

    @property
    def reference(self) -> str:
        """How a plan names it: the clause and the sentence in it, the same on both nodes."""
        return f"{self.clause}/{self.sentence}"

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages of a plan in which it stands."""
        return tuple(one for one in LANGUAGES if self.texts.get(one, "").strip())


def promises_with(officer: Officer, peer: str) -> tuple[Promised, ...]:
    """Returns the commitments that a person confirmed in signed statements with a peer, in the order of their texts.

    Raises:
        NotPermitted: The officer reads no agreement.
    """
    confirmed = sorted(commitments_with(officer, peer), key=lambda one: str(one.statement_id))
    found: list[Promised] = []
    for _key, rows in groupby(confirmed, key=lambda one: one.statement_id):
        of_one = list(rows)
        found += _of_statement(of_one[0].statement, of_one)
    return tuple(sorted(found, key=lambda one: (one.signed_on, str(one.statement), one.number, one.sentence)))


def _of_statement(statement: Statement, confirmed: Iterable[Confirmed]) -> Iterator[Promised]:
    text = signed_text(statement)
    if text is None or statement.signed_at is None:
        return
    numbers = {UUID(clause.id): number for number, clause in enumerate(text.clauses, start=1)}
    for one in confirmed:
        if one.clause_id in numbers:
            yield Promised(
                statement=statement.pk,
                titles=text.title,
                signed_on=statement.signed_at.astimezone(UTC).date(),
                clause=one.clause_id,
                number=numbers[one.clause_id],
                sentence=one.sentence + 1,
                texts=one.texts,
                verb=Verb(one.verb),
                our_lead=one.our_lead,
                their_lead=one.their_lead,
                due_on=one.due_on,
            )


def taken_as(plan: Plan) -> dict[str, str]:
    """Returns the codes of the commitments of a plan that come from a signed sentence, by its reference."""
    sources = ((item.id, item.source) for item in plan.commitments)
    return {source.commitment: code for code, source in sources if source is not None and source.commitment}


def not_taken(plan: Plan, promises: Iterable[Promised]) -> tuple[Promised, ...]:
    """Returns the promises that a plan does not have."""
    taken = taken_as(plan)
    return tuple(one for one in promises if one.reference not in taken)


def with_promises(plan: Plan, promises: Iterable[Promised], *, references: Collection[str], under: str = "") -> Plan:
    """Returns a plan with promises as commitments of its own, behind those that it has.

    Args:
        plan: The plan.
        promises: What can be taken over.
        references: Which of them; those that the plan has already are left.
        under: Code of the pillar under which they are put; under none yet where left out.

    Raises:
        PlanRefused: Nothing was chosen, one is not a commitment any more or stands in no language of a plan, there is
            no such pillar, the plan has all of them, or would have too many.
    """
    known = {one.reference: one for one in promises}
    wanted = set(references)
    if not wanted:
        raise PlanRefused(
            "No commitment is ticked.",
            code="workplan.none-chosen",
            next_step="Tick those that the plan is to have.",
            fields={"field": "references"},
        )
    if not wanted <= set(known):
        raise PlanRefused(
            "A commitment that was ticked is not confirmed any more.",
            code="workplan.promise-gone",
            next_step="Look at the list again: a colleague may have taken it back.",
            fields={"field": "references"},
        )
    if under and not isinstance(item_of(plan, under), Pillar):
        raise PlanRefused(
            "There is no such pillar.",
            code="workplan.unknown-pillar",
            next_step="Choose a pillar of the draft, or none.",
            fields={"field": "under"},
        )
    # In the order of the statements, whatever the order in which they were ticked.
    chosen = [one for one in not_taken(plan, known.values()) if one.reference in wanted]
    if not chosen:
        raise PlanRefused(
            "The plan has these commitments already.",
            code="workplan.promises-taken",
            next_step="Open them in the draft.",
            fields={"field": "references"},
        )
    if len(plan.commitments) + len(chosen) > ITEMS_MAX:
        raise PlanRefused(
            f"A plan has at most {ITEMS_MAX} commitments.",
            code="workplan.too-many",
            next_step="Take fewer over, or take others out of the draft.",
            fields={"field": "references"},
        )
    for one in chosen:
        plan = with_item(plan, _commitment(one, next_code(plan, "commitments"), under))
    return plan


def _commitment(promised: Promised, code: str, under: str) -> Commitment:
    if not promised.languages:
        raise PlanRefused(
            "The commitment stands in none of the languages in which a plan is written.",
            code="workplan.no-language",
            next_step="Write it into the draft as a commitment of your own, with its translation.",
            fields={"field": "references"},
        )
    texts = {language.value: promised.texts[language].strip() for language in promised.languages}
    titles = {language: _line(text, TITLE_MAX) for language, text in texts.items()}
    language = promised.languages[0]
    return Commitment(
        id=code,
        title=Wording(**titles),
        text=Wording(**texts) if titles != texts else None,
        under=under or None,
        verb=promised.verb,
        due_on=promised.due_on,
        source=Source(
            statement=_line(promised.titles.get(language) or next(iter(promised.titles.values())), LINE_MAX),
            on=promised.signed_on,
            sentence=texts[language],
            language=language,
            commitment=promised.reference,
        ),
    )


def _line(text: str, characters: int) -> str:
    """Returns a text as one line: whole where it fits, else as many whole words as do."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    cut = line[: characters - len(_MORE) + 1]
    return (cut.rpartition(" ")[0] or cut[:-1]) + _MORE
