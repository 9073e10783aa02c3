"""Lists of notices for those who may read them: need to know holds for rows as for the messages they are made of."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accord.exchange.reach import within
from accord.exchange.withdrawn import stands
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workstreams.drugs.models import Incident, Notice, SuspiciousReport
from accord.workstreams.drugs.notices.states import SETTLED_BY, NoticeState, in_state

__all__ = ["awaited", "doubled_for", "incidents_for", "notices_for", "reports_for", "waiting_notices"]


def notices_for(
    officer: Officer, now: datetime, *, state: NoticeState | None = None, is_ours: bool | None = None, words: str = ""
) -> QuerySet[Notice]:
    """Returns the notices that an officer may read, the newest first.

    Args:
        officer: Who reads.
        now: The time, by which a notice waits or nobody replied.
        state: Only those in this state.
        is_ours: Only those of one side.
        words: Only those whose substance, CAS number, reference or company has these letters.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    found = Notice.objects.filter(within(officer, "case__")).select_related("case", "message")
    if state is not None:
        found = found.filter(in_state(state, now))
    if is_ours is not None:
        found = found.filter(is_ours=is_ours)
    if words.strip():
        found = found.filter(_has(words.strip()))
    return found


def _has(words: str) -> Q:
    fields = ("substance_name", "cas_number", "pen_reference", "exporter", "importer", "consignee", "substance")
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": words})
    return found


def doubled_for(officer: Officer, notices: Iterable[Notice]) -> frozenset[UUID]:
    """Returns the keys of those notices whose reference is borne by another one that an officer may read.

    Of one that they may not read nothing is said.

    Args:
        officer: Who reads.
        notices: Notices that they may read.
    """
    marked = [one for one in notices if one.is_duplicate and one.pen_reference]
    if not marked:
        return frozenset()
    read = Notice.objects.filter(within(officer, "case__"), pen_reference__in={one.pen_reference for one in marked})
    bearing = Counter((peer, reference) for _key, peer, reference in _keys(read))
    return frozenset(one.pk for one in marked if bearing[one.peer, one.pen_reference] > 1)


def _keys(notices: QuerySet[Notice]) -> set[tuple[UUID, str, str]]:
    return set(notices.order_by().values_list("pk", "peer", "pen_reference"))


def awaited() -> QuerySet[Notice]:
    """Returns the notices of both sides to which a reply is waited for, or was in vain, each with its ``due_at``."""
    unreplied = Notice.objects.filter(stands("message__"), reply_result="", waits_until__isnull=False)
    return unreplied.exclude(became__in=SETTLED_BY).annotate(due_at=F("waits_until"))


def waiting_notices(officer: Officer, now: datetime) -> int:
    """Returns how many notices of theirs that the officer may read wait for our word, silence of ours included."""
    theirs = notices_for(officer, now, is_ours=False)
    return theirs.filter(in_state(NoticeState.AWAITING, now) | in_state(NoticeState.SILENT, now)).count()


def incidents_for(officer: Officer, notice: Notice) -> QuerySet[Incident]:
    """Returns the incidents with a notice's consignment that an officer may read, in the order of their telling.

    They name the notice, or its reference, or no notice at all in the notice's own case.
    """
    of_notice = Q(notice=notice) | Q(notice=None, pen_reference="", case_id=notice.case_id)
    if notice.pen_reference:
        of_notice |= Q(peer=notice.peer, pen_reference=notice.pen_reference)
    return (
        Incident.objects.filter(of_notice, within(officer, "case__"))
        .select_related("case", "message")
        .order_by("sent_at")
    )


def reports_for(officer: Officer, notice: Notice) -> QuerySet[SuspiciousReport]:
    """Returns the suspicious transactions linked to a notice that an officer may read."""
    found = SuspiciousReport.objects.filter(within(officer, "case__"), notice=notice)
    return found.select_related("case", "message").order_by("sent_at")
