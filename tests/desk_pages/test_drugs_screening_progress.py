"""How far a screening is: no all-clear before its end, and a page that is brought up to date at a change."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import strip_tags

from accord.node.desk import file_upload
from accord.node.desk.workstreams.drugs.screening_rows import progress_of
from accord.node.desk.workstreams.drugs.views import screenings
from accord.officers.permissions import Role
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.models import Screening
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_drugs_screening import HIT, LIST, PRESS, TEA, brought, manifest
from tests.desk_pages.words import plain, text

ALL_CLEAR = "No line was flagged"


def address_of(screening: Screening) -> str:
    return f"{LIST}{screening.pk}/"


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_nothing_is_said_of_a_file_that_is_still_being_screened(desk: Desk, sign_in: SignIn, state: str) -> None:
    client = sign_in(desk.liaison)
    address = client.post(LIST, {"file": manifest(HIT, TEA)})["Location"]
    Screening.objects.update(state=state)
    page = plain(client.get(address))
    assert "Still being screened" in page
    assert "Nothing can be said yet." in page
    assert ALL_CLEAR not in page
    assert "nothing can be said yet" in plain(client.get(LIST))


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_a_file_that_was_not_screened_to_its_end_is_no_clear_one(desk: Desk, sign_in: SignIn, state: str) -> None:
    screening = brought(desk, sign_in, TEA, TEA)
    Screening.objects.update(state=state)
    page = plain(sign_in(desk.liaison).get(address_of(screening)))
    assert "No line was flagged so far" in page
    assert "It came as far as line 3. Nothing can be said of the lines behind it." in page
    assert "none so far" in plain(sign_in(desk.liaison).get(LIST))


def test_a_page_without_flags_is_shown_anew_when_there_is_something_to_say(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    address = client.post(LIST, {"file": manifest(HIT, TEA)})["Location"]
    asks = f"{address}progress?was=waiting&seen=0"
    assert "HX-Redirect" not in client.get(asks)
    Screening.objects.update(state="running")
    assert client.get(asks)["HX-Redirect"] == address
    assert "HX-Redirect" not in client.get(asks.replace("waiting", "running"))
    Screening.objects.update(flagged=1)
    assert client.get(asks.replace("waiting", "running"))["HX-Redirect"] == address
    Screening.objects.update(flagged=0, state="waiting")
    screen_to_the_end()
    over = client.get(asks.replace("waiting", "running"))
    assert (over.status_code, over["HX-Redirect"]) == (286, address)
    page = plain(client.get(address))
    assert 'value="stop"' not in text(client.get(address))
    assert "Still being screened" not in page


def test_a_page_with_flags_stays_and_says_that_it_is_older(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in, HIT, PRESS, TEA)
    client, address = sign_in(desk.liaison), address_of(screening)
    Screening.objects.update(state="running")
    page = plain(client.get(address))
    assert "these are the flags found so far" in page
    assert "this page is older" not in page
    asks = f"{address}progress?was=running&seen=1"
    goes_on = client.get(asks)
    assert "HX-Redirect" not in goes_on
    assert "2 flags were found; this page is older." in plain(goes_on)
    Screening.objects.update(state="done")
    over = client.get(asks)
    assert "HX-Redirect" not in over
    assert '<div id="stopping" hx-swap-oob="true"></div>' in text(over)
    assert "Show the page anew" in plain(over)
    assert "found so far" not in plain(over)


def test_a_row_of_the_list_gets_its_flags_with_its_state(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in, HIT, TEA)
    answer = sign_in(desk.liaison).get(f"{address_of(screening)}progress?in=list")
    assert "HX-Redirect" not in answer
    assert f'<div id="flags-{screening.pk}" hx-swap-oob="true">' in text(answer)
    assert "1 to look at" in plain(answer)


def test_how_far_a_screening_is_is_said_in_bytes_lines_a_second_and_minutes(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in, HIT, TEA)
    now = timezone.now()
    Screening.objects.update(
        state="running", read_part=25, size_bytes=54_800_000, screened=120_000, began_at=now - timedelta(seconds=60)
    )
    screening.refresh_from_db()
    found = progress_of(screening, now)
    assert (found.place_bytes, found.lines_a_second, found.minutes_left) == (13_700_000, 2_000, 3)
    page = plain(sign_in(desk.liaison).get(address_of(screening)))
    assert "25 %" in page
    assert "of 54.8 MB" in page
    assert "lines a second" in page
    assert "minutes left" in page
    # One that was taken up again lay still for nobody knows how long.
    screening.opened_line = 2_001
    assert progress_of(screening, now).minutes_left is None
    screening.form, screening.opened_line = "gzip", 1
    assert progress_of(screening, now).place_bytes is None
    screening.read_part = 99
    assert progress_of(screening, now).minutes_left == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Only the first sheet was read; 2 others were not. 1 column holds lists or records, and was not read."),
        ("fr", "Seule la première feuille a été lue; 2 autres ne "),
        ("hi", "केवल पहली शीट पढ़ी गई; 2 अन्य शीटें नहीं पढ़ी गईं।"),
    ],
)
def test_sheets_and_columns_that_were_not_read_are_said(desk: Desk, sign_in: SignIn, language: str, said: str) -> None:
    screening = brought(desk, sign_in, HIT, TEA)
    assert "first sheet" not in plain(sign_in(desk.liaison).get(address_of(screening)))
    Screening.objects.update(sheets_left=2, columns_left=1)
    with translation.override(language):
        page = render_to_string(
            "desk/drugs/screening/_progress.html", {"screening": Screening.objects.get(), "state": ""}
        )
    assert said in " ".join(strip_tags(page).split())


def test_a_file_that_did_not_come_and_one_that_is_too_large_are_told_apart(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(desk.liaison)
    none = plain(client.post(LIST, {}))
    assert "No file came." in none
    assert "larger than" not in none
    monkeypatch.setattr(file_upload, "ATTACHMENT_BYTES_MAX", 200)
    monkeypatch.setattr(screenings, "ATTACHMENT_BYTES_MAX", 200)
    monkeypatch.setattr(file_upload, "FORM_BYTES_MAX", 20_000)
    large = client.post(LIST, {"file": manifest(*[TEA] * 20)})
    assert large.status_code == 422
    assert "The file is larger than 50 MB." in plain(large)
    assert "No file came" not in plain(large)


def test_a_file_that_was_screened_before_is_screened_again_only_when_asked(desk: Desk, sign_in: SignIn) -> None:
    screening, client = brought(desk, sign_in, HIT, TEA), sign_in(desk.duty)
    answer = client.post(LIST, {"file": manifest(HIT, TEA)})
    assert answer.status_code == 409
    assert "This file was brought before" in plain(answer)
    assert f'href="{address_of(screening)}"' in text(answer)
    assert 'name="again"' in text(answer)
    assert Screening.objects.count() == 1
    assert client.post(LIST, {"file": manifest(HIT, TEA), "again": "yes"}).status_code == 302
    assert Screening.objects.count() == 2
    # Of a file that an officer may not read nothing is told.
    stranger = desk.again(Role.DUTY, "stranger")
    stranger.scope_themes = ["fraud"]
    stranger.save()
    assert sign_in(stranger).post(LIST, {"file": manifest(HIT, TEA)}).status_code == 302


def test_marking_several_stands_above_the_flags_and_each_flag_folds_all_but_its_first_reason(
    desk: Desk, sign_in: SignIn
) -> None:
    screening = brought(desk, sign_in, HIT, PRESS)
    page = text(sign_in(desk.liaison).get(address_of(screening)))
    assert page.index('value="mark-true"') < page.index("a-flags")
    first = page.partition("a-flags")[2].partition("</tr>")[2].partition("</tr>")[0]
    shown, folded = first.split("<details", 1)
    assert "The text names" in shown
    assert "If it is wrong:" not in shown
    assert "If it is wrong:" in folded
