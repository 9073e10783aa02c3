"""What can stop an officer's act on a case or message."""

from accord.errors import OfficerCanMend

__all__ = ["ActRefused", "NotFound"]


class ActRefused(OfficerCanMend):
    """The act does not fit the state of the case or message."""

    code = "exchange.act-refused"
    default_next_step = "Look at the case as it stands now, then decide again."
    http_status = 409


class NotFound(OfficerCanMend):
    """There is no such object, or not for this officer."""

    code = "exchange.not-found"
    default_next_step = "Check the reference."
    http_status = 404
