"""Settles notices whose cause has gone: what waits for nobody any more must not ring, be mailed, or escalate."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accord.courier.models import Alarm, Channel, Mode
from accord.exchange.models import Case, Clock, EmergencyReview, Message
from accord.liaison.models import PingTest
from accord.node.desk.workstreams import modules_named
from accord.officers.models import ApiToken, ClientCertificate, Officer
from accord.officers.peers import waiting_peers
from accord.officers.registers import waiting_entries

from .happenings import hold_subject
from .kinds import Kind
from .models import Choice, Notice
from .registered import due_keys, open_records
from .rostered import days_with_gaps, waiting_handovers, waiting_swaps
from .signed import waiting_texts

__all__ = ["settle_notices", "waiting_notices"]

AT_ONCE: Final = 500
"""Notices settled in one statement; the rest is settled in the next turn."""

BY_SUBJECT: Final = (
    Kind.RECEIPT_LATE,
    Kind.ALARM,
    Kind.ACCOUNT_WAITS,
    Kind.PEER_WAITS,
    Kind.ADDRESS_WAITS,
    Kind.REGISTER_WAITS,
    Kind.REGISTER_DUE,
    Kind.ROSTER_GAP,
    Kind.WATCH_ASKED,
    Kind.PING_WAITS,
    Kind.PING_LATE,
    Kind.REPLY_WAITS,
    Kind.REPLY_OVER,
    Kind.SILENCE,
    Kind.FOLLOW_UP_LATE,
)

OF_NOTES: Final = (Kind.HANDOVER_WAITS, Kind.HANDOVER_UNREAD)
ON_FILE: Final = (Kind.FILE_WAITS, Kind.FILE_ESCALATED)

LASTING: Final[dict[str, Callable[[list[int]], Iterable[object]]]] = {
    "alarm": lambda keys: _keys(Alarm.objects.filter(acknowledged_at=None, pk__in=keys)),
    "officer": lambda keys: _keys(Officer.objects.filter(waits_for_second=True, pk__in=keys)),
    "lock": lambda keys: _keys(Officer.objects.filter(unlock_asked_by__isnull=False, pk__in=keys)),
    "peerproposal": lambda keys: _keys(waiting_peers().filter(pk__in=keys)),
    "apitoken": lambda keys: _keys(ApiToken.objects.filter(waits_for_second=True, revoked_at=None, pk__in=keys)),
    "clientcertificate": lambda keys: _keys(
        ClientCertificate.objects.filter(waits_for_second=True, revoked_at=None, pk__in=keys)
    ),
    "registerentry": lambda keys: _keys(waiting_entries().filter(pk__in=keys)),
    "ping": lambda keys: _keys(PingTest.objects.filter(answered_at=None, pk__in=keys)),
    "registerdue": lambda keys: due_keys().intersection(keys),
    "gaps": days_with_gaps,
    "swap": waiting_swaps,
    "choice": lambda keys: _keys(Choice.objects.filter(agreed_at=None, pk__in=keys).exclude(address="")),
}
"""Which of these keys still wait, by the type of subject."""


def _keys(rows: "QuerySet[Any]") -> Iterable[object]:  # Any: rows of any of five tables
    return rows.order_by().values_list("pk", flat=True)


def waiting_notices() -> QuerySet[Notice]:
    """Returns the notices that nobody read and whose cause lasts."""
    return Notice.objects.filter(read_at=None, settled_at=None)


def settle_notices(*, now: datetime | None = None) -> int:
    """Settles what needs settling; returns how many. Where nothing changed it only reads."""
    moment = now or timezone.now()
    waiting = {str(kind) for kind in waiting_notices().order_by().values_list("kind", flat=True).distinct()}
    gone: list[int] = []
    for kinds, condition in _causes().items():
        present = waiting.intersection(kinds)
        if present:
            gone += waiting_notices().filter(condition, kind__in=present).values_list("pk", flat=True)[:AT_ONCE]
    if waiting.intersection(BY_SUBJECT):
        gone += _without_subject()
    if Kind.HOLD_WAITS in waiting:
        gone += _without_hold()
    if waiting.intersection(ON_FILE):
        gone += _without_record()
    if Kind.TEXT_WAITS in waiting:
        gone += _without_text()
    if waiting.intersection(OF_NOTES):
        gone += _without_note()
    if not gone:
        return 0
    return Notice.objects.filter(pk__in=gone[:AT_ONCE], read_at=None).update(settled_at=moment)


def _causes() -> dict[tuple[Kind, ...], Q]:
    message = OuterRef("message_id")
    running = Clock.objects.filter(message_id=message, state=Clock.State.RUNNING)
    open_review = EmergencyReview.objects.filter(message_id=message, reviewed_at=None)
    heard = Channel.objects.filter(pk=OuterRef("channel_id"), last_contact_at__gt=OuterRef("at"))
    return {
        (Kind.REQUEST, Kind.CALLED): Q(case__holder__isnull=False) | Q(case__state=Case.State.CLOSED),
        (Kind.APPROVAL_WAITS,): ~Q(message__state=Message.State.SUBMITTED),
        (Kind.CLOCK_SOON, Kind.CLOCK_OUT): ~Exists(running) & Q(),
        (Kind.EMERGENCY,): ~Exists(open_review) & Q(),
        (Kind.CHANNEL_FROZEN,): ~Q(channel__mode=Mode.FROZEN),
        (Kind.CHANNEL_SUSPENDED,): ~Q(channel__mode=Mode.SUSPENDED) & Q(channel__peer_suspended_at=None),
        (Kind.CHANNEL_SILENT,): Exists(heard) & Q(),
    }


def _without_hold() -> list[int]:
    """Returns the notices about a hold that waits no more for the office it was told to."""
    waiting = waiting_notices().filter(kind=Kind.HOLD_WAITS).order_by("pk")
    rows = waiting.values_list("pk", "subject", "message__state", "message__held_for")
    return [
        key
        for key, subject, state, offices in rows
        if state != Message.State.DRAFT or subject not in map(hold_subject, offices or [])
    ]


def _without_note() -> list[int]:
    """Returns the notices about a handover note that was signed or taken back."""
    still = {str(key) for key in waiting_handovers()}
    rows = waiting_notices().filter(kind__in=OF_NOTES).values_list("pk", "key")
    return [pk for pk, key in rows if key not in still]


def _without_text() -> list[int]:
    """Returns the notices about a text that waits for no signature of our side any more."""
    rows = list(waiting_notices().filter(kind=Kind.TEXT_WAITS).values_list("pk", "subject")[:AT_ONCE])
    still = waiting_texts([subject.partition(":")[2] for _, subject in rows])
    return [pk for pk, subject in rows if subject.partition(":")[2] not in still]


def _without_record() -> list[int]:
    """Returns the notices about a record on file that waits no more."""
    still = {f"{record.pk}-{record.decision}" for record in open_records()}
    rows = waiting_notices().filter(kind__in=ON_FILE).values_list("pk", "key")
    return [pk for pk, key in rows if key not in still]


def _lasting(of_type: str, keys: list[str]) -> Iterable[object]:
    """Returns which keys of a type of subject still wait; none where its workstream is not there any more."""
    if of_type in LASTING:
        return LASTING[of_type]([int(key) for key in keys])
    for module in modules_named("waits"):
        if of_type in module.LASTING:
            found: Iterable[object] = module.LASTING[of_type](keys)
            return found
    return ()


def _without_subject() -> list[int]:
    """Returns the notices about an alarm, an account or an address that waits no more."""
    by_type: dict[str, dict[str, list[int]]] = {}
    waiting = waiting_notices().filter(kind__in=BY_SUBJECT).values_list("pk", "subject")[:AT_ONCE]
    for key, subject in waiting:
        of_type, _, number = subject.partition(":")
        by_type.setdefault(of_type, {}).setdefault(number, []).append(key)
    gone: list[int] = []
    for of_type, numbers in by_type.items():
        lasting = {str(number) for number in _lasting(of_type, list(numbers))}
        gone += [key for number, keys in numbers.items() if number not in lasting for key in keys]
    return gone
