"""What waits for a word of this side: a second officer's, a release, an hour, or the answer to a hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accord.exchange.authors import authors_of_each
from accord.exchange.clocks import ClockReading, read_clock
from accord.exchange.models import Clock, Message
from accord.exchange.reach import messages_for
from accord.node.desk.workstream_acts import WorkstreamClock, clocks_of_cases
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.gate import our_party

__all__ = ["Waiting", "WaitingList", "next_address", "what_waits"]

ROWS: Final = 100
"""Rows of one list: two screens; more officers are needed before more rows."""

HELD_MAX: Final = 1_000
"""Held drafts among which those of one's own office are looked for."""

STATES: Final = {
    Message.State.SUBMITTED: Permission.MESSAGE_APPROVE,
    Message.State.APPROVED: Permission.MESSAGE_RELEASE,
}
"""States in which a message waits for a second officer, and what that officer needs."""

WaitsFor = Literal["approval", "release", "hour", "hold"]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One message that waits.

    Args:
        message: The message, with its case and approval.
        waits_for: Whose word it waits for.
        since: Since when.
        clock: The clock of the request it answers, if any.
        reading: That clock in both capitals' time.
        is_own: Whether the officer who looks wrote it.
        is_mine: Whether the officer who looks can do what it waits for.
        has_lapsed: Whether the time to approve or release it is over.
        address: Where the officer acts.
        deciders: Offices that decide on its holds.
        own_clock: How long its case waits by a workstream's rule, where it answers no request with a clock.
    """

    message: Message
    waits_for: WaitsFor
    since: datetime
    clock: Clock | None
    reading: ClockReading | None
    is_own: bool
    is_mine: bool
    has_lapsed: bool
    address: str
    deciders: tuple[str, ...] = ()
    own_clock: WorkstreamClock | None = None


@dataclass(frozen=True, kw_only=True)
class WaitingList:
    """What waits, as one page shows it.

    Args:
        rows: What is shown, first what the officer who looks can act on.
        is_cut: Whether more waits than is shown.
    """

    rows: list[Waiting]
    is_cut: bool


def what_waits(officer: Officer, *, now: datetime | None = None) -> WaitingList:
    """Returns what waits, first what this officer can act on, then by what is due and by how long it has waited.

    Args:
        officer: Who looks; may read cases.
        now: The time.
    """
    moment = now or timezone.now()
    ours = (
        messages_for(officer)
        .filter(direction=Message.Direction.OUT)
        .select_related("case__peer", "drafted_by", "approval__decided_by", "in_reply_to__clock")
    )
    open_ones = ours.filter(state__in=STATES).order_by("saved_at")
    for_others = _for_others(officer)
    # What may be this officer's is asked for by itself: nothing of others keeps it from the list.
    lists = [open_ones.exclude(for_others), open_ones.filter(for_others)]
    submitted = [message for one in lists for message in one[: ROWS + 1]]
    held = _held_drafts(officer)
    drafts = list(ours.filter(pk__in=held[:ROWS], held_for__isnull=False))
    authors = authors_of_each([*submitted, *drafts])
    home = Party.objects.get(code=our_party())
    rows = [_row(officer, message, authors[message.pk], home, moment) for message in submitted]
    rows += _held(officer, drafts, authors, home, moment)
    own = clocks_of_cases([row.message.case for row in rows if row.clock is None])
    rows = [replace(row, own_clock=own.get(row.message.case_id)) if row.clock is None else row for row in rows]
    rows.sort(key=_order)
    return WaitingList(rows=rows[:ROWS], is_cut=len(rows) > ROWS or len(held) > ROWS)


def _for_others(officer: Officer) -> Q:
    """What is submitted or approved and waits for no act of this officer."""
    mine = [state for state, needed in STATES.items() if officer.may(needed)]
    scheduled = Q(state=Message.State.APPROVED, release_by__isnull=False)
    return Q(drafted_by=officer) | Q(saved_by=officer) | ~Q(state__in=mine) | scheduled


def _held_drafts(officer: Officer) -> list[UUID]:
    """Returns the keys of the drafts that the gate holds, first those that wait for an office of this officer."""
    held = messages_for(officer).filter(state=Message.State.DRAFT, held_for__isnull=False).order_by("saved_at")
    rows = list(held.values_list("pk", "held_for")[:HELD_MAX])
    offices = set(officer.offices)
    return [key for key, _ in sorted(rows, key=lambda row: offices.isdisjoint(row[1] or ()))]


def _order(row: Waiting) -> tuple[bool, bool, float, datetime]:
    is_running = row.reading is not None and row.clock is not None and row.clock.state != Clock.State.ENDED
    due = row.reading.due_at.timestamp() if is_running and row.reading is not None else 0.0
    if row.own_clock is not None and row.own_clock.until is not None:
        is_running, due = True, row.own_clock.until.timestamp()
    return (not row.is_mine, not is_running, due, row.since)


def _clock(message: Message, home: Party, now: datetime) -> tuple[Clock | None, ClockReading | None]:
    clock: Clock | None = getattr(message.in_reply_to, "clock", None)
    if clock is None:
        return None, None
    return clock, read_clock(clock, parties=(home, message.case.peer), now=now)


def _row(officer: Officer, message: Message, authors: set[int], home: Party, now: datetime) -> Waiting:
    approval, is_own = message.approval, officer.pk in authors
    if message.state == Message.State.SUBMITTED:
        waits_for: WaitsFor = "approval"
        needed, since = Permission.MESSAGE_APPROVE, approval.requested_at if approval else message.saved_at
    else:
        waits_for = "hour" if message.release_by_id else "release"
        needed, since = Permission.MESSAGE_RELEASE, (approval and approval.decided_at) or message.saved_at
    clock, reading = _clock(message, home, now)
    return Waiting(
        message=message,
        waits_for=waits_for,
        since=since,
        clock=clock,
        reading=reading,
        is_own=is_own,
        is_mine=officer.may(needed) and not is_own and waits_for != "hour",
        has_lapsed=approval is not None and approval.has_lapsed(now),
        address=reverse("desk:approval", args=[message.pk]),
    )


def _held(
    officer: Officer, drafts: list[Message], authors: Mapping[UUID, set[int]], home: Party, now: datetime
) -> Iterator[Waiting]:
    for message in drafts:
        deciders = tuple(message.held_for or ())
        clock, reading = _clock(message, home, now)
        is_own = officer.pk in authors[message.pk]
        bears = any(one in officer.offices for one in deciders)
        yield Waiting(
            message=message,
            waits_for="hold",
            since=message.saved_at,
            clock=clock,
            reading=reading,
            is_own=is_own,
            is_mine=bears and not is_own and officer.may(Permission.HOLD_ANSWER),
            has_lapsed=False,
            address=reverse("desk:holds", args=[message.pk]),
            deciders=deciders,
        )


def next_address(officer: Officer, *, after: UUID) -> str:
    """Returns where the officer goes after acting: the next item that is theirs, or the list.

    Args:
        officer: Who acted.
        after: Key of the message acted on.
    """
    mine = (row for row in what_waits(officer).rows if row.is_mine and row.message.pk != after)
    row = next(mine, None)
    return row.address if row is not None else reverse("desk:approvals")
