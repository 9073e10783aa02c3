"""What both sides hold one another to after an objection and after an incident, in hours; no statute says it."""

from datetime import datetime, timedelta

from accord.workstreams.drugs.kinds.pre_export_reply import OBJECTING
from accord.workstreams.drugs.models import Incident, Notice
from accord.workstreams.drugs.notices.clocks import alerts

__all__ = ["follow_up_due", "is_late_alert"]


def follow_up_due(notice: Notice) -> datetime | None:
    """Returns until when the exporting side says what follows from an objection.

    Nothing is due where the last reply does not object, or where an outcome was told since.
    """
    if notice.reply_result not in OBJECTING or notice.replied_at is None:
        return None
    if notice.became_at is not None and notice.became_at >= notice.replied_at:
        return None
    return notice.replied_at + timedelta(hours=alerts().objection_hours)


def is_late_alert(incident: Incident) -> bool:
    """Returns whether an incident was told later than both sides hold one another to."""
    return incident.alerted_hours > alerts().incident_hours
