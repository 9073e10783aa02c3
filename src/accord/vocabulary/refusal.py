"""The closed list of grounds on which a request may be refused, and of reasons for delay."""

from enum import StrEnum

__all__ = [
    "DELAY_REASON_LABELS",
    "REFUSAL_GROUND_LABELS",
    "AnswerOutcome",
    "DelayReason",
    "PermissionOutcome",
    "RefusalGround",
]


class RefusalGround(StrEnum):
    """Why a request, or a part of it, is refused; there is no other ground.

    Source: Directive (EU) 2023/977, article 6, taken as a model (rule BI-08).
    """

    NOT_AVAILABLE = "a"
    NOT_NECESSARY = "b"
    AUTHORISATION_REFUSED = "c"
    OUTSIDE_CATEGORIES = "d"
    INACCURATE = "e"
    SECURITY_INTERESTS = "f-i"
    INVESTIGATION_OR_SAFETY = "f-ii"
    LEGAL_PERSON = "f-iii"
    MINOR_OFFENCE = "g"
    OTHER_STATE_CONSENT = "h"
    LAW_RULE = "law"


REFUSAL_GROUND_LABELS: dict[RefusalGround, str] = {
    RefusalGround.NOT_AVAILABLE: "The information is not available to this side's authorities",
    RefusalGround.NOT_NECESSARY: "The request shows no necessity, proportionality or reason to believe we hold it",
    RefusalGround.AUTHORISATION_REFUSED: "A judicial authorisation was needed and was refused",
    RefusalGround.OUTSIDE_CATEGORIES: "The personal data asked for are outside the exchangeable categories",
    RefusalGround.INACCURATE: "The information was found inaccurate, incomplete or out of date",
    RefusalGround.SECURITY_INTERESTS: "It would harm essential interests of national security",
    RefusalGround.INVESTIGATION_OR_SAFETY: "It would jeopardise an investigation in progress or a person's safety",
    RefusalGround.LEGAL_PERSON: "It would unduly harm important interests of a legal person",
    RefusalGround.MINOR_OFFENCE: "The offence is punishable by one year or less, or is no offence here",
    RefusalGround.OTHER_STATE_CONSENT: "It was obtained from another state, which has not consented",
    RefusalGround.LAW_RULE: "A rule of this side's law stops it; the rule is named",
}


class AnswerOutcome(StrEnum):
    """What an answer says."""

    FULL = "full"
    PARTIAL = "partial"
    NOTHING_HELD = "nothing-held"
    CANNOT_CONFIRM_OR_DENY = "cannot-confirm-or-deny"
    DEFERRED = "deferred"
    REFUSED = "refused"


class PermissionOutcome(StrEnum):
    """What the originator says to a use that no caveat permits."""

    GRANTED = "granted"
    GRANTED_WITH_CONDITIONS = "granted-with-conditions"
    DENIED = "denied"


class DelayReason(StrEnum):
    """Why an answer will be late; a clock is paused or moved only with one of these.

    That the own gate waits for an approver is a ground for this side's file alone; it travels as ``in-preparation``,
    which every other delay may name too.

    Source: Directive (EU) 2023/977, article 5(2), taken as a model.
    """

    JUDICIAL_AUTHORISATION = "judicial-authorisation"
    THIRD_PARTY_CONSENT = "third-party-consent"
    IN_PREPARATION = "in-preparation"
    GATE_ESCALATION = "gate-escalation"
    TRANSLATION = "translation"
    VOLUME = "volume"


DELAY_REASON_LABELS: dict[DelayReason, str] = {
    DelayReason.JUDICIAL_AUTHORISATION: "A judicial authorisation is being obtained",
    DelayReason.THIRD_PARTY_CONSENT: "A third party's consent is being obtained",
    DelayReason.IN_PREPARATION: "The answer is being prepared and needs more time",
    DelayReason.GATE_ESCALATION: "The decision lies with a named approver",
    DelayReason.TRANSLATION: "A translation is being made",
    DelayReason.VOLUME: "The volume asked for needs more time",
}
