"""What came of what was given: the results that an outcome report may name."""

from enum import StrEnum

__all__ = ["Result"]


class Result(StrEnum):
    """What the use of an item led to; a report that names none says that it was of no use.

    Source: Auditor General of Canada, Spring 2014 report, chapter 2 (performance of liaison work is not measured);
    SCIDA, paragraph 4(d) (feedback on how information was used), as models.
    """

    LEAD = "lead"
    ARREST = "arrest"
    SEIZURE = "seizure"
    VICTIM_PROTECTED = "victim-protected"
    SHIPMENT_STOPPED = "shipment-stopped"
