"""The pages of notices: the bell, the list, reading, and an officer's choices."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accord.exchange.models import Message
from accord.exchange.services import answer_hold
from accord.node.notices.deriving import make_notices
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Choice, Notice
from accord.officers.models import Act, Officer
from accord.officers.permissions import Role
from accord.officers.services import set_roles
from tests.desk import HELD_OFFICE, Desk, held_request, received_request, submitted_request, weighed
from tests.desk_pages.conftest import SignIn

GIVEN = {"quiet_from": "", "quiet_until": "", "zone": "America/Toronto", "urgent_passes": "yes"}


def notice(officer: Officer, key: str, message: Message | None = None, **changed: object) -> Notice:
    now = timezone.now()
    given = {"kind": Kind.REQUEST, "key": key, "at": now, "made_at": now, **changed}
    if message is not None:
        given |= {"case": message.case, "message": message}
    return Notice.objects.create(officer=officer, **given)


def text(client: Client, address: str = "/desk/notices/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_counts_what_waits_on_every_page(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    assert "n-bell__count" not in text(client, "/desk/help/")
    for number in range(3):
        notice(desk.duty, str(number))
    notice(desk.duty, "read", read_at=timezone.now())
    notice(desk.duty, "settled", settled_at=timezone.now())
    notice(desk.liaison, "of another")
    assert '<b class="n-bell__count">3</b>' in text(client, "/desk/help/")


def test_the_bell_stops_counting_where_a_number_helps_nobody(desk: Desk, sign_in: SignIn) -> None:
    for number in range(120):
        notice(desk.duty, str(number))
    assert '<b class="n-bell__count">100+</b>' in text(sign_in(desk.duty), "/desk/help/")


def test_what_came_since_is_said_once_and_politely(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    first = notice(desk.duty, "first")
    assert "bell-said" not in text(client, f"/desk/notices/news?seen={first.pk}")
    second = notice(desk.duty, "second", is_urgent=True)
    news = text(client, f"/desk/notices/news?seen={first.pk}")
    assert 'id="bell-said" hx-swap-oob="innerHTML"' in news
    assert "An urgent one waits." in news
    assert f"?seen={second.pk}" in news
    assert "bell-said" not in text(client, f"/desk/notices/news?seen={second.pk}")


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_strange_number_of_the_bell_is_nothing_new(desk: Desk, sign_in: SignIn, seen: str) -> None:
    notice(desk.duty, "first")
    assert sign_in(desk.duty).get("/desk/notices/news", {"seen": seen}).status_code == 200


def test_an_officer_sees_only_their_own_notices(desk: Desk, sign_in: SignIn) -> None:
    request = received_request(desk)
    notice(desk.liaison, "hers", request)
    client = sign_in(desk.duty)
    assert request.case.own_ref not in text(client, "/desk/notices/?show=all")
    key = Notice.objects.get().pk
    assert client.post(f"/desk/notices/{key}/open").status_code == 404
    client.post("/desk/notices/read", {"notice": key})
    client.post("/desk/notices/read", {"up_to": key})
    assert Notice.objects.get().read_at is None


def test_opening_a_notice_marks_it_read_and_leads_to_its_case(desk: Desk, sign_in: SignIn) -> None:
    request = received_request(desk)
    one = notice(desk.duty, "one", request)
    client = sign_in(desk.duty)
    assert request.case.own_ref in text(client)
    answer = client.post(f"/desk/notices/{one.pk}/open")
    assert answer.headers["Location"] == f"/desk/cases/{request.case.own_ref}/"
    assert request.case.own_ref not in text(client)
    assert request.case.own_ref in text(client, "/desk/notices/?show=all")


def test_a_draft_that_waits_leads_to_its_approval(desk: Desk, sign_in: SignIn) -> None:
    draft = submitted_request(desk)
    make_notices()
    one = Notice.objects.get(kind=Kind.APPROVAL_WAITS)
    answer = sign_in(desk.releasing).post(f"/desk/notices/{one.pk}/open")
    assert answer.headers["Location"] == f"/desk/approvals/{draft.pk}/"


def test_a_list_that_names_cases_bears_their_highest_mark_at_top_and_foot(desk: Desk, sign_in: SignIn) -> None:
    request = received_request(desk)
    notice(desk.duty, "one", request)
    notice(desk.administrator, "one", request)
    assert text(sign_in(desk.duty)).count("Highest handling on this page") == 2
    assert "Highest handling on this page" not in text(sign_in(desk.administrator))


def test_a_hold_leads_to_its_answer_and_once_it_is_answered_to_the_case(desk: Desk, sign_in: SignIn) -> None:
    head = desk.head(HELD_OFFICE)
    draft = held_request(desk)
    make_notices()
    one = Notice.objects.get(kind=Kind.HOLD_WAITS)
    client = sign_in(head)
    assert client.post(f"/desk/notices/{one.pk}/open").headers["Location"] == f"/desk/approvals/{draft.pk}/holds"
    weighed(desk, draft)
    answer_hold(head, draft, policy="CA-15.mixed", reason="Conduct predominates.")
    assert client.post(f"/desk/notices/{one.pk}/open").headers["Location"] == f"/desk/cases/{draft.case.own_ref}/"


def test_what_waits_for_a_second_person_leads_to_where_it_is_agreed_to(desk: Desk, sign_in: SignIn) -> None:
    set_roles(desk.administrator, desk.liaison, [Role.LIAISON, Role.DUTY])
    make_notices()
    one = Notice.objects.filter(kind=Kind.ACCOUNT_WAITS, officer=desk.reviewer)[0]
    answer = sign_in(desk.reviewer).post(f"/desk/notices/{one.pk}/open")
    assert answer.headers["Location"] == reverse("desk:waiting")


def test_an_administrator_learns_of_an_urgent_item_and_nothing_of_its_case(desk: Desk, sign_in: SignIn) -> None:
    request = received_request(desk)
    one = notice(desk.administrator, "one", request, kind=Kind.ESCALATED, is_urgent=True)
    client = sign_in(desk.administrator)
    page = text(client)
    assert "An urgent item has not been read" in page
    assert request.case.own_ref not in page
    assert request.case.title not in page
    assert client.post(f"/desk/notices/{one.pk}/open").headers["Location"] == "/desk/notices/"


def test_all_that_was_shown_is_marked_read_and_what_came_meanwhile_is_not(desk: Desk, sign_in: SignIn) -> None:
    shown = [notice(desk.duty, str(number)) for number in range(3)]
    client = sign_in(desk.duty)
    page = text(client)
    later = notice(desk.duty, "later")
    assert f'name="up_to" value="{shown[-1].pk}"' in page
    client.post("/desk/notices/read", {"up_to": shown[-1].pk})
    assert list(Notice.objects.filter(read_at=None)) == [later]


def test_the_list_goes_on_where_the_last_page_ended_though_new_ones_come(desk: Desk, sign_in: SignIn) -> None:
    for number in range(65):
        notice(desk.duty, f"number-{number}", is_urgent=number % 2 == 0)
    client = sign_in(desk.duty)
    found: list[str] = []
    address = "/desk/notices/?show=all"
    while address:
        page = client.get(address)
        found += [row["notice"].key for row in page.context["rows"]]
        notice(desk.duty, f"came-meanwhile-{len(found)}")
        address = f"/desk/notices/{page.context['older']}" if page.context["older"] else ""
    assert found == [f"number-{number}" for number in reversed(range(65))]
    assert len(client.get("/desk/notices/?show=urgent").context["rows"]) == 30


def test_the_list_is_filtered_by_what_it_is_about(desk: Desk, sign_in: SignIn) -> None:
    notice(desk.duty, "one")
    notice(desk.duty, "two", kind=Kind.CLOCK_OUT)
    rows = sign_in(desk.duty).get("/desk/notices/?kind=clock-out").context["rows"]
    assert [row["notice"].key for row in rows] == ["two"]


def test_the_number_of_statements_stays_when_notices_grow_tenfold(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            text(client, "/desk/notices/?show=all")
        return len(caught)

    request = received_request(desk)
    notice(desk.duty, "first", request)
    text(client)
    few = statements()
    for number in range(29):
        notice(desk.duty, str(number), request)
    assert statements() == few


def test_a_choice_is_kept_and_shown_again(desk: Desk, sign_in: SignIn, settings: LazySettings) -> None:
    settings.ACCORD_MAIL_DOMAINS = frozenset({"desk.example"})
    client = sign_in(desk.duty)
    changed = {"quiet_from": "22:00", "quiet_until": "07:00", "mailed": ["clock-out", "assigned"]}
    answer = client.post("/desk/notices/choices", {**GIVEN, **changed, "address": "duty@desk.example"})
    assert answer.status_code == 302
    choice = Choice.objects.get(officer=desk.duty)
    assert (choice.mailed_kinds, choice.agreed_at is not None) == (["assigned", "clock-out"], True)
    page = text(client, "/desk/notices/choices")
    for part in ('value="duty@desk.example"', 'value="22:00"', 'value="America/Toronto"'):
        assert part in page
    assert page.count(" checked>") == 3


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"address": "not an address"}, "notices.address-refused"),
        ({"address": "a@desk.example\r\nBcc: b@other.example"}, "notices.address-refused"),
        ({"quiet_from": "22:00"}, "notices.hours-refused"),
        ({"quiet_from": "25:99", "quiet_until": "07:00"}, "notices.hour-refused"),
        ({"zone": "Mars/Olympus"}, "notices.zone-unknown"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused_and_what_was_typed_is_kept(
    desk: Desk, sign_in: SignIn, changed: dict[str, str], code: str
) -> None:
    answer = sign_in(desk.duty).post("/desk/notices/choices", {**GIVEN, "address": "", **changed})
    page = answer.content.decode()
    assert 400 <= answer.status_code < 500
    assert code in page
    assert not Choice.objects.exists()
    assert next(iter(changed.values())).split("\r")[0] in page


def test_an_address_elsewhere_waits_for_an_administrator_who_agrees_to_what_was_shown(
    desk: Desk, sign_in: SignIn
) -> None:
    sign_in(desk.duty).post("/desk/notices/choices", {**GIVEN, "address": "duty@elsewhere.example"})
    assert Choice.objects.get().agreed_at is None
    make_notices()
    assert Notice.objects.get(kind=Kind.ADDRESS_WAITS).officer == desk.administrator
    client = sign_in(desk.administrator)
    assert "duty@elsewhere.example" in text(client)
    agree = f"/desk/notices/addresses/{desk.duty.pk}/agree"
    assert client.post(agree, {"address": "other@elsewhere.example"}).status_code in {400, 409, 422}
    assert Choice.objects.get().agreed_at is None
    client.post(agree, {"address": "duty@elsewhere.example"})
    assert Choice.objects.get().agreed_by == desk.administrator
    assert Act.objects.filter(verb="agree to notice address", officer=desk.administrator).exists()


def test_an_address_that_changes_must_be_agreed_to_anew(desk: Desk, sign_in: SignIn) -> None:
    Choice.objects.create(officer=desk.duty, address="old@elsewhere.example", agreed_at=timezone.now())
    sign_in(desk.duty).post("/desk/notices/choices", {**GIVEN, "address": "new@elsewhere.example"})
    assert Choice.objects.get().agreed_at is None


def test_nobody_agrees_to_their_own_address(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.administrator)
    client.post("/desk/notices/choices", {**GIVEN, "address": "chief@elsewhere.example"})
    assert "Agree to this address" not in text(client)
    own = f"/desk/notices/addresses/{desk.administrator.pk}/agree"
    assert client.post(own, {"address": "chief@elsewhere.example"}).status_code in {400, 403, 409, 422}
    assert Choice.objects.get().agreed_at is None


def test_a_notice_that_waits_no_more_says_so(desk: Desk, sign_in: SignIn) -> None:
    notice(desk.duty, "one", settled_at=timezone.now() - timedelta(minutes=1))
    assert "Waits no more" in text(sign_in(desk.duty), "/desk/notices/?show=all")


def test_the_clock_of_quiet_hours_is_called_by_the_capital(desk: Desk, sign_in: SignIn) -> None:
    page = text(sign_in(desk.duty), reverse("desk:notices-choices"))
    assert '<option value="America/Toronto" selected>Ottawa</option>' in page
    assert '<option value="Asia/Kolkata">New Delhi</option>' in page
    assert '<option value="Asia/Kathmandu" lang="en">Asia/Kathmandu</option>' in page


def test_an_address_is_changed_ten_times_a_day_and_no_more(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    answers = [
        client.post(reverse("desk:notices-choices"), {**GIVEN, "address": f"a{number}@agency.example"})
        for number in range(11)
    ]
    assert {one.status_code for one in answers[:10]} == {302}
    assert b"notices.address-changes" in answers[10].content
    assert Choice.objects.get(officer=desk.duty).address == "a9@agency.example"
