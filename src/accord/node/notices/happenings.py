"""What happened: read from the tables that the services write, never from a hook that a kill could skip.

Each source gives the happenings since a moment, with a key that is the same whenever the same event is read again. So
a turn that was killed is simply done again, and a source may look back further than it must.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max

from accord.courier.health import SILENT_AFTER
from accord.courier.models import Alarm, Channel, Mode, ModeChange
from accord.exchange.authors import authors_of
from accord.exchange.models import Case, Clock, EmergencyReview, Message
from accord.officers.four_eyes import makers_of
from accord.officers.models import Act, ApiToken, ClientCertificate, Officer
from accord.officers.peers import waiting_peers
from accord.officers.permissions import Permission
from accord.vocabulary.urgency import Urgency

from .kinds import Kind
from .models import Choice

__all__ = ["PARKED", "SOURCES", "Happening", "Source", "arrivals", "hold_subject"]

SOON_AT_MOST: Final = timedelta(days=1)
SOON_SHARE: Final = 4
"""A clock runs out soon in the last quarter of its limit, and never earlier than a day before its end."""

UNRECEIPTED: Final = "courier.unreceipted"
PARKED: Final = "release.parked"
OF_THEIR_OWN: Final = frozenset({"courier.equivocation", "courier.peer-suspended", "exchange.emergency-released"})
"""Alarms about what another source tells already."""

Whom = Callable[[Officer], bool]


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event and whom it concerns.

    Args:
        kind: What it is.
        key: The same whenever this event is read.
        at: When it happened.
        whom: Says of an officer in post whether it concerns them.
        is_urgent: Whether it passes quiet hours and escalates.
        case: Key of the case.
        message: Key of the message.
        channel: Key of the channel.
        subject: Type and key of an account.
    """

    kind: Kind
    key: str
    at: datetime
    whom: Whom
    is_urgent: bool = False
    case: UUID | None = None
    message: UUID | None = None
    channel: int | None = None
    subject: str = ""


def _may(permission: Permission, *but: int | None) -> Whom:
    return lambda officer: officer.pk not in but and officer.may(permission)


def _is(*keys: int | None) -> Whom:
    return lambda officer: officer.pk in keys


def _named(name: object) -> Whom:
    return lambda officer: officer.username == name


def _holder_or_duty(case: Case) -> Whom:
    """The holder while in post, and otherwise whoever handles what nobody holds."""
    holder = case.holder
    return _is(holder.pk) if holder is not None and holder.is_posted() else _may(Permission.PARKED_HANDLE)


def _holds_or_reviews(holder: int | None) -> Whom:
    return lambda officer: officer.pk == holder or officer.may(Permission.RECORD_READ)


def arrivals(messages: Collection[UUID]) -> Iterator[Happening]:
    """Messages of the other side: a request to all who may take it, anything in a held case to its holder.

    Args:
        messages: Those of which officers are still to be told.
    """
    found = Message.objects.filter(pk__in=messages).select_related("case__holder").order_by("pk")
    urgencies = dict(
        Clock.objects.filter(message__in=messages, started_at__isnull=False).values_list("message_id", "urgency")
    )
    for message in found.defer("content", "own_side"):
        case, is_request = message.case, message.kind == "request"
        yield Happening(
            kind=Kind.REQUEST if is_request or case.holder_id is None else Kind.MESSAGE,
            key=str(message.pk),
            at=message.received_at or message.created_at,
            whom=_may(Permission.CASE_TAKE) if case.holder_id is None else _holder_or_duty(case),
            is_urgent=_is_urgent(urgencies.get(message.pk, Urgency.NORMAL)),
            case=case.pk,
            message=message.pk,
        )


def _is_urgent(urgency: str) -> bool:
    return urgency != Urgency.NORMAL


