"""The records on file about a draft, in the words in which an officer fills and reads them."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accord.handling.assessing import Outcome, OverrideGround, Question
from accord.handling.weighing import Predominates

__all__ = ["ANSWERS", "DECISIONS", "GROUNDS", "NAMES", "OUTCOMES", "PREDOMINATES", "QUESTIONS"]

# Any: lazy translations throughout this module.
QUESTIONS: Final[Mapping[str, Any]] = {
    Question.NAMES_PERSON.value: _("Can the receiver tell who a person is?"),
    Question.LEADS_TO_DETENTION.value: _("Could it lead to somebody being detained or questioned?"),
    Question.AGENCY_RECORD.value: _("Is the receiving agency known to mistreat people, or to hand them to who does?"),
    Question.PERSON_AT_RISK.value: _("Does a person belong to a group at particular risk there?"),
    Question.CAVEATS_KEPT.value: _("Has a caveat of ours been broken before?"),
    Question.LESS_WOULD_DO.value: _("Would less information do?"),
}

ANSWERS: Final[Mapping[str, Any]] = {
    "yes": pgettext_lazy("assessment", "yes"),
    "no": pgettext_lazy("assessment", "no"),
    "unknown": pgettext_lazy("assessment", "unknown"),
}

OUTCOMES: Final[Mapping[str, Any]] = {
    Outcome.NOT_SUBSTANTIAL.value: _("No substantial risk"),
    Outcome.MITIGATED.value: _("Substantial, and mitigated by measures that were taken"),
    Outcome.SUBSTANTIAL.value: _("A substantial risk remains"),
    Outcome.CANNOT_DETERMINE.value: _("It cannot be determined"),
}

GROUNDS: Final[Mapping[str, Any]] = {
    OverrideGround.FACTUAL_ERROR.value: _("The assessment rests on a fact that is shown to be wrong"),
    OverrideGround.MEASURE_SINCE_TAKEN.value: _("A measure was taken since"),
    OverrideGround.LIFE_IN_DANGER.value: _("A life is in imminent danger"),
}
"""The only grounds for departing from an assessment."""

PREDOMINATES: Final[Mapping[str, Any]] = {
    Predominates.CONDUCT.value: _("Conduct"),
    Predominates.EXPRESSION.value: _("Expression or identity"),
}

DECISIONS: Final[Mapping[str, tuple[str, Any]]] = {
    "open": ("warn", _("waits for another officer")),
    "agreed": ("good", _("agreed to")),
    "returned": ("bad", _("returned")),
    "escalated": ("warn", _("waits for the head of the agency")),
    "allowed": ("warn", _("allowed by the head of the agency")),
    "denied": ("bad", _("denied by the head of the agency")),
}
"""What became of a record, each with its tone."""

NAMES: Final[Mapping[str, Any]] = {
    "answers": _("The questions"),
    "conduct": _("The conduct"),
    "expression": _("The expression or identity that is in it, too"),
    "measures": _("Measures that were really taken in this file, one a line"),
    "outcome": _("What is found"),
    "override": _("Ground for departing from it"),
    "predominates": _("Which of the two predominates"),
    "reason": _("Why"),
    "reasons": _("Why it is found so"),
    "why": _("Why it predominates"),
}
"""Fields of the forms."""
