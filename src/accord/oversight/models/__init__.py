"""What oversight keeps of its own: checks of the logs, witnesses and what they co-signed, reviewers' annotations."""

from .annotations import Annotation
from .log_checks import LogCheck
from .witnesses import Cosignature, Witness

__all__ = ["Annotation", "Cosignature", "LogCheck", "Witness"]
