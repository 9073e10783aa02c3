"""What a reviewer writes beside a decision; the record itself never changes, and no annotation is ever changed."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.exchange.reasons import require_reason
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.models import Annotation
from accord.oversight.services import decision

__all__ = ["FindingMissing", "annotate", "annotations_of"]


class FindingMissing(OfficerCanMend):
    """No finding was chosen."""

    code = "oversight.finding-missing"
    default_next_step = "Choose what you found, and send it again."
    http_status = 422


@transaction.atomic
def annotate(reviewer: Officer, number: int, *, finding: str, text: str, now: datetime | None = None) -> Annotation:
    """Writes a finding beside a decision.

    Args:
        reviewer: Who writes.
        number: The decision's.
        finding: ``in-order``, ``question`` or ``not-in-order``.
        text: The reviewer's words.
        now: The time.

    Raises:
        NotPermitted: The account may not read the record.
        DecisionUnknown: There is none of that number.
        FindingMissing: The finding is none of the three.
        TextRefused: The text is blank, too long, or holds a refused character.
    """
    require(reviewer, Permission.RECORD_READ)
    record = decision(reviewer, number)
    if finding not in Annotation.Finding.values:
        raise FindingMissing("No finding was chosen.")
    words, moment = require_reason(text, field="text"), now or timezone.now()
    made = Annotation.objects.create(decision=record, reviewer=reviewer, at=moment, finding=finding, text=words)
    note(reviewer, "annotate decision", made, at=moment, detail={"decision": number, "finding": finding})
    return made


def annotations_of(reviewer: Officer, number: int) -> QuerySet[Annotation]:
    """Returns what reviewers wrote beside a decision, the oldest first.

    Raises:
        NotPermitted: The account may not read the record.
        DecisionUnknown: There is none of that number within the reviewer's mandate.
    """
    record = decision(reviewer, number)
    return Annotation.objects.filter(decision=record).select_related("reviewer")
