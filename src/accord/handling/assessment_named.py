"""The assessment that a message names: one of this node, of that very message, and of its text as it stands."""

from typing import Final

from accord.exchange.drafts import FieldProblem
from accord.exchange.models import Message
from accord.exchange.watching import Watcher
from accord.handling.models import MistreatmentAssessment
from accord.handling.on_file import counts_for

__all__ = ["WATCHER"]

FIELD: Final = "mistreatment_assessment_id"


def _nothing(*_told: object) -> None:
    """Of what else happens to a draft nothing is kept here."""


def _nobody(_message: Message) -> tuple[str, ...]:
    return ()


def _problems(message: Message) -> tuple[FieldProblem, ...]:
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


WATCHER: Final = Watcher(
    saved=_nothing,
    attached=_nothing,
    detached=_nothing,
    taken_out=_nothing,
    asked=_nothing,
    submitted=_nothing,
    problems=_problems,
    received_from=_nobody,
    left=_nothing,
)
"""Asked at each check; it costs a statement only where an assessment is named."""
