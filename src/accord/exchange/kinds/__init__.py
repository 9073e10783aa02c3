"""The kinds of message of this room: one type each, version 1 of its schema."""

from collections.abc import Mapping

from accord.exchange.kinds.answer import Answer
from accord.exchange.kinds.clarification import Clarification
from accord.exchange.kinds.correction import Correction, CorrectionReport
from accord.exchange.kinds.delay_notice import DelayNotice
from accord.exchange.kinds.objection import Objection, ObjectionAnswer
from accord.exchange.kinds.outcome_report import OutcomeReport
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.kinds.permission_answer import PermissionAnswer
from accord.exchange.kinds.permission_request import PermissionRequest
from accord.exchange.kinds.request import Request
from accord.exchange.kinds.spontaneous_information import SpontaneousInformation

__all__ = [
    "ANSWER",
    "CLARIFICATION",
    "CORRECTION",
    "CORRECTION_REPORT",
    "DELAY_NOTICE",
    "ERASURE_NOTICE",
    "LANE_NOTICE",
    "OBJECTION",
    "OBJECTION_ANSWER",
    "OUTCOME_REPORT",
    "PERMISSION_ANSWER",
    "PERMISSION_REQUEST",
    "REQUEST",
    "SCHEMA",
    "SPONTANEOUS_INFORMATION",
    "STRUCTS",
    "TIMELINESS_REPORT",
    "WITHDRAWAL",
    "add_kinds",
]

REQUEST = "request"
ANSWER = "answer"
DELAY_NOTICE = "delay-notice"
CLARIFICATION = "clarification"
SPONTANEOUS_INFORMATION = "spontaneous-information"
WITHDRAWAL = "withdrawal"
LANE_NOTICE = "lane-notice"
OUTCOME_REPORT = "outcome-report"
PERMISSION_REQUEST = "permission-request"
PERMISSION_ANSWER = "permission-answer"
OBJECTION = "objection"
OBJECTION_ANSWER = "objection-answer"
ERASURE_NOTICE = "erasure-notice"
CORRECTION = "correction"
CORRECTION_REPORT = "correction-report"
TIMELINESS_REPORT = "timeliness-report"

SCHEMA = 1
"""Version of every schema."""

STRUCTS: dict[str, type[Correspondence]] = {
    REQUEST: Request,
    ANSWER: Answer,
    DELAY_NOTICE: DelayNotice,
    CLARIFICATION: Clarification,
    SPONTANEOUS_INFORMATION: SpontaneousInformation,
    OUTCOME_REPORT: OutcomeReport,
    PERMISSION_REQUEST: PermissionRequest,
    PERMISSION_ANSWER: PermissionAnswer,
    OBJECTION: Objection,
    OBJECTION_ANSWER: ObjectionAnswer,
    CORRECTION: Correction,
    CORRECTION_REPORT: CorrectionReport,
}
"""The type of each kind that officers write; a withdrawal, a lane notice and other codes are written by the node.

The kinds of a workstream stand in it too, once its app is loaded (:func:`add_kinds`).
"""


def add_kinds(structs: Mapping[str, type[Correspondence]]) -> None:
    """Adds the kinds of a workstream to those that officers write.

    A workstream's app calls it when it is made, before any model is loaded, so that whoever reads ``STRUCTS``
    from a model or later sees them.

    Args:
        structs: The type of each kind, version 1 of its schema, by the kind's name.

    Raises:
        ValueError: A name stands for another type already.
    """
    for kind, struct in structs.items():
        if STRUCTS.setdefault(kind, struct) is not struct:
            raise ValueError(f"the kind {kind} has a type already")
