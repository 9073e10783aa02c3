"""What can stop a release, by who must act."""

from accord.errors import LawRefuses, OfficerCanMend, OurFault
from accord.law.decision import Decision

__all__ = ["ApprovalRefused", "GateRefuses", "KindUnknown", "ReleaseRefused"]


class GateRefuses(LawRefuses):
    """The law gate does not let the act pass; its decision says why and what would cure it.

    Args:
        decision: The whole decision, for the officers of this side.
    """

    code = "law.refuses"

    def __init__(self, decision: Decision) -> None:
        stopping = [reason for reason in decision.reasons if not reason.outcome.lets_pass and not reason.is_waived]
        first = stopping[0].sentence if stopping else "The gate did not answer, and no answer means no."
        super().__init__(
            f"The law gate answers {decision.outcome.label}: {first}",
            code=f"law.{decision.outcome.label}",
            fields={
                "outcome": decision.outcome.label,
                "approver": decision.approver,
                "channel": decision.channel,
                "reasons": [
                    {
                        "rule": reason.rule,
                        "citation": reason.citation,
                        "sentence": reason.sentence,
                        "cure": reason.cure,
                        "decider": reason.decider,
                    }
                    for reason in stopping
                ],
            },
        )
        self.decision = decision


class ApprovalRefused(OfficerCanMend):
    """An approval is missing, lapsed, used, of another payload, or by the wrong officer."""

    code = "release.approval-refused"
    default_next_step = "Submit the message again and have a second officer approve exactly what will leave."
    http_status = 409


class ReleaseRefused(OfficerCanMend):
    """The release as asked is not possible."""

    code = "release.refused"
    http_status = 409


class KindUnknown(OurFault):
    """This node was asked to send a kind of message that no room has registered."""

    code = "release.kind-unknown"
