"""What is counted follows from this node's own tables, however late they change."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accord.exchange.models import Case, Clock, Message
from accord.workplan.codes import Unit
from accord.workplan.indicators import sources
from accord.workplan.indicators.counting import CountingClock, count_new, counted_at
from accord.workplan.indicators.definitions import Shape
from accord.workplan.indicators.report import Standing
from accord.workplan.indicators.sources import Observed, Source, register_source
from accord.workplan.models import AwaitedCase, CountCursor, CountedPeriod, Observation, StaleDay
from tests.workplan.indicators.counted import (
    HOUR,
    MIDDLE,
    QUARTER,
    answered,
    asked,
    corrected,
    figure,
    objected,
    wanted,
)

pytestmark = pytest.mark.usefixtures("desk")

WITHIN = "answers.within-clock"


def touched(case: Case) -> None:
    """As every act on a case does."""
    Case.objects.filter(pk=case.pk).update(changed_at=timezone.now())


def test_the_share_is_of_requests_that_were_answered_or_are_late() -> None:
    for hours in (1, 2, 3, 12, None):
        asked(hours=hours)
    found = figure(wanted(WITHIN))
    assert (found.figure, found.numerator, found.denominator) == (Decimal("60.0"), 3, 5)


def test_an_open_request_counts_from_the_moment_its_limit_passes() -> None:
    for _ in range(5):
        asked(hours=1)
    asked(hours=None)
    before = figure(wanted(WITHIN), now=MIDDLE + 9 * HOUR)
    after = figure(wanted(WITHIN), now=MIDDLE + 11 * HOUR)
    assert (before.denominator, after.denominator) == (5, 6)


def test_a_pause_keeps_a_request_from_counting_until_its_day_is_over() -> None:
    clock = asked(hours=None)
    clock.state, clock.paused_at = Clock.State.PAUSED, MIDDLE + HOUR
    clock.expected_on = (MIDDLE + timedelta(days=3)).date()
    clock.save()
    count_new(now=MIDDLE + timedelta(days=3))
    assert CountedPeriod.objects.get(is_quarter=True).due == 0
    count_new(now=MIDDLE + timedelta(days=5))
    assert CountedPeriod.objects.get(is_quarter=True).due == 1


def test_a_late_answer_changes_the_old_day_and_a_withdrawal_takes_it_out() -> None:
    clocks = [asked(hours=None) for _ in range(6)]
    assert figure(wanted(WITHIN)).numerator == 0
    clocks[0].state, clocks[0].ended_at = Clock.State.ENDED, MIDDLE + HOUR
    clocks[0].save()
    touched(clocks[0].message.case)
    assert figure(wanted(WITHIN)).numerator == 1
    Message.objects.filter(pk=clocks[1].pk).update(state=Message.State.WITHDRAWN)
    touched(clocks[1].message.case)
    found = figure(wanted(WITHIN))
    assert (found.numerator, found.denominator) == (1, 5)


def test_counting_bit_by_bit_gives_what_counting_all_gives() -> None:
    kept = []
    for number in range(9):
        asked(hours=number, at=MIDDLE + number * timedelta(days=9))
        answered("a", at=MIDDLE + number * timedelta(days=9))
        count_new()
    names = ("is_quarter", "first_day", "family", "code", "made", "due", "met", "spread")
    kept = sorted(CountedPeriod.objects.values_list(*names))
    for model in (Observation, CountedPeriod, StaleDay):
        model.objects.all().delete()
    sources.register_source(Source(name="another", families=frozenset({"another"})))
    try:
        count_new()
    finally:
        del sources._SOURCES["another"]
    assert sorted(CountedPeriod.objects.values_list(*names)) == kept


def _act(dice: random.Random, clocks: list[Clock], answers: list[Message], *, erases: bool) -> None:
    """One thing that happens in some case: asked, answered late, withdrawn, refused, erased, corrected, objected."""
    at = MIDDLE + timedelta(days=dice.randint(-100, 40), minutes=dice.randint(0, 1_000))
    theme, urgency = dice.choice(("precursors", "fraud")), dice.choice(("normal", "urgent"))
    what = dice.choice(("asked", "asked", "done", "withdrawn", "answered", "erased", "corrected", "objected"))
    if what == "asked":
        clocks.append(asked(hours=dice.choice((None, 1, 9, 11)), at=at, theme=theme, urgency=urgency))
    elif what == "answered":
        answers.append(answered(*dice.sample(["a", "b", "law"], dice.randint(0, 2)), at=at, theme=theme))
    elif what == "corrected":
        corrected(is_reported=dice.random() < 0.5, at=at)
    elif what == "objected":
        objected(dice.choice(("", "remedied", "contested")), at=at)
    elif what == "erased" and erases and answers:
        gone = dice.choice(answers)
        count_new()
        Message.objects.filter(pk=gone.pk).update(content=b"")
        touched(gone.case)
    elif clocks:
        clock = dice.choice(clocks)
        if what == "withdrawn":
            Message.objects.filter(pk=clock.pk).update(state=Message.State.WITHDRAWN)
        else:
            ended = clock.started_at + timedelta(minutes=dice.randint(1, 2_000))
            Clock.objects.filter(pk=clock.pk).update(state=Clock.State.ENDED, ended_at=ended)
        touched(clock.message.case)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_in_whatever_order_counting_from_the_beginning_gives_the_same(seed: int) -> None:
    dice = random.Random(seed)
    clocks: list[Clock] = []
    answers: list[Message] = []
    for _ in range(40):
        _act(dice, clocks, answers, erases=seed % 2 == 0)
        if dice.random() < 0.3:
            count_new(seconds=dice.choice((None, 0)))
    now = timezone.now()
    count_new(now=now)
    columns = [one.attname for one in CountedPeriod._meta.concrete_fields if not one.primary_key]
    bit_by_bit = sorted(CountedPeriod.objects.values_list(*columns))
    assert bit_by_bit
    # Erased content is not read again, so that what was observed stays and all is folded anew.
    StaleDay.objects.bulk_create(
        StaleDay(peer_id=peer, day=day) for peer, day in Observation.objects.values_list("peer", "day").distinct()
    )
    CountedPeriod.objects.all().delete()
    count_new(now=now)
    assert sorted(CountedPeriod.objects.values_list(*columns)) == bit_by_bit
    if seed % 2:
        CountCursor.objects.update(version="")
        count_new(now=now)
        assert sorted(CountedPeriod.objects.values_list(*columns)) == bit_by_bit


def test_a_second_look_reads_what_is_new_and_counts_no_day_anew() -> None:
    asked(hours=1)
    assert count_new().days == 1
    Case.objects.update(changed_at=timezone.now() - timedelta(days=1))
    assert count_new().cases == 0
    asked(hours=1)
    again = [count_new() for _ in range(2)]
    assert [(one.cases, one.days) for one in again] == [(1, 1), (1, 0)]


def test_a_receipt_that_changes_no_case_is_seen_all_the_same() -> None:
    clock = asked(hours=None, direction="out")
    message = clock.message
    clock.delete()
    Message.objects.filter(pk=message.pk).update(state=Message.State.RELEASED)
    Case.objects.update(changed_at=timezone.now() - timedelta(days=1))
    count_new()
    count_new()
    assert (Observation.objects.count(), AwaitedCase.objects.count()) == (0, 1)
    Clock.objects.create(
        message=message, table="t", urgency="normal", limit_seconds=1, started_at=MIDDLE, due_at=MIDDLE + HOUR
    )
    Message.objects.filter(pk=message.pk).update(state=Message.State.FILED)
    count_new()
    assert (Observation.objects.count(), AwaitedCase.objects.count()) == (1, 0)


def test_the_median_is_of_whole_minutes_in_the_unit_of_the_indicator() -> None:
    for hours in (1, 2, 4, 6, 30):
        asked(hours=hours)
    assert figure(wanted("answers.median-time")).figure == Decimal("4.0")
    assert figure(wanted("answers.median-time", unit=Unit.MINUTES)).figure == 240
    asked(hours=5)
    assert figure(wanted("answers.median-time")).figure == Decimal("4.5")


def test_refusals_are_counted_by_ground_and_once_an_answer() -> None:
    for _ in range(6):
        answered("a", "a", "law")
    for _ in range(5):
        answered()
    found = figure(wanted("refusals.by-ground"))
    assert (found.numerator, found.denominator) == (12, 11)
    assert {code: count for code, count in found.parts if count} == {"a": 6, "law": 6}


def test_what_an_erased_answer_named_stays_counted() -> None:
    messages = [answered("a") for _ in range(5)]
    assert figure(wanted("refusals.by-ground")).numerator == 5
    Message.objects.filter(pk=messages[0].pk).update(content=b"")
    touched(messages[0].case)
    assert figure(wanted("refusals.by-ground")).numerator == 5


def test_corrections_count_as_confirmed_when_their_report_was_received() -> None:
    for is_reported in (True, True, True, True, False):
        corrected(is_reported=is_reported)
    found = figure(wanted("corrections.confirmed"))
    assert (found.numerator, found.denominator, found.figure) == (4, 5, Decimal("80.0"))


def test_breaches_are_objections_that_were_right_and_zero_is_told() -> None:
    objected("contested")
    none = figure(wanted("caveats.breaches", target=Decimal(0)))
    assert (none.standing, none.figure, none.meets_target) == (Standing.TOLD, 0, True)
    objected("remedied")
    some = figure(wanted("caveats.breaches", target=Decimal(0)))
    assert (some.standing, some.figure, some.meets_target) == (Standing.KEPT_BACK, None, False)


def test_what_belongs_to_no_case_is_counted_through_the_hook() -> None:
    from accord.exchange.keys import new_key

    keys = [new_key() for _ in range(6)]

    def tests_of_contact_points(_since: object) -> object:
        return iter(
            Observed(
                peer="IN",
                case=None,
                subject=key,
                envelope_id=None,
                family="ping",
                is_ours=True,
                at=MIDDLE,
                due_at=MIDDLE + HOUR,
                done_at=MIDDLE if place else None,
                is_met=bool(place),
            )
            for place, key in enumerate(keys)
        )

    register_source(Source(name="pings", families=frozenset({"ping"}), since=tests_of_contact_points))  # type: ignore[arg-type]
    try:
        count_new()
        count_new()
    finally:
        del sources._SOURCES["pings"]
    counted = CountedPeriod.objects.get(family="ping", is_quarter=True)
    assert (counted.made, counted.due, counted.met) == (6, 6, 5)


def test_a_running_node_counts_by_turns_and_then_rests() -> None:
    asked(hours=1)
    clock = CountingClock()
    while clock.count_due():
        pass
    assert counted_at() is not None
    asked(hours=1)
    assert not clock.count_due()
    assert Observation.objects.count() == 1


def test_a_period_without_anything_says_no_cases_and_not_zero_percent() -> None:
    assert figure(wanted(WITHIN)).standing is Standing.NO_CASES
    assert wanted(WITHIN).definition is not None
    assert QUARTER.is_quarter
    assert {one.value for one in Shape} == {"share", "median", "count"}
