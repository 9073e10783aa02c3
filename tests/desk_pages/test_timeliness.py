"""Publishing timeliness at the desk, and reading what each side published beside our own log."""

import pytest

from accord.courier.models import Outbox
from accord.exchange.kinds import TIMELINESS_REPORT
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.oversight.models import PublishedTimeliness
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn, statements
from tests.desk_pages.words import text
from tests.oversight.test_publishing import MONTH, arrives, ours, row


def test_nothing_is_published_yet_and_the_page_says_who_publishes(desk: Desk, sign_in: SignIn) -> None:
    for who, address in (
        (desk.liaison, "/desk/timeliness/"),
        (desk.reviewer, "/desk/timeliness/"),
        (desk.reviewer, "/desk/review/timeliness/"),
    ):
        shown = text(sign_in(who).get(address))
        assert "Neither side has published a month or quarter yet." in shown
        assert "Publish to" not in shown
        assert "Period that is over" not in shown


def test_a_releasing_officer_sees_what_would_leave_and_publishes_it_once(desk: Desk, sign_in: SignIn) -> None:
    ours(desk, direction="in")
    client = sign_in(desk.releasing)
    page = text(client.get("/desk/timeliness/", {"peer": "IN", "period": MONTH.code}))
    assert "1 in all, 1 of 1 in time, 0 open" in page
    assert "Publish to India" in page
    assert not Outbox.objects.filter(kind=TIMELINESS_REPORT).exists()
    form = {"peer": "IN", "period": MONTH.code, "form": "5c1bf5c1-4b0a-4a80-8d5c-61f1bbd1c001"}
    published = text(client.post("/desk/timeliness/publish", form, follow=True))
    assert "The other side can compare it with its own log." in published
    assert "What we published, beside what our log shows now" in published
    assert "The figures agree." in published
    assert "Nothing was done twice" in text(client.post("/desk/timeliness/publish", form, follow=True))
    again = client.post("/desk/timeliness/publish", {"peer": "IN", "period": MONTH.code})
    assert again.status_code == 422
    assert "oversight.already-published" in text(again)
    assert Outbox.objects.filter(kind=TIMELINESS_REPORT).count() == 1


@pytest.mark.parametrize("address", ["/desk/timeliness/", "/desk/review/timeliness/"])
def test_what_differs_is_marked_in_words_with_its_requests_and_what_may_explain_it(
    desk: Desk, sign_in: SignIn, address: str
) -> None:
    late = ours(desk, hours=15)
    late.pause_reason = "translation"
    late.save()
    ours(desk, theme="fraud")
    assert arrives(desk, received=[row(requests=2, in_time=2, due=2), row(theme="fraud")])
    page = text(sign_in(desk.reviewer).get(address))
    assert "What India published, beside our own log" in page
    assert "1 row differs." in page
    assert "differs</b>" in page
    assert "How many: <bdi>+1</bdi>" in page
    assert "Half were answered within: <bdi>\N{MINUS SIGN}13 h</bdi>" in page
    assert "a pause with a stated ground" in page
    assert f"/desk/cases/{late.message.case.own_ref}/" in page
    assert page.count("agrees") == 1
    liaison = text(sign_in(desk.liaison).get("/desk/timeliness/"))
    assert "1 row differs." in liaison


def test_a_report_that_came_is_named_on_the_reviewers_first_page(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.reviewer)
    assert "India published" not in text(client.get("/desk/review/"))
    assert arrives(desk)
    assert f"India published {MONTH.code}" in text(client.get("/desk/review/"))


def test_a_difference_that_nothing_explains_says_whom_to_ask(desk: Desk, sign_in: SignIn) -> None:
    assert arrives(desk)
    page = text(sign_in(desk.reviewer).get("/desk/review/timeliness/"))
    assert "Nothing in our log explains it." in page
    assert "No such request of our log is within your reach." in page
    assert "no request" in page


def test_the_comparison_is_taken_along_as_a_table_and_that_is_noted(desk: Desk, sign_in: SignIn) -> None:
    ours(desk)
    assert arrives(desk, received=[row(in_time=0)])
    report = PublishedTimeliness.objects.get()
    client = sign_in(desk.reviewer)
    answer = client.get(f"/desk/timeliness/{report.pk}.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert '"our side"' in lines[2]
    assert lines[2].endswith('"0","1","-1"')
    assert Act.objects.get(verb="export timeliness").detail == {"period": MONTH.code, "party": "IN", "rows": 5}
    assert client.get("/desk/timeliness/99.csv").status_code == 404


def test_an_unknown_party_report_or_period_is_said_and_publishes_nothing(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.releasing)
    assert client.get("/desk/timeliness/", {"peer": "XX"}).status_code == 404
    assert client.get("/desk/timeliness/", {"report": "7"}).status_code == 404
    refused = client.get("/desk/timeliness/", {"period": "2099-01"})
    assert refused.status_code == 422
    assert "oversight.period-not-over" in text(refused)
    assert client.post("/desk/timeliness/publish", {"peer": "IN", "period": "2099-01"}).status_code == 422
    assert client.post("/desk/timeliness/publish", {"peer": "XX", "period": MONTH.code}).status_code == 404
    assert not Outbox.objects.filter(kind=TIMELINESS_REPORT).exists()


def test_who_reads_no_case_is_not_led_to_the_page(desk: Desk, sign_in: SignIn) -> None:
    assert "/desk/timeliness/" in text(sign_in(desk.liaison).get("/desk/channel/"))
    assert "/desk/timeliness/" not in text(sign_in(desk.officers[Role.ADMINISTRATOR]).get("/desk/channel/"))


def test_the_page_costs_the_same_however_many_requests_differ(desk: Desk, sign_in: SignIn) -> None:
    ours(desk, hours=15)
    assert arrives(desk)
    client = sign_in(desk.reviewer)
    few = statements(client, "/desk/review/timeliness/")
    for _ in range(5):
        ours(desk, hours=15)
    assert statements(client, "/desk/review/timeliness/") == few
