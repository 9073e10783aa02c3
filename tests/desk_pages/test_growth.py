"""Pages ask the database as often when there is ten times as much: what slows others down at a few thousand cases."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.utils import timezone

from accord.courier.alarms import raise_alarm
from accord.exchange import services
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice
from accord.officers.acts import note
from tests.desk import Desk, caveat, held_request, received_request, submitted_request
from tests.desk_pages.conftest import SignIn, statements

FEW, MANY = 2, 20


def requests(desk: Desk, numbers: range) -> None:
    for number in numbers:
        received = received_request(desk, case=f"IN-2026-{number:06}")
        if number % 2:
            services.take(desk.duty, received.case)


def drafts(desk: Desk, numbers: range) -> None:
    for _number in numbers:
        submitted_request(desk)


def held(desk: Desk, numbers: range) -> None:
    for _number in numbers:
        held_request(desk)


def alarms(desk: Desk, numbers: range) -> None:
    for number in numbers:
        raise_alarm(desk.channel, f"courier.specimen-{number}", "Specimen.")


def notices(desk: Desk, numbers: range) -> None:
    now = timezone.now()
    for number in numbers:
        for officer in desk.officers.values():
            Notice.objects.create(officer=officer, kind=Kind.ALARM, key=str(number), at=now, made_at=now)


@pytest.mark.parametrize(
    ("address", "grow"),
    [
        ("/desk/", requests),
        ("/desk/?show=new", requests),
        ("/desk/cases/", requests),
        ("/desk/cases/?q=drum&state=open&waiting=us&holder=mine", requests),
        ("/desk/news", requests),
        ("/desk/", drafts),
        ("/desk/approvals/", drafts),
        ("/desk/approvals/", held),
        ("/desk/channel/", alarms),
        ("/desk/notices/?show=all", notices),
        ("/desk/help/", notices),
    ],
)
def test_a_page_asks_as_often_when_rows_grow_tenfold(
    desk: Desk, sign_in: SignIn, address: str, grow: Callable[[Desk, range], None]
) -> None:
    client = sign_in(desk.duty)
    grow(desk, range(FEW))
    # The first request fills what is kept between requests: the law, parsed templates, the time of the last look.
    client.get(address)
    few = statements(client, address)
    assert few > 2
    grow(desk, range(FEW, MANY))
    assert statements(client, address) == few


def test_a_case_asks_as_often_when_its_messages_and_acts_grow_tenfold(desk: Desk, sign_in: SignIn) -> None:
    request = received_request(desk)
    case = services.take(desk.liaison, request.case)
    client = sign_in(desk.liaison)

    def grow(numbers: range) -> None:
        for number in numbers:
            received_request(desk, case=request.case.other_ref, message_ref=f"{request.case.other_ref}/{number + 2}")
            services.ask_agency(desk.liaison, case, agency="CBSA", question=f"Specimen question {number}?")
            note(desk.liaison, "draft message", request)

    grow(range(1))
    client.get(f"/desk/cases/{case.own_ref}/")
    few = statements(client, f"/desk/cases/{case.own_ref}/")
    grow(range(1, 12))
    assert statements(client, f"/desk/cases/{case.own_ref}/") == few


def test_a_caveat_of_the_first_message_binds_on_a_page_that_begins_with_later_ones(desk: Desk, sign_in: SignIn) -> None:
    bound = {**caveat("RCMP"), "procedure_contact": "SPECIMEN first contact"}
    request = received_request(desk, caveats=[bound])
    own = request.case.other_ref
    for number in range(45):
        received_request(desk, case=own, message_ref=f"{own}/{number + 2}", caveats=[caveat("RCMP")])
    page = sign_in(desk.liaison).get(f"/desk/cases/{request.case.own_ref}/").content.decode()
    assert f'id="message-{request.pk}"' not in page
    assert "SPECIMEN first contact" in page


STRANGE = ("", "x", "0", "-1", "9" * 30, "²", "2026-01-01", "0001-01-01T00:00:00+14:00~7", "' OR 1=1", "~", "%00")


@pytest.mark.parametrize("before", STRANGE)
@pytest.mark.parametrize("name", ["acts", "alarms", "clocks", "decisions", "emergencies", "holds", "stopped"])
def test_a_list_of_the_review_opens_wherever_it_is_asked_to_go_on(
    desk: Desk, sign_in: SignIn, name: str, before: str
) -> None:
    assert sign_in(desk.reviewer).get(f"/desk/review/{name}/", {"before": before}).status_code == 200


@pytest.mark.parametrize("address", ["/desk/?after=c~{}", "/desk/?after=r~{}", "/desk/cases/?sort=changed&after={}"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
def test_a_list_opens_though_its_place_is_outside_of_all_time(
    desk: Desk, sign_in: SignIn, address: str, moment: str
) -> None:
    received_request(desk)
    place = f"{moment}~{UUID(int=0)}"
    assert sign_in(desk.duty).get(address.format(place)).status_code == 200
