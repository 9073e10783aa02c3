"""What is kept of handling, one file a noun."""

from .derivation import Derivation, FileMark, Passage, Read, Thing, Way

__all__ = ["Derivation", "FileMark", "Passage", "Read", "Thing", "Way"]
