"""What an officer does with notices: reads them, and chooses which of them go by e-mail, where to, and when not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission, require

from .kinds import Kind
from .models import Choice, Notice
from .settling import waiting_notices

__all__ = [
    "Bell",
    "ChoiceRefused",
    "agree_to_address",
    "bell_of",
    "choice_of",
    "choose",
    "is_quiet",
    "mark_all_read",
    "mark_read",
]

ADDRESS_CHANGES_A_DAY: Final = 10
"""Each is told to every administrator; nobody mistypes an address so often."""

COUNTED_AT_MOST: Final = 100
"""The bell counts so far; whoever has more waiting needs no exact number."""


class ChoiceRefused(OfficerCanMend):
    """A choice about notices does not fit: the address, the hours or the zone."""

    code = "notices.choice-refused"
    default_next_step = "Correct the field that is named, and save again."


@dataclass(frozen=True, kw_only=True)
class Bell:
    """What the bell says.

    Args:
        count: Notices that wait, counted to :data:`COUNTED_AT_MOST`.
        is_more: Whether there are more.
        newest: Key of the newest of them.
        is_urgent: Whether one is urgent.
    """

    count: int
    is_more: bool
    newest: int
    is_urgent: bool


def bell_of(officer: Officer) -> Bell:
    """Returns what the bell says to the officer, for one statement."""
    waiting = waiting_notices().filter(officer=officer).order_by("-id").values_list("pk", "is_urgent")
    found = list(waiting[: COUNTED_AT_MOST + 1])
    return Bell(
        count=min(len(found), COUNTED_AT_MOST),
        is_more=len(found) > COUNTED_AT_MOST,
        newest=found[0][0] if found else 0,
        is_urgent=any(urgent for _key, urgent in found),
    )


def mark_read(officer: Officer, keys: Iterable[int], *, now: datetime | None = None) -> int:
    """Marks notices of the officer as read; those of others are left as they are."""
    return Notice.objects.filter(officer=officer, pk__in=list(keys), read_at=None).update(read_at=now or timezone.now())


def mark_all_read(officer: Officer, *, up_to: int, now: datetime | None = None) -> int:
    """Marks everything read that the officer could have seen, and nothing that came meanwhile.

    Args:
        officer: Whose notices.
        up_to: Key of the newest notice on the page that was shown.
        now: The time.
    """
    return Notice.objects.filter(officer=officer, pk__lte=up_to, read_at=None).update(read_at=now or timezone.now())


def choice_of(officer: Officer) -> Choice:
    """Returns what the officer chose, or what holds while they chose nothing; not stored by that."""
    found = Choice.objects.filter(officer=officer).first()
    return found or Choice(officer=officer)


@transaction.atomic
def choose(
    officer: Officer,
    *,
    address: str,
    mailed: Iterable[str],
    quiet_from: time | None,
    quiet_until: time | None,
    zone: str,
    urgent_passes: bool,
    now: datetime | None = None,
) -> Choice:
    """Stores what the officer chose.

    An address in a domain that the operator named is agreed to by that; any other waits for an administrator.

    Raises:
        ChoiceRefused: The address is none or was changed too often, one of the hours is missing, or the zone is
            unknown.
    """
    address = address.strip()
    _require(address=address, hours=(quiet_from, quiet_until), zone=zone)
    held = Choice.objects.select_for_update().filter(officer=officer).first() or Choice(officer=officer)
    is_new = address != held.address
    if is_new:
        _require_few_changes(officer, now or timezone.now())
        held.address, held.agreed_by, held.agreed_at = address, None, None
        if address and address.rpartition("@")[2].lower() in settings.ACCORD_MAIL_DOMAINS:
            held.agreed_at = now or timezone.now()
    held.zone, held.urgent_passes = zone, urgent_passes
    held.quiet_from, held.quiet_until = quiet_from, quiet_until
    held.mailed = [kind.value for kind in Kind if kind.value in set(mailed)]
    held.save()
    if is_new:
        note(officer, "choose notice address", officer, detail={"waits": bool(address) and held.agreed_at is None})
    return held


def _require_few_changes(officer: Officer, now: datetime) -> None:
    since = now - timedelta(days=1)
    changes = Act.objects.filter(officer=officer, verb="choose notice address", at__gt=since).count()
    if changes >= ADDRESS_CHANGES_A_DAY:
        raise ChoiceRefused(
            f"The address was changed {ADDRESS_CHANGES_A_DAY} times within a day.",
            code="notices.address-changes",
            next_step="Wait until tomorrow; every change tells the administrators.",
            fields={"field": "address"},
        )


def _require(*, address: str, hours: tuple[time | None, time | None], zone: str) -> None:
    if address:
        try:
            validate_email(address)
        except ValidationError as error:
            raise ChoiceRefused(
                "This is not an e-mail address.",
                code="notices.address-refused",
                next_step="Write it as name@example.org.",
                fields={"field": "address"},
            ) from error
    if (hours[0] is None) != (hours[1] is None) or (hours[0] is not None and hours[0] == hours[1]):
        raise ChoiceRefused(
            "Quiet hours need a beginning and another end.",
            code="notices.hours-refused",
            next_step="Fill in both times, for example 20:00 and 07:00, or leave both empty.",
            fields={"field": "quiet_from"},
        )
    if zone and zone not in available_timezones():
        raise ChoiceRefused("This time zone is unknown.", code="notices.zone-unknown", fields={"field": "zone"})


@transaction.atomic
def agree_to_address(by: Officer, officer: Officer, *, address: str, now: datetime | None = None) -> Choice:
    """Lets mails go to an officer's address: an administrator's word, never the officer's own.

    Args:
        by: The administrator.
        officer: Whose address it is.
        address: The address that was shown; another one, typed meanwhile, is not agreed to.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        ChoiceRefused: Nothing waits under this address, or it is the own one.
    """
    require(by, Permission.OFFICER_MANAGE)
    held = Choice.objects.select_for_update().filter(officer=officer, agreed_at=None, address=address).first()
    if held is None or not address:
        raise ChoiceRefused("No such address waits.", code="notices.no-address-waits", next_step="Open the list again.")
    if by.pk == officer.pk:
        raise ChoiceRefused(
            "Nobody agrees to their own address.",
            code="notices.own-address",
            next_step="Ask another administrator, or have the operator name the domain in smtp_domains.",
        )
    held.agreed_at, held.agreed_by = now or timezone.now(), by
    held.save(update_fields=["agreed_at", "agreed_by"])
    note(by, "agree to notice address", officer)
    return held


def is_quiet(choice: Choice, now: datetime) -> bool:
    """Returns whether it is a quiet hour of the officer, by the clock of the officer's own zone."""
    begins, ends = choice.quiet_from, choice.quiet_until
    if begins is None or ends is None:
        return False
    local = now.astimezone(ZoneInfo(choice.zone or "UTC")).time()
    return begins <= local < ends if begins < ends else local >= begins or local < ends
