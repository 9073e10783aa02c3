"""What the gate is told of the records on file about a draft: an assessment only adds to the risk of the profile.

* Until an assessment is agreed to, for the text as it stands and by another than who releases, the risk counts as
  substantial. Where the head of the agency allowed what was found, it counts as unknown: rules that hold what is
  unknown still speak.
* The baseline is the profile's own, and the residual risk is never lower than the profile's.
"""

import msgspec

from accord.exchange.models import Message
from accord.handling.assessing import Outcome
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.handling.on_file import counts_for
from accord.handling.weighing import Predominates
from accord.law.facts import Facts, RiskFact, RiskLevel
from accord.officers.models import Officer

__all__ = ["told_on_file"]


def told_on_file(message: Message, facts: Facts) -> Facts:
    """Returns the facts with what is on file about a message.

    Args:
        message: The draft.
        facts: The facts so far.
    """
    if set(facts.basis) - {"conduct"}:
        facts = msgspec.structs.replace(facts, predominance_test=_is_weighed(message, facts.releaser))
    assessment = MistreatmentAssessment.objects.filter(message=message).select_related("written_by").first()
    if assessment is None or facts.risk is None:
        return facts
    return msgspec.structs.replace(facts, risk=_with_assessment(facts.risk, assessment, message, facts.releaser))


def _is_weighed(message: Message, releaser: str | None) -> bool:
    test = PredominanceTest.objects.filter(message=message).select_related("decided_by").first()
    return (
        test is not None
        and test.decision == PredominanceTest.Decision.AGREED
        and test.predominates == Predominates.CONDUCT
        and test.decided_by is not None
        and test.decided_by.username != releaser
        and counts_for(test, message)
    )


def _with_assessment(
    risk: RiskFact, assessment: MistreatmentAssessment, message: Message, releaser: str | None
) -> RiskFact:
    """Returns the risk with the assessment of this file: it adds what was found and takes nothing away."""
    states = MistreatmentAssessment.Decision
    deciders = [key for key in (assessment.decided_by_id, assessment.settled_by_id) if key is not None]
    is_own = releaser is not None and Officer.objects.filter(pk__in=deciders, username=releaser).exists()
    is_sound = counts_for(assessment, message) and not is_own
    if is_sound and assessment.decision == states.AGREED and assessment.outcome != Outcome.SUBSTANTIAL:
        has_measures = risk.has_measures_taken or bool(assessment.measures)
        return msgspec.structs.replace(
            risk, assessed_here_by=assessment.written_by.username, has_measures_taken=has_measures
        )
    # The head allowed what was found or left open: the rules that hold what is unknown still speak.
    residual: RiskLevel = "unknown" if is_sound and assessment.decision == states.ALLOWED else "substantial"
    return msgspec.structs.replace(
        risk, assessed_here_by=assessment.written_by.username, residual=_worse(risk.residual, residual)
    )


def _worse(stands: RiskLevel, found: RiskLevel) -> RiskLevel:
    return "substantial" if "substantial" in {stands, found} else found
