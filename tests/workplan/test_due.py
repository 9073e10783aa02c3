"""The days on which an item falls due, and when it is overdue."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Action, Wording
from accord.workplan.due import due_days, is_overdue, next_due

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
TURNS = st.sampled_from(list(Recurrence))


def action(due: date, recurrence: Recurrence = Recurrence.ONCE, until: date | None = None) -> Action:
    return Action(id="A1", title=Wording(en="It"), due_on=due, recurrence=recurrence, recurs_until=until)


def test_the_last_day_of_a_month_stays_the_last_day() -> None:
    item = action(date(2026, 1, 31), Recurrence.MONTHLY)
    assert list(due_days(item, date(2026, 1, 1), date(2026, 5, 1))) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_what_recurs_ends_with_its_last_day() -> None:
    item = action(date(2026, 1, 15), Recurrence.QUARTERLY, date(2026, 7, 15))
    assert list(due_days(item, date(2026, 1, 1), date(2030, 1, 1))) == [
        date(2026, 1, 15),
        date(2026, 4, 15),
        date(2026, 7, 15),
    ]
    assert next_due(item, date(2026, 5, 1)) == date(2026, 7, 15)
    assert next_due(item, date(2029, 5, 1)) == date(2026, 7, 15)


def test_what_is_done_is_never_overdue_and_what_recurs_on_is_not_either() -> None:
    today = date(2026, 6, 1)
    assert is_overdue(action(date(2026, 5, 31)), Status.PLANNED, today)
    assert not is_overdue(action(today), Status.PLANNED, today)
    assert not is_overdue(action(date(2026, 5, 31)), Status.DONE, today)
    assert not is_overdue(action(date(2026, 5, 31), Recurrence.WEEKLY), Status.PLANNED, today)
    assert is_overdue(action(date(2026, 1, 1), Recurrence.WEEKLY, date(2026, 5, 30)), Status.UNDER_WAY, today)


@given(due=DAYS, recurrence=TURNS, first=DAYS, length=st.integers(0, 800))
def test_a_window_has_the_days_that_the_whole_has_there(
    due: date, recurrence: Recurrence, first: date, length: int
) -> None:
    item, last = action(due, recurrence), first + timedelta(days=length)
    whole = [day for day in due_days(item, due, last) if day >= first]
    found = list(due_days(item, first, last))
    assert found == whole
    assert found == sorted(set(found))
    assert all(max(first, due) <= day <= last for day in found)
