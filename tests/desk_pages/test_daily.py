"""The entries of a day are counted along the log's positions, and a longer log costs no more."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.courier.models import Direction, Entry
from accord.node.desk.daily import entries_by_day, first_position
from tests.desk import Desk

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FIRST, LAST = NOON.date() - timedelta(days=3), NOON.date()


def recorded(desk: Desk, *days_ago: int, start: int = 0, direction: Direction = Direction.OUT) -> None:
    for place, days in enumerate(days_ago):
        Entry.objects.create(
            channel=desk.channel,
            direction=direction,
            position=start + place,
            envelope_id=uuid4(),
            recorded_at=NOON - timedelta(days=days),
            capsule_id=bytes(16),
            leaf=bytes(32),
            header=b"",
            sealed=b"",
        )


def counted(desk: Desk, direction: Direction = Direction.OUT) -> list[int]:
    return list(entries_by_day(desk.channel, direction, first=FIRST, last=LAST).values())


def test_each_day_has_the_entries_that_were_recorded_on_it(desk: Desk) -> None:
    cache.clear()
    recorded(desk, 9, 9, 5, 3, 3, 1, 0, 0, 0)
    recorded(desk, 2, direction=Direction.IN)
    assert counted(desk) == [2, 0, 1, 3]
    assert counted(desk, Direction.IN) == [0, 1, 0, 0]


def test_what_comes_later_is_counted_though_the_beginning_of_days_is_kept(desk: Desk) -> None:
    cache.clear()
    recorded(desk, 5, 1)
    assert counted(desk) == [0, 0, 1, 0]
    recorded(desk, 0, 0, start=2)
    assert counted(desk) == [0, 0, 1, 2]


def test_an_empty_log_has_no_entries(desk: Desk) -> None:
    cache.clear()
    assert counted(desk) == [0, 0, 0, 0]


def test_a_day_whose_beginning_is_known_costs_one_look_a_log(desk: Desk) -> None:
    cache.clear()
    recorded(desk, *range(40, -1, -1))
    counted(desk)
    with CaptureQueriesContext(connection) as caught:
        counted(desk)
    assert len(caught) == 1
    assert first_position(desk.channel, Direction.OUT, LAST) == 40
