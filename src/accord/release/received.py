"""What arrives, as a handler sees it, and what a handler leaves to be written."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db.models import Model

from accord.courier.prepared import save_many
from accord.release.inserting import insert_rows

__all__ = ["FILED", "FilingWork", "Handled", "Received"]

HandledState = Literal["filed", "refused", "acted", "expired-unread", "withdrawn"]


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One opened message, addressed to us, in time, of a known kind and within its limits.

    Args:
        entry_id: Primary key of the courier's entry.
        position: Position in the peer's log.
        envelope_id: Identifier in the header.
        party: Our code.
        peer: Code of the party that sent it.
        kind: Name of the kind.
        schema: Version of its schema.
        payload: The bytes that came.
        content: The decoded payload, of the kind's own type.
        handling: Handling code beside the payload.
        sent_at: When the peer says it was made.
        received_at: When it was recorded here and the receipt given; clocks run from here.
        in_reply_to: Envelope answered, if any.
        attachment_root: Root of its attachment chunks, if any.
    """

    entry_id: Any  # Any: the key's type is the courier's choice
    position: int
    envelope_id: UUID
    party: str
    peer: str
    kind: str
    schema: int
    payload: bytes
    content: Any  # Any: each kind has its own type, and its handler knows it
    handling: str
    sent_at: datetime
    received_at: datetime
    in_reply_to: UUID | None
    attachment_root: bytes | None


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one message; it is told to the sender.

    Args:
        state: State of the disposition.
        code: Stable reason code, when it was refused.
        rule: Rule of law, when one refused it and naming it gives nothing away.
    """

    state: HandledState
    code: str | None = None
    rule: str | None = None


FILED = Handled(state="filed")


@cache
def _parents_first(models: tuple[type[Model], ...]) -> tuple[type[Model], ...]:
    """Returns models in such an order that each comes after those of them that it refers to."""
    ordered: list[type[Model]] = []

    def place(model: type[Model]) -> None:
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented way to a model's fields
            parent = field.related_model
            if parent in models and parent not in (model, *ordered):
                place(parent)
        if model not in ordered:
            ordered.append(model)

    for model in models:
        place(model)
    return tuple(ordered)


class FilingWork:
    """Rows that the handlers of one batch leave, written together at its end, in the same transaction.

    Args:
        peer: Code of the sending party.
        now: The time of the whole batch.

    ``memory`` is for look-ups a kind makes once for the batch, under a name of its own.
    """

    def __init__(self, *, peer: str, now: datetime) -> None:
        self.peer = peer
        self.now = now
        self.memory: dict[str, Any] = {}  # Any: each room keeps its own look-ups
        self._rows: dict[type[Model], list[Model]] = {}
        self._changes: dict[tuple[type[Model], tuple[str, ...]], dict[Any, Model]] = {}
        self._last_acts: list[Callable[[], None]] = []

    def add(self, row: Model) -> None:
        """Leaves a new row to be inserted."""
        self._rows.setdefault(type(row), []).append(row)

    def change(self, row: Model, *fields: str) -> None:
        """Leaves a changed row to be updated; a row that is itself new needs no call."""
        if not row._state.adding:  # noqa: SLF001 - Django documents Model._state for this question
            self._changes.setdefault((type(row), fields), {})[row.pk] = row

    def afterwards(self, act: Callable[[], None]) -> None:
        """Leaves an act to be done after the rows are written, still in the transaction."""
        self._last_acts.append(act)

    def write(self) -> None:
        """Inserts and updates everything, a statement a table, and no row before the one that it refers to.

        While a reference leads nowhere, SQLite looks for it at each row of a table that others refer to, in all of
        their tables: without an index there, that is a look through each of them.
        """
        for model in _parents_first(tuple(self._rows)):
            rows = self._rows[model]
            insert_rows(model, rows, has_keys=rows[0].pk is not None)
        for (_, fields), changed in self._changes.items():
            save_many(changed.values(), *fields)
        for act in self._last_acts:
            act()
