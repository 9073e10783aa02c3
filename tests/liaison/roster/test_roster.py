"""The roster as acts: posts, shifts, calls, leave and exchanges, each with its refusals and its undo."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.liaison.models import CallEntry, DutyPost, Leave, WatchSwap
from accord.liaison.roster.coverage import HolidayRule, Span
from accord.liaison.roster.errors import RosterRefused, SwapRefused
from accord.liaison.roster.leaving import (
    answer_swap,
    ask_swap,
    leave_for,
    may_read_reason,
    swaps_of,
    take_back_leave,
    take_back_swap,
    take_leave,
)
from accord.liaison.roster.posts import (
    add_call,
    add_shift,
    change_post,
    close_post,
    end_shift,
    open_post,
    remove_call,
    reopen_post,
    restore_call,
    undo_end,
)
from accord.liaison.roster.reading import gaps_ahead, has_changed_since, on_watch, read_roster
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted, Role
from tests.desk import Desk
from tests.liaison.roster.specimens import FIRST, NIGHT, NOON, at, keeper, post, shift, two_desks

DAY = date(2026, 12, 3)


def gaps(days: int = 3) -> list[tuple[str, str]]:
    return [(f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}") for one in gaps_ahead(now=NOON, days=days)]


NIGHTLY = [("12-02 01:00", "12-02 02:30"), ("12-03 01:00", "12-03 02:30"), ("12-04 01:00", "12-04 02:30")]


def test_two_desks_leave_a_gap_each_night(desk: Desk) -> None:
    two_desks(desk)
    assert gaps() == NIGHTLY


def test_without_a_roster_there_is_no_gap(desk: Desk) -> None:
    assert gaps() == []


def test_a_roster_that_has_run_out_is_one_gap(desk: Desk) -> None:
    shift(desk, post(desk), desk.duty, last_on=FIRST)
    assert gaps() == [("12-01 17:00", "12-04 17:00")]
    assert read_roster(Span(NOON, NOON + timedelta(days=3))).has_ours


def test_what_the_other_side_covers_closes_no_gap_of_ours(desk: Desk) -> None:
    two_desks(desk)
    theirs = post(desk, "Their desk", party="IN", zone="Asia/Kolkata")
    shift(desk, theirs, None, 0, 0)
    assert gaps() == NIGHTLY
    read = read_roster(Span(NOON, NOON + timedelta(days=3)))
    assert read.theirs.gaps == ()
    assert read.has_ours


def test_who_is_on_watch_is_read_by_the_moment(desk: Desk) -> None:
    two_desks(desk)
    assert on_watch(now=NOON) == [desk.duty]
    assert on_watch(now=at(2026, 12, 2, 5)) == [desk.liaison]
    assert on_watch(now=NIGHT) == []


def test_leave_opens_a_gap_and_taking_it_back_closes_it(desk: Desk) -> None:
    two_desks(desk)
    leave = take_leave(desk.duty, desk.duty, starts_at=at(2026, 12, 2, 5), ends_at=at(2026, 12, 3, 5), reason="Doctor")
    assert ("12-02 14:30", "12-03 02:30") in gaps()
    missing = read_roster(Span(NOON, NOON + timedelta(days=3))).missing
    assert [(watch.day, watch.holder, watch.held) for watch in missing] == [(date(2026, 12, 2), desk.duty.pk, ())]
    take_back_leave(desk.duty, leave)
    assert gaps() == NIGHTLY
    assert Leave.objects.get().reason == "Doctor"


def test_the_reason_of_leave_is_for_its_officer_and_the_keeper_alone(desk: Desk) -> None:
    leave = take_leave(desk.duty, desk.duty, starts_at=NOON, ends_at=NOON + timedelta(days=1), reason="Doctor")
    assert may_read_reason(desk.duty, leave)
    assert may_read_reason(keeper(desk), leave)
    assert not may_read_reason(desk.liaison, leave)
    assert list(leave_for(desk.duty, now=NOON)) == [leave]
    assert list(leave_for(desk.liaison, now=NOON)) == []
    assert list(leave_for(keeper(desk), now=NOON)) == [leave]
    assert "Doctor" not in str(list(Act.objects.values_list("detail", flat=True)))


def test_a_colleague_takes_no_leave_for_another(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        take_leave(desk.liaison, desk.duty, starts_at=NOON, ends_at=NOON + timedelta(days=1))
    leave = take_leave(keeper(desk), desk.duty, starts_at=NOON, ends_at=NOON + timedelta(days=1))
    with pytest.raises(NotPermitted):
        take_back_leave(desk.liaison, leave)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_leave_that_is_no_time_is_refused(desk: Desk, days: int) -> None:
    with pytest.raises(RosterRefused) as refused:
        take_leave(desk.duty, desk.duty, starts_at=NOON, ends_at=NOON + timedelta(days=days))
    assert refused.value.fields["field"] == "ends_on"


def test_a_posting_that_ends_opens_a_gap_from_then_on(desk: Desk) -> None:
    two_desks(desk)
    Officer.objects.filter(pk=desk.duty.pk).update(active_until=at(2026, 12, 3, 18))
    assert gaps() == [*NIGHTLY[:2], ("12-03 18:00", "12-04 02:30"), ("12-04 14:30", "12-04 17:00")]


def test_an_account_that_was_closed_leaves_every_watch_open(desk: Desk) -> None:
    two_desks(desk)
    Officer.objects.filter(pk=desk.duty.pk).update(is_active=False)
    assert gaps(days=1) == [("12-01 17:00", "12-02 02:30"), ("12-02 14:30", "12-02 17:00")]
    assert len(read_roster(Span(NOON, NOON + timedelta(days=2))).missing) == 3


def test_who_lost_the_role_leaves_every_watch_open(desk: Desk) -> None:
    two_desks(desk)
    Officer.objects.filter(pk=desk.duty.pk).update(roles=["reviewer"])
    assert len(read_roster(Span(NOON, NOON + timedelta(days=2))).missing) == 3
    assert on_watch(now=NOON) == []


def test_a_shift_keeps_the_holidays_it_names(desk: Desk) -> None:
    where = post(desk)
    shift(desk, where, desk.duty, 0, 0, rule=HolidayRule.NOT_ON, holidays_of="CA")
    closed = [(f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}") for one in gaps_ahead(now=NOON, days=60)]
    # Christmas Day, Boxing Day with the Monday in its place, and New Year's Day, by the clocks of the post.
    assert closed == [("12-25 05:00", "12-27 05:00"), ("12-28 05:00", "12-29 05:00"), ("01-01 05:00", "01-02 05:00")]


def test_an_ended_shift_counts_no_more_until_that_is_undone(desk: Desk) -> None:
    home, _away = two_desks(desk)
    end_shift(keeper(desk), home, last_on=date(2026, 12, 2))
    assert gaps() == [*NIGHTLY[:2], ("12-03 14:30", "12-04 02:30"), ("12-04 14:30", "12-04 17:00")]
    undo_end(keeper(desk), home)
    assert gaps() == NIGHTLY
    with pytest.raises(RosterRefused):
        undo_end(keeper(desk), home)


def test_a_closed_post_counts_no_more_until_it_is_opened_again(desk: Desk) -> None:
    _home, away = two_desks(desk)
    close_post(keeper(desk), away.post)
    assert ("12-02 01:00", "12-02 13:00") in gaps()
    reopen_post(keeper(desk), DutyPost.objects.get(pk=away.post.pk))
    assert gaps() == NIGHTLY


def test_the_roster_says_since_when_it_has_changed(desk: Desk) -> None:
    before = timezone.now()
    where = post(desk)
    assert not has_changed_since(before)  # it was dated two months back
    change_post(keeper(desk), where, name="Ottawa watch", minutes=10)
    assert has_changed_since(before)


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a day of no week": ("weekdays", {"weekdays": {7}}),
    "no day at all": ("weekdays", {"weekdays": set()}),
    "an end before the beginning": ("last_on", {"last_on": FIRST - timedelta(days=1)}),
    "holidays of nobody": ("holidays_of", {"rule": HolidayRule.NOT_ON}),
    "holidays of a stranger": ("holidays_of", {"rule": HolidayRule.ALSO_ON, "holidays_of": "XX"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_shift_is_refused_by_its_field(desk: Desk, case: str) -> None:
    field, given = REFUSED[case]
    with pytest.raises(RosterRefused) as refused:
        shift(desk, post(desk), desk.duty, **given)
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize("role", [Role.POLICY, Role.REVIEWER, Role.ADMINISTRATOR, Role.RELEASING])
def test_who_takes_no_cases_holds_no_shift(desk: Desk, role: Role) -> None:
    with pytest.raises(RosterRefused, match="who may take cases"):
        shift(desk, post(desk), desk.officers[role])


def test_a_shift_of_the_other_side_names_nobody(desk: Desk) -> None:
    theirs = post(desk, "Their desk", party="IN", zone="Asia/Kolkata")
    with pytest.raises(RosterRefused, match="not named here"):
        shift(desk, theirs, desk.duty)
    assert shift(desk, theirs, None).officer is None
    with pytest.raises(RosterRefused):
        shift(desk, post(desk), None)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("zone", {"zone": "Ottawa"}),
        ("party", {"party": "XX"}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 121}),
        ("minutes", {"minutes": 0}),
        ("minutes", {"minutes": 1441}),
    ],
)
def test_a_post_is_refused_by_its_field(desk: Desk, field: str, given: dict[str, Any]) -> None:
    fields = {"party": "CA", "name": "Desk", "zone": "UTC", **given}
    with pytest.raises(RosterRefused) as refused:
        open_post(keeper(desk), **fields)
    assert refused.value.fields["field"] == field


def call(desk: Desk, where: DutyPost, **given: Any) -> CallEntry:
    fields = {"rank": CallEntry.Rank.HEAD, "officer": None, "shown_as": "Head of the desk (specimen)", **given}
    return add_call(keeper(desk), where, **fields)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("telephone", {}),
        ("telephone", {"telephone": "call me"}),
        ("telephone", {"telephone": "=HYPERLINK(1)"}),
        ("pager", {"pager": "++"}),
        ("email", {"email": "head"}),
        ("minutes", {"telephone": "+1 613 555 0100", "minutes": 0}),
        ("shown_as", {"telephone": "+1 613 555 0100", "shown_as": ""}),
        ("officer", {"telephone": "+1 613 555 0100", "rank": CallEntry.Rank.DUTY}),
    ],
)
def test_an_entry_of_the_call_list_is_refused_by_its_field(desk: Desk, field: str, given: dict[str, Any]) -> None:
    with pytest.raises(RosterRefused) as refused:
        call(desk, post(desk), **given)
    assert refused.value.fields["field"] == field


def test_calls_stand_in_their_order_and_come_back_where_they_stood(desk: Desk) -> None:
    where = post(desk)
    first, second = (call(desk, where, telephone=f"+1 613 555 010{number}") for number in (1, 2))
    assert (first.position, second.position) == (1, 2)
    remove_call(keeper(desk), first)
    assert CallEntry.objects.get(pk=first.pk).removed_at is not None
    restore_call(keeper(desk), CallEntry.objects.get(pk=first.pk))
    assert list(where.calls.filter(removed_at=None)) == [first, second]


# Exchanges of watches.


def asked(desk: Desk) -> WatchSwap:
    home, _away = two_desks(desk)
    return ask_swap(desk.duty, home, DAY, of=desk.liaison, now=NOON)


def test_a_watch_changes_hands_with_two_words_on_record(desk: Desk) -> None:
    swap = asked(desk)
    assert on_watch(now=at(2026, 12, 3, 18)) == [desk.duty]
    answer_swap(desk.liaison, swap, accepts=True, now=NOON)
    assert on_watch(now=at(2026, 12, 3, 18)) == [desk.liaison]
    assert on_watch(now=at(2026, 12, 4, 18)) == [desk.duty]
    acts = Act.objects.filter(object_type="watchswap").values_list("officer__username", "verb")
    assert list(acts) == [("duty", "ask to swap watch"), ("liaison", "accept watch")]


def test_a_watch_comes_back_the_same_way(desk: Desk) -> None:
    swap = answer_swap(desk.liaison, asked(desk), accepts=True, now=NOON)
    back = ask_swap(desk.liaison, swap.shift, DAY, of=desk.duty, now=NOON)
    answer_swap(desk.duty, back, accepts=True, now=NOON)
    assert on_watch(now=at(2026, 12, 3, 18)) == [desk.duty]
    assert WatchSwap.objects.get(pk=swap.pk).state == WatchSwap.State.PASSED_ON


def test_a_declined_watch_stays_with_who_holds_it_and_can_be_asked_again(desk: Desk) -> None:
    swap = asked(desk)
    answer_swap(desk.liaison, swap, accepts=False, now=NOON)
    assert on_watch(now=at(2026, 12, 3, 18)) == [desk.duty]
    ask_swap(desk.duty, swap.shift, DAY, of=desk.liaison, now=NOON)
    assert [one.state for one in swaps_of(desk.duty)] == ["asked", "declined"]
    assert list(swaps_of(desk.reviewer)) == []


def test_a_question_is_taken_back_until_it_is_answered(desk: Desk) -> None:
    swap = asked(desk)
    with pytest.raises(NotPermitted):
        take_back_swap(desk.liaison, swap)
    take_back_swap(desk.duty, swap)
    with pytest.raises(SwapRefused):
        answer_swap(desk.liaison, swap, accepts=True, now=NOON)


def test_only_who_was_asked_answers(desk: Desk) -> None:
    swap = asked(desk)
    with pytest.raises(NotPermitted):
        answer_swap(desk.duty, swap, accepts=True, now=NOON)


Attempt = Callable[[Desk], Any]

NOT_SWAPPED: dict[str, tuple[str, Attempt]] = {
    "another's watch": (
        "roster.not-own-watch",
        lambda desk: ask_swap(desk.liaison, two_desks(desk)[0], DAY, of=desk.liaison, now=NOON),
    ),
    "a watch that has begun": (
        "roster.watch-begun",
        lambda desk: ask_swap(desk.duty, two_desks(desk)[0], NOON.date(), of=desk.liaison, now=NOON),
    ),
    "a day without a watch": (
        "roster.no-watch",
        lambda desk: ask_swap(desk.duty, two_desks(desk)[0], FIRST - timedelta(days=1), of=desk.liaison, now=NOON),
    ),
    "oneself": (
        "roster.field-refused",
        lambda desk: ask_swap(desk.duty, two_desks(desk)[0], DAY, of=desk.duty, now=NOON),
    ),
    "who takes no cases": (
        "roster.not-for-duty",
        lambda desk: ask_swap(desk.duty, two_desks(desk)[0], DAY, of=desk.releasing, now=NOON),
    ),
    "twice": (
        "roster.swap-asked",
        lambda desk: ask_swap(desk.duty, asked(desk).shift, DAY, of=desk.liaison, now=NOON),
    ),
    "answered twice": (
        "roster.swap-settled",
        lambda desk: [answer_swap(desk.liaison, one, accepts=True, now=NOON) for one in [asked(desk)] * 2],
    ),
    "accepted when it has begun": (
        "roster.watch-begun",
        lambda desk: answer_swap(desk.liaison, asked(desk), accepts=True, now=NOON + timedelta(days=9)),
    ),
}


@pytest.mark.parametrize("case", NOT_SWAPPED)
def test_what_cannot_be_exchanged_is_refused(desk: Desk, case: str) -> None:
    code, attempt = NOT_SWAPPED[case]
    with pytest.raises(OfficerCanMend) as refused:
        attempt(desk)
    assert refused.value.reason_code == code


def test_who_is_absent_then_is_not_asked(desk: Desk) -> None:
    home, _away = two_desks(desk)
    take_leave(desk.liaison, desk.liaison, starts_at=at(2026, 12, 3), ends_at=at(2026, 12, 4))
    with pytest.raises(RosterRefused, match="absent then"):
        ask_swap(desk.duty, home, DAY, of=desk.liaison, now=NOON)


KEEPING: dict[str, Callable[[Desk, Officer], Any]] = {
    "open_post": lambda desk, who: open_post(who, party="CA", name="Desk", zone="UTC"),
    "change_post": lambda desk, who: change_post(who, post(desk), name="Desk", minutes=5),
    "close_post": lambda desk, who: close_post(who, post(desk)),
    "reopen_post": lambda desk, who: reopen_post(who, post(desk)),
    "add_shift": lambda desk, who: add_shift(
        who, post(desk), officer=desk.duty, begins=time(8), ends=time(20), first_on=FIRST
    ),
    "end_shift": lambda desk, who: end_shift(who, two_desks(desk)[0], last_on=DAY),
    "undo_end": lambda desk, who: undo_end(who, two_desks(desk)[0]),
    "add_call": lambda desk, who: add_call(
        who, post(desk), rank=CallEntry.Rank.HEAD, officer=None, shown_as="Head", telephone="+1 613 555 0100"
    ),
    "remove_call": lambda desk, who: remove_call(who, call(desk, post(desk), telephone="1")),
    "restore_call": lambda desk, who: restore_call(who, call(desk, post(desk), telephone="1")),
}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.POLICY}))
@pytest.mark.parametrize("act", KEEPING)
def test_only_who_keeps_the_roster_changes_it(desk: Desk, act: str, role: Role) -> None:
    with pytest.raises(NotPermitted):
        KEEPING[act](desk, desk.officers[role])
