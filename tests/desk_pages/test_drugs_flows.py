"""The pages on flows show what an officer may read, say what they leave out, and lead to the cases."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags

from accord.exchange import services
from accord.node.desk.workstreams.drugs.standing import words_against
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.workstreams.drugs.models import Notice
from tests.desk import Desk, days
from tests.desk_pages.conftest import SignIn, statements
from tests.workstreams.drugs.flowing import company, flagged, incident, mass, notice, outcome, suspicion

PAGES = ("drugs-flows", "drugs-companies", "drugs-consignees", "drugs-gaps")


def text(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", strip_tags(answer.content.decode())))


def stopped(desk: Desk, number: int = 1) -> None:
    told = notice(desk, number, goods=mass("2.5"))
    outcome(desk, told, 2, became="stopped", arrived_on=None, quantity_arrived=None, event_place="A port")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "fr", "hi"])
def test_each_page_opens_empty_and_full_in_every_language(
    desk: Desk, sign_in: SignIn, name: str, language: str
) -> None:
    client = sign_in(desk.liaison)
    client.cookies["accord-language-ca"] = language
    empty = client.get(reverse(f"desk:{name}"))
    stopped(desk)
    notice(desk, 2, exporter=company("SPECIMEN Other"), departure_on=days(-70), arrival_on=days(-60), has_departed=True)
    incident(desk, 3, companies=[company("SPECIMEN Trader")])
    suspicion(desk, 4, transaction_kind="import-transaction", was_completed=True)
    flagged(desk, rules=("no-notice",), shipper="SPECIMEN Lone Ltd")
    full = client.get(reverse(f"desk:{name}"))
    assert (empty.status_code, full.status_code) == (200, 200)
    assert f'lang="{language}' in full.content.decode()
    assert "style=" not in full.content.decode()


def test_figures_charts_map_and_table_say_the_same(desk: Desk, sign_in: SignIn) -> None:
    stopped(desk)
    told = notice(desk, 2, goods=mass("1"), transit_countries=[])
    answer = sign_in(desk.liaison).get(reverse("desk:drugs-flows"))
    page, shown = answer.content.decode(), text(answer)
    assert "3.5 kg of which stopped: 2.5 kg" in shown
    assert "a-scroll--newest" not in page, "a chart by substance has no newest end"
    assert "India → United Arab Emirates → Canada" in shown
    assert "India → Canada, 1 notice" in shown
    assert page.count('class="a-map__leg a-map__leg--1') == 3
    assert page.count("a-map__leg--stopped") == 3  # two legs, and the key
    assert "No boundary is drawn" in shown
    # On a phone a cell stands beside its label; a number and what is said of it are one thing beside it.
    assert re.search(r'data-label="Stopped"><div>1 <span class="a-absent">\(2\.5 kg\)</span></div>', page)
    assert "Only cases that you may read are in it" in shown
    assert page.count('<svg class="a-chart') == 4
    assert reverse("desk:drugs-notice", args=[told.pk]) in page


@pytest.mark.parametrize(("became", "is_amber"), [("not-sent", False), ("arrived", True)])
def test_what_went_on_after_an_objection_is_in_amber_and_what_was_not_sent_is_not(became: str, is_amber: bool) -> None:
    told = Notice(reply_result="objection", became=became)
    shown = render_to_string("desk/drugs/_standing.html", {"notice": told, "standing": words_against(told)})
    assert "after an objection" in shown
    assert ("a-state--warn" in shown) is is_amber


def test_a_filter_and_a_route_stand_in_the_address(desk: Desk, sign_in: SignIn) -> None:
    stopped(desk)
    notice(desk, 2, goods=mass("1", name="Acetone", cas_number="67-64-1"), transit_countries=[])
    client, address = sign_in(desk.liaison), reverse("desk:drugs-flows")
    of_route = text(client.get(address, {"route": "IN-CA"}))
    assert "Only the route India → Canada." in of_route
    assert "67-64-1" in of_route
    assert "United Arab Emirates" not in of_route
    of_substance = client.get(address, {"substance": "67-64-1"}).content.decode()
    assert '<option value="67-64-1" selected' in of_substance
    assert 'href="/desk/drugs/flows/?substance=67-64-1&amp;route=IN-CA"' in of_substance
    nothing = text(client.get(address, {"side": "ours"}))
    assert "No notice is like this" in nothing


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "soon", "until": "2026-13-40"},
        {"route": "IN-"},
        {"route": "<b>-CA"},
        {"side": "both"},
        {"substance": "x\x00" * 300},
        {"peer": "XX" * 300},
        {"days": "-1"},
    ],
)
def test_what_an_address_cannot_ask_for_asks_for_nothing_or_finds_nothing(
    desk: Desk, sign_in: SignIn, asked: dict[str, str]
) -> None:
    stopped(desk)
    client = sign_in(desk.liaison)
    for name in PAGES:
        assert client.get(reverse(f"desk:{name}"), asked).status_code == 200, name


def test_the_table_has_every_group_and_the_export_is_noted_without_what_was_looked_for(
    desk: Desk, sign_in: SignIn
) -> None:
    stopped(desk)
    notice(desk, 2, goods=mass("1", name="=SUM(A1)", cas_number=None), transit_countries=[])
    client = sign_in(desk.liaison)
    table = client.get(reverse("desk:drugs-flows-table", args=["csv"])).content.decode("utf-8-sig")
    assert '"By","Of what","Notices","Mass, kg","Without a mass","Objections","Stopped","Of which stopped, kg"' in table
    assert '"All","","2","3.5","0","0","1","2.5"' in table
    assert '"Routes","India → Canada","1","1","0","0","0","0"' in table
    assert '"\'=SUM(A1)"' in table
    book = client.get(reverse("desk:drugs-flows-table", args=["xlsx"]), {"substance": "67-64-1"})
    assert book.content.startswith(b"PK")
    assert client.get(reverse("desk:drugs-flows-table", args=["pdf"])).status_code == 404
    acts = Act.objects.filter(verb="export flows")
    assert [(act.detail["rows"], act.detail["filters"]) for act in acts.order_by("pk")] == [
        (6, ""),
        (1, "substance"),
    ]


def test_a_company_is_looked_for_and_its_history_leads_to_the_cases(desk: Desk, sign_in: SignIn) -> None:
    told = notice(desk, 1, exporter=company("SPECIMEN Zénith & Söhne Ltd"))
    incident(desk, 2, companies=[company("Specimen Zenith and Sohne")])
    client = sign_in(desk.liaison)
    found = client.get(reverse("desk:drugs-companies"), {"q": "zenith"})
    assert "Specimen Zenith and Sohne" in text(found)
    link = re.search(r'href="(/desk/drugs/companies/history/[^"]*)"', found.content.decode())
    assert link is not None
    history = client.get(unescape(link.group(1)))
    shown = text(history)
    assert told.case.own_ref in shown
    assert "Written also: SPECIMEN Zénith & Söhne Ltd" in shown
    assert "named in the papers of an incident" in shown
    assert reverse("desk:case", args=[told.case.own_ref]) in history.content.decode()
    line = flagged(desk, consignee="SPECIMEN ZENITH & SOHNE LLC")
    assert reverse("desk:drugs-flag", args=[line.pk]) in client.get(unescape(link.group(1))).content.decode()
    assert "No company is named so" in text(client.get(reverse("desk:drugs-companies"), {"q": "nobody"}))


def test_an_unknown_company_is_not_found_as_one_that_may_not_be_read(desk: Desk, sign_in: SignIn) -> None:
    secret = notice(desk, 1, exporter=company("SPECIMEN Secret"))
    services.take(desk.liaison, secret.case)
    services.keep_to_team(desk.liaison, secret.case, reason="A source is at risk.")
    client = sign_in(desk.again(Role.DUTY, "second"))
    for name in ("SPECIMEN Secret", "SPECIMEN Nobody", "", "---"):
        assert client.get(reverse("desk:drugs-company"), {"name": name}).status_code == 404, name
    for name in PAGES:
        shown = text(client.get(reverse(f"desk:{name}"), {"q": "secret"}))
        assert "SPECIMEN Secret" not in shown, name
        assert secret.case.own_ref not in shown, name
    assert "No notice yet" in text(client.get(reverse("desk:drugs-flows")))
    table = client.get(reverse("desk:drugs-flows-table", args=["csv"])).content.decode()
    assert '"All","","0"' in table


def test_repeated_consignees_show_their_notices(desk: Desk, sign_in: SignIn) -> None:
    for number, exporter in enumerate(("SPECIMEN Alpha", "SPECIMEN Beta"), 1):
        notice(desk, number, exporter=company(exporter), importer=company("SPECIMEN Wholesale", "CA"))
    shown = text(sign_in(desk.liaison).get(reverse("desk:drugs-consignees")))
    assert "2 exporters" in shown
    assert "H1 Highest handling on this page" in shown
    assert "1 substance" in shown
    assert "PEN-2" in shown


def test_gaps_say_since_when_and_take_another_grace(desk: Desk, sign_in: SignIn) -> None:
    late = notice(desk, 1, departure_on=days(-40), arrival_on=days(-20), has_departed=True)
    incident(desk, 2, pen_reference="PEN-404")
    client, address = sign_in(desk.liaison), reverse("desk:drugs-gaps")
    shown = text(client.get(address))
    assert late.case.own_ref in shown
    assert "20 days ago" in shown
    assert "no such notice here" in shown
    assert late.case.own_ref not in text(client.get(address, {"days": "30"}))
    assert 'value="365"' in client.get(address, {"days": "999"}).content.decode()


def test_a_page_of_many_notices_costs_as_many_statements_as_one_of_few(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    stopped(desk)
    notice(desk, 2, exporter=company("SPECIMEN Other"))
    few = {name: statements(client, reverse(f"desk:{name}")) for name in PAGES}
    for number in range(3, 8):
        notice(desk, number, exporter=company(f"SPECIMEN {number}"))
    assert {name: statements(client, reverse(f"desk:{name}")) for name in PAGES} == few