def acts_at_cases(since: datetime, _now: datetime) -> Iterator[Happening]:
    """Cases that changed hands, and those that somebody opened in an emergency: its holder and reviewers are told."""
    verbs = ("hand over case", "take over case", "assign case", "break into case")
    for act in Act.objects.filter(at__gte=since, object_type="case", verb__in=verbs):
        case = UUID(act.object_id)
        detail = act.detail
        if act.verb == "take over case":
            yield Happening(
                kind=Kind.TAKEN_OVER, key=f"act-{act.pk}", at=act.at, whom=_named(detail.get("from")), case=case
            )
        elif act.verb == "break into case":
            holder = Case.objects.filter(pk=case).values_list("holder", flat=True).first()
            yield Happening(
                kind=Kind.BROKEN_INTO, key=f"act-{act.pk}", at=act.at, whom=_holds_or_reviews(holder), case=case
            )
        else:
            yield Happening(
                kind=Kind.ASSIGNED, key=f"act-{act.pk}", at=act.at, whom=_named(detail.get("to")), case=case
            )


def acts_at_drafts(since: datetime, _now: datetime) -> Iterator[Happening]:
    """Drafts that wait for approval, were approved, were sent back, or were stopped by the gate."""
    told = {
        "approve message": Kind.DRAFT_APPROVED,
        "send back message": Kind.DRAFT_SENT_BACK,
        "stop message": Kind.DRAFT_BLOCKED,
    }
    acts = list(Act.objects.filter(at__gte=since, object_type="message", verb__in=["submit message", *told]))
    drafts = Message.objects.defer("content", "own_side").in_bulk({UUID(act.object_id) for act in acts})
    for act in acts:
        draft = drafts.get(UUID(act.object_id))
        if draft is None:
            continue
        is_submission = act.verb == "submit message"
        approvers = _may(Permission.MESSAGE_APPROVE, act.officer_id, draft.drafted_by_id)
        # Who acted has seen the outcome on the page.
        drafter = draft.drafted_by_id if draft.drafted_by_id != act.officer_id else None
        yield Happening(
            kind=Kind.APPROVAL_WAITS if is_submission else told[act.verb],
            key=f"act-{act.pk}",
            at=act.at,
            whom=approvers if is_submission else _is(drafter),
            is_urgent=is_submission and str(draft.kind) == "request" and _asks_urgently(draft.pk),
            case=draft.case_id,
            message=draft.pk,
        )


def holds(_since: datetime, _now: datetime) -> Iterator[Happening]:
    """Drafts that the gate holds: each office that must answer in writing is told through those who bear it.

    An office that nobody bears yet is told as soon as somebody does.
    """
    waiting = Message.objects.filter(state=Message.State.DRAFT, held_for__isnull=False)
    drafts = list(waiting.select_related("in_reply_to__clock").defer("own_side", "in_reply_to__content"))
    stops = Act.objects.filter(
        object_type="message", object_id__in=[str(draft.pk) for draft in drafts], verb="stop message"
    )
    stopped = dict(stops.order_by().values_list("object_id").annotate(Max("at")))
    for draft in drafts:
        offices: list[str] = draft.held_for or []
        authors = authors_of(draft)
        for place, office in enumerate(offices):
            yield Happening(
                kind=Kind.HOLD_WAITS,
                # Each text that is stopped is told anew, and each office of it once.
                key=f"{draft.pk}-{draft.version}-{_digest(office)}",
                at=stopped.get(str(draft.pk), draft.saved_at),
                whom=_bears(office, but_not=offices[:place], authors=authors),
                is_urgent=_is_urgent_draft(draft),
                case=draft.case_id,
                message=draft.pk,
                subject=hold_subject(office),
            )


def hold_subject(office: str) -> str:
    """Returns the subject of a notice about a hold: its office, whose name may be longer than a subject."""
    return f"office:{_digest(office)}"


def _digest(office: str) -> str:
    return hashlib.sha256(office.encode()).hexdigest()[:16]


def _bears(office: str, *, but_not: list[str], authors: frozenset[int]) -> Whom:
    """Who bears an office and may answer; who bears an earlier one of the same draft is told by that."""
    return lambda officer: (
        officer.pk not in authors
        and officer.may(Permission.HOLD_ANSWER)
        and office in officer.offices
        and not set(but_not).intersection(officer.offices)
    )


def _is_urgent_draft(draft: Message) -> bool:
    """Whether it asks urgently, or answers what was asked urgently."""
    clock: Clock | None = getattr(draft.in_reply_to, "clock", None)
    if clock is not None:
        return _is_urgent(clock.urgency)
    return bool(draft.content) and _is_urgent(str(draft.fields.get("urgency", Urgency.NORMAL)))


