"""The steps after a filing, taken soon after it: in the order of arrival, each once, though the node is killed.

Filing answers for what must be true when the sender is told. What serves our own officers alone (that they find it by
search, that copies of it are recognised, that they are told of it) is done by whoever owns the step, a few messages at
a time. What waits for it is written with the message itself, so that nothing is forgotten.

A step is taken in three moves: read what waits (:func:`waiting`); in the transaction of what the step writes, hold what
still waits (:func:`held`), since another process may have been quicker or the message may have gone meanwhile; and
there mark it done (:func:`done`).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

from accord.courier.prepared import Prepared
from accord.exchange.arrivals import Arrival, Step
from accord.exchange.models import Message

__all__ = ["Step", "done", "held", "leave_out", "skip_before", "waiting"]


def waiting(step: Step, *, limit: int) -> dict[int, UUID]:
    """Returns the messages that wait longest for a step, by the key of their arrival; urgent ones first for a notice.

    Args:
        step: The step.
        limit: Most of them.
    """
    return dict(_waiting(step, limit).rows())


@cache
def _waiting(step: Step, limit: int) -> Prepared[Arrival]:
    """Returns the question for what waits, which a node asks at each turn."""
    order = ("-is_urgent", "id") if step is Step.NOTICE else ("id",)
    rows = Arrival.objects.filter(**{step: True}).order_by(*order).values_list("pk", "message_id")
    return Prepared(lambda: rows[:limit])


def held(step: Step, arrived: Mapping[int, UUID]) -> set[UUID]:
    """Holds what still waits for a step until the transaction ends, and returns those messages.

    The messages are locked first, as whoever withdraws or erases one does, so that neither waits for the other.
    """
    locked = Message.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(arrived.values()))
    list(locked.order_by("pk").values_list("pk"))
    rows = Arrival.objects.select_for_update().filter(pk__in=list(arrived), **{step: True}).order_by("pk")
    return set(rows.values_list("message_id", flat=True))


def done(step: Step, arrivals: Collection[int]) -> None:
    """Marks a step as taken; an arrival of which nothing is left to do goes.

    Args:
        step: The step.
        arrivals: Keys of arrivals that the transaction holds.
    """
    rows = Arrival.objects.filter(pk__in=list(arrivals))
    rows.update(**{step: False})
    rows.filter(**dict.fromkeys(Step, False)).delete()


def leave_out(step: Step, messages: Iterable[UUID]) -> None:
    """Has a step not taken for messages that were withdrawn or erased meanwhile, or for which it was taken otherwise.

    Whoever takes the step at the same time has written what it writes when this returns, or writes nothing any more.
    """
    rows = Arrival.objects.select_for_update().filter(message_id__in=list(messages), **{step: True}).order_by("pk")
    found = list(rows.values_list("pk", flat=True))
    if found:
        done(step, found)


def skip_before(step: Step, moment: datetime) -> None:
    """Has a step not taken for what was received before a time."""
    Arrival.objects.filter(message__received_at__lt=moment, **{step: True}).update(**{step: False})
    Arrival.objects.filter(**dict.fromkeys(Step, False)).delete()
