"""The promises of signed statements: suggested by their verbs, taken out by a person, taken over by the workplan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.dialogue.drafting import require_team
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import Clause, Commitment, Statement
from accord.dialogue.sentences import sentences_of
from accord.dialogue.signing import signed_text
from accord.dialogue.verbs import Strength, strength_of
from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["Promise", "commitments_with", "confirm_commitment", "drop_commitment", "promises_of"]


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A sentence of a signed statement that promises something, as far as its verbs tell.

    Args:
        clause: Identifier of its clause.
        number: Number of the clause.
        sentence: Which sentence of the clause it is.
        texts: The sentence by language; in one whose clause has another number of sentences, the whole clause.
        verb: How strongly it promises, by the first language that tells.
        commitment: What a person took out of it, if anybody did.
    """

    clause: UUID
    number: int
    sentence: int
    texts: Mapping[str, str]
    verb: Strength
    commitment: Commitment | None = None


def promises_of(statement: Statement) -> tuple[Promise, ...]:
    """Returns the sentences of a signed statement that promise something; none of one that is not signed."""
    signed = signed_text(statement)
    if signed is None:
        return ()
    taken = {(one.clause_id, one.sentence): one for one in Commitment.objects.filter(statement=statement)}
    found = []
    for number, clause in enumerate(signed.clauses, start=1):
        for sentence, texts in enumerate(_by_sentence(clause.texts)):
            strengths = (strength_of(text, language) for language, text in _english_first(texts))
            verb = next((one for one in strengths if one is not None), None)
            if verb is not None:
                key = UUID(clause.id)
                found.append(
                    Promise(
                        clause=key,
                        number=number,
                        sentence=sentence,
                        texts=texts,
                        verb=verb,
                        commitment=taken.get((key, sentence)),
                    )
                )
    return tuple(found)


def _english_first(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(texts.items(), key=lambda one: (one[0] != "en", one[0]))


def _by_sentence(texts: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    split = {language: sentences_of(text, language) for language, text in texts.items()}
    count = len(split.get("en") or next(iter(split.values())))
    return [
        {language: found[index] if len(found) == count else texts[language] for language, found in split.items()}
        for index in range(count)
    ]


def confirm_commitment(
    officer: Officer,
    statement: Statement,
    *,
    clause: UUID,
    sentence: int,
    verb: str,
    our_lead: str = "",
    their_lead: str = "",
    due_on: date | None = None,
    now: datetime | None = None,
) -> Commitment:
    """Takes a promise out of its sentence; a later word on the same sentence replaces an earlier one.

    Args:
        officer: One of the statement's team.
        statement: A signed statement.
        clause: Identifier of the clause.
        sentence: Which sentence of it.
        verb: How strongly it promises, as the officer reads it.
        our_lead: Agency or function that leads for our side.
        their_lead: For the other side.
        due_on: The day by which it is to be kept.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: The officer is not of the team, or there is no such promise or verb.
        TextRefused: A lead holds a character that hides or reorders.
    """
    require_team(officer, statement)
    promise = next((one for one in promises_of(statement) if (one.clause, one.sentence) == (clause, sentence)), None)
    if promise is None or verb not in set(Strength):
        raise DialogueRefused(
            "There is no such promise in the signed text.",
            code="dialogue.no-such-promise",
            next_step="Open the list of promises again and choose one.",
        )
    leads = {"our_lead": our_lead.strip()[:120], "their_lead": their_lead.strip()[:120]}
    check_written({name: text for name, text in leads.items() if text}, path="")
    moment = now or timezone.now()
    with transaction.atomic():
        commitment, _new = Commitment.objects.update_or_create(
            clause=Clause.objects.get(pk=clause),
            sentence=sentence,
            defaults={
                "statement": statement,
                "texts": dict(promise.texts),
                "verb": verb,
                "due_on": due_on,
                "confirmed_by": officer,
                "confirmed_at": moment,
                **leads,
            },
        )
        note(officer, "confirm commitment", commitment, at=moment)
    return commitment


def drop_commitment(officer: Officer, commitment: Commitment) -> None:
    """Takes back that a sentence is a commitment; the suggestion stands again.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: The officer is not of the team.
    """
    require_team(officer, commitment.statement)
    with transaction.atomic():
        note(officer, "drop commitment", commitment)
        commitment.delete()


def commitments_with(officer: Officer, peer: str) -> tuple[Commitment, ...]:
    """Returns what both sides promised with one party, for the workplan to take over as commitments of the plan.

    Args:
        officer: Who reads.
        peer: Code of the other party.

    Raises:
        NotPermitted: The officer reads no agreement.
    """
    require(officer, Permission.AGREEMENT_READ)
    return tuple(Commitment.objects.filter(statement__peer_id=peer).select_related("statement", "confirmed_by"))