def _asks_urgently(draft: UUID) -> bool:
    content = Message.objects.only("content").get(pk=draft)
    return bool(content.content) and _is_urgent(str(content.fields.get("urgency", Urgency.NORMAL)))


def clocks(since: datetime, now: datetime) -> Iterator[Happening]:
    """Clocks that run out soon and clocks that ran out; one that stands still does neither."""
    running = Clock.objects.filter(state=Clock.State.RUNNING, due_at__gte=since, due_at__lte=now + SOON_AT_MOST)
    for clock in running.select_related("message__case__holder").defer("message__content", "message__own_side"):
        soon_at = clock.due_at - min(SOON_AT_MOST, timedelta(seconds=clock.limit_seconds / SOON_SHARE))
        if now < soon_at:
            continue
        is_out = clock.due_at <= now
        yield Happening(
            kind=Kind.CLOCK_OUT if is_out else Kind.CLOCK_SOON,
            # A pause moves the limit: what then runs out anew is told anew.
            key=f"{clock.message_id}-{clock.due_at.astimezone(UTC):%Y%m%dT%H%M%S}",
            at=clock.due_at if is_out else soon_at,
            whom=_holder_or_duty(clock.message.case),
            is_urgent=_is_urgent(clock.urgency),
            case=clock.message.case_id,
            message=clock.message_id,
        )


def alarms(since: datetime, _now: datetime) -> Iterator[Happening]:
    """Alarms: a late receipt to those at the desk, what is parked to the duty officers, too, any other to managers."""
    found = Alarm.objects.filter(acknowledged_at=None, raised_at__gte=since).exclude(code__in=OF_THEIR_OWN)
    for alarm in found.defer("evidence"):
        is_receipt = alarm.code == UNRECEIPTED
        yield Happening(
            kind=Kind.RECEIPT_LATE if is_receipt else Kind.ALARM,
            key=f"alarm-{alarm.pk}",
            at=alarm.raised_at,
            whom=_at_the_line if is_receipt else _for_alarm(alarm.code),
            channel=alarm.channel_id,
            subject=f"alarm:{alarm.pk}",
        )


def _for_alarm(code: str) -> Whom:
    """Who can do something about an alarm: what could not be filed is the duty officer's, too."""
    wanted = (Permission.CHANNEL_MANAGE, *((Permission.PARKED_HANDLE,) if code == PARKED else ()))
    return lambda officer: any(officer.may(permission) for permission in wanted)


def _at_the_line(officer: Officer) -> bool:
    """Who can do something about a line that is not well: duty, releasing, administrator."""
    wanted = (Permission.PARKED_HANDLE, Permission.CHANNEL_THAW, Permission.CHANNEL_MANAGE)
    return any(officer.may(permission) for permission in wanted)


def channels(since: datetime, now: datetime) -> Iterator[Happening]:
    """Channels that fell silent, were frozen on proof, or were suspended by either side."""
    for channel in Channel.objects.filter(peer_suspended_at__gte=since):
        if channel.peer_suspended_at is not None:
            yield _stopped(channel.pk, Kind.CHANNEL_SUSPENDED, f"peer-{channel.pk}", channel.peer_suspended_at)
    silent = Channel.objects.filter(
        mode=Mode.OPEN, last_contact_at__gte=since - SILENT_AFTER, last_contact_at__lt=now - SILENT_AFTER
    )
    for key, heard_at in silent.values_list("pk", "last_contact_at"):
        if heard_at is not None:
            yield Happening(
                kind=Kind.CHANNEL_SILENT,
                key=f"{key}-{heard_at.astimezone(UTC):%Y%m%dT%H%M%S}",
                at=heard_at + SILENT_AFTER,
                whom=_at_the_line,
                channel=key,
            )
    stops = {Mode.FROZEN.value: Kind.CHANNEL_FROZEN, Mode.SUSPENDED.value: Kind.CHANNEL_SUSPENDED}
    for change in ModeChange.objects.filter(confirmed_at__gte=since, to_mode__in=stops):
        if change.confirmed_at is not None:
            yield _stopped(change.channel_id, stops[change.to_mode], f"change-{change.pk}", change.confirmed_at)


