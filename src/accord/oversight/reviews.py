"""What a reviewer does: look at each emergency within a day, and say what was found.

Source: rule BI-13; NSIRA Act, section 8(2.2); CSE Act, section 46, as a model.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.courier.alarms import raise_alarm_once
from accord.errors import OfficerCanMend
from accord.exchange.authors import authors_of
from accord.exchange.models import EmergencyReview
from accord.exchange.reach import within
from accord.exchange.reasons import note_with_reason, require_reason
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["ReviewRefused", "alarm_overdue_reviews", "emergencies", "review_emergency"]


class ReviewRefused(OfficerCanMend):
    """The review does not fit: it was made, or its reviewer had a part in the release."""

    code = "oversight.review-refused"
    http_status = 409


def emergencies(
    reviewer: Officer, *, is_open: bool | None = None, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[EmergencyReview]:
    """Returns what left as an emergency, with its review or the hour by which it is due.

    Args:
        reviewer: Who asks.
        is_open: Whether the review is still to be made.
        since: First due moment, included.
        until: Last due moment, excluded.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    wanted = {"reviewed_at__isnull": is_open, "due_at__gte": since, "due_at__lt": until}
    fitting = {name: value for name, value in wanted.items() if value is not None}
    return EmergencyReview.objects.filter(within(reviewer, "message__case__"), **fitting).select_related(
        "message__case", "reviewed_by"
    )


@transaction.atomic
def review_emergency(
    reviewer: Officer, key: UUID, *, outcome: EmergencyReview.Outcome | str, reason: str, now: datetime | None = None
) -> EmergencyReview:
    """Records what the reviewer found of an emergency; once, late or not.

    Args:
        reviewer: A reviewer who neither wrote, submitted, approved nor released it, and answered no hold of it.
        key: Key of the message.
        outcome: Whether the emergency was justified.
        reason: Why the reviewer finds so.
        now: The time.

    Raises:
        NotPermitted: The account may not review emergencies.
        TextRefused: The reason is blank.
        ReviewRefused: It was reviewed, or the reviewer had a part in it.
    """
    require(reviewer, Permission.EMERGENCY_REVIEW)
    words = require_reason(reason)
    moment = now or timezone.now()
    held = (
        EmergencyReview.objects.select_for_update(of=("self",)).filter(within(reviewer, "message__case__")).get(pk=key)
    )
    message = held.message
    if held.reviewed_at is not None:
        raise ReviewRefused("This emergency has been reviewed.", code="oversight.reviewed")
    parts = {*authors_of(message), *message.hold_answers.values_list("decided_by_id", flat=True)}
    if message.approval is not None:
        parts |= {message.approval.requested_by_id, message.approval.decided_by_id or 0}
    if message.released is not None:
        parts.add(message.released.released_by_id or 0)
    if reviewer.pk in parts:
        raise ReviewRefused(
            "Nobody reviews an emergency in which they had a part.",
            code="oversight.own-emergency",
            next_step="Ask another reviewer.",
        )
    held.reviewed_by = reviewer
    held.reviewed_at = moment
    held.outcome = EmergencyReview.Outcome(outcome).value
    held.reason = words
    held.save()
    is_late = moment > held.due_at
    detail: dict[str, str | int | bool | None] = {"outcome": held.outcome, "is_late": is_late}
    note_with_reason(reviewer, "review emergency", message, message.case, reason=words, at=moment, detail=detail)
    return held


def alarm_overdue_reviews(*, now: datetime | None = None) -> int:
    """Raises the alarm of late reviews while there are any; returns how many there are."""
    moment = now or timezone.now()
    late = EmergencyReview.objects.filter(reviewed_at=None, due_at__lte=moment).count()
    if late:
        raise_alarm_once(
            None,
            "oversight.emergency-review-overdue",
            f"Emergency reviews are overdue: {late}. They are listed for the reviewer.",
        )
    return late
