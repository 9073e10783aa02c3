"""What is kept of handling, one file a noun."""

from .derivation import Derivation, FileMark, Passage, Read, Thing, Way
from .outcome import Outcome

__all__ = ["Derivation", "FileMark", "Outcome", "Passage", "Read", "Thing", "Way"]
