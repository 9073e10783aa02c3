"""What can stop a use or a permission, besides the law."""

from accord.errors import OfficerCanMend
from accord.exchange.beginning import ReplyBegun
from accord.exchange.models import Message

__all__ = ["ObjectionBegun", "PermissionActRefused", "UseRefused"]


class UseRefused(OfficerCanMend):
    """What is to be done with an item is not said so that the gate could be asked."""

    code = "handling.use-refused"
    default_next_step = "Say what is to be done with it, for whom and for which purpose."
    http_status = 422


class PermissionActRefused(OfficerCanMend):
    """A permission cannot be asked for, or answered, so."""

    code = "handling.permission-refused"
    default_next_step = "Look at the item and at what was asked, then decide again."
    http_status = 409


class ObjectionBegun(ReplyBegun):
    """An objection to the use of the same message is open already, with other words.

    Args:
        begun: The open draft.
    """

    code = "handling.objection-begun"
    default_next_step = "Go on with the objection that was begun, or say that you want another one."

    def __init__(self, begun: Message) -> None:
        super().__init__(
            begun,
            f"{begun.drafted_by or 'A colleague'} has begun an objection to this already; nothing was begun anew.",
        )
