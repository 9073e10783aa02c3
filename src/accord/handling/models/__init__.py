"""What is kept of handling, one file a noun."""

from .derivation import Derivation, FileMark, Passage, Read, Thing, Way
from .grant import Grant
from .objection import LaneSuspension, ObjectionMade
from .outcome import Outcome
from .use import Use

__all__ = [
    "Derivation",
    "FileMark",
    "Grant",
    "LaneSuspension",
    "ObjectionMade",
    "Outcome",
    "Passage",
    "Read",
    "Thing",
    "Use",
    "Way",
]
