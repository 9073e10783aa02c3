"""Takes an urgent item that nobody has read further: to the duty officers, then to those who release and administer.

An item is read when one of those whom it concerned has read their notice, or a notice of its escalation. At night, at
weekends and on public holidays of the own capital only the duty officers are expected at a desk: what did not go to
them goes to them at once then. Each step stands among the acts, in the case's timeline, and is taken once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accord.exchange.clocks import WORK_BEGINS, WORK_ENDS, calendar_of
from accord.exchange.models import Case
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.parties.models import Party

from .deriving import posted_officers
from .kinds import Kind
from .models import Escalation, Notice
from .settling import waiting_notices

__all__ = ["STEPS", "escalate_unread", "is_office_hour"]

STEPS: Final = (
    ("escalate to duty", frozenset({Role.DUTY})),
    ("escalate to releasing", frozenset({Role.RELEASING, Role.ADMINISTRATOR})),
)
"""The act that notes each step, and the roles it goes to."""

ITEMS_A_TURN: Final = 100


def is_office_hour(now: datetime) -> bool:
    """Returns whether offices of the own capital are open: not at night, at a weekend or on a public holiday."""
    calendar = calendar_of(Party.objects.get(code=settings.ACCORD_PARTY).described)
    local = now.astimezone(calendar.zone)
    return calendar.is_working_day(local.date()) and WORK_BEGINS <= local.time() < WORK_ENDS


def escalate_unread(*, now: datetime | None = None) -> int:
    """Takes every step that is due; returns how many were taken."""
    moment = now or timezone.now()
    return sum(_take_step(first, moment) for first in _unread_items(moment))


def _unread_items(now: datetime) -> Iterator[Notice]:
    """Gives a notice of each urgent item that waits and of which no notice at all was read."""
    urgent = waiting_notices().filter(is_urgent=True).exclude(kind=Kind.ESCALATED).order_by("id")
    seen: set[tuple[str, str]] = set()
    for notice in urgent[: ITEMS_A_TURN * 20]:
        item = (notice.kind, notice.key)
        if item in seen or len(seen) >= ITEMS_A_TURN:
            continue
        seen.add(item)
        if not Notice.objects.filter(kind=notice.kind, key=notice.key, read_at__isnull=False).exists():
            yield notice


def _take_step(first: Notice, now: datetime) -> int:
    taken = list(Escalation.objects.filter(kind=first.kind, key=first.key).order_by("step"))
    if len(taken) >= len(STEPS):
        return 0
    told = Notice.objects.filter(kind=Kind.ESCALATED, key__in=[_key(first, one.step) for one in taken])
    if told.filter(read_at__isnull=False).exists():
        return 0
    verb, roles = STEPS[len(taken)]
    officers = [one for one in posted_officers() if roles.intersection(one.roles)]
    # A step that reached nobody is not waited for.
    since = taken[-1].at if taken and taken[-1].told else first.made_at
    if now < since + _patience(first, officers, is_first=not taken, now=now):
        return 0
    with transaction.atomic():
        Escalation.objects.create(kind=first.kind, key=first.key, step=len(taken), at=now, told=len(officers))
        Notice.objects.bulk_create(
            [
                Notice(
                    officer=officer,
                    kind=Kind.ESCALATED,
                    key=_key(first, len(taken)),
                    at=now,
                    made_at=now,
                    is_urgent=True,
                    case_id=first.case_id,
                    message_id=first.message_id,
                    channel_id=first.channel_id,
                    subject=first.subject,
                )
                for officer in officers
            ],
            ignore_conflicts=True,
        )
        if first.case_id is not None:
            note(None, verb, Case(pk=first.case_id), at=now, detail={"effect": first.kind, "told": len(officers)})
    return 1


def _key(first: Notice, step: int) -> str:
    return f"{step}-{first.kind}-{first.key}"[:120]


def _patience(first: Notice, officers: list[Officer], *, is_first: bool, now: datetime) -> timedelta:
    usual = timedelta(minutes=settings.ACCORD_NOTICE_ESCALATION_MINUTES)
    if not is_first or is_office_hour(now):
        return usual
    on_duty = {officer.pk for officer in officers}
    told = set(Notice.objects.filter(kind=first.kind, key=first.key).values_list("officer_id", flat=True))
    return usual if on_duty & told else timedelta()
