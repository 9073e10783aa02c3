"""The law's pages: each rule at its own address, and facts that are tried in a form."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.law.proposing import read_proposal
from accord.law.statements import Circumstances
from accord.release.gate import gate_in_use
from accord.release.models import DecisionRecord
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn


def form(client: Client, base: str = "request") -> dict[str, str]:
    """What a browser would post of the form as it is filled with an example."""
    page = client.get(reverse("desk:law-try"), {"base": base}).context
    given: dict[str, str] = {"base": base}
    for section in page["sections"]:
        for field in section.fields:
            if field.widget == "choices":
                given[field.path] = field.value
            else:
                given[field.path] = field.value
    return given | {f"keep.{name}": "yes" for name, _label, kept in page["kept"] if kept}


def ask(client: Client, **changed: object) -> HttpResponse:
    answer: HttpResponse = client.post(reverse("desk:law-try"), form(client) | changed)
    return answer


def test_every_rule_has_a_page_with_its_source_and_its_examples(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    listed = client.get(reverse("desk:law")).content.decode()
    for rule in gate_in_use().rules:
        address = reverse("desk:rule", args=[rule.id])
        assert address in listed
        page = client.get(address)
        assert page.status_code == 200
        assert ("a-verdict--warn" in page.content.decode()) is not rule.verified
        assert len(page.context["policies"]) == len(rule.policies)
        assert page.context["rows"]


def test_a_rule_that_is_none_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    assert sign_in(desk.liaison).get(reverse("desk:rule", args=["ZZ-99"])).status_code == 404


@pytest.mark.parametrize("base", ["request", "answer", "use-request", "use-answer"])
def test_each_example_passes_as_it_is_filled(desk: Desk, sign_in: SignIn, base: str) -> None:
    client = sign_in(desk.liaison)
    answer = client.post(reverse("desk:law-try"), form(client, base))
    assert answer.status_code == 200, answer.context["error"]
    assert answer.context["decision"].lets_pass, answer.context["decision"].reasons


def test_a_fact_that_is_changed_in_the_form_changes_the_answer(desk: Desk, sign_in: SignIn) -> None:
    answer = ask(sign_in(desk.liaison), accuracy_statement="")
    page = answer.content.decode()
    assert not answer.context["decision"].lets_pass
    assert reverse("desk:rule", args=["CA-05"]) in page
    assert not DecisionRecord.objects.exists()


def test_what_is_left_out_of_the_example_is_missing(desk: Desk, sign_in: SignIn) -> None:
    answer = ask(sign_in(desk.liaison), **{"keep.caveats": ""})
    assert not answer.context["decision"].lets_pass


@pytest.mark.parametrize(
    "changed", [{"date": "soon"}, {"persons": "many"}, {"handling": "H9"}, {"facts": "{"}, {"facts": "[]"}]
)
def test_facts_that_are_none_are_named_and_stay(desk: Desk, sign_in: SignIn, changed: dict[str, str]) -> None:
    answer = ask(sign_in(desk.liaison), **changed)
    assert answer.status_code == 422
    assert b"desk.facts-unreadable" in answer.content


@pytest.mark.parametrize(
    ("changed", "element", "label", "what_to_write"),
    [
        ({"persons": "-3"}, "field-persons", "How many persons are named?", "0"),
        ({"persons": "many"}, "field-persons", "How many persons are named?", "number"),
        ({"date": "soon"}, "field-date", "Day of the act", "year-month-day"),
        ({"facts": "{"}, "facts", "Facts as JSON", "bracket"),
        ({"facts": '{"nope": 1}'}, "facts", "Nope", "leave it out"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_field_and_what_to_write(
    desk: Desk, sign_in: SignIn, changed: dict[str, str], element: str, label: str, what_to_write: str
) -> None:
    page = ask(sign_in(desk.liaison), **changed).content.decode()
    summary = page.partition('govuk-error-summary__list">')[2].partition("</ul>")[0]
    assert f'<a href="#{element}">{label}</a>' in summary
    assert what_to_write in summary
    assert "Expected" not in summary
    assert "$." not in page.partition('id="facts"')[0]
    assert f'id="{element}"' in page


def test_facts_may_be_written_as_json(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    written = json.loads(client.get(reverse("desk:law-try")).context["written"])
    answer = client.post(reverse("desk:law-try"), {"facts": json.dumps({**written, "caveats": []})})
    assert not answer.context["decision"].lets_pass


def test_a_source_that_was_not_verified_is_marked_in_the_list(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.liaison).get(reverse("desk:law")).content.decode()
    unverified = [rule for rule in gate_in_use().rules if not rule.verified]
    assert page.count("a-state--warn") == len(unverified) > 0


def test_every_fact_that_an_officer_states_can_be_tried(desk: Desk, sign_in: SignIn) -> None:
    sections = sign_in(desk.liaison).get(reverse("desk:law-try")).context["sections"]
    shown = {field.path for section in sections for field in section.fields}
    assert set(Circumstances.__struct_fields__) <= shown


def test_facts_on_guarded_records_are_tried_in_the_form(desk: Desk, sign_in: SignIn) -> None:
    answer = ask(sign_in(desk.liaison), records=["customs"])
    assert "CA-10.no-ground" in {reason.policy for reason in answer.context["decision"].reasons}
    cured = ask(sign_in(desk.liaison), records=["customs"], customs_ground="arrangement")
    assert cured.context["decision"].lets_pass


def test_a_list_that_was_compared_is_tried_in_the_form(desk: Desk, sign_in: SignIn) -> None:
    answer = ask(sign_in(desk.liaison), **{"match.size_bucket": "under-100"})
    assert "BI-11.one-person" in {reason.policy for reason in answer.context["decision"].reasons}


def proposing(client: Client, **changed: object) -> dict[str, object]:
    """What the browser posts to have the facts just tried written as a row."""
    page = ask(client, records=["customs"]).context
    return {"base": "request", "facts": page["tried"], "row_rule": page["row_rule"], "row_name": "as tried", **changed}


def test_what_was_tried_is_proposed_as_a_row_that_counsel_can_run(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    page = client.post(reverse("desk:law-try"), proposing(client))
    proposed = page.context["proposed"]
    assert (proposed.rule, proposed.problem) == ("CA-10", None)
    (row,) = read_proposal(proposed.text.encode()).rows
    assert (row.name, row.facts, row.fires) == ("as tried", {"records": ["customs"]}, ("no-ground",))
    assert page.context["decision"] is not None
    assert not DecisionRecord.objects.exists()


def test_the_row_is_taken_as_a_file(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    answer = client.post(reverse("desk:law-try"), proposing(client, download="yes", row_rule="CA-05"))
    assert answer["Content-Disposition"] == 'attachment; filename="CA-05-row.toml"'
    assert read_proposal(answer.content).rule == "CA-05"


def test_a_row_for_a_rule_that_is_none_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    assert client.post(reverse("desk:law-try"), proposing(client, row_rule="ZZ-99")).status_code == 404
