"""The assessment that a message names: one of this node, of that very message, and of its text as it stands."""

from datetime import datetime
from typing import Final

from accord.exchange.drafts import FieldProblem
from accord.exchange.models import Message
from accord.exchange.watching import Watcher
from accord.handling.models import MistreatmentAssessment
from accord.handling.on_file import counts_for

__all__ = ["WATCHER"]

FIELD: Final = "mistreatment_assessment_id"


def _problems(message: Message, _now: datetime) -> tuple[FieldProblem, ...]:
    named = message.fields.get(FIELD)
    if not isinstance(named, str) or not named:
        return ()
    found = MistreatmentAssessment.objects.filter(message=message, reference=named).first()
    if found is None:
        return (
            FieldProblem(
                field=FIELD,
                sentence="No assessment of this message has that reference.",
                next_step="Give the reference of its assessment, or leave the field out.",
            ),
        )
    if not counts_for(found, message):
        return (
            FieldProblem(
                field=FIELD,
                sentence="The text or a file changed after that assessment.",
                next_step="Have the message assessed again, and name the new assessment.",
            ),
        )
    return ()


WATCHER: Final = Watcher(problems=_problems)
"""Asked at each check; it costs a statement only where an assessment is named."""
