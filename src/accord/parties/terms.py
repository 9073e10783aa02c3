"""What two parties have agreed on for the machine: time limits, ceilings, open themes; of which version, from when.

A room above writes them when both sides have signed (the workplan); everything below that decides or counts reads
them here and never the text itself.

Invariants:

* The day is a day in UTC, so that both nodes change over at one moment.
* Of what has begun and not ended, what was agreed last counts, and it alone: a later agreement replaces an earlier one
  as a whole.
* A version is never changed and never taken away: what was begun under it goes on under it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accord.vocabulary.clocks import ClockTable
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import AccessClass, Urgency

from .models import AgreedTerms
from .register_book import mark_changed

__all__ = ["PeerTerms", "agree_terms", "all_terms", "counting_on", "end_agreed_terms"]


@dataclass(frozen=True, kw_only=True)
class PeerTerms:
    """What was agreed with one peer.

    Args:
        version: Name of the agreement, which messages carry.
        number: Number of the text that both signed.
        in_force_on: First day, in UTC.
        ends_on: First day on which it is no longer in force; ``None`` where it has no end.
        agreed_at: When the second signature was there.
        clocks: The clock table; ``None`` where none was agreed.
        ceilings: The most that may be in a message, by theme.
        lanes: Themes that are open; empty where nothing was agreed on them.
    """

    version: str
    number: int
    in_force_on: date
    ends_on: date | None
    agreed_at: datetime
    clocks: ClockTable | None = None
    ceilings: Mapping[Theme, tuple[Classification, Handling]] = field(default_factory=dict)
    lanes: frozenset[Theme] = frozenset()


def _value(row: AgreedTerms) -> PeerTerms:
    limits = {
        (Urgency(urgency), AccessClass(access)): timedelta(seconds=seconds) for urgency, access, seconds in row.limits
    }
    return PeerTerms(
        version=row.version,
        number=row.number,
        in_force_on=row.in_force_on,
        ends_on=row.ends_on,
        agreed_at=row.agreed_at,
        clocks=ClockTable(version=row.version, limits=limits) if limits else None,
        ceilings={
            Theme(theme): (Classification(classification), Handling(handling))
            for theme, classification, handling in row.ceilings
        },
        lanes=frozenset(Theme(theme) for theme in row.lanes),
    )


def all_terms() -> dict[str, tuple[PeerTerms, ...]]:
    """Returns everything that was ever agreed, by peer, the last agreement first."""
    found: dict[str, list[PeerTerms]] = {}
    for row in AgreedTerms.objects.order_by("-agreed_at", "-pk"):
        found.setdefault(row.peer_id, []).append(_value(row))
    return {peer: tuple(rows) for peer, rows in found.items()}


def counting_on(rows: Iterable[PeerTerms], day: date) -> PeerTerms | None:
    """Returns what is in force on a day.

    Args:
        rows: What was agreed with a peer, the last agreement first.
        day: A day in UTC.
    """
    for row in rows:
        if row.in_force_on <= day and (row.ends_on is None or day < row.ends_on):
            return row
    return None


def agree_terms(
    *,
    peer: str,
    source: str,
    version: str,
    number: int,
    in_force_on: date,
    agreed_at: datetime,
    clocks: Mapping[tuple[Urgency, AccessClass], timedelta],
    ceilings: Mapping[Theme, tuple[Classification, Handling]],
    lanes: Iterable[Theme],
) -> None:
    """Writes down what was agreed, once; who may do it is asked above.

    Args:
        peer: Code of the other party.
        source: Identifier of what was signed, for ending it.
        version: Name of the agreement.
        number: Number of the text.
        in_force_on: First day, in UTC.
        agreed_at: When the second signature was there.
        clocks: Time limits; none where the first table applies.
        ceilings: Ceilings by theme.
        lanes: Open themes; none where nothing was agreed on them.
    """
    AgreedTerms.objects.get_or_create(
        peer_id=peer,
        version=version,
        defaults={
            "source": source,
            "number": number,
            "in_force_on": in_force_on,
            "agreed_at": agreed_at,
            "limits": [
                [urgency.value, access.value, int(limit.total_seconds())] for (urgency, access), limit in clocks.items()
            ],
            "ceilings": [[theme.value, *(code.value for code in most)] for theme, most in ceilings.items()],
            "lanes": sorted(theme.value for theme in lanes),
        },
    )
    mark_changed()


def end_agreed_terms(source: str, day: date) -> None:
    """Ends what was agreed in one instrument from a day on; an earlier end stands."""
    for row in AgreedTerms.objects.filter(source=source):
        if row.ends_on is None or day < row.ends_on:
            row.ends_on = day
            row.save(update_fields=["ends_on"])
    mark_changed()
