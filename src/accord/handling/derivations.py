"""Derivations: what was made of an item, and what an item was made of.

Each step is a row; what came of an item at any distance is found by walking the rows in the database, and a step that
leads back ends the walk. ``record`` is the one way in. A case that is linked to another is read from its link, which
is a record already.

Source: Regulation (EU) 2016/794, article 19(2), as a model: a restriction that comes later must reach every copy.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from accord.exchange.keys import new_key
from accord.exchange.models import AgencyInquiry, Message
from accord.handling.models import Derivation, Passage, Thing, Way
from accord.officers.models import Officer
from accord.vocabulary.uses import OUTWARD_USES

__all__ = [
    "CARRIES_CONTENT",
    "FILES_KEYS",
    "act_of",
    "derivatives_of",
    "files_of",
    "keys_from",
    "marks_held",
    "record",
    "sources_of",
]

CARRIES_CONTENT: Final = (Way.QUOTE, Way.FILE, Way.FILE_PART)
"""Ways in which a message holds what it was made of; a reply alone says nothing of it."""

FILES_KEYS: Final = ("files", "file")
"""Members of a step's detail that name files, by their keys with spaces between; the oldest steps have the latter."""

_THING_OF: Final = {
    Way.EXPORT: Thing.EXPORT,
    Way.PRINT: Thing.PRINT,
    Way.FORWARD: Thing.FORWARD,
    Way.INQUIRY: Thing.INQUIRY,
}

_KEYS_DOWN: Final = """WITH RECURSIVE found(item) AS (
    SELECT derived_id FROM handling_derivation WHERE source_id = %s
    UNION SELECT step.derived_id FROM found JOIN handling_derivation step ON step.source_id = found.item
) SELECT item FROM found"""

_STEPS_DOWN: Final = """WITH RECURSIVE found(item) AS (
    SELECT source_id FROM handling_derivation WHERE source_id = %s
    UNION SELECT step.derived_id FROM found JOIN handling_derivation step ON step.source_id = found.item
) SELECT step.* FROM found JOIN handling_derivation step ON step.source_id = found.item
ORDER BY step.made_at, step.id"""

_STEPS_UP: Final = """WITH RECURSIVE found(item) AS (
    SELECT derived_id FROM handling_derivation WHERE derived_id = %s
    UNION SELECT step.source_id FROM found JOIN handling_derivation step ON step.derived_id = found.item
) SELECT step.* FROM found JOIN handling_derivation step ON step.derived_id = found.item
ORDER BY step.made_at, step.id"""


def act_of(way: str, detail: Mapping[str, object]) -> str:
    """Returns how a thing came of an item: the act by which it went outside where it did, and else the way."""
    act = str(detail.get("act", ""))
    return act if act in set(OUTWARD_USES) else way


def record(
    way: Way,
    source: Message,
    *,
    officer: Officer | None = None,
    derived: Message | AgencyInquiry | None = None,
    detail: Mapping[str, str | int | bool] | None = None,
    now: datetime | None = None,
) -> Derivation:
    """Records that something was made of a message; the same step again changes nothing.

    Args:
        way: How.
        source: The message.
        officer: Who made it; ``None`` where the node found it by itself.
        derived: What was made, where it has a row of its own; a print, an export or a forwarding has none.
        detail: To whom or as what, in codes and references; never content.
        now: The time.

    Returns:
        The step; its ``derived_id`` is the key of a thing that has no row elsewhere.
    """
    is_message = isinstance(derived, Message)
    row, _ = Derivation.objects.get_or_create(
        source_id=source.pk,
        derived_id=derived.pk if derived is not None else new_key(),
        way=way,
        defaults={
            "source_type": Thing.MESSAGE,
            "derived_type": Thing.MESSAGE if is_message else _THING_OF[way],
            "made_by": officer,
            "made_at": now or timezone.now(),
            "detail": dict(detail or {}),
        },
    )
    return row


def files_of(step: Derivation) -> tuple[str, ...]:
    """Returns the keys of the files of a message of ours by which a step was found; none where it was found in a text.

    Args:
        step: The step.
    """
    named = next((step.detail[key] for key in FILES_KEYS if key in step.detail), "")
    return tuple(str(named).split())


def _prepared(key: UUID) -> str | UUID:
    """Returns a key as this database stores it."""
    value: str | UUID = models.UUIDField().get_db_prep_value(key, connection)
    return value


def keys_from(key: UUID) -> list[UUID]:
    """Returns the keys of everything that was made of an item, at any distance, each once."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS_DOWN, [_prepared(key)])
        found = cursor.fetchall()
    return [item if isinstance(item, UUID) else UUID(item) for (item,) in found]


def derivatives_of(key: UUID) -> list[Derivation]:
    """Returns every step below an item, in the order in which they were made."""
    found: list[Derivation] = list(Derivation.objects.raw(_STEPS_DOWN, [_prepared(key)]))
    return found


def sources_of(key: UUID) -> list[Derivation]:
    """Returns every step above an item, in the order in which they were made."""
    found: list[Derivation] = list(Derivation.objects.raw(_STEPS_UP, [_prepared(key)]))
    return found


def marks_held(keys: Iterable[UUID]) -> Callable[[], set[int]]:
    """Returns what gives the marks of the passages of messages; they are looked up once, when they are first asked for.

    Args:
        keys: The messages.
    """
    named = list(keys)
    return cache(lambda: set(Passage.objects.filter(message_id__in=named).values_list("mark", flat=True)))
