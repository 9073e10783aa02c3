"""Meetings as lists show them."""

from typing import Any, Final

from accord.dialogue.models import Meeting, MeetingSeries
from accord.node.desk.statement_rows import pick

__all__ = ["listed_meetings"]

LISTED: Final = 200
"""Meetings of a list: more than two parties hold in ten years."""


def listed_meetings() -> dict[str, Any]:  # Any: what a template takes
    """Returns the series and meetings as the list shows them."""
    meetings = list(Meeting.objects.select_related("series")[:LISTED])
    return {
        "series": [{"series": one, "name": pick(one.names)} for one in MeetingSeries.objects.all()],
        "meetings": [{"meeting": one, "name": pick(one.series.names)} for one in meetings],
    }
