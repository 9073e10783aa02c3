"""The list of cases: filters in the address, views that are kept, many given to one, and the table to take along."""

import csv
import io

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accord.exchange.models import Case
from accord.exchange.services import close_case, create_case, take, write_note
from accord.node import tables
from accord.node.desk.models import SavedView
from accord.node.desk.views import cases as cases_view
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.officers.preferences import choose_language
from tests.desk import Desk, received_request
from tests.desk_pages.conftest import SignIn, statements

CASES = "/desk/cases/"
STATEMENTS_MAX = 32


def opened(desk: Desk, title: str, theme: str = "precursors") -> Case:
    return create_case(desk.liaison, peer="IN", theme=theme, title=title)


def listed(client: Client, **asked: str) -> list[str]:
    page = client.get(CASES, asked).content.decode()
    known = Case.objects.values_list("own_ref", "title")
    places = {title: page.find(f"/desk/cases/{reference}/") for reference, title in known}
    return [title for title, place in sorted(places.items(), key=lambda one: one[1]) if place >= 0]


# --- filters ---------------------------------------------------------------------------------------------------------


def test_a_filter_is_in_the_address_and_its_tag_takes_it_out(desk: Desk, sign_in: SignIn) -> None:
    opened(desk, "SPECIMEN drum")
    client = sign_in(desk.liaison)
    page = client.get(CASES, {"q": "drum", "state": "open", "side": "ours"}).content.decode()
    assert 'href="/desk/cases/?q=drum&amp;side=ours"' in page  # the address without the state
    assert 'href="/desk/cases/?state=open&amp;side=ours"' in page
    assert "remove this filter" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "consignment"}, {"theirs"}),
        ({"q": "DRUM blue"}, {"ours"}),
        ({"q": "drum green"}, set()),
        ({"q": "IN-2026-000007"}, {"theirs"}),
        ({"q": "in-2026-000007/3"}, {"theirs"}),
        ({"side": "ours"}, {"ours"}),
        ({"holder": "nobody"}, {"theirs"}),
        ({"holder": "mine"}, {"ours"}),
        ({"holder": "duty"}, set()),
        ({"theme": "fraud"}, {"ours"}),
        ({"peer": "IN"}, {"ours", "theirs"}),
        ({"peer": "XX"}, set()),
        ({"q": "100%"}, set()),
        ({"q": "\x00"}, {"ours", "theirs"}),
        ({"state": "closed"}, set()),
        ({"no-such-filter": "x"}, {"ours", "theirs"}),
    ],
)
def test_a_filter_finds_what_it_says(desk: Desk, sign_in: SignIn, asked: dict[str, str], found: set[str]) -> None:
    theirs, ours = received_request(desk).case, opened(desk, "A blue drum", "fraud")
    names = {theirs.title: "theirs", ours.title: "ours"}
    assert {names[title] for title in listed(sign_in(desk.liaison), **asked)} == found


def test_our_own_reference_finds_the_case_and_its_messages(desk: Desk, sign_in: SignIn) -> None:
    first, _second = opened(desk, "One drum"), opened(desk, "Another drum")
    for words in (first.own_ref, first.own_ref.lower(), f"{first.own_ref}/ABCDE"):
        assert listed(sign_in(desk.duty), q=words) == ["One drum"]


