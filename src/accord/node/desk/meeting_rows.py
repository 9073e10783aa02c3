"""Meetings as lists and calendars show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from accord.dialogue.models import Meeting, MeetingSeries
from accord.node.desk.statement_rows import pick
from accord.parties.models import Party

__all__ = ["MeetingRow", "listed_meetings", "meetings_by_day", "own_zone"]

LISTED: Final = 200
"""Meetings of a list: more than two parties hold in ten years."""


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    """A meeting in a calendar.

    Args:
        key: Its number.
        at: When it begins, in the time of our capital.
        name: Name of its series, in the language that the reader reads best.
        language: Language of the name.
    """

    key: int
    at: datetime
    name: str
    language: str


def own_zone() -> tzinfo:
    """Returns the zone of our capital, in which the hours of meetings are written."""
    party = Party.objects.filter(is_self=True).first()
    return party.described.zone if party is not None else UTC


def listed_meetings() -> dict[str, Any]:  # Any: what a template takes
    """Returns the series and meetings as the list shows them."""
    meetings = list(Meeting.objects.select_related("series")[:LISTED])
    return {
        "series": [{"series": one, "name": pick(one.names)} for one in MeetingSeries.objects.all()],
        "meetings": [{"meeting": one, "name": pick(one.series.names)} for one in meetings],
    }


def meetings_by_day(peer: str, first: date, last: date) -> Mapping[date, tuple[MeetingRow, ...]]:
    """Returns the meetings with one party by their days in our capital; none that was cancelled.

    Args:
        peer: Code of the party.
        first: The first day.
        last: The last one.
    """
    zone = own_zone()
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    rows = Meeting.objects.filter(series__peer_id=peer, starts_at__gte=begins, starts_at__lt=ends)
    found: dict[date, tuple[MeetingRow, ...]] = {}
    for one in rows.exclude(state=Meeting.State.CANCELLED).select_related("series").order_by("starts_at", "pk"):
        at = one.starts_at.astimezone(zone)
        name, language = pick(one.series.names)
        found[at.date()] = (*found.get(at.date(), ()), MeetingRow(key=one.pk, at=at, name=name, language=language))
    return found
