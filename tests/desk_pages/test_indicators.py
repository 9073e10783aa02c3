"""The indicator page: both sides' figures, what is not told and why, reports, disputes and tables."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest

from accord.courier.models import Outbox
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.vocabulary.periods import quarter_of
from accord.workplan.codes import Aim, Unit
from accord.workplan.indicators.counting import count_new
from accord.workplan.indicators.report import INDICATOR_REPORT
from accord.workplan.models import IndicatorDispute, PublishedIndicators
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn, statements
from tests.workplan.indicators.counted import QUARTER, answered, asked, indicator, sign_plan
from tests.workplan.indicators.test_reporting import arrives, report, row

LIST = "/desk/indicators/"
WITHIN = indicator("I1", "answers.within-clock")
MEDIAN = indicator("I2", "answers.median-time", unit=Unit.HOURS, target=Decimal(24), aim=Aim.AT_MOST)
WARNINGS = indicator("I3", "warnings.told-within-2-hours")
REFUSALS = indicator("I4", "refusals.by-ground", unit=Unit.COUNT, target=None)
GIVEN = {"peer": "IN", "period": QUARTER.code}


def text(page: object) -> str:
    return " ".join(page.content.decode().split())  # type: ignore[attr-defined] # the test client's answer is one


def test_before_a_plan_is_signed_every_definition_is_measured_without_a_target(desk: Desk, sign_in: SignIn) -> None:
    for _ in range(5):
        asked(hours=1)
    count_new()
    page = text(sign_in(desk.officers[Role.POLICY]).get(LIST, GIVEN))
    assert "Measured, no target agreed yet" in page
    assert "Requests answered within their clock" in page
    assert ">100 %<" in page
    assert "5 of 5" in page
    assert "not measured: this node knows no such message yet" in page
    assert "no target agreed yet" in page
    assert "Sign off and send" not in page


def test_the_page_opens_on_the_quarter_that_goes_on_once_it_has_figures(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    monkeypatch.setattr("accord.node.desk.views.indicators.quarter_of", lambda _day: QUARTER)
    before = quarter_of(QUARTER.first_day - timedelta(days=1))
    monkeypatch.setattr("accord.node.desk.views.indicators.ended_quarters", lambda _now: [before])
    opened = f"<bdi>{QUARTER.code}</bdi></h1>"
    assert opened not in text(client.get(LIST))
    asked(hours=1)
    count_new()
    assert opened in text(client.get(LIST))


def test_a_signatory_reports_a_quarter_once(desk: Desk, sign_in: SignIn) -> None:
    sign_plan(WITHIN, MEDIAN, WARNINGS)
    asked(hours=1)
    count_new()
    client = sign_in(desk.officers[Role.SIGNATORY])
    page = text(client.get(LIST, GIVEN))
    assert "kept back: fewer than 5 cases, or it would give so few away" in page
    assert "at least 90 %" in page
    assert "at most 24 h" in page
    form = {**GIVEN, "form": "5c1bf5c1-4b0a-4a80-8d5c-61f1bbd1c002"}
    assert "beside its own" in text(client.post(f"{LIST}report", form, follow=True))
    assert "Nothing was done twice" in text(client.post(f"{LIST}report", form, follow=True))
    again = client.post(f"{LIST}report", GIVEN)
    assert again.status_code == 422
    assert "workplan.already-reported" in text(again)
    assert Outbox.objects.filter(kind=INDICATOR_REPORT).count() == 1


def test_who_may_not_sign_sees_no_form_and_is_refused(desk: Desk, sign_in: SignIn) -> None:
    sign_plan(WITHIN)
    client = sign_in(desk.officers[Role.POLICY])
    assert "Sign off and send" not in text(client.get(LIST, GIVEN))
    assert client.post(f"{LIST}report", GIVEN).status_code == 403
    assert not PublishedIndicators.objects.exists()


def test_a_difference_is_said_in_words_and_traced_on_the_page_of_the_indicator(desk: Desk, sign_in: SignIn) -> None:
    sign_plan(WITHIN)
    clocks = [asked(hours=hours) for hours in (1, 2, 3, 12, None)]
    count_new()
    assert arrives(desk, report(row())) == ""
    client = sign_in(desk.officers[Role.POLICY])
    listed = text(client.get(LIST, GIVEN))
    assert "+20 points" in listed
    assert "differs" in listed
    page = text(client.get(f"{LIST}I1/", GIVEN))
    assert str(clocks[3].message.envelope_id) in page
    assert "counted, not as it should be" in page
    assert "nothing we know of" in page
    assert "the last quarters" in page.lower()
    assert "<svg" in page
    assert QUARTER.code in page


def test_a_dispute_is_opened_and_settled_with_words(desk: Desk, sign_in: SignIn) -> None:
    sign_plan(WITHIN)
    arrives(desk, report(row()))
    client = sign_in(desk.officers[Role.POLICY])
    address = f"{LIST}I1/dispute"
    refused = client.post(address, {**GIVEN, "act": "open", "reason": " "})
    assert refused.status_code == 422
    assert "text.blank" in text(refused)
    done = text(client.post(address, {**GIVEN, "act": "open", "reason": "We never received it."}, follow=True))
    assert "It stays on our side." in done
    assert "We never received it." in done
    assert "disputed" in text(client.get(LIST, GIVEN))
    dispute = IndicatorDispute.objects.get()
    again = client.post(address, {**GIVEN, "act": "open", "reason": "Again."})
    assert again.status_code == 409
    settle = {**GIVEN, "act": "settle", "dispute": dispute.pk, "reason": "They agreed."}
    assert "They agreed." in text(client.post(address, settle, follow=True))
    for key in (99, "", "x", "\u00b2", "9" * 5_000):
        assert client.post(address, {**settle, "dispute": key}).status_code == 404
    assert sign_in(desk.duty).post(address, settle).status_code == 403


def test_grounds_are_told_apart_and_small_ones_kept_back(desk: Desk, sign_in: SignIn) -> None:
    sign_plan(REFUSALS)
    for ground, count in (("a", 9), ("b", 6), ("law", 2)):
        for _ in range(count):
            answered(ground)
    count_new()
    page = text(sign_in(desk.officers[Role.POLICY]).get(f"{LIST}I4/", GIVEN))
    assert page.count('<td class="govuk-table__cell">kept back</td>') == 2
    assert "By ground" in page


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_figures_go_out_as_a_table_and_a_workbook_and_it_is_noted(desk: Desk, sign_in: SignIn, form: str) -> None:
    sign_plan(WITHIN, WARNINGS)
    for _ in range(5):
        asked(hours=1)
    count_new()
    answer = sign_in(desk.officers[Role.POLICY]).get(f"{LIST}table.{form}", GIVEN)
    assert answer.status_code == 200
    content = answer.content
    if form == "xlsx":
        content = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    told = content.decode()
    assert "100.0" in told
    assert "not measured" in told
    assert Act.objects.filter(verb="export indicators").count() == 1


@pytest.mark.parametrize(
    "address", [f"{LIST}I99/", f"{LIST}table.docx", f"{LIST}?peer=XX", f"{LIST}?peer=IN&period=2026-01"]
)
def test_what_is_not_there_is_not_found(desk: Desk, sign_in: SignIn, address: str) -> None:
    assert sign_in(desk.officers[Role.POLICY]).get(address).status_code == 404


def test_the_page_costs_the_same_however_many_indicators_there_are(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    sign_plan(WITHIN)
    few = statements(client, LIST)
    held = [indicator(f"I{number}", "answers.within-clock") for number in range(1, 40)]
    from accord.instruments.models import Instrument

    Instrument.objects.update(ends_on=QUARTER.last_day)
    sign_plan(*held)
    assert statements(client, LIST) == few


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_definitions_are_in_the_readers_language(desk: Desk, sign_in: SignIn, language: str) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    client.cookies["django_language"] = language
    page = text(client.get(f"{LIST}answers.within-clock/", GIVEN, headers={"accept-language": language}))
    expected = {"fr": "Une suspension motivée", "hi": "कारण सहित ठहराव"}[language]
    assert expected in page
