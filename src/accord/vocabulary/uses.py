"""Uses of what was received: the closed list of acts that are asked of the gate, and how their recipient is named.

A caveat's *permitted uses* are lines. A line that is exactly one of these codes permits that use; every other line is
words for a reader and permits nothing, since no machine may decide what words permit (docs/adr/0018).

Source: domain list of new uses of a permission request (court, third state, other agency, media, asylum body); Arar
Commission (2006), recommendation 9.
"""

from enum import StrEnum
from typing import Final

__all__ = ["BY_PURPOSE", "OUTWARD_USES", "OWN_AGENCY_USES", "USE_LABELS", "UseCode"]


class UseCode(StrEnum):
    """One use of a received item beyond reading it in its case."""

    OPEN = "open"
    LEAD = "lead"
    DEPRIVE_OF_RIGHTS = "deprive-of-rights"
    FORWARD = "forward"
    OTHER_AGENCY = "other-agency"
    COURT = "court"
    THIRD_STATE = "third-state"
    MEDIA = "media"
    ASYLUM_BODY = "asylum-body"
    ACCESS_REQUEST = "access-request"
    EXPORT = "export"
    PRINT = "print"


BY_PURPOSE: Final = frozenset({UseCode.OPEN, UseCode.LEAD, UseCode.DEPRIVE_OF_RIGHTS})
"""Uses that follow from the one purpose stated: the agency addressed reads and works on it, and nobody else gets it."""

OWN_AGENCY_USES: Final = BY_PURPOSE | {UseCode.FORWARD, UseCode.EXPORT, UseCode.PRINT}
"""Uses after which the item is still with the agency that it was sent to."""

OUTWARD_USES: Final = frozenset(set(UseCode) - OWN_AGENCY_USES)
"""Uses by which somebody outside that agency learns of it."""

USE_LABELS: Final[dict[UseCode, str]] = {
    UseCode.OPEN: "Open a file of it for reading.",
    UseCode.LEAD: "Follow it as a lead.",
    UseCode.DEPRIVE_OF_RIGHTS: "Act on it against somebody's rights or freedom.",
    UseCode.FORWARD: "Forward it inside the agency that received it.",
    UseCode.OTHER_AGENCY: "Give it to another agency of the same state.",
    UseCode.COURT: "Bring it into court.",
    UseCode.THIRD_STATE: "Pass it to a third state.",
    UseCode.MEDIA: "Give it to the media.",
    UseCode.ASYLUM_BODY: "Give it to a body that decides on asylum.",
    UseCode.ACCESS_REQUEST: "Give it to an applicant for access to information.",
    UseCode.EXPORT: "Take it out of the node as a file.",
    UseCode.PRINT: "Print it.",
}
