"""The page of search: what is asked for stands in the address, and a hit leads to where it stands."""

from django.urls import reverse

from accord.exchange import services
from accord.exchange.search.indexing import index_message
from accord.node.desk.templatetags.desk import day
from accord.officers.permissions import Role
from tests.desk import Desk, own_side, received_request, request_fields
from tests.desk_pages.conftest import SignIn, statements
from tests.handling.test_corrections import corrected
from tests.handling.test_derivations import received_information

SEARCH = "desk:search"


def test_a_hit_shows_its_words_its_case_and_its_marks_and_leads_there(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk, facts="Sent by Gagné from दिल्ली.", language="fr")
    page = sign_in(desk.duty).get(reverse(SEARCH), {"q": "gagne delhi"}).content.decode()
    assert "<mark>Gagné</mark>" in page
    assert "<mark>दिल्ली</mark>" in page
    assert "1 found." in page
    assert asked.case.own_ref in page
    assert f'href="{reverse("desk:case", args=[asked.case.own_ref])}?messages=all#message-{asked.pk}"' in page
    assert '<span class="a-mark">H1</span>' in page


def test_filters_stand_in_the_address_and_are_taken_out_there(desk: Desk, sign_in: SignIn) -> None:
    received_request(desk, facts="About Zanzibarite.")
    client = sign_in(desk.duty)
    assert "1 found." in client.get(reverse(SEARCH), {"q": "zanzibarite", "theme": "precursors"}).content.decode()
    page = client.get(reverse(SEARCH), {"q": "zanzibarite", "theme": "fraud", "since": "2026-01-01"}).content.decode()
    assert "Nothing that you may read says this" in page
    assert 'href="?q=zanzibarite">Look without filters' in page
    assert "Nothing that you may read" in client.get(reverse(SEARCH), {"q": "<script>"}).content.decode()
    odd = client.get(reverse(SEARCH), {"q": "a", "theme": "no", "since": "x", "before": "y", "subject": "z"})
    assert odd.status_code == 200


def test_without_a_question_the_page_says_what_is_found_here(desk: Desk, sign_in: SignIn) -> None:
    assert "What do you look for?" in sign_in(desk.duty).get(reverse(SEARCH)).content.decode()


def test_nothing_tells_of_what_one_need_not_know(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk, facts="About Zanzibarite.")
    services.take(desk.liaison, asked.case)
    services.keep_to_team(desk.liaison, asked.case, reason="Few.")
    client = sign_in(desk.again(Role.DUTY, "stranger"))
    there = client.get(reverse(SEARCH), {"q": "zanzibarite"}).content.decode()
    nowhere = client.get(reverse(SEARCH), {"q": "zanzibarits"}).content.decode()
    assert "Nothing that you may read says this" in there
    assert asked.case.own_ref not in there
    assert len(there) == len(nowhere)


def test_a_draft_of_ones_own_leads_to_its_page_and_notes_to_theirs(desk: Desk, sign_in: SignIn) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_request(desk.liaison, case, request_fields(facts="About Umbriel."), own=own_side())  # type: ignore[arg-type]
    services.write_note(desk.liaison, case, "Umbriel once more.")
    page = sign_in(desk.liaison).get(reverse(SEARCH), {"q": "umbriel"}).content.decode()
    assert f'href="{reverse("desk:draft", args=[draft.pk])}"' in page
    assert f'href="{reverse("desk:case", args=[case.own_ref])}#notes"' in page
    assert "2 found, the newest first." in page


def test_pages_go_on(desk: Desk, sign_in: SignIn) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    for number in range(30):
        services.write_note(desk.liaison, case, f"Quillon {number}.")
    client = sign_in(desk.duty)
    first = client.get(reverse(SEARCH), {"q": "quillon"})
    assert "30 found" in first.content.decode()
    following = first.context["next"]
    page = client.get(f"{reverse(SEARCH)}{following}").content.decode()
    assert "Further on" in page
    assert page.count("<mark>") == 5


def test_it_costs_the_same_statements_however_much_is_found(desk: Desk, sign_in: SignIn) -> None:
    received_request(desk)
    client, address = sign_in(desk.duty), f"{reverse(SEARCH)}?q=drum"
    one = statements(client, address)
    for number in range(4):
        received_request(desk, case=f"IN-2026-5{number}")
    assert statements(client, address) == one


def test_a_hit_in_a_message_that_was_corrected_says_when(desk: Desk, sign_in: SignIn) -> None:
    source = received_information(desk)
    index_message(source)
    client = sign_in(desk.duty)
    page = client.get(reverse(SEARCH), {"q": "Harbour"}).content.decode()
    assert "1 found." in page
    assert "Corrected on" not in page
    corrected(desk, source, "restrict")
    assert "Corrected on" not in client.get(reverse(SEARCH), {"q": "Harbour"}).content.decode()
    row = corrected(desk, source, "correct", number=10)
    page = client.get(reverse(SEARCH), {"q": "Harbour"}).content.decode()
    assert page.count(f"Corrected on {day(row.at)}: some of its words are wrong.") == 1
