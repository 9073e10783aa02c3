"""The roster as it is read: coverage of our posts and of theirs, gaps, watches without their officer, who is on now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from accord.liaison.models import DutyPost, DutyShift, Leave, WatchSwap
from accord.liaison.roster.calendars import Holidays, holidays_of
from accord.liaison.roster.coverage import Coverage, Span, Watch, coverage_of, gaps_between, united
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = [
    "DAYS_AHEAD",
    "PostCoverage",
    "RosterRead",
    "absent_spans",
    "gaps_ahead",
    "has_changed_since",
    "has_roster",
    "holidays_known",
    "on_watch",
    "read_roster",
]

DAYS_AHEAD: Final = 60
"""So far ahead gaps are looked for: a clock change is seen while there is time to find somebody."""

EVER: Final = Span(datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))

_OF_ROSTER: Final = ("dutypost", "dutyshift", "leave", "watchswap")


@dataclass(frozen=True, kw_only=True)
class PostCoverage:
    """One post and its watches.

    Args:
        post: The post.
        coverage: What its shifts cover.
    """

    post: DutyPost
    coverage: Coverage


@dataclass(frozen=True, kw_only=True)
class RosterRead:
    """The roster within a span.

    Args:
        span: The span.
        posts: The open posts, ours first.
        ours: What all of our posts cover together.
        theirs: What the other side told us that it covers.
        officers: The officers named in it, by key.
        missing: Our watches whose officer is not there, wholly or in part.
        has_ours: Whether a roster is kept at all: an open post of ours has, or had, a shift.
    """

    span: Span
    posts: tuple[PostCoverage, ...]
    ours: Coverage
    theirs: Coverage
    officers: Mapping[int, Officer]
    missing: tuple[Watch, ...]
    has_ours: bool


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """A post at the beginning of a span.

    Args:
        post: The post.
        on: The watches whose holder is there then.
        next: The watch that comes next, if any is held.
    """

    post: DutyPost
    on: tuple[Watch, ...]
    next: Watch | None


def on_duty_now(read: RosterRead) -> list[OnDuty]:
    """Returns for each post who is on duty at the beginning of the span, and which watch comes next."""
    now = read.span.start
    found = []
    for one in read.posts:
        on = [watch for watch in one.coverage.watches if any(part.start <= now < part.end for part in watch.held)]
        later = (watch for watch in one.coverage.watches if watch.span.start > now and watch.held)
        found.append(OnDuty(post=one.post, on=tuple(on), next=next(later, None)))
    return found


def holidays_known() -> Holidays:
    """Returns the public holidays of all parties that this node knows."""
    return holidays_of(party.described for party in Party.objects.all() if party.profile)


def absent_spans(officers: Iterable[Officer]) -> dict[int, list[Span]]:
    """Returns when officers cannot be on duty: on leave, after their posting, or without account or role."""
    found: dict[int, list[Span]] = {}
    for officer in officers:
        if not officer.is_active or officer.waits_for_second or Permission.CASE_TAKE not in officer.permissions():
            found.setdefault(officer.pk, []).append(EVER)
        elif officer.active_until is not None:
            found.setdefault(officer.pk, []).append(Span(officer.active_until, EVER.end))
    rows = Leave.objects.filter(taken_back_at=None, officer__in=[one.pk for one in officers])
    for key, start, end in rows.values_list("officer", "starts_at", "ends_at"):
        found.setdefault(key, []).append(Span(start, end))
    return found


def read_roster(span: Span) -> RosterRead:
    """Returns the roster within a span; seven statements, whatever its length."""
    posts = list(DutyPost.objects.filter(closed_at=None).select_related("party"))
    posts.sort(key=lambda post: (not post.party.is_self, post.name))
    day = (span.start - timedelta(days=3)).date()
    rows = DutyShift.objects.filter(Q(last_on=None) | Q(last_on__gte=day), post__in=posts).select_related("post__party")
    shifts = list(rows)
    swaps = WatchSwap.objects.filter(state=WatchSwap.State.ACCEPTED, day__gte=day, shift__in=shifts)
    taken = {(shift, on): officer for shift, on, officer in swaps.values_list("shift", "day", "asked_of")}
    keys = {shift.officer_id for shift in shifts if shift.officer_id is not None} | set(taken.values())
    officers = Officer.objects.defer("password").in_bulk(keys)
    absences = absent_spans(list(officers.values()))
    holidays = holidays_known()

    def covered(some: Iterable[DutyShift]) -> Coverage:
        described = [shift.described for shift in some]
        return coverage_of(described, span, is_holiday=holidays.is_holiday, absences=absences, taken_over=taken)

    by_post = {post.pk: covered(shift for shift in shifts if shift.post_id == post.pk) for post in posts}
    ours = _together(span, [by_post[post.pk] for post in posts if post.party.is_self])
    return RosterRead(
        span=span,
        posts=tuple(PostCoverage(post=post, coverage=by_post[post.pk]) for post in posts),
        ours=ours,
        theirs=_together(span, [by_post[post.pk] for post in posts if not post.party.is_self]),
        officers=officers,
        missing=tuple(watch for watch in ours.watches if not watch.is_whole),
        has_ours=has_roster(),
    )


def _together(span: Span, parts: Sequence[Coverage]) -> Coverage:
    covered = united(one for part in parts for one in part.covered)
    watches = sorted(
        (watch for part in parts for watch in part.watches), key=lambda watch: (watch.span, watch.shift.key)
    )
    return Coverage(span=span, watches=tuple(watches), covered=covered, gaps=gaps_between(covered, span))


def has_roster() -> bool:
    """Returns whether our side keeps a roster; one that has run out is one, all of which is a gap."""
    return DutyShift.objects.filter(post__party__is_self=True, post__closed_at=None).exists()


def gaps_ahead(*, now: datetime | None = None, days: int = DAYS_AHEAD) -> tuple[Span, ...]:
    """Returns the hours ahead in which nobody of ours is on duty; nothing where no roster is kept."""
    if not has_roster():
        return ()
    moment = (now or timezone.now()).replace(microsecond=0)
    return read_roster(Span(moment, moment + timedelta(days=days))).ours.gaps


def on_watch(*, now: datetime | None = None, post: DutyPost | None = None) -> list[Officer]:
    """Returns who of ours is on watch at a moment, those who cannot be there left out."""
    moment = now or timezone.now()
    found = read_roster(Span(moment, moment + timedelta(seconds=1)))
    watches = [
        watch
        for one in found.posts
        if one.post.party.is_self and (post is None or one.post.pk == post.pk)
        for watch in one.coverage.watches
        if any(part.start <= moment < part.end for part in watch.held)
    ]
    keys = dict.fromkeys(watch.holder for watch in watches if watch.holder is not None)
    return [found.officers[key] for key in keys if key in found.officers]


def has_changed_since(moment: datetime) -> bool:
    """Returns whether anybody changed the roster since a moment."""
    return Act.objects.filter(at__gte=moment, object_type__in=_OF_ROSTER).exists()
