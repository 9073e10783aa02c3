"""What can be wrong with an act on the weights of the rules."""

from accord.errors import OfficerCanMend

__all__ = ["WeightsRefused"]


class WeightsRefused(OfficerCanMend):
    """This act on the weights of the rules cannot be done as things stand."""

    code = "drugs.weights-refused"
    default_next_step = "Open the page of the rules again and see where they stand."
    http_status = 409
