"""Where a notice leads: to the page on which its officer can do something about it."""

from typing import Final

from django.urls import reverse

from accord.courier.models import Alarm
from accord.exchange.models import Case, Message
from accord.exchange.reach import reads
from accord.liaison.roster.handing_over import handovers_for
from accord.node.desk.workstreams import modules_named
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import RegisterEntry

from .happenings import PARKED
from .kinds import Kind
from .models import Notice

__all__ = ["place_of"]

AT_THE_LINE: Final = frozenset(
    {Kind.RECEIPT_LATE, Kind.ALARM, Kind.CHANNEL_SILENT, Kind.CHANNEL_FROZEN, Kind.CHANNEL_SUSPENDED}
)
FOR_SECOND: Final = frozenset({Kind.ACCOUNT_WAITS, Kind.PEER_WAITS})
OF_REGISTER: Final = frozenset({Kind.REGISTER_WAITS, Kind.REGISTER_DUE})
ABOUT_WATCHES: Final = frozenset({Kind.WATCH_ASKED, Kind.WATCH_ANSWERED})
ABOUT_NOTES: Final = frozenset({Kind.HANDOVER_WAITS, Kind.HANDOVER_UNREAD})
OF_ROSTER: Final = frozenset({Kind.ROSTER_GAP, *ABOUT_WATCHES, *ABOUT_NOTES})
OF_TEXTS: Final = {Kind.TEXT_WAITS: "desk:text", Kind.TEXT_SETTLED: "desk:text", Kind.CLAUSE_ARRIVED: "desk:statement"}
OF_PINGS: Final = frozenset({Kind.PING_WAITS, Kind.PING_LATE})
ON_FILE: Final = frozenset({Kind.FILE_WAITS, Kind.FILE_ESCALATED})
TO_MEND: Final = frozenset({Kind.DRAFT_SENT_BACK, Kind.DRAFT_BLOCKED})
WRITABLE: Final = frozenset({Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED})


def place_of(notice: Notice, officer: Officer) -> str:
    """Returns the address of the page; one that the officer may not open is never given."""
    for kinds, place in ((OF_REGISTER, _of_register), (OF_ROSTER, _of_roster), (frozenset(OF_TEXTS), _of_text)):
        if notice.kind in kinds:
            return place(notice, officer)
    if notice.kind in OF_PINGS | FOR_SECOND | {Kind.ACCOUNT_CHANGED}:
        return reverse(_by_kind(notice, officer))
    if notice.case is not None and officer.may(Permission.CASE_READ) and reads(officer, notice.case):
        return _of_case(notice, notice.case)
    if notice.kind == Kind.ALARM and officer.may(Permission.PARKED_HANDLE) and _is_of_parked(notice):
        return reverse("desk:parked")
    is_of_line = notice.kind in AT_THE_LINE or notice.channel_id is not None
    if is_of_line and officer.may(Permission.CHANNEL_READ):
        return reverse("desk:channel")
    return reverse("desk:notices")


def _of_text(notice: Notice, officer: Officer) -> str:
    if not officer.may(Permission.AGREEMENT_READ):
        return reverse("desk:notices")
    return reverse(OF_TEXTS[Kind(notice.kind)], args=[notice.subject.partition(":")[2]])


def _by_kind(notice: Notice, officer: Officer) -> str:
    if notice.kind in OF_PINGS:
        return "desk:pings" if officer.may(Permission.AGREEMENT_READ) else "desk:notices"
    is_second = notice.kind in FOR_SECOND and officer.may(Permission.OFFICER_CONFIRM)
    return "desk:waiting" if is_second else "desk:me"


def _of_register(notice: Notice, officer: Officer) -> str:
    of_type, _, key = notice.subject.partition(":")
    if not officer.may(Permission.REGISTER_READ):
        return reverse("desk:notices")
    for module in modules_named("waits"):
        if of_type in module.PLACES:
            return reverse(module.PLACES[of_type], args=[key])
    is_there = key.isdigit() and RegisterEntry.objects.filter(pk=int(key)).exists()
    return reverse("desk:register-entry", args=[int(key)]) if is_there else reverse("desk:registers")


def _of_roster(notice: Notice, officer: Officer) -> str:
    if not officer.may(Permission.AGREEMENT_READ):
        return reverse("desk:notices")
    if notice.kind in ABOUT_WATCHES:
        return reverse("desk:roster-watches")
    key = notice.subject.partition(":")[2]
    is_note = notice.kind in ABOUT_NOTES and officer.may(Permission.CASE_READ)
    if is_note and handovers_for(officer).filter(pk=key).exists():
        return reverse("desk:roster-handover", args=[key])
    return reverse("desk:roster")


def _is_of_parked(notice: Notice) -> bool:
    key = notice.subject.partition(":")[2]
    return key.isdigit() and Alarm.objects.filter(pk=int(key), code=PARKED).exists()


def _of_case(notice: Notice, case: Case) -> str:
    of_type, _, key = notice.subject.partition(":")
    for module in modules_named("waits"):
        if of_type in module.PLACES:
            return reverse(module.PLACES[of_type], args=[key])
    message = notice.message
    if message is not None and notice.kind == Kind.APPROVAL_WAITS and message.state == Message.State.SUBMITTED:
        return reverse("desk:approval", args=[message.pk])
    if message is not None and notice.kind == Kind.HOLD_WAITS and message.may_change and message.held_for:
        return reverse("desk:holds", args=[message.pk])
    if message is not None and notice.kind in ON_FILE and message.may_change:
        return reverse("desk:assessments", args=[message.pk])
    if message is not None and notice.kind in TO_MEND and message.state in WRITABLE:
        return reverse("desk:draft", args=[message.pk])
    return reverse("desk:case", args=[case.own_ref])