@pytest.mark.parametrize("sort", ["newest", "oldest", "changed", "still"])
def test_each_order_goes_on_page_by_page_without_a_gap(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(cases_view, "ROWS", 2)
    made = [opened(desk, f"Drum {number}") for number in range(5)]
    write_note(desk.liaison, made[0], "SPECIMEN: changed last.")
    client, seen, address = sign_in(desk.liaison), list[str](), f"?sort={sort}"
    for _page in range(4):
        body = client.get(f"{CASES}{address}").content.decode()
        part = body.partition("<tbody")[2].partition("</tbody>")[0]
        rows = [title for title in (case.title for case in made) if title in part]
        seen += sorted(rows, key=part.find)
        address = body.partition('aria-label="Pages of this list"')[2].rpartition('href="?')[2].partition('"')[0]
        address = f"?{address.replace('&amp;', '&')}"
        if "Next page" not in body:
            break
    assert len(seen) == len(set(seen)) == 5
    newest = list(Case.objects.order_by("-pk").values_list("title", flat=True))
    changed = ["Drum 0", "Drum 4", "Drum 3", "Drum 2", "Drum 1"]
    orders = {"newest": newest, "oldest": newest[::-1], "changed": changed, "still": changed[::-1]}
    assert seen == orders[sort]


@pytest.mark.parametrize("after", ["x", "~", "2026~x", "' OR 1=1", "\x00", "9" * 36])
def test_a_place_that_was_made_up_shows_the_first_page(desk: Desk, sign_in: SignIn, after: str) -> None:
    opened(desk, "A drum")
    for sort in ("newest", "changed"):
        assert listed(sign_in(desk.liaison), after=after, sort=sort) == ["A drum"]


def test_an_empty_list_says_so_and_what_to_do(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    assert b"A case begins with a request" in client.get(CASES).content
    assert b"Take out a filter" in client.get(CASES, {"q": "nothing"}).content


def test_the_list_costs_the_same_statements_however_many_rows(desk: Desk, sign_in: SignIn) -> None:
    opened(desk, "Drum")
    client = sign_in(desk.liaison)
    few = statements(client, CASES)
    for number in range(6):
        opened(desk, f"Drum {number}")
        received_request(desk, case=f"IN-2026-{number:06d}")
    assert statements(client, CASES) == few <= STATEMENTS_MAX


# --- views that are kept ---------------------------------------------------------------------------------------------


def kept(client: Client, name: str = "Drums of mine", query: str = "?q=drum&holder=mine") -> SavedView:
    client.post(reverse("desk:view-save"), {"name": name, "query": query})
    return SavedView.objects.latest("saved_at")


def test_a_view_is_kept_under_a_name_and_its_address_can_be_shared(desk: Desk, sign_in: SignIn) -> None:
    opened(desk, "A drum")
    client, colleague = sign_in(desk.liaison), sign_in(desk.duty)
    view = kept(client)
    address = reverse("desk:view", args=[view.pk])
    mine = client.get(address, follow=True)
    assert mine.redirect_chain[0][0] == f"/desk/cases/?q=drum&holder=mine&view={view.pk}"
    assert b"Drums of mine" in mine.content
    assert b"data-row" in mine.content
    theirs = colleague.get(address, follow=True).content.decode()
    assert "A list that The liaison keeps" in theirs
    assert "data-row" not in theirs  # "mine" is whose who looks
    assert "Drums of mine" not in colleague.get(CASES).content.decode()


def test_the_same_name_again_replaces_the_list_and_a_name_is_needed(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    first = kept(client)
    assert kept(client, query="?state=closed").pk == first.pk
    assert SavedView.objects.get().query == "state=closed"
    for name in ("", " ", "x" * 61, "hidden \u202e name"):
        assert client.post(reverse("desk:view-save"), {"name": name, "query": "?q=1"}).status_code >= 400
    assert SavedView.objects.count() == 1


def test_a_removed_view_can_be_taken_back_and_opens_for_nobody_meanwhile(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    view = kept(client)
    page = client.post(reverse("desk:view-remove", args=[view.pk]), follow=True).content.decode()
    assert "is removed" in page
    assert reverse("desk:view-restore", args=[view.pk]) in page
    assert client.get(reverse("desk:view", args=[view.pk])).status_code == 404
    client.post(reverse("desk:view-restore", args=[view.pk]))
    assert client.get(reverse("desk:view", args=[view.pk])).status_code == 302


def test_a_name_that_was_given_again_is_not_taken_back_over_it(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    first = kept(client)
    client.post(reverse("desk:view-remove", args=[first.pk]))
    kept(client, query="?q=other")
    answer = client.post(reverse("desk:view-restore", args=[first.pk]))
    assert answer.status_code == 409
    assert b"desk.view-name" in answer.content


def test_a_colleagues_view_is_not_removed(desk: Desk, sign_in: SignIn) -> None:
    view = kept(sign_in(desk.liaison))
    assert sign_in(desk.duty).post(reverse("desk:view-remove", args=[view.pk])).status_code == 404
    view.refresh_from_db()
    assert view.removed_at is None


def test_a_view_keeps_filters_and_nothing_else(desk: Desk, sign_in: SignIn) -> None:
    view = kept(sign_in(desk.liaison), query="https://elsewhere.example/?q=drum&after=x&next=//elsewhere.example")
    assert "elsewhere" not in view.query.replace("https%3A%2F%2Felsewhere.example%2F%3Fq", "")


# --- many given to one -----------------------------------------------------------------------------------------------


def test_many_are_given_in_one_act_and_each_refusal_says_why(desk: Desk, sign_in: SignIn) -> None:
    free = received_request(desk, case="IN-2026-000001").case
    held = received_request(desk, case="IN-2026-000002").case
    take(desk.again(Role.DUTY, "duty2"), held)
    closed = opened(desk, "A closed drum")
    close_case(desk.liaison, closed)
    given = {
        "act": "assign",
        "to": desk.duty.username,
        "reason": "SPECIMEN: night shift",
        "case": [free.own_ref, held.own_ref, closed.own_ref, "no/such<case>"],
    }
    page = sign_in(desk.liaison).post(reverse("desk:cases-assign"), given, follow=True).content.decode()
    assert "1 case is with The duty now" in page
    assert "3 cases were not assigned" in page
    for words in ("exchange.case-held", "exchange.case-closed", "exchange.not-found", "SPECIMEN: night shift"):
        assert words in page
    assert "no/such<case>" not in page
    assert Case.objects.get(pk=free.pk).holder == desk.duty
    # The page of the refusals tries again, with what was chosen and said.
    assert page.count('name="case"') == 3
    assert 'value="SPECIMEN: night shift"' in page


def test_loading_or_sending_it_again_does_nothing_again(desk: Desk, sign_in: SignIn) -> None:
    case = received_request(desk).case
    client = sign_in(desk.duty)
    key = client.get(CASES).content.decode().partition('name="form" value="')[2][:36]
    given = {"act": "take", "case": [case.own_ref, case.own_ref], "form": key}
    for _again in range(2):
        page = client.post(reverse("desk:cases-assign"), given, follow=True).content.decode()
        assert "1 case is yours now" in page
        assert "held so already" not in page
    page = client.get(reverse("desk:cases-assigned")).content.decode()
    assert "1 case is yours now" in page
    assert page.count("Highest handling on this page") == 2


def test_choosing_none_says_so(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.duty).post(reverse("desk:cases-assign"), {"act": "take"}, follow=True)
    assert b"No case was chosen" in page.content


def test_a_reader_chooses_nothing(desk: Desk, sign_in: SignIn) -> None:
    case = received_request(desk).case
    client = sign_in(desk.reviewer)
    assert b'name="case"' not in client.get(CASES).content
    assert client.post(reverse("desk:cases-assign"), {"act": "take", "case": case.own_ref}).status_code == 403


# --- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["=1+1", "+1", "-2+3", "@SUM(A1)", "  =1+1", "\uff1d1+1", "|calc", "%0A=1", '=HYPERLINK("https://x.example")'],
)
def test_no_cell_of_the_table_begins_a_formula(desk: Desk, sign_in: SignIn, title: str) -> None:
    case = opened(desk, "A drum")
    Case.objects.filter(pk=case.pk).update(title=title)
    text = sign_in(desk.liaison).get(reverse("desk:cases-export")).content.decode("utf-8-sig")
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert row[5] == f"'{title}"


def test_quotes_separators_and_hidden_signs_stay_in_their_cell(desk: Desk, sign_in: SignIn) -> None:
    case = opened(desk, "A drum")
    Case.objects.filter(pk=case.pk).update(title='a";=1+1,"b\n=2 \u202e')
    text = sign_in(desk.liaison).get(reverse("desk:cases-export")).content.decode("utf-8-sig")
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert row[5] == 'a";=1+1,"b\n=2 ⟦right-to-left override⟧'
    assert len(row) == 9


def test_the_table_holds_what_the_list_holds_and_no_note(desk: Desk, sign_in: SignIn) -> None:
    first, _second = opened(desk, "A blue drum"), opened(desk, "A green drum")
    write_note(desk.liaison, first, "SPECIMEN-for-colleagues")
    text = sign_in(desk.duty).get(reverse("desk:cases-export"), {"q": "blue"}).content.decode()
    assert "A blue drum" in text
    assert "A green drum" not in text
    assert "SPECIMEN-for-colleagues" not in text


def test_the_table_speaks_the_reader_s_language_and_is_noted_without_what_was_looked_for(
    desk: Desk, sign_in: SignIn, settings: pytest.FixtureRequest
) -> None:
    settings.ACCORD_DESK_LANGUAGES = django_settings.LANGUAGES  # type: ignore[attr-defined]
    opened(desk, "A drum")
    choose_language(desk.liaison, "fr")
    asked = {"q": "drum", "state": "open"}
    answer = sign_in(desk.liaison).get(reverse("desk:cases-export"), asked)
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header[5:7] == ["Titre", "État"]
    assert (row[4], row[6]) == ("précurseurs", "ouvert")
    act = Act.objects.get(verb="export cases")
    assert (act.officer, act.detail) == (desk.liaison, {"rows": 1, "filters": "q,state"})


def test_a_list_too_long_for_a_table_is_refused_on_a_page_that_says_what_to_do(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(desk, "A drum")
    opened(desk, "Another drum")
    monkeypatch.setattr(tables, "ROWS_MAX", 1)
    client = sign_in(desk.liaison)
    answer = client.get(reverse("desk:cases-export"))
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "The list holds more than 1 rows." in answer.content.decode()
    assert "set more filters" in answer.content.decode()
    assert not Act.objects.filter(verb="export cases").exists()
    assert client.get(reverse("desk:cases-export"), {"q": "Another"}).status_code == 200
