"""Parked messages: each with its reason and next step, nothing of what it says, and a try whose result is said."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import msgspec
import pytest
from django.test import Client

from accord.courier.models import Alarm
from accord.exchange.models import Case, Message
from accord.node.notices.deriving import make_notices
from accord.node.notices.models import Notice
from accord.officers.models import Act
from accord.officers.permissions import Role
from accord.release import registry
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from accord.release.received import FilingWork, Handled, Received
from tests.desk import CANADA, INDIA, Desk, from_india, request_fields
from tests.desk_pages.conftest import SignIn, statements

PARKED = "/desk/parked/"
WORDS = "A drum declared under HS 2933.39"


@contextmanager
def broken() -> Iterator[None]:
    """A node whose handler of requests fails."""

    def handler(_received: Received, _work: FilingWork) -> Handled:
        raise ZeroDivisionError

    known = registry.kind_for("request", 1)
    registry.register(replace(known, handler=handler))
    yield
    registry.register(known)


@contextmanager
def lawless() -> Iterator[None]:
    """A gate that is told of a request that rests on somebody's religion."""
    known = registry.kind_for("request", 1)
    stated = known.facts_at_use
    assert stated is not None
    registry.register(
        replace(known, facts_at_use=lambda got, on: msgspec.structs.replace(stated(got, on), basis=("religion",)))
    )
    yield
    registry.register(known)


def send(desk: Desk) -> None:
    desk.peer.send("request", from_india(request_fields(INDIA, CANADA)))


def park(desk: Desk) -> ReceivedMessage:
    send(desk)
    with broken():
        take_in(desk.channel)
    return ReceivedMessage.objects.get(state="parked")


def form_of(page: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def press(client: Client, entry: int, **given: str) -> str:
    answer = client.post(f"{PARKED}{entry}/try", given, follow=True)
    return answer.content.decode()


def test_each_stands_with_its_reason_in_words_and_the_next_step_and_nothing_it_says(
    desk: Desk, sign_in: SignIn
) -> None:
    parked = park(desk)
    page = sign_in(desk.duty).get(PARKED).content.decode()
    assert "This node failed while it filed the message." in page
    assert "Ask the operator to read the node" in page
    assert "release.handler-failed" in page
    assert str(parked.envelope_id) in page
    assert WORDS not in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("release.key-not-held", "It is sealed to a key that this node does not hold."),
        ("release.unknown-schema", "that this node does not know"),
        ("release.schema-refused", "It is not written as both sides agreed"),
        ("trust.seal-broken", "Its seal does not hold"),
        ("exchange.something-new", "This node failed while it filed the message."),
    ],
)
def test_every_reason_has_words(desk: Desk, sign_in: SignIn, code: str, words: str) -> None:
    park(desk)
    ReceivedMessage.objects.update(reason_code=code)
    assert words in sign_in(desk.duty).get(PARKED).content.decode()


def test_what_the_law_stopped_shows_the_rule_its_cure_and_who_decides_and_not_the_words(
    desk: Desk, sign_in: SignIn
) -> None:
    send(desk)
    with lawless():
        take_in(desk.channel)
    page = sign_in(desk.duty).get(PARKED).content.decode()
    assert "What the law gate says of it" in page
    assert "Who decides:" in page
    assert WORDS not in page


def test_what_is_filed_at_the_second_try_opens_in_its_case_and_who_tried_is_noted(desk: Desk, sign_in: SignIn) -> None:
    entry = park(desk).pk
    page = press(sign_in(desk.duty), entry)
    assert "Tried again, and filed: it stands in this case now." in page
    assert Case.objects.get().own_ref in page
    act = Act.objects.get(verb="try parked message again")
    assert act.officer == desk.duty
    assert act.detail["state"] == "filed"


def test_what_fails_again_stays_parked_and_the_page_says_so(desk: Desk, sign_in: SignIn) -> None:
    entry = park(desk).pk
    with broken():
        page = press(sign_in(desk.duty), entry)
    assert "Tried again, and it stays parked." in page
    assert ReceivedMessage.objects.get().state == "parked"
    assert not Message.objects.exists()


def test_a_form_that_is_sent_twice_tries_once(desk: Desk, sign_in: SignIn) -> None:
    entry, client = park(desk).pk, sign_in(desk.duty)
    form = form_of(client.get(PARKED).content.decode())
    press(client, entry, form=form)
    assert "Nothing was done twice" in press(client, entry, form=form)
    assert Act.objects.filter(verb="try parked message again").count() == 1


def test_what_a_colleague_tried_meanwhile_is_refused_in_words(desk: Desk, sign_in: SignIn) -> None:
    entry, client = park(desk).pk, sign_in(desk.duty)
    press(client, entry)
    answer = client.post(f"{PARKED}{entry}/try")
    assert answer.status_code == 409
    assert "release.not-parked" in answer.content.decode()
    assert client.post(f"{PARKED}{2**70}/try").status_code == 404
    assert client.post(f"{PARKED}4711/try").status_code == 404


def test_an_empty_list_says_what_would_stand_there(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.duty).get(PARKED, {"before": "x"}).content.decode()
    assert "Nothing is parked" in page


def test_the_page_costs_the_same_statements_however_many_wait(desk: Desk, sign_in: SignIn) -> None:
    park(desk)
    client = sign_in(desk.duty)
    few = statements(client, PARKED)
    for _number in range(4):
        send(desk)
    with broken():
        take_in(desk.channel)
    assert ReceivedMessage.objects.filter(state="parked").count() == 5
    assert statements(client, PARKED) == few


def test_the_notice_of_it_reaches_the_duty_officer_and_leads_there(desk: Desk, sign_in: SignIn) -> None:
    make_notices()
    park(desk)
    make_notices()
    alarm = Alarm.objects.get(code="release.parked")
    notice = Notice.objects.get(officer=desk.duty, subject=f"alarm:{alarm.pk}")
    client = sign_in(desk.duty)
    assert client.post(f"/desk/notices/{notice.pk}/open").headers["Location"] == PARKED
    assert not Notice.objects.filter(officer=desk.officers[Role.LIAISON], subject=f"alarm:{alarm.pk}").exists()
