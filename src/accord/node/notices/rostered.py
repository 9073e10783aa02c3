"""What happens at the duty roster: gaps ahead once a day, watches that colleagues ask for, and handover notes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accord.liaison.models import Handover, WatchSwap
from accord.liaison.roster.coverage import moment_of
from accord.liaison.roster.handing_over import unread_handovers
from accord.liaison.roster.reading import gaps_ahead, has_changed_since
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

from .happenings import Happening, Source
from .kinds import Kind

__all__ = ["OF_ROSTER", "days_with_gaps", "waiting_handovers", "waiting_swaps"]

LOOK_AFTER: Final = timedelta(minutes=15)
"""How far a turn reads back where its source was last read five minutes ago: only then sixty days are computed."""


def _keeps(officer: Officer) -> bool:
    return officer.may(Permission.ROSTER_KEEP)


def _is(*keys: int | None) -> Callable[[Officer], bool]:
    return lambda officer: officer.pk in keys


def _today(now: datetime) -> int:
    """Returns the day in our capital as one number, 20261231."""
    ours = Party.objects.filter(code=settings.ACCORD_PARTY).first()
    local = now.astimezone(ours.described.zone) if ours is not None else now
    return local.year * 10_000 + local.month * 100 + local.day


def gaps(since: datetime, now: datetime) -> Iterator[Happening]:
    """Gaps in the next sixty days: who keeps the roster is told once a day, for as long as there are any."""
    if now - since <= LOOK_AFTER or not gaps_ahead(now=now):
        return
    day = _today(now)
    yield Happening(kind=Kind.ROSTER_GAP, key=f"gaps-{day}", at=now, whom=_keeps, subject=f"gaps:{day}")


def roster(since: datetime, now: datetime) -> Iterator[Happening]:
    """Watches that were asked for and answered, and notes that were signed by one and not by the other."""
    for swap in WatchSwap.objects.filter(asked_at__gte=since, state=WatchSwap.State.ASKED):
        yield Happening(
            kind=Kind.WATCH_ASKED,
            key=f"swap-{swap.pk}",
            at=swap.asked_at,
            whom=_is(swap.asked_of_id),
            subject=f"swap:{swap.pk}",
        )
    answered = (WatchSwap.State.ACCEPTED, WatchSwap.State.DECLINED)
    for swap in WatchSwap.objects.filter(settled_at__gte=since, state__in=answered):
        if swap.settled_at is not None:
            yield Happening(
                kind=Kind.WATCH_ANSWERED,
                key=f"swap-{swap.pk}",
                at=swap.settled_at,
                whom=_is(swap.asked_by_id),
                subject=f"swap:{swap.pk}",
            )
    for note in Handover.objects.filter(signed_at__gte=since, read_at=None, taken_back_at=None):
        yield _of_note(note, Kind.HANDOVER_WAITS, note.signed_at, _is(note.incoming_id))
    for note in unread_handovers(now):
        yield _of_note(note, Kind.HANDOVER_UNREAD, now, _both_and_keepers(note), is_urgent=True)


def _both_and_keepers(note: Handover) -> Callable[[Officer], bool]:
    both = (note.outgoing_id, note.incoming_id)
    return lambda officer: officer.pk in both or _keeps(officer)


def _of_note(
    note: Handover, kind: Kind, at: datetime, whom: Callable[[Officer], bool], *, is_urgent: bool = False
) -> Happening:
    return Happening(kind=kind, key=str(note.pk), at=at, whom=whom, is_urgent=is_urgent, subject=f"handover:{note.pk}")


OF_ROSTER: Final[dict[str, Source]] = {"roster gaps": gaps, "roster": roster}
"""The sources by the name under which it is kept how far each was read."""


def days_with_gaps(days: list[int]) -> set[int]:
    """Returns which of these days' notices still wait: today's, unless the roster was changed and has no gap left."""
    now = timezone.now()
    today = _today(now)
    if today not in days:
        return set()
    ours = Party.objects.filter(code=settings.ACCORD_PARTY).first()
    zone = ours.described.time_zone if ours is not None else "UTC"
    day = datetime.strptime(str(today), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    morning = moment_of(day, datetime.min.time(), zone)
    return set() if has_changed_since(morning) and not gaps_ahead(now=now) else {today}


def waiting_swaps(keys: list[int]) -> set[int]:
    """Returns which of these questions about a watch wait for an answer."""
    rows = WatchSwap.objects.filter(pk__in=keys, state=WatchSwap.State.ASKED)
    return set(rows.values_list("pk", flat=True))


def waiting_handovers() -> set[UUID]:
    """Returns the notes that wait for their second signature."""
    return set(Handover.objects.filter(read_at=None, taken_back_at=None).values_list("pk", flat=True))
