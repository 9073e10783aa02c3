"""What others have written down about a draft: its assessment of mistreatment and its test of predominance.

Such records belong to the room above (``accord.handling``), which the exchange never imports. The room registers how
it tells them when Django is ready. It is asked only about a message that concerns a person, or whose interest in one
is not in conduct alone, so that nothing else pays for it. Where no room tells anything, nothing is on file.
"""

from collections.abc import Callable
from typing import Final

from accord.exchange.models import Message
from accord.law.facts import Facts

__all__ = ["tell_on_file", "with_records_on_file"]

Teller = Callable[[Message, Facts], Facts]

_TELLERS: Final[dict[str, Teller]] = {}


def tell_on_file(room: str, teller: Teller) -> None:
    """Lets a room above tell what is on file about drafts; a second teller of the same room replaces the first.

    Args:
        room: Name of the room.
        teller: Returns the facts with what it has on file.
    """
    _TELLERS[room] = teller


def with_records_on_file(facts: Facts, message: Message) -> Facts:
    """Returns the facts with what is on file about the message.

    Args:
        facts: The facts so far.
        message: The draft.
    """
    asks_about_person = facts.action == "request" and facts.asks_about_person is not False
    if facts.personal_data is not False or asks_about_person or set(facts.basis) - {"conduct"}:
        for teller in _TELLERS.values():
            facts = teller(message, facts)
    return facts
