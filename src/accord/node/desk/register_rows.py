"""The registers as the desk shows them: each version with how it stands on the day, and what changed from the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accord.node.desk.changes import Change, changes_between
from accord.node.desk.reading import Part, parts_of
from accord.node.desk.register_words import NAMES, ORDER, STATES
from accord.parties.models import RegisterEntry
from accord.parties.register_book import entry_on
from accord.parties.registers import WARNED_DAYS, Register, stale_on

__all__ = ["RegisterRow", "row_of", "rows_of"]


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """One version.

    Args:
        entry: The version.
        state: How it stands on the day; a key of the table of states.
        over_on: The first day on which it is over or too old, where it counts and that day is near.
        is_over: Whether that day has come.
        parts: What it says.
        changes: What changed from the version before it; nothing for the first.
    """

    entry: RegisterEntry
    state: str
    over_on: date | None
    is_over: bool
    parts: tuple[Part, ...]
    changes: tuple[Change, ...] = ()

    @property
    def tone(self) -> str:
        """The tone of the state."""
        return STATES[self.state][0]

    @property
    def words(self) -> Any:  # Any: a lazy translation
        """The state in words."""
        return STATES[self.state][1]

    @property
    def digest(self) -> str:
        """The digest of its text in hexadecimal digits; empty where it rests on none."""
        return bytes(self.entry.text_digest).hex() if self.entry.text_digest else ""

    @property
    def title(self) -> str:
        """Its title; empty for a risk profile."""
        return str(self.entry.terms.get("title", ""))


def rows_of(versions: Sequence[RegisterEntry], today: date) -> list[RegisterRow]:
    """Returns the versions of one entry, the newest first, each with what changed from the last that was agreed to.

    Args:
        versions: Versions of one entry, the newest first.
        today: The day in UTC.
    """
    stands = entry_on(versions, today)
    rows = []
    for place, entry in enumerate(versions):
        older = (one for one in versions[place + 1 :] if one.state == RegisterEntry.State.AGREED)
        rows.append(row_of(entry, stands, today, before=next(older, None)))
    return rows


def row_of(
    entry: RegisterEntry, stands: RegisterEntry | None, today: date, *, before: RegisterEntry | None = None
) -> RegisterRow:
    """Returns one version as it is shown.

    Args:
        entry: The version.
        stands: The version of the same entry that counts today.
        today: The day in UTC.
        before: The version that it is compared with.
    """
    over_on = stale_on(entry.stated) if stands is not None and stands.pk == entry.pk else None
    is_near = over_on is not None and (over_on - today).days <= WARNED_DAYS
    is_over = over_on is not None and over_on <= today
    return RegisterRow(
        entry=entry,
        state="stale" if is_over else _state(entry, stands, today),
        over_on=over_on if is_near else None,
        is_over=is_over,
        parts=parts_of(_ordered(entry), names=NAMES),
        changes=() if before is None else changes_between(_ordered(before), _ordered(entry), names=NAMES),
    )


def _ordered(entry: RegisterEntry) -> dict[str, Any]:
    return {name: entry.terms.get(name) for name in ORDER[Register(entry.register)]}


def _state(entry: RegisterEntry, stands: RegisterEntry | None, today: date) -> str:
    if entry.state != RegisterEntry.State.AGREED:
        return str(entry.state)
    if stands is not None and stands.pk == entry.pk:
        return "in-force"
    if entry.ended_on is not None and entry.ended_on <= today:
        return "ended"
    if entry.counts_from > today:
        return "later"
    return "over" if entry.counts_until is not None and entry.counts_until < today else "replaced"
