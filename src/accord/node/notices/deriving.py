"""Makes notices of what happened: exactly one an officer and event, though the node be killed at any point.

A turn reads each source from a little before where the last turn ended, leaves out the events that have notices, and
stores the others in one transaction with how far it read. A turn that dies leaves nothing; the next reads the same
events under the same keys, and the database keeps a second row of one officer and event out.

Messages that arrived wait for their notices (:mod:`accord.exchange.arriving`), what is urgent before all else: of a
flood each turn tells some.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.exchange.arriving import Step, done, held, skip_before, waiting
from accord.exchange.reach import cases_for
from accord.node.desk.workstreams import modules_named
from accord.officers.models import Officer
from accord.officers.permissions import Permission

from .happenings import SOURCES, Happening, Source, arrivals
from .kinds import Kind
from .models import Notice, Reading
from .own_accounts import own_accounts
from .registered import OF_REGISTERS
from .rostered import OF_ROSTER
from .signed import OF_TEXTS

__all__ = ["ARRIVALS_A_TURN", "OVERLAP", "make_notices", "posted_officers"]

OVERLAP: Final = timedelta(minutes=10)
"""What is read again each turn. A row is stamped before its transaction ends; no act of an officer takes minutes."""

ARRIVALS_A_TURN: Final = 200
"""Messages of which officers are told in one turn: some 50 ms."""

ARRIVALS: Final = "arrivals"

KEYS_A_QUESTION: Final = 400
"""Keys asked for at once; SQLite takes 999 parameters in its oldest builds."""


def posted_officers() -> list[Officer]:
    """Returns the persons in post; a case system is told by the API."""
    return [one for one in Officer.objects.filter(is_active=True, is_system=False) if one.is_posted()]


def make_notices(*, now: datetime | None = None, since: datetime | None = None) -> int:
    """Makes the notices of what happened since the last turn; returns how many.

    A node that makes notices for the first time begins with what happens from then on.

    Args:
        now: The time.
        since: Before when nothing is read again, where a turn of this process just did; ``None`` for the whole overlap.
    """
    moment = now or timezone.now()
    looked = dict(Reading.objects.values_list("source", "looked_at"))
    made = _tell_arrivals(moment, is_first=ARRIVALS not in looked)
    for name, source in _sources().items():
        begin = min(looked.get(name, moment), moment) - OVERLAP
        new = _not_told(source(begin if since is None else max(begin, since), moment))
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


def _sources() -> dict[str, Source]:
    of_workstreams = {name: one for module in modules_named("waits") for name, one in module.SOURCES.items()}
    return {**SOURCES, **OF_REGISTERS, **OF_ROSTER, **OF_TEXTS, "own accounts": own_accounts, **of_workstreams}


def _tell_arrivals(now: datetime, *, is_first: bool) -> int:
    if is_first:
        skip_before(Step.NOTICE, now - OVERLAP)
    arrived = waiting(Step.NOTICE, limit=ARRIVALS_A_TURN)
    if not arrived and not is_first:
        return 0
    with transaction.atomic():
        notices = _for_officers(list(arrivals(held(Step.NOTICE, arrived))), now) if arrived else []
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        done(Step.NOTICE, arrived)
        if is_first:
            Reading.objects.update_or_create(source=ARRIVALS, defaults={"looked_at": now})
    return len(notices)


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
    cases = {one.case for one in happenings if one.case is not None}
    # Who has no need to know a case is not told of it; who lost it to a colleague is told that.
    known = {officer.pk: _known(officer, cases) for officer in officers} if cases else {}
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
        if one.whom(officer) and (one.case is None or one.kind is Kind.TAKEN_OVER or one.case in known[officer.pk])
    ]


def _known(officer: Officer, cases: set[UUID]) -> set[UUID]:
    """Returns which of the cases an officer reads; administrators, who read none, are told without a name."""
    if not officer.may(Permission.CASE_READ):
        return cases
    return set(cases_for(officer).filter(pk__in=cases).values_list("pk", flat=True))
