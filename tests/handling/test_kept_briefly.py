"""A day of retention that no review could meet binds, and is told in time for a hold."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.courier.models import Alarm
from accord.handling.erasing import is_erased
from accord.handling.retention import REVIEW_NEEDS_DAYS, erase_due, place_hold, set_timers
from tests.desk import Desk, days
from tests.handling.test_derivations import received_information

CODE = "handling.kept-briefly"


@pytest.mark.parametrize(("kept", "told"), [(REVIEW_NEEDS_DAYS - 1, 1), (REVIEW_NEEDS_DAYS, 0)])
def test_less_than_a_week_is_told_and_a_week_is_not(desk: Desk, kept: int, told: int) -> None:
    set_timers([received_information(desk, retention_until=days(kept))])
    assert Alarm.objects.filter(code=CODE).count() == told


def test_it_is_told_once_and_the_hold_that_it_offers_keeps_the_item(desk: Desk) -> None:
    held, other = (received_information(desk, number, retention_until=days(1)) for number in (1, 2))
    set_timers([held])
    set_timers([other])
    assert Alarm.objects.filter(code=CODE).count() == 1
    assert held.keeping.keep_until.isoformat() == days(1), "their day binds"
    place_hold(desk.releasing, held.case, reason="A review looks at it.")
    erase_due(now=timezone.now() + timedelta(days=3))
    held.refresh_from_db()
    assert not is_erased(held)
