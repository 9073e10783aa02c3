"""Takes an urgent item that nobody has read further: to the duty officers, then to those who release and administer.

An item is read when one of those whom it concerned has read their notice, or a notice of its escalation. At night, at
weekends and on public holidays of the own capital only the duty officers are expected at a desk: what did not go to
them goes to them at once then. Each step stands among the acts, in the case's timeline, and is taken once.

Where our side keeps a roster the duty officers are those on watch, and urgent requests go by its call list instead
(:mod:`accord.node.notices.calling`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.utils import timezone

from accord.exchange.clocks import WORK_BEGINS, WORK_ENDS, calendar_of
from accord.exchange.models import Case
from accord.exchange.reach import reads
from accord.liaison.roster.reading import has_roster, on_watch
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, Role
from accord.parties.models import Party

from .deriving import posted_officers
from .kinds import Kind
from .models import Escalation, Notice
from .settling import waiting_notices

__all__ = ["ITEMS_A_TURN", "STEPS", "escalate_unread", "is_office_hour", "may_hear"]

STEPS: Final = (
    ("escalate to duty", frozenset({Role.DUTY})),
    ("escalate to releasing", frozenset({Role.RELEASING, Role.ADMINISTRATOR})),
)
"""The act that notes each step, and the roles it goes to."""

ITEMS_A_TURN: Final = 100
"""Items for which a step is looked for in one turn, the oldest first; those with nothing left to do are not counted."""


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
    """Gives a notice of each urgent item that waits, that nobody read of, and that has a step left to take."""
    of_item = {"kind": OuterRef("kind"), "key": OuterRef("key")}
    was_read = Notice.objects.filter(**of_item, read_at__isnull=False)
    last_step = Escalation.objects.filter(**of_item, step=len(STEPS) - 1)
    urgent = waiting_notices().filter(~Exists(was_read), ~Exists(last_step), is_urgent=True)
    # What is called by the roster goes on by its call list.
    otherwise = (Kind.ESCALATED, Kind.CALLED, *((Kind.REQUEST,) if has_roster() else ()))
    items = urgent.exclude(kind__in=otherwise).order_by().values("kind", "key").annotate(first=Min("pk"))
    escalated = Notice.objects.filter(kind=Kind.ESCALATED)
    heard = set(escalated.filter(read_at__isnull=False).values_list("key", flat=True))
    rows = items.order_by("first").iterator()
    left = (row["first"] for row in rows if heard.isdisjoint(_keys(row["kind"], row["key"])))
    yield from Notice.objects.filter(pk__in=list(islice(left, ITEMS_A_TURN))).order_by("pk")


def _take_step(first: Notice, now: datetime) -> int:
    taken = list(Escalation.objects.filter(kind=first.kind, key=first.key).order_by("step"))
    verb, roles = STEPS[len(taken)]
    officers = [one for one in _called(roles, now) if may_hear(one, first)]
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
                    key=_keys(first.kind, first.key)[len(taken)],
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


def _called(roles: frozenset[Role], now: datetime) -> list[Officer]:
    """Returns who plays a part: on duty are those on watch by the roster, where there is one and somebody is."""
    on_duty = on_watch(now=now) if Role.DUTY in roles else []
    return on_duty or [one for one in posted_officers() if roles.intersection(one.roles)]


def may_hear(officer: Officer, first: Notice) -> bool:
    """Whether an officer may be told: who reads cases hears of those alone that they read."""
    return first.case is None or not officer.may(Permission.CASE_READ) or reads(officer, first.case)


def _keys(kind: str, key: str) -> list[str]:
    """Returns the keys of the notices of an item's escalation, one for each step."""
    return [f"{step}-{kind}-{key}"[:120] for step in range(len(STEPS))]


def _patience(first: Notice, officers: list[Officer], *, is_first: bool, now: datetime) -> timedelta:
    usual = timedelta(minutes=settings.ACCORD_NOTICE_ESCALATION_MINUTES)
    if not is_first or is_office_hour(now):
        return usual
    on_duty = {officer.pk for officer in officers}
    told = set(Notice.objects.filter(kind=first.kind, key=first.key).values_list("officer_id", flat=True))
    return usual if on_duty & told else timedelta()
