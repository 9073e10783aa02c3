"""The same request at the same moment from several threads is done once, on either database."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accord.exchange.models import Case
from accord.node.api.models import KeptAnswer
from accord.officers.permissions import Role, permissions_of
from accord.officers.services import create_first_administrator, create_officer
from accord.officers.tokens import issue_token
from tests.api.conftest import Caller
from tests.simulators.paired_node import make_paired_node

THREADS = 4
BODY = {"peer": "IN", "theme": "fraud", "title": "At the same moment"}


@pytest.fixture
def secret(transactional_db: None) -> str:
    make_paired_node()
    administrator = create_first_administrator("admin", "correct horse battery staple")
    liaison = create_officer(
        administrator, "liaison", password=None, display_name="Liaison", roles=[Role.LIAISON.value], agency="RCMP"
    )
    _token, secret = issue_token(
        liaison,
        liaison,
        label="test",
        scope=[item.value for item in permissions_of(liaison.roles)],
        expires_at=timezone.now() + timedelta(days=1),
    )
    return secret


def _post_until_answered(secret: str, start: threading.Barrier, answers: list[tuple[int, bytes]]) -> None:
    try:
        start.wait()
        for _ in range(200):
            answer = Caller(secret=secret).post("/cases", BODY, key="the-same")
            # A database in memory refuses at once where one on disk waits; the caller does what the answer says.
            if answer.status_code != 503:
                answers.append((answer.status_code, answer.content))
                return
            time.sleep(0.01)
    finally:
        connection.close()


def test_the_same_request_at_the_same_moment_is_done_once(secret: str) -> None:
    start, answers = threading.Barrier(THREADS), []
    threads = [threading.Thread(target=_post_until_answered, args=(secret, start, answers)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == THREADS
    assert {status for status, _body in answers} == {201}
    assert len({body for _status, body in answers}) == 1
    assert Case.objects.count() == 1
    assert KeptAnswer.objects.count() == 1
