"""What the dialogue keeps: statements with their clauses and acts, read-outs, commitments."""

from .commitment import Commitment
from .readout import ReadOut, ReadOutLink
from .statement import Clause, ClauseAct, ClauseActs, ClauseDraft, Statement, StatementMember

__all__ = [
    "Clause",
    "ClauseAct",
    "ClauseActs",
    "ClauseDraft",
    "Commitment",
    "ReadOut",
    "ReadOutLink",
    "Statement",
    "StatementMember",
]
