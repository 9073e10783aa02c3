"""Addresses and forms of the reviewer's room with numbers that are none, or that no calendar has."""

import pytest

from accord.officers.permissions import Role
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn


@pytest.mark.parametrize("year", ["\u00b2\u00b2\u00b2\u00b2", "0000", "9999", "2x26", "\u0968\u0966\u0968\u096c"])
def test_a_year_that_is_none_is_answered_with_a_page(desk: Desk, sign_in: SignIn, year: str) -> None:
    client = sign_in(desk.officers[Role.REVIEWER])
    assert client.get("/desk/review/year/", {"year": year}).status_code in {200, 404}


@pytest.mark.parametrize("year", [0, 1, 9999, 10**9, 10**19])
def test_a_file_of_a_year_that_is_none_is_not_found(desk: Desk, sign_in: SignIn, year: int) -> None:
    client = sign_in(desk.officers[Role.REVIEWER])
    assert client.get(f"/desk/review/year/{year}/IN/statistics.csv").status_code in {200, 404}


def test_signs_that_look_like_digits_are_no_number(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.REVIEWER])
    assert client.post("/desk/review/witnesses/", {"act": "retire", "witness": "\u00b2"}).status_code == 404
    assert client.get("/desk/review/sample/", {"seed": "dice", "size": "\u00b2"}).status_code in {200, 422}
    for name in ("decisions", "acts", "stopped", "alarms", "clocks", "holds", "emergencies"):
        assert client.get(f"/desk/review/{name}/", {"before": "\u00b2"}).status_code == 200
