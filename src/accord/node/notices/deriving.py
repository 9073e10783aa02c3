"""Makes notices of what happened: exactly one an officer and event, though the node be killed at any point.

A turn reads each source from a little before where the last turn ended, leaves out the events that have notices, and
stores the others in one transaction with how far it read. A turn that dies leaves nothing; the next reads the same
events under the same keys, and the database keeps a second row of one officer and event out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.officers.models import Officer

from .happenings import SOURCES, Happening
from .models import Notice, Reading
from .own_accounts import own_accounts

__all__ = ["OVERLAP", "make_notices", "posted_officers"]

OVERLAP: Final = timedelta(minutes=10)
"""What is read again each turn. A row is stamped before its transaction ends; no act of an officer takes minutes."""

KEYS_A_QUESTION: Final = 400
"""Keys asked for at once; SQLite takes 999 parameters in its oldest builds."""


def posted_officers() -> list[Officer]:
    """Returns the persons in post; a case system is told by the API."""
    return [one for one in Officer.objects.filter(is_active=True, is_system=False) if one.is_posted()]


def make_notices(*, now: datetime | None = None) -> int:
    """Makes the notices of what happened since the last turn; returns how many.

    A node that makes notices for the first time begins with what happens from then on.
    """
    moment = now or timezone.now()
    looked = dict(Reading.objects.values_list("source", "looked_at"))
    made = 0
    for name, source in {**SOURCES, "own accounts": own_accounts}.items():
        since = min(looked.get(name, moment), moment) - OVERLAP
        new = _not_told(source(since, moment))
        # The place is kept once half the overlap has passed: a turn without news writes nothing.
        is_behind = name not in looked or abs(moment - looked[name]) > OVERLAP / 2
        if not new and not is_behind:
            continue
        notices = _for_officers(new, moment) if new else []
        with transaction.atomic():
            Notice.objects.bulk_create(notices, ignore_conflicts=True)
            Reading.objects.update_or_create(source=name, defaults={"looked_at": moment})
        made += len(notices)
    return made


def _not_told(happenings: Iterable[Happening]) -> list[Happening]:
    found = {(one.kind.value, one.key): one for one in happenings}
    keys = sorted({key for _kind, key in found})
    for start in range(0, len(keys), KEYS_A_QUESTION):
        told = Notice.objects.filter(key__in=keys[start : start + KEYS_A_QUESTION], kind__in={k for k, _ in found})
        for pair in told.values_list("kind", "key").distinct():
            found.pop(pair, None)
    return list(found.values())


def _for_officers(happenings: list[Happening], now: datetime) -> list[Notice]:
    officers = posted_officers()
    return [
        Notice(
            officer=officer,
            kind=one.kind.value,
            key=one.key,
            at=one.at,
            made_at=now,
            is_urgent=one.is_urgent,
            case_id=one.case,
            message_id=one.message,
            channel_id=one.channel,
            subject=one.subject,
        )
        for one in happenings
        for officer in officers
        if one.whom(officer)
    ]
