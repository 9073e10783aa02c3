"""What the drugs workstream keeps: one module a noun."""

from accord.workstreams.drugs.models.company import CompanyMention, FlaggedCompany
from accord.workstreams.drugs.models.following import FlagFollowUp
from accord.workstreams.drugs.models.incident import Incident, SuspiciousReport
from accord.workstreams.drugs.models.notice import Notice, NoticeReply, Outcome
from accord.workstreams.drugs.models.on_file import Licence, Trader
from accord.workstreams.drugs.models.screening import (
    Flag,
    FlagMark,
    MissedLine,
    RefusedRow,
    RuleWeights,
    Screening,
    UnreadRow,
)
from accord.workstreams.drugs.models.substance import SubstanceProposal, SubstanceStamp, SubstanceVersion
from accord.workstreams.drugs.models.tally import MarkTally

__all__ = [
    "CompanyMention",
    "Flag",
    "FlagFollowUp",
    "FlagMark",
    "FlaggedCompany",
    "Incident",
    "Licence",
    "MarkTally",
    "MissedLine",
    "Notice",
    "NoticeReply",
    "Outcome",
    "RefusedRow",
    "RuleWeights",
    "Screening",
    "SubstanceProposal",
    "SubstanceStamp",
    "SubstanceVersion",
    "SuspiciousReport",
    "Trader",
    "UnreadRow",
]
