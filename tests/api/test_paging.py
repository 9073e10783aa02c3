"""A list is read page by page without a gap or a repeat, whatever is added meanwhile."""

import pytest
from django.utils import timezone

from accord.node.api.paging import CursorRefused, page_of
from accord.officers.models import Officer


@pytest.fixture
def seven(db: None) -> None:
    for number in range(7):
        Officer.objects.create(username=f"o{number}")


def _names(limit: int, *, newest_first: bool = True, by: str = "pk") -> list[str]:
    names: list[str] = []
    cursor = None
    while True:
        page = page_of(Officer.objects.all(), "officers", cursor=cursor, limit=limit, newest_first=newest_first, by=by)
        names += [row.username for row in page.rows]
        cursor = page.next
        if cursor is None:
            return names


@pytest.mark.parametrize("limit", [1, 3, 7, 8])
def test_the_pages_together_are_the_list(seven: None, limit: int) -> None:
    assert _names(limit) == [f"o{number}" for number in reversed(range(7))]
    assert _names(limit, newest_first=False) == [f"o{number}" for number in range(7)]


def test_a_row_added_meanwhile_neither_repeats_nor_hides_another(seven: None) -> None:
    first = page_of(Officer.objects.all(), "officers", cursor=None, limit=3)
    Officer.objects.create(username="late")
    second = page_of(Officer.objects.all(), "officers", cursor=first.next, limit=10)

    assert [row.username for row in (*first.rows, *second.rows)] == [f"o{number}" for number in reversed(range(7))]


@pytest.mark.parametrize("cursor", ["5", "5:forged", "", "é"])
def test_a_cursor_that_was_not_given_is_refused(seven: None, cursor: str) -> None:
    with pytest.raises(CursorRefused):
        page_of(Officer.objects.all(), "officers", cursor=cursor, limit=3)


def test_a_cursor_of_one_list_opens_no_other(seven: None) -> None:
    given = page_of(Officer.objects.all(), "officers", cursor=None, limit=3).next

    with pytest.raises(CursorRefused):
        page_of(Officer.objects.all(), "cases", cursor=given, limit=3)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_rows_of_one_moment_are_neither_lost_nor_repeated_at_a_page_break(seven: None, limit: int) -> None:
    same = timezone.now()
    Officer.objects.filter(username__in=["o1", "o3", "o5"]).update(date_joined=same)

    names = _names(limit, by="date_joined")

    assert sorted(names) == [f"o{number}" for number in range(7)]
    assert names[:3] == ["o5", "o3", "o1"]
