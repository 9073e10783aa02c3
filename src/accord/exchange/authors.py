"""Who wrote a message: everybody who ever changed its text, its files or what was stated of it for the gate.

The last hand is not the only one: a colleague who attached a file, or who wrote the text before someone else mended a
comma, is an author too, and nobody is a second officer of what they wrote.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from accord.courier.prepared import Prepared
from accord.exchange.models import Message
from accord.officers.models import Act

__all__ = ["WRITING_VERBS", "authors_of", "authors_of_each"]

WRITING_VERBS: Final = ("draft message", "save draft")
"""Acts on a message that make their officer one of its authors; attaching and detaching are savings too."""

_WRITERS: Final = Prepared(
    lambda key: Act.objects.filter(object_type="message", object_id=key, verb__in=WRITING_VERBS).values_list(
        "officer_id"
    ),
    str,
)


def authors_of(message: Message) -> frozenset[int]:
    """Returns the keys of all officers who wrote a message, from the list of acts, which nobody can change."""
    written = (officer for (officer,) in _WRITERS.rows(str(message.pk)))
    keys = {*written, message.drafted_by_id, message.saved_by_id}
    return frozenset(key for key in keys if key is not None)


def authors_of_each(messages: Iterable[Message]) -> Mapping[UUID, set[int]]:
    """Returns the keys of all officers who wrote each of these messages, in one statement."""
    found: dict[UUID, set[int]] = defaultdict(set)
    for message in messages:
        found[message.pk] |= {key for key in (message.drafted_by_id, message.saved_by_id) if key is not None}
    written = Act.objects.filter(
        object_type="message", object_id__in=[str(key) for key in found], verb__in=WRITING_VERBS
    ).values_list("object_id", "officer_id")
    for key, writer in written:
        if writer is not None:
            found[UUID(key)].add(writer)
    return found
