"""A case in which a correction has left something for us to do waits on us, whatever left since."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.exchange.holding import take
from accord.exchange.models import Case, Message
from accord.exchange.waiting import Section, queue, queue_counts
from accord.handling.derivations import record
from accord.handling.models import Correction, Way
from accord.handling.reports import finish_effect
from accord.handling.tasks import owing_cases
from tests.desk import Desk, released_request
from tests.desk_pages.conftest import SignIn
from tests.handling.test_corrections import corrected
from tests.handling.test_derivations import drafted, received_information


@pytest.fixture
def owed(desk: Desk) -> Correction:
    """A correction with one open task, in a case whose last message went to the other side."""
    source = received_information(desk)
    record(Way.EXPORT, source, officer=desk.duty)
    row = corrected(desk, source, "recall")
    Case.objects.filter(pk=row.message.case_id).update(waiting_on=Case.Waiting.THEM)
    return row


def keys(desk: Desk, section: Section) -> list[object]:
    return [row.case.pk for row in queue(desk.duty, section=section)]


def test_it_stands_under_waiting_on_us_until_the_last_task_is_done(desk: Desk, owed: Correction) -> None:
    other = released_request(desk)
    case = owed.message.case_id
    counts = queue_counts(desk.duty)
    assert (counts[Section.WAITING_ON_US], counts[Section.WAITING_ON_THEM]) == (1, 1)
    assert keys(desk, Section.WAITING_ON_US) == [case]
    assert keys(desk, Section.WAITING_ON_THEM) == [other.case_id]
    (row,) = queue(desk.duty, section=Section.WAITING_ON_US)
    assert (row.owes, row.case.waiting_on) == (True, Case.Waiting.US)
    assert Case.objects.get(pk=case).waiting_on == Case.Waiting.THEM, "nothing is stored"
    finish_effect(desk.duty, owed.effects.get())
    assert keys(desk, Section.WAITING_ON_US) == []
    assert set(keys(desk, Section.WAITING_ON_THEM)) == {case, other.case_id}


def test_a_task_whose_draft_was_discarded_is_owed_by_nobody(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, "A text that holds a file of theirs.")
    record(Way.FILE, source, officer=desk.duty, derived=draft)
    record(Way.EXPORT, source, officer=desk.duty)
    row = corrected(desk, source, "recall")
    row.effects.exclude(thing_id=draft.pk).delete()
    row.effects.update(state="task")
    assert list(owing_cases()) == [row.message.case_id]
    Message.objects.filter(pk=draft.pk).update(state=Message.State.DISCARDED)
    assert list(owing_cases()) == []


def test_lists_pages_and_the_step_say_so(desk: Desk, owed: Correction, sign_in: SignIn) -> None:
    client, case = sign_in(desk.duty), owed.message.case
    take(desk.duty, case)
    Case.objects.filter(pk=case.pk).update(waiting_on=Case.Waiting.THEM)
    assert case.own_ref in client.get("/desk/cases/", {"waiting": "us"}).content.decode()
    assert case.own_ref not in client.get("/desk/cases/", {"waiting": "them"}).content.decode().partition("<table")[2]
    assert "Do what a correction asks" in client.get("/desk/", {"show": "waiting-on-us"}).content.decode()
    assert "open, waiting on us" in client.get(f"/desk/cases/{case.own_ref}/").content.decode()
    assert case.own_ref.encode() in client.get("/desk/cases/export.csv", {"waiting": "us"}).getvalue()


def test_where_nothing_is_owed_the_lists_ask_for_nothing_more_than_that(desk: Desk) -> None:
    released_request(desk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queue(desk.duty, section=Section.WAITING_ON_THEM)
    assert sum("handling_effect" in one["sql"] for one in asked.captured_queries) <= 3
