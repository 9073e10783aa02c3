"""The year at the desk: shown, printed and taken along, in the reader's words."""

import csv
import io
import zipfile

import pytest
from django.urls import reverse

from accord.handling.uses import use_item
from accord.officers.models import Act
from tests.desk import Desk, released_request
from tests.desk_pages.conftest import SignIn
from tests.handling.story import COURT, answered, asked, item_from_india
from tests.oversight.test_statistics import YEAR, requests

FILES = ("year.xlsx", "statistics.csv", "record.csv")


def test_the_page_shows_counts_and_keeps_small_ones_back(desk: Desk, sign_in: SignIn) -> None:
    requests(desk, 31)
    requests(desk, 2, late=True)
    page = sign_in(desk.reviewer).get("/desk/review/year/").content.decode()
    assert "Requests that we received" in page
    assert "<strong>x</strong>" in page
    assert "The year goes on: these figures are not final." in page


@pytest.mark.parametrize("name", FILES)
def test_each_file_comes_and_is_on_record(desk: Desk, sign_in: SignIn, name: str) -> None:
    released_request(desk)
    client = sign_in(desk.reviewer)
    answer = client.get(reverse("desk:review-year-file", args=[YEAR, "IN", name]))
    assert answer.status_code == 200
    if name == "year.xlsx":
        assert len(zipfile.ZipFile(io.BytesIO(answer.content)).namelist()) == 11
    if name == "record.csv":
        assert "The releasing" in answer.content.decode()
    assert Act.objects.get(verb="export year").detail["list"] == name


def test_the_record_says_which_use_took_whose_message_outside_and_under_which_permission(
    desk: Desk, sign_in: SignIn
) -> None:
    item = item_from_india(desk)
    permission = answered(desk, asked(desk, item))
    assert permission is not None
    made = use_item(desk.duty, item, COURT)
    client = sign_in(desk.reviewer)
    page = client.get("/desk/review/year/").content.decode()
    assert "1 use that took a message of theirs outside" in page
    assert "print it from your browser" in page
    answer = client.get(reverse("desk:review-year-file", args=[YEAR, "IN", "record.csv"]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [one["Act"] for one in rows] == ["Message sent", "bringing it into court"]
    used = rows[1]
    assert used["Decision"] == str(made.decision_id)
    assert (used["Whose message"], used["What"], used["Recipient"]) == ("IN", item.reference, "Superior Court")
    assert (used["Permission used"], used["Released or used by"]) == (permission.reference, desk.duty.display_name)


def test_a_year_or_a_file_that_is_not_there_is_said(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.reviewer)
    assert client.get("/desk/review/year/", {"year": "1999"}).status_code == 404
    assert client.get("/desk/review/year/", {"peer": "XX"}).status_code == 404
    assert client.get("/desk/review/year/", {"year": "soon"}).status_code == 200
    assert client.get(reverse("desk:review-year-file", args=[YEAR, "IN", "all.zip"])).status_code == 404
    assert client.get(reverse("desk:review-year-file", args=[1999, "IN", "year.xlsx"])).status_code == 404
