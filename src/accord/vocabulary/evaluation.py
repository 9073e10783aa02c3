"""The 4x4 evaluation of a source and its information."""

from enum import StrEnum

__all__ = ["INFORMATION_LABELS", "SOURCE_LABELS", "InformationEvaluation", "SourceEvaluation"]


class SourceEvaluation(StrEnum):
    """How far the source is trusted.

    Source: Regulation (EU) 2016/794, article 29.
    """

    A = "A"
    B = "B"
    C = "C"
    X = "X"


class InformationEvaluation(StrEnum):
    """How far the information itself is known to be accurate.

    Source: Regulation (EU) 2016/794, article 29.
    """

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"


SOURCE_LABELS: dict[SourceEvaluation, str] = {
    SourceEvaluation.A: "No doubt about authenticity, trustworthiness and competence, or reliable in all instances",
    SourceEvaluation.B: "Reliable in most instances",
    SourceEvaluation.C: "Unreliable in most instances",
    SourceEvaluation.X: "Reliability cannot be assessed",
}

INFORMATION_LABELS: dict[InformationEvaluation, str] = {
    InformationEvaluation.ONE: "Accuracy is not in doubt",
    InformationEvaluation.TWO: "Known personally to the source, not to the official who passes it on",
    InformationEvaluation.THREE: "Not known personally to the source, corroborated by other recorded information",
    InformationEvaluation.FOUR: "Not known personally to the source and cannot be corroborated",
}
