"""A specimen roster: our desk in the capital and our desk in theirs, and the hours that the other side told us."""

from datetime import UTC, date, datetime, time, timedelta

from accord.liaison.models import DutyPost, DutyShift
from accord.liaison.roster.posts import add_shift, open_post
from accord.officers.models import Officer
from accord.officers.permissions import Role
from tests.desk import Desk

__all__ = ["FIRST", "NIGHT", "NOON", "at", "keeper", "post", "shift", "two_desks"]

FIRST = date(2026, 9, 1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


NOON = at(2026, 12, 1, 17)
"""A Tuesday, noon in Ottawa, after the clocks went back."""

NIGHT = at(2026, 12, 2, 1, 30)
"""In the gap: 20:30 in Ottawa, 07:00 in Delhi."""


def keeper(desk: Desk) -> Officer:
    return desk.officers[Role.POLICY]


def post(desk: Desk, name: str = "Ottawa desk", *, party: str = "CA", zone: str = "America/Toronto") -> DutyPost:
    return open_post(keeper(desk), party=party, name=name, zone=zone, minutes=15, now=NOON - timedelta(days=60))


def shift(
    desk: Desk, where: DutyPost, officer: Officer | None, begins: int = 8, ends: int = 20, **more: object
) -> DutyShift:
    given = {"first_on": FIRST, "now": NOON - timedelta(days=60), **more}
    return add_shift(keeper(desk), where, officer=officer, begins=time(begins), ends=time(ends), **given)  # type: ignore[arg-type]


def two_desks(desk: Desk) -> tuple[DutyShift, DutyShift]:
    """Duty in Ottawa and liaison in Delhi, 08-20 each by their own clocks, every day."""
    home = shift(desk, post(desk), desk.duty)
    away = shift(desk, post(desk, "Delhi desk", zone="Asia/Kolkata"), desk.liaison)
    return home, away
