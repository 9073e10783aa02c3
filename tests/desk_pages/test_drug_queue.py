"""The desk's list has the waits of notices among the clocks: the same words, order and counts; handover notes too."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.models import Case, Clock
from accord.exchange.services import Section
from accord.exchange.waiting import queue, queue_counts
from accord.liaison.roster.handing_over import what_stands
from accord.node.desk.workstreams.drugs.notice_rows import notice_shown
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.acts import begin_notice_reply
from tests.desk import Desk, received_request
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import text
from tests.workstreams.drugs.noticed import CASE, OURS, THEIRS, own, received, received_notice, sent_notice
from tests.workstreams.drugs.told import pen_fields, reply_fields

DESK = "/desk/"


def ending(notice: Notice, **left: float) -> Notice:
    notice.waits_until = timezone.now() + timedelta(**left)
    notice.save(update_fields=["waits_until"])
    return notice


def of_case(desk: Desk, case: str) -> Notice:
    return Notice.objects.get(message=received(desk, PRE_EXPORT_NOTICE, pen_fields(THEIRS, OURS), case=case))


def row_of(page: str, case: Case) -> str:
    return next(one for one in page.split("data-row")[1:] if case.own_ref in one)


def test_the_row_of_a_notice_shows_the_wait_that_its_page_shows(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    client = sign_in(desk.duty)
    row = row_of(text(client.get(DESK)), notice.case)
    assert "no clock" not in row
    assert notice_shown(notice, timezone.now()).says in row
    assert "<b>CA</b>" in row
    assert "<b>IN</b>" in row
    assert "a-clock--warn" not in row
    ending(notice, days=1)
    assert "a-clock--warn" in row_of(text(client.get(DESK)), notice.case)
    ending(notice, days=-1)
    late = row_of(text(client.get(DESK)), notice.case)
    assert "a-clock--bad" in late
    assert "We have not replied. That is no consent." in late


def test_a_replied_notice_says_what_was_said_in_place_of_no_clock(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    Notice.objects.filter(pk=notice.pk).update(reply_result="objection", replied_at=timezone.now())
    row = row_of(text(sign_in(desk.duty).get(DESK)), notice.case)
    assert "objection" in row
    assert "no clock" not in row
    assert queue(desk.duty)[0].waits_until is None


@pytest.mark.parametrize("limit", [1, 50])
def test_waits_and_clocks_stand_in_one_order_page_by_page(desk: Desk, limit: int) -> None:
    asked = received_request(desk, case="IN-2026-000021")
    late = ending(of_case(desk, "IN-2026-000022"), days=-1)
    soon = ending(of_case(desk, "IN-2026-000023"), days=80)
    plain = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    found, after = [], ""
    while page := queue(desk.duty, after=after, limit=limit):
        found += [row.case.pk for row in page]
        after = page[-1].place
    assert found == [late.case_id, asked.case_id, soon.case_id, plain.pk]


def test_a_case_with_a_clock_and_a_wait_stands_once_by_what_is_due_first(desk: Desk) -> None:
    notice = ending(received_notice(desk), days=2)
    assert received_request(desk, case=CASE).case_id == notice.case_id
    for due, waits in ((timedelta(days=1), None), (timedelta(days=3), notice.waits_until)):
        Clock.objects.update(due_at=timezone.now() + due)
        (row,) = queue(desk.duty)
        assert row.waits_until == waits
    Clock.objects.update(due_at=timezone.now() - timedelta(days=1))
    ending(notice, days=-2)
    assert queue_counts(desk.duty)[Section.OVERDUE] == 1
    (row,) = queue(desk.duty, section=Section.OVERDUE)
    assert row.waits_until is not None


@pytest.mark.parametrize(("hours", "section"), [(1, Section.DUE_TODAY), (-1, Section.OVERDUE), (24, None)])
def test_the_counts_above_the_list_have_the_waits(desk: Desk, hours: int, section: Section | None) -> None:
    noon = datetime.combine(timezone.now(), time(12), ZoneInfo("America/Toronto"))
    notice = received_notice(desk)
    Notice.objects.update(waits_until=noon + timedelta(hours=hours))
    for one in (Section.DUE_TODAY, Section.OVERDUE):
        expected = [notice.case_id] if one is section else []
        assert queue_counts(desk.duty, now=noon)[one] == len(expected)
        assert [row.case.pk for row in queue(desk.duty, section=one, now=noon)] == expected


def test_an_answered_settled_or_withdrawn_notice_waits_no_more(desk: Desk) -> None:
    notice = ending(sent_notice(desk), days=1)
    assert queue(desk.liaison)[0].waits_until == notice.waits_until
    for changed in ({"reply_result": "no-objection"}, {"became": "arrived", "reply_result": ""}):
        Notice.objects.update(**changed)
        assert queue(desk.liaison)[0].waits_until is None
    Notice.objects.update(became="")
    notice.message.recalled_at = timezone.now()
    notice.message.save(update_fields=["recalled_at"])
    assert queue(desk.liaison)[0].waits_until is None


def test_who_may_not_read_the_case_has_no_row_and_no_count_of_it(desk: Desk) -> None:
    notice = ending(received_notice(desk), days=-1)
    Case.objects.filter(pk=notice.case_id).update(is_team_only=True, holder=desk.duty)
    assert queue_counts(desk.duty)[Section.OVERDUE] == 1
    assert queue_counts(desk.liaison)[Section.OVERDUE] == 0
    assert queue(desk.liaison, section=Section.OVERDUE) == []


def test_a_handover_note_names_the_waits_beside_the_clocks(desk: Desk, sign_in: SignIn) -> None:
    notice = ending(received_notice(desk), days=2)
    (line,) = what_stands(desk.duty).facts["cases"]
    assert line["case"] == notice.case.own_ref
    assert [one["urgency"] for one in line["clocks"]] == [""]
    assert "reply awaited until" in text(sign_in(desk.duty).get("/desk/roster/handovers/new"))


def test_who_approves_a_reply_sees_the_notice_that_it_answers_and_its_wait(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    draft, _is_new = begin_notice_reply(desk.duty, notice, reply_fields(OURS, THEIRS))
    services.save_draft(desk.duty, draft, version=1, fields=draft.fields, own=own(is_shipment_notice=True))
    draft.refresh_from_db()
    sent_up = services.submit(desk.duty, draft, version=draft.version)
    client, says = sign_in(desk.releasing), notice_shown(notice, timezone.now()).says
    matter = text(client.get(f"/desk/approvals/{sent_up.pk}/")).partition('id="matter"')[2].partition("</section>")[0]
    told = (notice.pen_reference, notice.substance_name, "5 kg", notice.exporter, notice.importer, says)
    assert "The notice it answers" in matter
    assert [one for one in told if one not in matter] == []
    row = row_of(text(client.get("/desk/approvals/")), notice.case)
    assert (says in row, "no clock" in row) == (True, False)
