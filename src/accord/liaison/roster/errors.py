"""What can stop an act on the roster, besides a missing permission."""

from accord.errors import OfficerCanMend

__all__ = ["FeedNotFound", "HandoverRefused", "RosterRefused", "SwapRefused", "WrongField"]


class RosterRefused(OfficerCanMend):
    """A post, a shift, a leave or an entry of the call list cannot be so."""

    code = "roster.refused"
    default_next_step = "Correct the field that is named, and save again."


class WrongField(RosterRefused):
    """One field of a form of the roster is refused.

    Args:
        sentence: Why.
        field: Its name.
        code: As for every error.
        next_step: As for every error.
    """

    code = "roster.field-refused"

    def __init__(self, sentence: str, *, field: str, code: str | None = None, next_step: str | None = None) -> None:
        super().__init__(sentence, code=code, next_step=next_step, fields={"field": field})


class SwapRefused(OfficerCanMend):
    """A watch cannot change hands so: it is another's, has begun, or was answered meanwhile."""

    code = "roster.swap-refused"
    default_next_step = "Open the roster again: it shows who holds the watch now."
    http_status = 409


class HandoverRefused(OfficerCanMend):
    """A handover note cannot be signed so: it is another's, was signed, or what stands has changed."""

    code = "roster.handover-refused"
    default_next_step = "Open the handover again and read what stands now."
    http_status = 409


class FeedNotFound(OfficerCanMend):
    """No calendar is at this address, or its officer may read the roster no more."""

    code = "roster.no-feed"
    default_next_step = "Make a new address on the page of calendars of the roster."
    http_status = 404
