"""The line to the peer in the head of each page, and the page of the channel's health."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accord.courier.models import Channel
from accord.officers.permissions import Role
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn


@pytest.mark.parametrize(
    ("mode", "words"),
    [("open", "Suspended by the other side"), ("recovering", "Suspended by the other side"), ("frozen", "Frozen")],
)
def test_the_head_of_every_page_says_that_the_other_side_suspended(
    desk: Desk, sign_in: SignIn, mode: str, words: str
) -> None:
    Channel.objects.update(peer_suspended_at=timezone.now(), mode=mode)
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:help")).content.decode()
    assert f"<b>{words}</b>" in page


def test_the_channels_page_says_what_a_suspension_by_the_other_side_means(desk: Desk, sign_in: SignIn) -> None:
    said = "The other side suspended the channel."
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:channel")).content.decode()
    assert said not in page
    Channel.objects.update(peer_suspended_at=timezone.now())
    page = sign_in(desk.officers[Role.LIAISON]).get(reverse("desk:channel")).content.decode()
    assert said in page
