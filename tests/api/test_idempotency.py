"""A repeated request is answered again and done once."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.utils import timezone

from accord.node.api.idempotency import KeyMissing, KeyReused, forget_old_answers, once
from accord.node.api.limits import IDEMPOTENCY_KEY_LIFE_HOURS
from accord.node.api.models import KeptAnswer
from accord.officers.models import Officer
from accord.officers.permissions import Permission, Role
from accord.officers.services import create_first_administrator
from tests.api.conftest import Caller, CallerOf
from tests.simulators.paired_node import PairedNode


class Act:
    """An act that counts how often it was done."""

    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.times = 0

    def __call__(self) -> HttpResponse:
        self.times += 1
        return JsonResponse({"number": self.times}, status=self.status)


def _request(body: bytes = b"{}", key: str | None = "key-1", path: str = "/api/v1/cases") -> HttpRequest:
    headers = {} if key is None else {"Idempotency-Key": key}
    return RequestFactory().post(path, data=body, content_type="application/json", headers=headers)


def test_the_same_request_is_done_once_and_answered_alike(administrator: Officer) -> None:
    act = Act()

    first = once(_request(), administrator, act)
    second = once(_request(), administrator, act)

    assert act.times == 1
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


@pytest.mark.parametrize("changed", [_request(b'{"a":1}'), _request(path="/api/v1/other")], ids=["body", "path"])
def test_a_key_serves_no_other_request(administrator: Officer, changed: HttpRequest) -> None:
    once(_request(), administrator, Act())

    with pytest.raises(KeyReused):
        once(changed, administrator, Act())


@pytest.mark.parametrize("key", [None, "", "a" * 129, "a b", "é", "a\tb"])
def test_a_post_without_a_good_key_is_refused(administrator: Officer, key: str | None) -> None:
    act = Act()

    with pytest.raises(KeyMissing):
        once(_request(key=key), administrator, act)

    assert act.times == 0


def test_keys_of_two_officers_never_meet(officers: dict[Role, Officer]) -> None:
    act = Act()

    once(_request(), officers[Role.LIAISON], act)
    once(_request(b'{"b":2}'), officers[Role.DUTY], act)

    assert act.times == 2


@pytest.mark.parametrize("status", [409, 422, 500])
def test_what_was_refused_may_be_tried_again_with_the_same_key(administrator: Officer, status: int) -> None:
    once(_request(), administrator, Act(status))

    act = Act()
    assert once(_request(), administrator, act).status_code == 201
    assert act.times == 1


def test_a_failure_leaves_nothing_of_a_half_done_act(administrator: Officer) -> None:
    def half_done() -> HttpResponse:
        Officer.objects.create(username="half")
        return HttpResponse(status=500)

    once(_request(), administrator, half_done)

    assert not Officer.objects.filter(username="half").exists()
    assert not KeptAnswer.objects.exists()


def test_what_a_refusal_put_on_record_stays(administrator: Officer) -> None:
    def refused_on_record() -> HttpResponse:
        Officer.objects.create(username="record")
        return HttpResponse(status=422)

    once(_request(), administrator, refused_on_record)

    assert Officer.objects.filter(username="record").exists()


def test_a_kept_answer_is_forgotten_after_its_life(administrator: Officer) -> None:
    act = Act()
    once(_request(), administrator, act)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=IDEMPOTENCY_KEY_LIFE_HOURS, seconds=1))

    once(_request(), administrator, act)

    assert act.times == 2


def test_a_kept_answer_goes_by_itself_though_nobody_asks_again(administrator: Officer) -> None:
    once(_request(), administrator, Act())
    forget_old_answers()
    assert KeptAnswer.objects.count() == 1
    forget_old_answers(now=timezone.now() + timedelta(hours=IDEMPOTENCY_KEY_LIFE_HOURS, seconds=1))
    assert not KeptAnswer.objects.exists()


def test_an_answer_is_not_shown_again_to_an_account_that_may_read_less(
    node: PairedNode, officers: dict[Role, Officer], callers: dict[Role, Caller], caller_of: CallerOf
) -> None:
    body = {"peer": "IN", "theme": "cyber", "title": "A secret title"}
    narrow = caller_of(officers[Role.LIAISON], [Permission.MESSAGE_DRAFT])

    first = callers[Role.LIAISON].post("/cases", body, key="one")
    again = narrow.post("/cases", body, key="one")

    assert first.status_code == 201
    assert (again.status_code, again.json()["code"]) == (422, "api.idempotency-key-reused")
    assert b"secret" not in again.content


@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_within_the_act_leaves_neither_act_nor_answer(transactional_db: None) -> None:
    officer = create_first_administrator("admin", "correct horse battery staple")

    class Killed(BaseException):
        """The process ends here."""

    def dying() -> HttpResponse:
        Officer.objects.create(username="half")
        raise Killed

    with pytest.raises(Killed):
        once(_request(), officer, dying)

    assert not Officer.objects.filter(username="half").exists()
    act = Act()
    assert once(_request(), officer, act).status_code == 201
    # Dead after the commit and before the answer was sent: the caller repeats, and is answered without a second act.
    assert once(_request(), officer, act).headers["Idempotency-Replayed"] == "true"
    assert act.times == 1
