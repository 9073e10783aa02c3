"""The kinds of message of this room: one type each, version 1 of its schema."""

from accord.exchange.kinds.answer import Answer
from accord.exchange.kinds.clarification import Clarification
from accord.exchange.kinds.delay_notice import DelayNotice
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.kinds.request import Request
from accord.exchange.kinds.spontaneous_information import SpontaneousInformation

__all__ = [
    "ANSWER",
    "CLARIFICATION",
    "DELAY_NOTICE",
    "REQUEST",
    "SCHEMA",
    "SPONTANEOUS_INFORMATION",
    "STRUCTS",
    "WITHDRAWAL",
]

REQUEST = "request"
ANSWER = "answer"
DELAY_NOTICE = "delay-notice"
CLARIFICATION = "clarification"
SPONTANEOUS_INFORMATION = "spontaneous-information"
WITHDRAWAL = "withdrawal"

SCHEMA = 1
"""Version of all five schemas."""

STRUCTS: dict[str, type[Correspondence]] = {
    REQUEST: Request,
    ANSWER: Answer,
    DELAY_NOTICE: DelayNotice,
    CLARIFICATION: Clarification,
    SPONTANEOUS_INFORMATION: SpontaneousInformation,
}
"""The type of each kind that officers write; a withdrawal is written by the node."""
