"""The line to the peer in the head of each page, and the page of the channel's health."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.channel.fingerprint import fingerprint_words
from accord.courier.alarms import raise_alarm
from accord.courier.models import Channel
from accord.node.desk.charts import bar_chart
from accord.officers.models import Act, Officer
from accord.officers.permissions import Role
from accord.officers.services import create_first_administrator, create_officer
from accord.parties.models import Party
from tests.desk import Desk, flush, released_request
from tests.desk_pages.conftest import SignIn
from tests.simulators.paired_node import PairedNode


@pytest.mark.parametrize(
    ("mode", "words"),
    [("open", "Suspended by the other side"), ("recovering", "Suspended by the other side"), ("frozen", "Frozen")],
)
def test_the_head_of_every_page_says_that_the_other_side_suspended(
    desk: Desk, sign_in: SignIn, mode: str, words: str
) -> None:
    Channel.objects.update(peer_suspended_at=timezone.now(), mode=mode)
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:help")).content.decode()
    assert f"<b data-fresh>{words}</b>" in page


def test_the_channels_page_says_what_a_suspension_by_the_other_side_means(desk: Desk, sign_in: SignIn) -> None:
    said = "The other side suspended the channel."
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:channel")).content.decode()
    assert said not in page
    Channel.objects.update(peer_suspended_at=timezone.now())
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:channel")).content.decode()
    assert said in page


# --- figures, charts and keys ---------------------------------------------------------------------------------------


def test_a_chart_has_a_table_with_the_same_figures() -> None:
    chart = bar_chart("x", unit="y", names=("Out", "In"), rows=[("a", (4, 0)), ("b", (2, 1))])
    assert chart.rows == (("a", (4, 0)), ("b", (2, 1)))
    heights = [bar.height for bar in chart.bars]
    assert heights[0] == max(heights)
    assert (heights[1], heights[2]) == (0.0, heights[0] / 2)
    assert all(bar.x + bar.width <= chart.width and bar.y + bar.height <= chart.ground for bar in chart.bars)


@pytest.mark.parametrize(("groups", "is_narrow"), [(1, True), (3, True), (4, False), (30, False)])
def test_a_chart_of_few_groups_is_drawn_for_a_phone_and_all_of_it_is_on_the_drawing(
    groups: int, is_narrow: bool
) -> None:
    chart = bar_chart("x", unit="y", names=("Out", "In"), rows=[(str(place), (2, 1)) for place in range(groups)])
    assert chart.is_narrow is is_narrow
    assert chart.width == (320 if is_narrow else 640)
    ends = [bar.x + bar.width for bar in chart.bars]
    assert chart.width * (1 - 1 / groups) < max(ends) <= chart.width
    assert ("a-chart--narrow" in render_to_string("components/chart.html", {"chart": chart})) is is_narrow


def test_a_chart_of_nothing_is_drawn() -> None:
    assert bar_chart("x", unit="y", names=("Out",), rows=[]).bars == ()
    assert [bar.height for bar in bar_chart("x", unit="y", names=("Out",), rows=[("a", (0,))]).bars] == [0.0]


def test_the_page_shows_both_sides_of_the_logs_and_four_moments(desk: Desk, sign_in: SignIn) -> None:
    released_request(desk)
    flush(desk, receipted_at=timezone.now())
    Channel.objects.update(peer_holds_size=4321)
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:channel")).content.decode()
    assert "4,321" in page
    assert page.count('<svg class="a-chart"') == page.count("The same as a table") == 4
    assert "Receipt on file" in page


def test_the_page_shows_the_words_of_both_root_keys(enter: Callable[[Role], Client]) -> None:
    page = enter(Role.DUTY).get(reverse("desk:channel")).content.decode()
    assert Party.objects.exclude(root_public=None).count() == 2
    for party in Party.objects.exclude(root_public=None):
        assert " ".join(fingerprint_words(bytes(party.root_public or b""))) in page


def test_each_of_the_last_messages_leads_to_its_place_in_its_case(desk: Desk, sign_in: SignIn) -> None:
    sent = released_request(desk)
    page = sign_in(desk.liaison).get(reverse("desk:channel")).content.decode()
    assert f'href="{reverse("desk:case", args=[sent.case.own_ref])}#message-{sent.pk}"' in page


def test_an_administrator_reads_no_reference_and_no_title_there(desk: Desk, sign_in: SignIn) -> None:
    message = released_request(desk)
    page = sign_in(desk.administrator).get(reverse("desk:channel")).content.decode()
    assert message.reference not in page
    assert message.case.title not in page


# --- who stops it and who lets it go on -----------------------------------------------------------------------------


@pytest.fixture
def enter(met: PairedNode) -> Callable[[Role], Client]:
    """Returns a client in which an officer of a role is signed in, at a node that has met its peer."""
    chief = create_first_administrator("admin", "correct horse battery staple")

    def entered(role: Role) -> Client:
        officer = chief
        if role is not Role.ADMINISTRATOR:
            officer = create_officer(chief, role.value, password=None, display_name=role.value, roles=[role.value])
        Officer.objects.filter(pk=officer.pk).update(own_password_at=timezone.now())
        client = Client()
        client.force_login(Officer.objects.get(pk=officer.pk))
        return client

    return entered


def act(client: Client, name: str, **given: object) -> HttpResponse:
    answer: HttpResponse = client.post(reverse("desk:channel-act"), {"act": name, "peer": "IN", **given})
    return answer


def mode() -> str:
    return Channel.objects.get().mode


def test_an_administrator_suspends_with_a_reason_and_the_page_says_who(enter: Callable[[Role], Client]) -> None:
    client = enter(Role.ADMINISTRATOR)
    answer = act(client, "suspend", reason=" ")
    assert (answer.status_code >= 400, mode()) == (True, "open")
    act(client, "suspend", reason="SPECIMEN move to another building")
    assert mode() == "suspended"
    page = enter(Role.DUTY).get(reverse("desk:channel")).content.decode()
    assert "Suspended by admin" in page
    assert "SPECIMEN move to another building" in page
    assert "Resume the line" not in page
    act(client, "resume", reason="SPECIMEN moved")
    assert mode() == "open"
    assert list(Act.objects.filter(object_type="channel").order_by("pk").values_list("verb", flat=True)) == [
        "suspend channel",
        "resume channel",
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_suspends(desk: Desk, sign_in: SignIn, role: Role) -> None:
    answer = act(sign_in(desk.officers[role]), "suspend", reason="SPECIMEN")
    assert (answer.status_code, mode()) == (403, "open")


def test_a_frozen_channel_is_thawed_by_two_officers(enter: Callable[[Role], Client]) -> None:
    Channel.objects.update(mode="frozen")
    first, second = enter(Role.RELEASING), enter(Role.ADMINISTRATOR)
    assert act(first, "confirm-thaw").status_code >= 400
    act(first, "propose-thaw", reason="SPECIMEN a restored copy; both sides agree")
    assert "You proposed it" in first.get(reverse("desk:channel")).content.decode()
    assert act(first, "confirm-thaw").status_code >= 400
    assert mode() == "frozen"
    assert "Confirm the thaw" in second.get(reverse("desk:channel")).content.decode()
    act(second, "confirm-thaw")
    assert mode() != "frozen"


def test_an_alarm_is_settled_by_an_administrator(desk: Desk, sign_in: SignIn) -> None:
    alarm = raise_alarm(None, "courier.specimen", "SPECIMEN")
    assert act(sign_in(desk.officers[Role.DUTY]), "settle", alarm=alarm.pk).status_code == 403
    act(sign_in(desk.administrator), "settle", alarm=alarm.pk)
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == desk.administrator.pk


@pytest.mark.parametrize("alarm", ["", "x", "9" * 40, "²"])
def test_an_alarm_that_is_none_is_not_found(desk: Desk, sign_in: SignIn, alarm: str) -> None:
    assert act(sign_in(desk.administrator), "settle", alarm=alarm).status_code == 404


def test_a_channel_that_is_none_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.administrator).post(
        reverse("desk:channel-act"), {"act": "suspend", "peer": "XX", "reason": "x"}
    )
    assert answer.status_code == 404
