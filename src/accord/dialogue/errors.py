"""What can be wrong with an act of the dialogue."""

from accord.errors import OfficerCanMend

__all__ = ["DialogueRefused"]


class DialogueRefused(OfficerCanMend):
    """This act of the dialogue cannot be done as things stand."""

    code = "dialogue.refused"
    default_next_step = "Open the page again and see where it stands."
