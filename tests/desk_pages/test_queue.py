"""The desk's list: what is due first, what is news to whom looks, what is not shown and why, and pages of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accord.exchange.models import Case, Clock, Message
from accord.exchange.services import create_case, draft_request, save_draft, submit, take
from accord.node.desk.views import queue
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    answer_fields,
    from_india,
    own_side,
    received_request,
    released_request,
    request_fields,
    submitted_request,
)
from tests.desk_pages.conftest import SignIn, statements

DESK = "/desk/"
STATEMENTS_MAX = 32


def test_each_row_has_its_next_step_as_a_button(desk: Desk, sign_in: SignIn) -> None:
    asked, sent = received_request(desk), submitted_request(desk)
    duty = sign_in(desk.duty).get(DESK).content.decode()
    assert f'action="{reverse("desk:take", args=[asked.case.own_ref])}"' in duty
    releasing = sign_in(desk.releasing).get(DESK).content.decode()
    assert reverse("desk:approval", args=[sent.pk]) in releasing
    take(desk.duty, asked.case)
    answering = sign_in(desk.duty).get(DESK).content.decode()
    assert reverse("desk:reply", args=[asked.pk, "answer"]) in answering


@pytest.mark.parametrize("section", ["new", "due-today", "overdue", "waiting-on-us", "waiting-on-them"])
def test_a_count_shows_what_it_counts_and_an_empty_list_says_what_would_stand_there(
    desk: Desk, sign_in: SignIn, section: str
) -> None:
    page = sign_in(desk.duty).get(DESK, {"show": section}).content.decode()
    assert "Nothing is here" in page
    assert "as soon as it has arrived" in page
    received_request(desk, now=timezone.now() - timedelta(days=8))
    page = sign_in(desk.duty).get(DESK, {"show": section}).content.decode()
    assert ("data-row" in page) == (section in {"new", "overdue", "waiting-on-us"})


def test_a_case_is_news_until_one_looks_and_again_after_it_changed(desk: Desk, sign_in: SignIn) -> None:
    case = received_request(desk).case
    client, colleague = sign_in(desk.duty), sign_in(desk.liaison)
    assert "not looked at" in client.get(DESK).content.decode()
    client.get(reverse("desk:case", args=[case.own_ref]))
    assert "a-unseen" not in client.get(DESK).content.decode()
    assert "not looked at" in colleague.get(DESK).content.decode()
    Case.objects.update(changed_at=timezone.now())
    assert "changed since you looked" in client.get(DESK).content.decode()


def test_new_arrivals_are_a_count_and_the_list_itself_is_not_in_it(desk: Desk, sign_in: SignIn) -> None:
    received_request(desk)
    client = sign_in(desk.duty)
    page = client.get(DESK).content.decode()
    since = page.partition("?since=")[2].partition('"')[0]
    news = reverse("desk:news")
    assert client.get(news, {"since": since}).content.strip() == b""
    received_request(desk, case="IN-2026-000008")
    told = client.get(news, {"since": since}).content.decode()
    assert "1 new message. Show it." in told
    assert "<table" not in told
    assert "hx-get" in page
    assert "hx-target" not in page


def test_on_an_empty_node_the_first_message_is_announced(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    since = client.get(DESK).content.decode().partition("?since=")[2].partition('"')[0]
    received_request(desk)
    assert b"1 new message" in client.get(reverse("desk:news"), {"since": since}).content
    assert b"1 new message" in client.get(reverse("desk:news"), {"since": "' OR 1=1"}).content


def test_what_was_parked_is_counted_with_its_reason_and_shows_nothing_more(desk: Desk, sign_in: SignIn) -> None:
    received_request(desk)
    assert b"not shown" not in sign_in(desk.liaison).get(DESK).content
    ReceivedMessage.objects.update(state=ReceivedMessage.State.PARKED, reason_code="law.refuses")
    page = sign_in(desk.liaison).get(DESK).content.decode()
    assert "1 message has arrived and is not shown, because it was parked" in page
    assert "The law of this side does not let it be worked on" in page
    assert "A duty officer decides" in page
    assert "/desk/parked/" not in page
    assert 'href="/desk/parked/"' in sign_in(desk.duty).get(DESK).content.decode()


def test_the_list_goes_on_page_by_page_and_back_to_the_first(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 2)
    for number in range(3):
        received_request(desk, case=f"IN-2026-{number:06d}")
    client = sign_in(desk.duty)
    first = client.get(DESK, {"show": "new"}).content.decode()
    address = first.partition('href="?show=new&amp;after=')[2].partition('"')[0]
    second = client.get(f"/desk/?show=new&after={address}").content.decode()
    assert (first.count("data-row"), second.count("data-row")) == (2, 1)
    assert 'href="?show=new"' in second.partition("First page")[0].rpartition("<nav")[2]


def test_the_list_costs_the_same_statements_however_many_rows(desk: Desk, sign_in: SignIn) -> None:
    def row(number: int) -> None:
        received_request(desk, case=f"IN-2026-{number:06d}")
        submitted_request(desk)
        create_case(desk.liaison, peer="IN", theme="precursors", title=f"Drum {number}")

    row(0)
    client = sign_in(desk.duty)
    few = statements(client, DESK)
    for number in range(1, 6):
        row(number)
    assert statements(client, DESK) == few <= STATEMENTS_MAX


def answered_request(desk: Desk, outcome: str = "partial") -> Message:
    """A request of ours that the liaison officer holds, and their answer to it."""
    asked = released_request(desk)
    fields = answer_fields(INDIA, CANADA, outcome=outcome)
    desk.peer.send("answer", from_india(fields), in_reply_to=asked.envelope_id)
    assert take_in(desk.channel).filed == 1
    return asked


def test_an_unread_answer_is_new_to_the_holder_and_stands_on_top_with_its_next_step(
    desk: Desk, sign_in: SignIn
) -> None:
    for number in range(3):
        received_request(desk, case=f"IN-2026-{number:06d}")
    asked = answered_request(desk)
    client = sign_in(desk.liaison)
    for show in ({}, {"show": "new"}):
        page = client.get(DESK, show).content.decode()
        first = page.partition("data-row")[2].partition("</tr>")[0]
        assert asked.case.own_ref in first
        assert "Read the answer" in first
        assert "answered in part" in first
        assert page.count("data-row") == 4
        assert '<span class="a-count__number">4</span>' in page
    assert '<span class="a-count__number">3</span>' in sign_in(desk.duty).get(DESK).content.decode()
    client.get(reverse("desk:case", args=[asked.case.own_ref]))
    page = client.get(DESK).content.decode()
    assert asked.case.own_ref in page.rpartition("data-row")[2]
    assert '<span class="a-count__number">3</span>' in page


def test_a_clock_that_a_part_of_the_answer_ended_says_so(desk: Desk, sign_in: SignIn) -> None:
    asked = answered_request(desk)
    now = timezone.now()
    Clock.objects.create(
        message=asked,
        urgency="normal",
        limit_seconds=60,
        started_at=now,
        due_at=now + timedelta(days=1),
        state=Clock.State.ENDED,
        ended_at=now,
    )
    row = sign_in(desk.duty).get(DESK).content.decode().partition("data-row")[2].partition("</tr>")[0]
    assert "Answered in part" in row
    assert (
        "Answered in part"
        in sign_in(desk.liaison).get(reverse("desk:case", args=[asked.case.own_ref])).content.decode()
    )


def test_an_unread_answer_stands_once_though_the_list_goes_on(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 2)
    for number in range(3):
        received_request(desk, case=f"IN-2026-{number:06d}")
    asked = answered_request(desk)
    client = sign_in(desk.liaison)
    first = client.get(DESK).content.decode()
    address = first.partition('href="?after=')[2].partition('"')[0]
    second = client.get(f"{DESK}?after={address}").content.decode()
    assert (first.count("data-row"), second.count("data-row")) == (3, 1)
    assert asked.case.own_ref not in second


def test_rows_with_one_title_are_told_apart_by_reference_time_and_urgency(desk: Desk, sign_in: SignIn) -> None:
    received_request(desk, case="IN-2026-000001")
    received_request(
        desk, case="IN-2026-000002", urgency="urgent", urgency_ground="life-or-limb", urgency_text="Tonight."
    )
    rows = sign_in(desk.duty).get(DESK).content.decode().split("data-row")[1:]
    assert ["IN-2026-000002" in rows[0], "IN-2026-000001" in rows[1]] == [True, True]
    assert ["Urgent" in row for row in rows] == [True, False]
    assert all(" Ottawa" in row.partition("came ")[2][:40] for row in rows)


def test_who_edited_a_draft_is_not_asked_to_approve_it(desk: Desk, sign_in: SignIn) -> None:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = draft_request(desk.liaison, case, request_fields(), own=own_side())
    Officer.objects.filter(pk=desk.releasing.pk).update(roles=["releasing", "liaison"])
    editor = Officer.objects.get(pk=desk.releasing.pk)
    draft = save_draft(editor, draft, version=1, fields=request_fields(facts="Mended."))
    draft = save_draft(desk.liaison, draft, version=2, fields=request_fields())
    submit(desk.liaison, draft, version=3)
    assert "Read and approve" not in sign_in(editor).get(DESK).content.decode()
    assert "Read and approve" in sign_in(desk.again(Role.RELEASING, "other")).get(DESK).content.decode()
