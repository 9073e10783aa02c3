"""What can be wrong with an act on a screening."""

from accord.errors import OfficerCanMend, OurFault

__all__ = ["ScreeningFailed", "ScreeningRefused"]


class ScreeningFailed(OurFault):
    """A screening failed for a reason of the node's own."""

    code = "drugs.screening-failed"
    default_next_step = "Let it go on; if it fails again, ask the operator of this node."

    def __init__(self) -> None:
        super().__init__("The screening failed for a reason of the node's own.")


class ScreeningRefused(OfficerCanMend):
    """This act on a screening or on one of its flags cannot be done as things stand."""

    code = "drugs.screening-refused"
    default_next_step = "Open the screening again and see where it stands."
    http_status = 409
