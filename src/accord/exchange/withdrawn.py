"""What the other side has withdrawn is neither answered nor used any more."""

from accord.exchange.errors import ActRefused
from accord.exchange.models import Message

__all__ = ["require_not_withdrawn"]


def require_not_withdrawn(message: Message) -> None:
    """Raises where the other side has withdrawn its message.

    Raises:
        ActRefused: It is withdrawn.
    """
    if not message.is_ours and message.state == Message.State.WITHDRAWN:
        raise ActRefused(
            "The other side has withdrawn this message.",
            code="exchange.withdrawn",
            next_step="Discard the reply, if one is drafted, and ask for a corrected message where one is needed.",
        )
