"""Indicators move when a request is answered, and test calls are counted."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from accord.exchange.models import Case, Clock
from accord.liaison.models import PingTest
from accord.workplan.indicators.report import Standing
from accord.workplan.indicators.running import figures_now
from tests.desk import Desk
from tests.workplan.indicators.counted import HOUR, MIDDLE, asked, figure, wanted


def test_answering_a_request_moves_the_indicators_of_answers_alone(desk: Desk) -> None:
    now = timezone.now()
    clocks = [asked(hours=None, at=now - HOUR) for _ in range(5)]
    before = figures_now("IN")
    assert figures_now("IN") == before
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(state="ended", ended_at=now)
    Case.objects.update(changed_at=now)
    moved = {
        after.wanted.id: (earlier.standing, after.figure)
        for earlier, after in zip(before, figures_now("IN"), strict=True)
        if earlier != after
    }
    assert moved == {
        "answers.within-clock": (Standing.NO_CASES, Decimal("100.0")),
        "answers.median-time": (Standing.NO_CASES, Decimal("1.0")),
    }


def test_test_calls_of_both_sides_count_from_when_they_reached_the_other_node(desk: Desk) -> None:
    for place in range(7):
        PingTest.objects.create(
            ping=uuid4(), peer_id="IN", is_ours=bool(place % 2), function="duty", at=MIDDLE,
            due_at=MIDDLE + timedelta(minutes=30), reached_at=None if place == 6 else MIDDLE,
            answered_at=MIDDLE + timedelta(minutes=10) if place < 5 else None,
        )  # fmt: skip
    found = figure(wanted("pings.answered"))
    assert (found.numerator, found.denominator, found.figure) == (5, 6, Decimal("83.3"))
