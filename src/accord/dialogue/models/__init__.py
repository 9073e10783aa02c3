"""What the dialogue keeps: statements with their clauses and acts, read-outs, commitments, meetings."""

from .commitment import Commitment
from .meeting import Meeting, MeetingItem, MeetingPaper, MeetingSeries
from .readout import ReadOut, ReadOutLink
from .statement import Clause, ClauseAct, ClauseActs, ClauseDraft, Statement, StatementMember

__all__ = [
    "Clause",
    "ClauseAct",
    "ClauseActs",
    "ClauseDraft",
    "Commitment",
    "Meeting",
    "MeetingItem",
    "MeetingPaper",
    "MeetingSeries",
    "ReadOut",
    "ReadOutLink",
    "Statement",
    "StatementMember",
]
