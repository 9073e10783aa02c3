"""What is kept of handling, one file a noun."""

from .assessment import MistreatmentAssessment, PredominanceTest
from .correction import CorrectedMessage, Correction, Effect
from .derivation import Derivation, FileMark, Passage, Thing, Way
from .grant import Grant
from .keeping import ErasureClaim, Keeping, LegalHold
from .objection import LaneSuspension, ObjectionMade
from .outcome import Outcome
from .use import Use

__all__ = [
    "CorrectedMessage",
    "Correction",
    "Derivation",
    "Effect",
    "ErasureClaim",
    "FileMark",
    "Grant",
    "Keeping",
    "LaneSuspension",
    "LegalHold",
    "MistreatmentAssessment",
    "ObjectionMade",
    "Outcome",
    "Passage",
    "PredominanceTest",
    "Thing",
    "Use",
    "Way",
]
