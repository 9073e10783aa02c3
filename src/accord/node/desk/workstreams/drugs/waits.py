"""What of the drugs workstream waits for an officer: changes of the register, and waits of notices before export.

Who holds its case is told when our reply to a notice of theirs is due in two days and when it is overdue, and the duty
officers with them. Who may act on its case is told when nobody replied to one of ours, and when nothing was said in
time about an objection. A mail about it holds none of this.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.exchange.models import Case
from accord.exchange.withdrawn import stands
from accord.node.desk.workstreams.drugs.notice_rows import notices_shown
from accord.node.notices.happenings import Happening, Source
from accord.node.notices.kinds import Kind
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.kinds.pre_export_reply import OBJECTING
from accord.workstreams.drugs.models import Notice, SubstanceProposal
from accord.workstreams.drugs.notices.clocks import alerts
from accord.workstreams.drugs.notices.states import SETTLED_BY
from accord.workstreams.drugs.substances.proposing import may_agree_to, waiting_proposals

__all__ = ["DETAILS", "LASTING", "PLACES", "SOURCES"]

SUBSTANCES: Final = "substances"
REPLY: Final = "drugreply"
SILENCE: Final = "drugsilence"
FOLLOW_UP: Final = "drugfollowup"

SOON: Final = timedelta(days=3)
"""How long before its end a wait has two days left: the last one is whole, and today does not count."""


def substances(_since: datetime, _now: datetime) -> Iterator[Happening]:
    """Changes of the register of substances that wait for a second person."""
    for proposal in waiting_proposals():
        yield Happening(
            kind=Kind.REGISTER_WAITS,
            key=f"substances-{proposal.pk}",
            at=proposal.proposed_at,
            whom=partial(_may_agree, proposal),
            subject=f"{SUBSTANCES}:{proposal.pk}",
        )


def _may_agree(proposal: SubstanceProposal, officer: Officer) -> bool:
    return may_agree_to(officer, proposal)


def _still_wait(keys: Sequence[str]) -> Iterable[object]:
    return waiting_proposals().filter(pk__in=keys).values_list("pk", flat=True)


def notices(since: datetime, now: datetime) -> Iterator[Happening]:
    """Waits of notices that end soon, that ended without a word, and words that are overdue after an objection."""
    for one in _unreplied().filter(waits_until__gt=now, waits_until__lte=now + SOON):
        if one.waits_until is not None:
            yield _of_notice(one, Kind.REPLY_WAITS, REPLY, until=one.waits_until, at=one.waits_until - SOON)
    for one in _unreplied().filter(waits_until__gte=since, waits_until__lte=now):
        if one.waits_until is not None:
            yield _of_notice(one, Kind.REPLY_OVER, REPLY, until=one.waits_until, at=one.waits_until)
    for one in _silent().filter(waits_until__gte=since, waits_until__lte=now):
        if one.waits_until is not None:
            yield _of_notice(one, Kind.SILENCE, SILENCE, until=one.waits_until, at=one.waits_until)
    hours = timedelta(hours=alerts().objection_hours)
    for one in _not_followed().filter(replied_at__gte=since - hours, replied_at__lte=now - hours):
        if one.replied_at is not None:
            due = one.replied_at + hours
            yield _of_notice(one, Kind.FOLLOW_UP_LATE, FOLLOW_UP, until=due, at=due)


def _standing() -> QuerySet[Notice]:
    found = Notice.objects.filter(stands("message__"), case__state=Case.State.OPEN)
    return found.exclude(became__in=SETTLED_BY).select_related("case__holder").order_by("pk")


def _unreplied() -> QuerySet[Notice]:
    return _standing().filter(is_ours=False, reply_result="")


def _silent() -> QuerySet[Notice]:
    return _standing().filter(is_ours=True, reply_result="")


def _not_followed() -> QuerySet[Notice]:
    said_since = Q(became_at__isnull=False, became_at__gte=F("replied_at"))
    return _standing().filter(reply_result__in=OBJECTING).exclude(said_since)


def _of_notice(notice: Notice, kind: Kind, of_type: str, *, until: datetime, at: datetime) -> Happening:
    needed = Permission.MESSAGE_DRAFT if notice.is_ours else Permission.MESSAGE_ANSWER
    owes_reply = kind in {Kind.REPLY_WAITS, Kind.REPLY_OVER}
    return Happening(
        kind=kind,
        # A wait that ends anew, after another word, is told anew.
        key=f"{notice.pk}-{until.timestamp():.0f}",
        at=at,
        whom=partial(_owes_reply if owes_reply else _may_act, notice.case, needed),
        case=notice.case_id,
        message=notice.pk,
        subject=f"{of_type}:{notice.pk}",
    )


def _may_act(case: Case, permission: Permission, officer: Officer) -> bool:
    """Who can do something in a case: its holder while in post, else whoever may write there."""
    holder = case.holder
    is_held = holder is not None and holder.is_posted()
    return officer.pk == case.holder_id if is_held else officer.may(permission)


def _owes_reply(case: Case, permission: Permission, officer: Officer) -> bool:
    """Who is told that our reply is due: who can act, and the duty officers whoever holds the case."""
    return officer.may(Permission.PARKED_HANDLE) or _may_act(case, permission, officer)


def _of(found: Callable[[], QuerySet[Notice]], keys: Sequence[str]) -> Iterable[object]:
    return found().filter(pk__in=[UUID(key) for key in keys]).values_list("pk", flat=True)


def _last_days(keys: Sequence[str]) -> Mapping[str, str]:
    """Returns until when a reply is waited for, by the keys of the notices."""
    named = Notice.objects.filter(pk__in=[UUID(key) for key in keys]).select_related("case", "message")
    found = notices_shown(named, timezone.now())
    return {
        str(one.notice.pk): _("Last day: %(day)s") % {"day": one.binding.last}
        for one in found
        if one.binding is not None
    }


SOURCES: Final[Mapping[str, Source]] = {SUBSTANCES: substances, "drugnotices": notices}
"""The sources of notices by the name under which it is kept how far each was read."""

LASTING: Final[Mapping[str, Callable[[Sequence[str]], Iterable[object]]]] = {
    SUBSTANCES: _still_wait,
    REPLY: partial(_of, _unreplied),
    SILENCE: partial(_of, _silent),
    FOLLOW_UP: partial(_of, _not_followed),
}
"""Which of these keys still wait, by the type of subject."""

PLACES: Final[Mapping[str, str]] = {
    SUBSTANCES: "desk:drugs-substance-proposal",
    **dict.fromkeys((REPLY, SILENCE, FOLLOW_UP), "desk:drugs-notice"),
}
"""The page to which a notice leads, by the type of subject; its key stands in the address."""

DETAILS: Final[Mapping[str, Callable[[Sequence[str]], Mapping[str, str]]]] = {REPLY: _last_days, SILENCE: _last_days}
"""What is said beside a notice to those who read its case, by the type of subject and the key."""
