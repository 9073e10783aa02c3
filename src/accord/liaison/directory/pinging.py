"""Test calls: sent by hand or by a plan, answered by a person with one act, counted as an indicator.

A call that nobody answered within :data:`ANSWER_WITHIN` is overdue: the officers on our side are told.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.courier.models import Channel
from accord.errors import AccordError
from accord.liaison.directory.functions import require_functions
from accord.liaison.directory.kinds import PING, PING_ANSWER, Ping, PingAnswer
from accord.liaison.errors import LiaisonRefused
from accord.liaison.models import PingPlan, PingTest
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.acknowledging import acknowledgement
from accord.release.services import one_release, send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = [
    "ANSWER_WITHIN",
    "PingTimes",
    "answer_ping",
    "end_plan",
    "next_moment",
    "ping_times",
    "plan_pings",
    "send_due_pings",
    "send_ping",
]

ANSWER_WITHIN: Final = timedelta(minutes=30)
"""Time in which a person answers a test call: as long as a handover note may stay unread (workstreams, section 6)."""

LIFE: Final = timedelta(days=1)
"""A test call that could not be delivered within a day tests nothing any more."""

EVERY_DAYS_MAX: Final = 92
"""A plan tests at least once a quarter."""


def send_ping(officer: Officer, *, peer: str, function: str, now: datetime | None = None) -> PingTest:
    """Sends a test call to a function of the other side.

    Raises:
        NotPermitted: The officer may not answer messages: who is on duty tests and answers.
        LiaisonRefused: The function is unknown, or a call of it is open.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    require_functions([function], field="function")
    return _send(officer, peer=peer, function=function, now=now or timezone.now())


def _send(officer: Officer | None, *, peer: str, function: str, now: datetime) -> PingTest:
    with one_release():
        open_one = PingTest.objects.filter(peer_id=peer, is_ours=True, function=function, answered_at=None)
        if open_one.filter(at__gt=now - ANSWER_WITHIN).exists():
            raise LiaisonRefused(
                "A test call of this function is open.", code="liaison.ping-open", next_step="Wait for its answer."
            )
        key = uuid4()
        released = send_for_the_channel(
            peer=peer,
            kind=PING,
            payload=msgspec.json.encode(Ping(schema_version=1, ping=str(key), function=function)),
            facts=acknowledgement(PING, peer=peer, on=now.date()),
            lane=Lane.URGENT,
            not_after=now + LIFE,
            now=now,
        )
        row = PingTest.objects.create(
            ping=key,
            peer_id=peer,
            is_ours=True,
            function=function,
            is_planned=officer is None,
            at=now,
            due_at=now + ANSWER_WITHIN,
            envelope_id=released.envelope_id,
            sent_by=officer,
        )
        note(officer, "send test call", row, at=now, detail={"party": peer})
    return row


