"""What the dialogue keeps: statements with their clauses and acts."""

from .statement import Clause, ClauseAct, ClauseActs, ClauseDraft, Statement, StatementMember

__all__ = ["Clause", "ClauseAct", "ClauseActs", "ClauseDraft", "Statement", "StatementMember"]
