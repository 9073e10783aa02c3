"""The registers at the desk: read by all, proposed by one, agreed to by another, with history and table."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accord.officers.four_eyes import confirm_officer
from accord.officers.models import Act, Officer
from accord.officers.services import create_officer
from accord.parties.models import RegisterEntry
from tests.desk import TODAY, Desk
from tests.desk_pages.conftest import SignIn, statements
from tests.registers import arranged, profiled

ARRANGEMENT: dict[str, Any] = {
    "code": "MOU-7",
    "title": "Precursors",
    "parties": ["CA", "IN"],
    "agencies": ["RCMP", "NCB"],
    "categories": "precursors\nsuspects",
    "purposes": ["prevent", "detect"],
    "valid_from": "2026-03-01",
    "why": "Signed in March.",
}
NEW = "/desk/registers/{}/new"


@pytest.fixture
def counsel(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(second(desk, "counsel-1"))


def second(desk: Desk, name: str) -> Officer:
    officer = create_officer(desk.administrator, name, password=None, display_name=name, roles=["counsel"])
    confirm_officer(desk.reviewer, officer)
    return officer


def text() -> SimpleUploadedFile:
    return SimpleUploadedFile("signed.pdf", b"%PDF SPECIMEN")


def test_an_arrangement_is_proposed_with_its_text_agreed_to_by_another_and_ended(
    desk: Desk, counsel: Client, sign_in: SignIn
) -> None:
    answer = counsel.post(NEW.format("arrangement"), {**ARRANGEMENT, "text": text()})
    entry = RegisterEntry.objects.get(code="MOU-7")
    place = f"/desk/registers/entries/{entry.pk}/"
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    page = counsel.get(place).content.decode()
    assert 'value="agree"' not in page
    assert "somebody else agrees" in page
    other = sign_in(second(desk, "counsel-2"))
    assert "Waits for a second person" in other.get("/desk/registers/").content.decode()
    assert 'value="agree"' in other.get(place).content.decode()
    assert other.post(f"{place}act", {"act": "agree"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.settled_by.username if entry.settled_by else "") == ("agreed", "counsel-2")
    assert entry.terms["categories"] == ["precursors", "suspects"]
    got = other.get(f"{place}text")
    assert (got.content, "signed.pdf" in got.headers["Content-Disposition"]) == (b"%PDF SPECIMEN", True)
    refused = other.post(f"{place}act", {"act": "end", "why": " "})
    assert "A reason is needed" in refused.content.decode()
    assert other.post(f"{place}act", {"act": "end", "why": "They withdrew."}).status_code == 302
    assert "They withdrew." in counsel.get(place).content.decode()


def test_who_proposed_and_posts_an_agreement_all_the_same_is_refused(desk: Desk, counsel: Client) -> None:
    counsel.post(NEW.format("arrangement"), {**ARRANGEMENT, "text": text()})
    entry = RegisterEntry.objects.get(code="MOU-7")
    answer = counsel.post(f"/desk/registers/entries/{entry.pk}/act", {"act": "agree"})
    assert (answer.status_code, b"register.own-proposal" in answer.content) == (403, True)
    entry.refresh_from_db()
    assert entry.state == "proposed"


def test_the_next_version_begins_with_the_last_and_shows_what_changes(desk: Desk, counsel: Client) -> None:
    entry = arranged("MOU-8", title="Old title")
    form = counsel.get(NEW.format("arrangement"), {"from": str(entry.pk)}).content.decode()
    assert 'value="Old title"' in form
    counsel.post(NEW.format("arrangement"), {**ARRANGEMENT, "code": "MOU-8", "title": "New title", "text": text()})
    newest = RegisterEntry.objects.get(code="MOU-8", version=2)
    page = counsel.get(f"/desk/registers/entries/{newest.pk}/").content.decode()
    assert "<del>" in page
    assert "What changes" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"valid_until": "2026-02-01"}, "valid_until"),
        ({"parties": []}, "parties"),
        ({"text_sha256": "zz"}, "text_sha256"),
        ({"title": "Pre\u0441ursors"}, "title"),
    ],
    ids=["empty", "dates", "no party", "digest", "two scripts"],
)
def test_a_refused_form_keeps_its_words_and_says_what_is_wrong_where(
    desk: Desk, counsel: Client, changed: dict[str, Any], field: str
) -> None:
    page = counsel.post(NEW.format("arrangement"), {**ARRANGEMENT, **changed})
    assert page.status_code in {400, 409, 422}
    shown = page.content.decode()
    assert "Signed in March." in shown
    assert f'id="field-{field}"' in shown
    assert shown.count("govuk-error-message") == 1
    assert not RegisterEntry.objects.filter(code="MOU-7").exists()


def test_a_risk_form_shows_two_scores_and_refuses_a_residual_above_the_first(desk: Desk, counsel: Client) -> None:
    given = {
        "code": "IN",
        "assessed_on": TODAY.isoformat(),
        "assessed_by": "risk-unit",
        "baseline": "low",
        "residual": "medium",
        "mitigations.count": "1",
        "mitigations.0.measure": "caveat",
        "mitigations.0.is_taken": "yes",
    }
    page = counsel.post(NEW.format("risk"), given).content.decode()
    assert "The residual risk is above the baseline" in page
    assert counsel.post(NEW.format("risk"), {**given, "baseline": "medium"}).status_code == 302
    newest = RegisterEntry.objects.get(register="risk", version=2)
    assert newest.terms["mitigations"] == [{"measure": "caveat", "is_taken": True}]
    shown = counsel.get(f"/desk/registers/entries/{newest.pk}/").content.decode()
    assert "Risk before any measure" in shown
    assert "Risk after the measures that were taken" in shown


def test_nothing_on_the_form_of_a_risk_profile_asks_what_a_relationship_is_worth(desk: Desk, counsel: Client) -> None:
    page = counsel.get(NEW.format("risk")).content.decode().lower()
    assert "strategic" not in page
    assert "relationship" not in page


def test_a_stale_profile_is_said_in_the_list(desk: Desk, counsel: Client) -> None:
    RegisterEntry.objects.filter(register="risk").delete()
    profiled("IN", assessed_on=TODAY.replace(year=TODAY.year - 2))
    page = counsel.get("/desk/registers/").content.decode()
    assert "too old" in page
    assert "since the day" in page


def test_an_empty_register_says_what_that_means(desk: Desk, counsel: Client) -> None:
    RegisterEntry.objects.all().delete()
    assert "the gate finds no arrangement" in counsel.get("/desk/registers/").content.decode()


def test_the_table_holds_every_version_and_the_act_is_noted(desk: Desk, counsel: Client) -> None:
    arranged("ARR-2026-1", title="=SUM(A1)")
    answer = counsel.get("/desk/registers/arrangement.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].startswith('"register","code","version","state","counts_from"')
    assert Act.objects.get(verb="export register").detail == {"register": "arrangement", "rows": 2}
    assert counsel.get("/desk/registers/nothing.csv").status_code == 404


def test_the_list_costs_the_same_statements_however_many_entries(desk: Desk, counsel: Client) -> None:
    few = statements(counsel, "/desk/registers/")
    for number in range(12):
        arranged(f"MOU-{number}")
    assert statements(counsel, "/desk/registers/") == few