def answer_ping(officer: Officer, test: PingTest, *, now: datetime | None = None) -> PingTest:
    """Answers a test call of the other side, for whoever is on duty.

    Raises:
        NotPermitted: The officer may not answer messages.
        LiaisonRefused: It is ours, or was answered already.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    moment = now or timezone.now()
    with one_release():
        held = PingTest.objects.select_for_update().get(pk=test.pk)
        if held.is_ours or held.answered_at is not None:
            raise LiaisonRefused("This test call does not wait for our answer.", code="liaison.ping-answered")
        send_for_the_channel(
            peer=held.peer_id,
            kind=PING_ANSWER,
            payload=msgspec.json.encode(PingAnswer(schema_version=1, ping=str(held.ping))),
            facts=acknowledgement(PING_ANSWER, peer=held.peer_id, on=moment.date()),
            lane=Lane.URGENT,
            not_after=moment + LIFE,
            now=moment,
        )
        held.answered_at = moment
        held.answered_by = officer
        held.save(update_fields=["answered_at", "answered_by"])
        note(officer, "answer test call", held, at=moment, detail={"party": held.peer_id})
    return held


@transaction.atomic
def plan_pings(
    officer: Officer,
    *,
    peer: str,
    function: str,
    every_days: int,
    begins: time,
    ends: time,
    zone: str,
    now: datetime | None = None,
) -> PingPlan:
    """Plans test calls of a function; the plan before it ends.

    Args:
        officer: Who keeps the roster.
        peer: Code of the other party.
        function: Function that is tested.
        every_days: Days from one call to the next.
        begins: First minute of the window, wall time.
        ends: End of the window, later on the same day.
        zone: IANA zone of the window.
        now: The time.

    Raises:
        NotPermitted: The officer may not keep the roster.
        LiaisonRefused: The function, peer or zone is unknown, or the window or the days make no sense.
    """
    require(officer, Permission.ROSTER_KEEP)
    moment = now or timezone.now()
    require_functions([function], field="function")
    if not Channel.objects.filter(peer_id=peer).exists():
        raise LiaisonRefused("There is no channel to this party.", code="liaison.no-channel", fields={"field": "peer"})
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise LiaisonRefused(
            "This is no IANA time zone.",
            code="liaison.unknown-zone",
            next_step="Write one such as Asia/Kolkata.",
            fields={"field": "zone"},
        ) from error
    if not 1 <= every_days <= EVERY_DAYS_MAX or begins >= ends:
        raise LiaisonRefused(
            "A window begins before it ends, and a plan tests at least once in 92 days.",
            code="liaison.odd-plan",
            next_step="Mend the days or the hours.",
            fields={"field": "every_days" if begins < ends else "begins"},
        )
    PingPlan.objects.filter(peer_id=peer, function=function, ended_at=None).update(ended_at=moment, ended_by=officer)
    plan = PingPlan(
        peer_id=peer, function=function, every_days=every_days, begins=begins, ends=ends, zone=zone, made_by=officer
    )
    plan.made_at = moment
    plan.next_at = next_moment(plan, after=moment)
    plan.save()
    note(officer, "plan test calls", plan, at=moment, detail={"party": peer})
    return plan


@transaction.atomic
def end_plan(officer: Officer, plan: PingPlan, *, now: datetime | None = None) -> None:
    """Ends a plan of test calls.

    Raises:
        NotPermitted: The officer may not keep the roster.
    """
    require(officer, Permission.ROSTER_KEEP)
    moment = now or timezone.now()
    PingPlan.objects.filter(pk=plan.pk, ended_at=None).update(ended_at=moment, ended_by=officer)
    note(officer, "end plan of test calls", plan, at=moment, detail={"party": plan.peer_id})


def next_moment(plan: PingPlan, *, after: datetime) -> datetime:
    """Returns a random minute of the plan's window on the next day whose window is still ahead."""
    zone = ZoneInfo(plan.zone)
    day = after.astimezone(zone).date()
    begins = datetime.combine(day, plan.begins, zone)
    if begins <= after:
        begins = datetime.combine(day + timedelta(days=1), plan.begins, zone)
    # By wall time, as the officers live: a window of two hours has two hours on the day that clocks change, too.
    length = timedelta(hours=plan.ends.hour - plan.begins.hour, minutes=plan.ends.minute - plan.begins.minute)
    return begins + timedelta(minutes=secrets.randbelow(max(1, int(length.total_seconds() // 60))))


def send_due_pings(*, now: datetime) -> int:
    """Sends the planned test calls whose minute has come; the job runner calls it. Returns how many left.

    One that cannot leave (the line is suspended, a call is open) waits for its next turn, and the record shows no call.
    """
    sent = 0
    for plan in PingPlan.objects.filter(ended_at=None, next_at__lte=now):
        upcoming = next_moment(plan, after=now + timedelta(days=plan.every_days - 1))
        if not PingPlan.objects.filter(pk=plan.pk, next_at=plan.next_at).update(next_at=upcoming):
            continue
        try:
            _send(None, peer=plan.peer_id, function=plan.function, now=now)
        except AccordError:
            continue
        sent += 1
    return sent


@dataclass(frozen=True, kw_only=True)
class PingTimes:
    """How test calls to one side were answered in a time.

    Args:
        sent: Calls sent.
        reached: Those that reached the other node.
        answered: Those that a person answered.
        overdue: Those that nobody answered in time, answered late or not at all.
        seconds: Seconds from sending to the answer, in order.
    """

    sent: int
    reached: int
    answered: int
    overdue: int
    seconds: tuple[int, ...]

    @property
    def median_seconds(self) -> int | None:
        """Half were answered within so many seconds; nothing where none was."""
        return self.seconds[(len(self.seconds) - 1) // 2] if self.seconds else None

    @property
    def worst_seconds(self) -> int | None:
        """The longest that one took; nothing where none was answered."""
        return self.seconds[-1] if self.seconds else None


def ping_times(
    peer: str, since: datetime, until: datetime, *, function: str | None = None, now: datetime | None = None
) -> PingTimes:
    """Returns how our test calls to a side were answered, for the indicators of the workplan.

    Args:
        peer: Code of the other party.
        since: First moment at which a call was sent.
        until: End of the time, excluded.
        function: One function alone; all where omitted.
        now: The time, by which one that is open is overdue.
    """
    rows = PingTest.objects.filter(peer_id=peer, is_ours=True, at__gte=since, at__lt=until)
    if function is not None:
        rows = rows.filter(function=function)
    found = list(rows.values_list("at", "due_at", "reached_at", "answered_at"))
    moment = now or timezone.now()
    return PingTimes(
        sent=len(found),
        reached=sum(reached is not None or answered is not None for _at, _due, reached, answered in found),
        answered=sum(answered is not None for *_times, answered in found),
        overdue=sum((answered or moment) > due for _at, due, _reached, answered in found),
        seconds=tuple(
            sorted(int((answered - at).total_seconds()) for at, _due, _reached, answered in found if answered)
        ),
    )


def open_ping(peer: str, ping: UUID) -> PingTest | None:
    """Returns our test call of an identifier."""
    return PingTest.objects.filter(peer_id=peer, is_ours=True, ping=ping).first()
