"""Urgency of a message, the grounds that justify it, and the lane it travels in."""

from enum import IntEnum, StrEnum

__all__ = ["URGENCY_GROUND_LABELS", "AccessClass", "Lane", "Urgency", "UrgencyGround", "lane_for"]


class Urgency(StrEnum):
    """How soon an answer is needed.

    Source: Directive (EU) 2023/977, articles 2 and 5, taken as a model.
    """

    NORMAL = "normal"
    URGENT = "urgent"
    THREAT_TO_LIFE = "threat-to-life"


class UrgencyGround(StrEnum):
    """The closed list of objective reasons that make a request urgent.

    Source: Directive (EU) 2023/977, article 2(8), taken as a model.
    """

    PUBLIC_SECURITY = "public-security"
    LIFE_OR_LIMB = "life-or-limb"
    LIBERTY_DECISION = "liberty-decision"
    LOSING_RELEVANCE = "losing-relevance"


URGENCY_GROUND_LABELS: dict[UrgencyGround, str] = {
    UrgencyGround.PUBLIC_SECURITY: "Essential to avert an immediate and serious threat to public security",
    UrgencyGround.LIFE_OR_LIMB: "Necessary to avert an imminent threat to a person's life or physical integrity",
    UrgencyGround.LIBERTY_DECISION: "Necessary for a decision that may keep up measures amounting to loss of liberty",
    UrgencyGround.LOSING_RELEVANCE: "At imminent risk of losing relevance, and important to the investigation",
}


class AccessClass(StrEnum):
    """Whether the other side can look the answer up itself or must ask another body."""

    DIRECT = "direct"
    INDIRECT = "indirect"


class Lane(IntEnum):
    """Order of sending; each lane keeps a floor so that none starves."""

    THREAT_TO_LIFE = 0
    URGENT = 1
    ROUTINE = 2
    BULK = 3


def lane_for(urgency: Urgency) -> Lane:
    """Returns the lane in which a message of this urgency travels."""
    return {
        Urgency.THREAT_TO_LIFE: Lane.THREAT_TO_LIFE,
        Urgency.URGENT: Lane.URGENT,
        Urgency.NORMAL: Lane.ROUTINE,
    }[urgency]
