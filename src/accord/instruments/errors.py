"""What can be wrong with an act on a text that both sides sign."""

from accord.errors import OfficerCanMend

__all__ = ["InstrumentRefused"]


class InstrumentRefused(OfficerCanMend):
    """This act on a text cannot be done as things stand."""

    code = "instruments.refused"
    default_next_step = "Open the text again and see where it stands."
