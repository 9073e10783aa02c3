"""The test of predominance: whether conduct, or expression and identity, is what the interest in a person rests on.

Anybody who writes messages may write it, the drafter, too; another officer decides, who wrote no word of the draft.

Source: rules CA-15 and IN-11.
"""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accord.exchange.models import Message
from accord.exchange.reasons import require_reason
from accord.handling.models import PredominanceTest
from accord.handling.on_file import (
    TEXT_CHARACTERS_MAX,
    AssessmentRefused,
    binding_of,
    locked_draft,
    note_decision,
    require_another,
    written_words,
)
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["Predominates", "decide_weighing", "weigh"]


class Predominates(StrEnum):
    """What the interest in a person rests on."""

    CONDUCT = "conduct"
    EXPRESSION = "expression"


@transaction.atomic
def weigh(
    by: Officer,
    message: Message,
    *,
    conduct: str,
    expression: str,
    predominates: str,
    why: str,
    now: datetime | None = None,
) -> PredominanceTest:
    """Writes down what the interest in a person rests on, where it is not conduct alone.

    Args:
        by: Who writes it; the drafter may, since another decides.
        message: The draft.
        conduct: The conduct.
        expression: The expression or identity that is in it, too.
        predominates: Which of the two predominates.
        why: Why, in words.
        now: The time.

    Raises:
        NotPermitted: The officer may not write messages.
        AssessmentRefused: It is not said which predominates.
        TextRefused: A text is blank or holds a refused character.
    """
    require(by, Permission.MESSAGE_DRAFT)
    held = locked_draft(by, message)
    if predominates not in set(Predominates):
        raise AssessmentRefused(
            "It is not said which of the two predominates.",
            code="handling.predominates-open",
            fields={"field": "predominates"},
        )
    made = PredominanceTest.objects.create(
        message=held,
        written_by=by,
        written_at=now or timezone.now(),
        bound_to=binding_of(held),
        conduct=written_words(conduct, "conduct", TEXT_CHARACTERS_MAX),
        expression=written_words(expression, "expression", TEXT_CHARACTERS_MAX),
        predominates=predominates,
        why=written_words(why, "why", 2 * TEXT_CHARACTERS_MAX),
    )
    note(by, "weigh predominance", held, at=made.written_at, detail={"outcome": predominates})
    return made


@transaction.atomic
def decide_weighing(
    by: Officer, test: PredominanceTest, *, agrees: bool, why: str, now: datetime | None = None
) -> PredominanceTest:
    """Agrees to a test of predominance or returns it.

    Args:
        by: Who decides; neither who wrote it nor an author of the draft.
        test: The newest of its message.
        agrees: Whether it stands.
        why: Why, in words.
        now: The time.

    Raises:
        NotPermitted: The officer may not decide on what is held.
        AssessmentRefused: It is their own file, or it is decided already.
    """
    require(by, Permission.HOLD_ANSWER)
    held = PredominanceTest.objects.select_for_update(of=("self",)).get(pk=test.pk)
    require_another(by, held)
    held.decision = PredominanceTest.Decision.AGREED if agrees else PredominanceTest.Decision.RETURNED
    note_decision(held, by, require_reason(why), now)
    held.save()
    note(by, "decide on weighing", held.message, at=held.decided_at, detail={"decision": held.decision})
    return held