def _stopped(channel: int, kind: Kind, key: str, at: datetime) -> Happening:
    return Happening(
        kind=kind,
        key=f"{key}-{at.astimezone(UTC):%Y%m%dT%H%M%S}",
        at=at,
        whom=_may(Permission.CHANNEL_READ),
        is_urgent=kind is Kind.CHANNEL_FROZEN,
        channel=channel,
    )


def emergencies(_since: datetime, _now: datetime) -> Iterator[Happening]:
    """Emergency releases that no reviewer has looked at; nobody reviews what they had a part in."""
    for review in EmergencyReview.objects.filter(reviewed_at=None).select_related("message"):
        message = review.message
        had_a_part = {*authors_of(message), message.release_by_id}
        yield Happening(
            kind=Kind.EMERGENCY,
            key=str(message.pk),
            at=message.released_at or message.created_at,
            whom=_may(Permission.EMERGENCY_REVIEW, *had_a_part),
            is_urgent=True,
            case=message.case_id,
            message=message.pk,
        )


def accounts(since: datetime, _now: datetime) -> Iterator[Happening]:
    """What waits for a second person: accounts, tokens, certificates, locks to be lifted, and invitations of peers."""
    acts = Act.objects.filter(at__gte=since, object_type__in=SECOND_PERSONS).exclude(verb__startswith="confirm")
    for act in acts:
        is_lock = act.verb in LOCK_VERBS
        subject = "lock" if is_lock else act.object_type
        waiting = SECOND_PERSONS[subject](int(act.object_id))
        if waiting is None:
            continue
        yield Happening(
            kind=Kind.PEER_WAITS if subject == "peerproposal" else Kind.ACCOUNT_WAITS,
            key=f"act-{act.pk}",
            at=act.at,
            whom=_may(Permission.OFFICER_CONFIRM, *waiting),
            subject=f"{subject}:{act.object_id}",
        )


LOCK_VERBS: Final = frozenset({"ask to unlock", "lock account", "refuse unlock"})
"""Acts on the lock of an account, which is not the account's own waiting."""


def _account(key: int) -> tuple[int | None, ...] | None:
    found = Officer.objects.filter(pk=key, waits_for_second=True).first()
    return None if found is None else (*makers_of(found), found.pk)


def _lock(key: int) -> tuple[int | None, ...] | None:
    found = Officer.objects.filter(pk=key, unlock_asked_by__isnull=False)
    return found.values_list("unlock_asked_by", "pk").first()


def _token(model: type[ApiToken | ClientCertificate]) -> Callable[[int], tuple[int | None, ...] | None]:
    return lambda key: model.objects.filter(pk=key, waits_for_second=True).values_list("made_by", "officer").first()


def _proposal(key: int) -> tuple[int | None, ...] | None:
    return waiting_peers().filter(pk=key).values_list("made_by").first()


SECOND_PERSONS: Final[dict[str, Callable[[int], tuple[int | None, ...] | None]]] = {
    "officer": _account,
    "lock": _lock,
    "apitoken": _token(ApiToken),
    "clientcertificate": _token(ClientCertificate),
    "peerproposal": _proposal,
}
"""By the type of subject, who is not the second person of what waits; ``None`` where it waits no more."""


def addresses(_since: datetime, now: datetime) -> Iterator[Happening]:
    """Addresses for e-mail that no administrator has agreed to."""
    for key, address in Choice.objects.filter(agreed_at=None).exclude(address="").values_list("pk", "address"):
        yield Happening(
            kind=Kind.ADDRESS_WAITS,
            key=f"{key}-{address}"[:120],
            at=now,
            whom=_may(Permission.OFFICER_MANAGE, key),
            subject=f"choice:{key}",
        )


Source = Callable[[datetime, datetime], Iterable[Happening]]

SOURCES: Final[dict[str, Source]] = {
    "cases": acts_at_cases,
    "drafts": acts_at_drafts,
    "holds": holds,
    "clocks": clocks,
    "alarms": alarms,
    "channels": channels,
    "emergencies": emergencies,
    "accounts": accounts,
    "addresses": addresses,
}
"""The sources by the name under which it is kept how far each was read."""
