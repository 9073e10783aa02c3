"""What the other side has withdrawn is neither answered nor used any more; and whose word stands."""

from typing import Final

from django.db.models import Q

from accord.exchange.errors import ActRefused
from accord.exchange.models import Message

__all__ = ["UNSAID", "require_not_withdrawn", "stands"]

UNSAID: Final = frozenset(
    {Message.State.WITHDRAWN, Message.State.REFUSED, Message.State.EXPIRED, Message.State.BLOCKED}
)
"""States of a message whose word does not stand: taken back, never taken in, or never sent."""


def stands(path: str = "") -> Q:
    """Returns the condition that the word of a message stands: it was not taken back, refused, or kept from leaving.

    Ours that we have recalled stands no more, whatever the other side has said of that.

    Args:
        path: The way to the message, such as ``message__``; none where messages themselves are asked for.
    """
    gone = [state.value for state in sorted(UNSAID)]
    return ~Q(**{f"{path}state__in": gone}) & Q(**{f"{path}recalled_at": None})


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
