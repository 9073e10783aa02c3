"""The roster as acts of who keeps it: posts, shifts, and the list of who is called; each can be undone."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Final
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accord.exchange.text import check_written
from accord.liaison.models import CallEntry, DutyPost, DutyShift
from accord.liaison.roster.coverage import EVERY_DAY, HolidayRule
from accord.liaison.roster.errors import RosterRefused, WrongField
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party

__all__ = [
    "add_call",
    "add_shift",
    "can_be_on_duty",
    "change_post",
    "close_post",
    "end_shift",
    "open_post",
    "remove_call",
    "reopen_post",
    "restore_call",
    "undo_end",
]

NAME_CHARACTERS: Final = 120
MINUTES_MAX: Final = 24 * 60
"""The longest that a rung of the call list waits for the next, minutes: after a day nobody is called any more."""

SHIFTS_OF_A_POST_MAX: Final = 200
"""Shifts of one post that still stand: an officer an hour for a week, with room; the page stays readable."""

TELEPHONE_CHARACTERS: Final = frozenset("0123456789+-(). /xX#*")


def can_be_on_duty(officer: Officer, now: datetime | None = None) -> bool:
    """Returns whether an officer can hold a watch: a person in post who may take what comes in."""
    return officer.is_posted(now) and not officer.is_system and Permission.CASE_TAKE in officer.permissions()


@transaction.atomic
def open_post(
    by: Officer, *, party: str, name: str, zone: str, minutes: int = 15, now: datetime | None = None
) -> DutyPost:
    """Opens a post.

    Args:
        by: Who keeps the roster.
        party: Whose desk it is: ours, or a peer whose hours are known to us.
        name: What it is called.
        zone: IANA zone in whose wall time its shifts stand.
        minutes: So long an urgent request waits before who is on duty here is called.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
        RosterRefused: A field is refused.
    """
    require(by, Permission.ROSTER_KEEP)
    whose = Party.objects.filter(pk=party).first()
    if whose is None:
        raise WrongField("This node knows no such party.", field="party")
    if zone not in available_timezones():
        raise WrongField("This time zone is unknown.", field="zone", next_step="Write it as Europe/Paris.")
    at = now or timezone.now()
    post = DutyPost.objects.create(
        party=whose, name=_name(name), zone=zone, minutes=_minutes(minutes), made_by=by, made_at=at
    )
    note(by, "open duty post", post, at=at, detail={"party": party, "zone": zone})
    return post


@transaction.atomic
def change_post(by: Officer, post: DutyPost, *, name: str, minutes: int) -> DutyPost:
    """Changes what a post is called and how long it waits; its zone stays, since its shifts stand in it.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
        RosterRefused: A field is refused.
    """
    require(by, Permission.ROSTER_KEEP)
    post.name, post.minutes = _name(name), _minutes(minutes)
    post.save(update_fields=["name", "minutes"])
    note(by, "change duty post", post, detail={"minutes": post.minutes})
    return post


@transaction.atomic
def close_post(by: Officer, post: DutyPost, *, now: datetime | None = None) -> DutyPost:
    """Closes a post: its shifts count no more; :func:`reopen_post` undoes it.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
    """
    require(by, Permission.ROSTER_KEEP)
    if post.closed_at is None:
        post.closed_at, post.closed_by = now or timezone.now(), by
        post.save(update_fields=["closed_at", "closed_by"])
        note(by, "close duty post", post, at=post.closed_at)
    return post


@transaction.atomic
def reopen_post(by: Officer, post: DutyPost) -> DutyPost:
    """Undoes the closing of a post.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
    """
    require(by, Permission.ROSTER_KEEP)
    if post.closed_at is not None:
        post.closed_at = post.closed_by = None
        post.save(update_fields=["closed_at", "closed_by"])
        note(by, "reopen duty post", post)
    return post


@transaction.atomic
def add_shift(
    by: Officer,
    post: DutyPost,
    *,
    officer: Officer | None,
    begins: time,
    ends: time,
    weekdays: Collection[int] = EVERY_DAY,
    first_on: date,
    last_on: date | None = None,
    rule: HolidayRule = HolidayRule.NO_MATTER,
    holidays_of: str = "",
    now: datetime | None = None,
) -> DutyShift:
    """Adds a shift to a post.

    Args:
        by: Who keeps the roster.
        post: The post, in whose wall time the shift stands.
        officer: Who holds it; nobody is named at a post of the other side.
        begins: When it begins.
        ends: When it ends, on the next day where that is not later.
        weekdays: On which days of the week it begins, Monday is 0.
        first_on: The first day.
        last_on: The last day, if there is one.
        rule: What a public holiday does to it.
        holidays_of: Whose holidays.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
        RosterRefused: A field is refused, or the post has too many shifts.
    """
    require(by, Permission.ROSTER_KEEP)
    at = now or timezone.now()
    _require_holder(post, officer, at)
    _require_days(weekdays, first_on, last_on, rule, holidays_of)
    if post.shifts.exclude(last_on__lt=at.date()).count() >= SHIFTS_OF_A_POST_MAX:
        raise RosterRefused(
            f"A post has at most {SHIFTS_OF_A_POST_MAX} shifts that still stand.",
            code="roster.too-many-shifts",
            next_step="End the shifts that are not needed any more.",
        )
    shift = DutyShift.objects.create(
        post=post,
        officer=officer,
        begins=begins,
        ends=ends,
        weekdays=sorted(set(weekdays)),
        first_on=first_on,
        last_on=last_on,
        rule=rule,
        holidays_of=holidays_of if rule is not HolidayRule.NO_MATTER else "",
        made_by=by,
        made_at=at,
    )
    note(by, "add duty shift", shift, at=at, detail={"post": post.pk, "officer": officer.pk if officer else None})
    return shift


def _require_holder(post: DutyPost, officer: Officer | None, now: datetime) -> None:
    if not post.party.is_self:
        if officer is not None:
            raise WrongField("Officers of the other side are not named here.", field="officer")
        return
    if officer is None or not can_be_on_duty(officer, now):
        raise WrongField(
            "A shift is held by an officer in post who may take cases.",
            field="officer",
            code="roster.not-for-duty",
            next_step="Choose another officer, or ask the administrator for the role duty.",
        )


def _require_days(
    weekdays: Collection[int], first_on: date, last_on: date | None, rule: HolidayRule, holidays_of: str
) -> None:
    if not EVERY_DAY.issuperset(weekdays) or (not weekdays and rule is not HolidayRule.ALSO_ON):
        raise WrongField("A shift needs a day of the week.", field="weekdays", next_step="Tick at least one day.")
    if last_on is not None and last_on < first_on:
        raise WrongField("The last day is before the first.", field="last_on")
    if rule is not HolidayRule.NO_MATTER and not Party.objects.filter(pk=holidays_of).exists():
        raise WrongField("Say whose public holidays are meant.", field="holidays_of")


@transaction.atomic
def end_shift(by: Officer, shift: DutyShift, *, last_on: date, now: datetime | None = None) -> DutyShift:
    """Ends a shift with a day; what was before stays as it was.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
        RosterRefused: The day is before the first, or after the last.
    """
    require(by, Permission.ROSTER_KEEP)
    if shift.last_on is not None and last_on > shift.last_on:
        raise WrongField("The shift ends before that day already.", field="last_on")
    at = now or timezone.now()
    before = shift.last_on
    # A shift that never began ends on the eve of its first day.
    shift.last_on, shift.ended_by, shift.ended_at, shift.last_on_before = last_on, by, at, before
    shift.save(update_fields=["last_on", "ended_by", "ended_at", "last_on_before"])
    note(by, "end duty shift", shift, at=at, detail={"last_on": last_on.isoformat()})
    return shift


@transaction.atomic
def undo_end(by: Officer, shift: DutyShift) -> DutyShift:
    """Undoes the ending of a shift.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
        RosterRefused: It was not ended.
    """
    require(by, Permission.ROSTER_KEEP)
    if shift.ended_at is None:
        raise RosterRefused("This shift was not ended.", code="roster.not-ended", next_step="Open the roster again.")
    shift.last_on, shift.ended_by, shift.ended_at, shift.last_on_before = shift.last_on_before, None, None, None
    shift.save(update_fields=["last_on", "ended_by", "ended_at", "last_on_before"])
    note(by, "undo end of duty shift", shift)
    return shift


@transaction.atomic
def add_call(
    by: Officer,
    post: DutyPost,
    *,
    rank: CallEntry.Rank,
    officer: Officer | None,
    shown_as: str,
    telephone: str = "",
    pager: str = "",
    email: str = "",
    minutes: int = 10,
    now: datetime | None = None,
) -> CallEntry:
    """Adds somebody to the call list of a post, behind those of the same rung.

    Args:
        by: Who keeps the roster.
        post: The post.
        rank: The rung.
        officer: Who gets the notice; nobody where there is a number alone.
        shown_as: Name or role.
        telephone: Telephone number.
        pager: Pager number.
        email: E-mail address.
        minutes: So long the next rung waits.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
        RosterRefused: A field is refused, or there is no way to reach anybody.
    """
    require(by, Permission.ROSTER_KEEP)
    if officer is not None and (not officer.is_posted(now) or officer.is_system):
        raise WrongField("This officer is not in post.", field="officer", code="roster.not-in-post")
    if rank is CallEntry.Rank.DUTY and officer is None:
        raise WrongField("On the rung duty stands an officer: it is called while on watch.", field="officer")
    numbers = {name: _telephone(name, value) for name, value in (("telephone", telephone), ("pager", pager))}
    address = email.strip()
    if address:
        try:
            validate_email(address)
        except ValidationError as error:
            raise WrongField("This is not an e-mail address.", field="email") from error
    if not any((*numbers.values(), address)):
        raise WrongField("Say at least one way: telephone, pager or e-mail.", field="telephone", code="roster.no-way")
    at = now or timezone.now()
    last = post.calls.filter(rank=rank).aggregate(last=Max("position"))["last"] or 0
    entry = CallEntry.objects.create(
        post=post,
        rank=rank,
        position=last + 1,
        officer=officer,
        shown_as=_name(shown_as or str(officer or ""), field="shown_as"),
        email=address,
        minutes=_minutes(minutes),
        made_by=by,
        made_at=at,
        **numbers,
    )
    note(by, "add call entry", entry, at=at, detail={"post": post.pk, "rank": rank.value})
    return entry


@transaction.atomic
def remove_call(by: Officer, entry: CallEntry, *, now: datetime | None = None) -> CallEntry:
    """Takes an entry out of the call list; :func:`restore_call` undoes it.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
    """
    require(by, Permission.ROSTER_KEEP)
    if entry.removed_at is None:
        entry.removed_at, entry.removed_by = now or timezone.now(), by
        entry.save(update_fields=["removed_at", "removed_by"])
        note(by, "remove call entry", entry, at=entry.removed_at)
    return entry


@transaction.atomic
def restore_call(by: Officer, entry: CallEntry) -> CallEntry:
    """Puts an entry back into the call list.

    Raises:
        NotPermitted: ``by`` may not keep the roster.
    """
    require(by, Permission.ROSTER_KEEP)
    if entry.removed_at is not None:
        entry.removed_at = entry.removed_by = None
        entry.save(update_fields=["removed_at", "removed_by"])
        note(by, "restore call entry", entry)
    return entry


def _name(name: str, *, field: str = "name") -> str:
    told = " ".join(name.split())
    if not told or len(told) > NAME_CHARACTERS:
        raise WrongField(f"A name has 1 to {NAME_CHARACTERS} characters.", field=field)
    check_written({field: told})
    return told


def _minutes(minutes: int) -> int:
    if not 1 <= minutes <= MINUTES_MAX:
        raise WrongField(f"The minutes are from 1 to {MINUTES_MAX}.", field="minutes")
    return minutes


def _telephone(field: str, number: str) -> str:
    told = " ".join(number.split())
    is_number = TELEPHONE_CHARACTERS.issuperset(told) and len(told) <= 40 and any(one.isdigit() for one in told)
    if told and not is_number:
        raise WrongField("This is not a number to call.", field=field, next_step="Write it as +1 613 555 0100.")
    return told
