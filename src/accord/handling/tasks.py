"""What of a correction a person is still to do: a task whose draft was discarded meanwhile asks for nothing.

Source: Regulation (EU) 2016/794, article 19(2), as a model.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from accord.exchange.models import Case, Message
from accord.handling.models import Correction, Effect

__all__ = ["as_they_stand", "open_tasks", "owing_cases"]


def _discarded() -> QuerySet[Message]:
    return Message.objects.filter(state=Message.State.DISCARDED)


def open_tasks(correction: Correction) -> QuerySet[Effect]:
    """Returns what a person is still to do about a correction."""
    is_moot = Exists(_discarded().filter(pk=OuterRef("thing_id")))
    return correction.effects.filter(state=Effect.State.TASK).exclude(is_moot)


def as_they_stand(effects: Iterable[Effect]) -> list[Effect]:
    """Returns effects with those done whose draft was discarded since: nothing of it is held there; none is stored."""
    listed = list(effects)
    waiting = {one.thing_id for one in listed if one.state == Effect.State.TASK}
    gone = set(_discarded().filter(pk__in=waiting).values_list("pk", flat=True)) if waiting else set()
    for one in listed:
        if one.state == Effect.State.TASK and one.thing_id in gone:
            one.state, one.deed = Effect.State.DONE, Effect.Deed.NOTHING_HELD
    return listed


def owing_cases() -> QuerySet[Any]:  # Any: keys of cases
    """Returns the keys of the open cases in which something of a correction is left for us to do."""
    is_moot = Exists(_discarded().filter(pk=OuterRef("thing_id")))
    left = Effect.objects.filter(state=Effect.State.TASK, correction__message__case__state=Case.State.OPEN)
    named = left.exclude(is_moot).annotate(owing_case=F("correction__message__case"))
    return named.order_by().values_list("owing_case", flat=True).distinct()
