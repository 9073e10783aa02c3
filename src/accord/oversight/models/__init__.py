"""What oversight keeps of its own: log checks, witnesses, reviewers' annotations, timeliness that was published."""

from .annotations import Annotation
from .log_checks import LogCheck
from .publications import PublishedTimeliness
from .witnesses import Cosignature, Witness

__all__ = ["Annotation", "Cosignature", "LogCheck", "PublishedTimeliness", "Witness"]
