"""An act of a form: done once and said, refused and sent again, and a gate's refusal that stays on record."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, QueryDict

from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.models import SentForm
from accord.node.desk.once import NAME
from accord.officers.acts import note
from accord.officers.models import Act
from accord.release.errors import GateRefuses
from tests.desk import Desk

TWICE = "This was done already. Nothing was done twice."


@pytest.fixture
def request_of(desk: Desk, rf: object) -> HttpRequest:
    request = rf.post("/")  # type: ignore[attr-defined] # Django's factory of requests
    request.POST = QueryDict(f"{NAME}={uuid4()}")
    request.user = desk.liaison
    request._messages = CookieStorage(request)
    return request  # type: ignore[no-any-return]


def said(request: HttpRequest) -> list[str]:
    return [str(one) for one in get_messages(request)]


def test_an_act_is_done_once_and_its_words_are_said(request_of: HttpRequest) -> None:
    done: list[int] = []
    assert act_once(request_of, lambda: done.append(1), done="Done.")
    assert not act_once(request_of, lambda: done.append(2), done="Done.")
    assert (done, said(request_of)) == ([1], ["Done.", TWICE])


def test_what_an_act_says_itself_is_said_in_its_place(request_of: HttpRequest) -> None:
    assert act_once(request_of, lambda: "Sent to the other side.", done="Done.")
    assert said(request_of) == ["Sent to the other side."]


def test_an_act_without_words_says_nothing(request_of: HttpRequest) -> None:
    assert act_once(request_of, lambda: None)
    assert said(request_of) == []


def test_a_refused_form_may_be_mended_and_sent_again(request_of: HttpRequest) -> None:
    def refuse() -> None:
        raise NotFound("There is no such text.")

    with pytest.raises(NotFound):
        act_once(request_of, refuse)
    assert act_once(request_of, lambda: None, done="Done.")
    assert said(request_of) == ["Done."]


def test_what_a_gate_decided_stays_and_its_form_may_be_sent_again(desk: Desk, request_of: HttpRequest) -> None:
    decision = SimpleNamespace(reasons=(), outcome=SimpleNamespace(label="refuse"), approver="", channel="")

    def stop() -> None:
        note(desk.liaison, "export list", desk.liaison)
        raise GateRefuses(decision)  # type: ignore[arg-type] # as much of a decision as the refusal reads

    before = Act.objects.count()
    with pytest.raises(GateRefuses):
        act_once(request_of, stop, done="Done.")
    assert Act.objects.count() == before + 1, "what was written of the refusal stays"
    assert not SentForm.objects.exists()
    assert act_once(request_of, lambda: None, done="Done.")
    assert said(request_of) == ["Done."]
