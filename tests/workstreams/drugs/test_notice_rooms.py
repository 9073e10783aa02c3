"""What notices, replies, outcomes and incidents do on both sides: rows, states, and what is refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.drafting import draft_of_kind
from accord.exchange.drafts import DraftIncomplete
from accord.exchange.kind_rooms import room_of
from accord.handling.erasing import erase_message
from accord.parties.models import Party
from accord.release.intake import take_in
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    STRUCTS,
    SUSPICIOUS_TRANSACTION,
)
from accord.workstreams.drugs.models import Incident, Notice, NoticeReply, Outcome, SuspiciousReport
from accord.workstreams.drugs.notices.acts import begin_incident, begin_notice_reply, begin_outcome
from accord.workstreams.drugs.notices.states import NoticeState, has_no_objection, in_state, state_of
from accord.workstreams.drugs.notices.waits import calendars_of, waits_of
from tests.desk import Desk, approved, days, dispositions, from_india
from tests.workstreams.drugs.noticed import (
    CASE,
    OURS,
    THEIRS,
    own,
    received,
    received_notice,
    sent,
    sent_notice,
)
from tests.workstreams.drugs.told import (
    goods,
    incident_fields,
    outcome_fields,
    pen_fields,
    reply_fields,
    suspicion_fields,
)


def refused(desk: Desk, kind: str, fields: dict[str, Any], *, reply_to: Any = None, **changed: Any) -> str | None:
    """The code with which their message was refused."""
    desk.peer.send(kind, from_india(fields, **{"case": CASE, **changed}), in_reply_to=reply_to)
    assert take_in(desk.channel).filed == 0
    return dispositions(desk)[-1][3]


def test_a_notice_of_ours_becomes_a_row_that_waits_seven_days(desk: Desk) -> None:
    notice = sent_notice(desk)
    assert notice.is_ours
    assert (notice.substance, notice.cas_number, notice.gross_kg) == ("1-boc-4-piperidone", "79099-07-3", Decimal(5))
    assert notice.pure_kg == Decimal("4.9")
    assert (notice.exporter, notice.transit_countries) == ("SPECIMEN Chemicals Ltd.", ["AE"])
    assert notice.waits_until is not None
    assert timedelta(days=7) <= notice.waits_until - notice.sent_at <= timedelta(days=8)
    assert state_of(notice, notice.sent_at) is NoticeState.AWAITING


def test_their_notice_waits_by_their_law_and_opens_a_case_of_its_own(desk: Desk) -> None:
    notice = received_notice(desk, applied_on=days(-3))
    assert not notice.is_ours
    assert notice.case.title == "1-boc-4-piperidone, 5 kg, IN → CA"
    assert notice.waits_until is not None
    # Twenty-one working days from the application are at least four weeks and a day.
    assert notice.waits_until - notice.sent_at >= timedelta(days=21 + 6 - 3)


@pytest.mark.parametrize("applied_on", ["9999-12-20", "9000-01-01", "0001-01-01"])
def test_their_notice_with_an_absurd_day_of_application_waits_from_its_sending(desk: Desk, applied_on: str) -> None:
    notice, plain = (
        received_notice(desk, number=number, pen_reference=f"PEN-2026-000{number}", **changed)
        for number, changed in enumerate(({"applied_on": applied_on}, {}), start=1)
    )
    assert notice.waits_until == plain.waits_until
    ours, calendars = "CA", calendars_of(list(Party.objects.all()))
    for wait in waits_of(notice, timezone.now(), ours=ours, calendars=calendars):
        assert timedelta(days=0) < wait.until - notice.sent_at < timedelta(days=60)


def test_silence_is_a_state_of_its_own_and_never_consent(desk: Desk) -> None:
    notice = sent_notice(desk)
    assert notice.waits_until is not None
    before, after = notice.waits_until - timedelta(seconds=1), notice.waits_until
    assert state_of(notice, before) is NoticeState.AWAITING
    assert state_of(notice, after) is NoticeState.SILENT
    assert not has_no_objection(notice)
    assert not NoticeReply.objects.exists()
    assert list(Notice.objects.filter(in_state(NoticeState.SILENT, after))) == [notice]
    assert not Notice.objects.filter(in_state(NoticeState.REPLIED, after)).exists()
    # A word that comes late is a word all the same.
    message = received(
        desk,
        PRE_EXPORT_REPLY,
        reply_fields(THEIRS, OURS, reply_result="objection", reason_code="under-inquiry"),
        reply_to=notice.message.envelope_id,
        case_ref_other=notice.case.own_ref,
    )
    notice.refresh_from_db()
    assert state_of(notice, after) is NoticeState.REPLIED
    assert not has_no_objection(notice)
    assert message.case_id == notice.case_id


def test_the_last_reply_counts_and_the_earlier_one_stays(desk: Desk) -> None:
    notice = sent_notice(desk)
    known = {"reply_to": notice.message.envelope_id, "case_ref_other": notice.case.own_ref}
    objection = reply_fields(THEIRS, OURS, reply_result="objection", reason_code="end-use-doubtful")
    received(desk, PRE_EXPORT_REPLY, objection, number=1, **known)
    received(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS), number=2, **known)
    notice.refresh_from_db()
    assert notice.reply_result == "no-objection"
    assert has_no_objection(notice)
    assert [one.result for one in notice.replies.all()] == ["objection", "no-objection"]


def test_a_reply_to_what_was_no_notice_of_ours_is_refused(desk: Desk) -> None:
    theirs = received_notice(desk)
    code = refused(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS), reply_to=theirs.message.envelope_id, number=2)
    assert code == "exchange.unknown-message"
    assert refused(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS), number=3) == "exchange.unknown-message"
    assert not NoticeReply.objects.exists()


def test_an_outcome_of_an_unknown_notice_is_refused(desk: Desk) -> None:
    unknown = "01a2267c-0e6c-7c57-a14f-a4c9990b8cae"
    assert refused(desk, SHIPMENT_OUTCOME, outcome_fields(unknown, THEIRS, OURS)) == "drugs.unknown-notice"
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A consignment")
    draft = draft_of_kind(desk.liaison, case, SHIPMENT_OUTCOME, outcome_fields(unknown, OURS, THEIRS), own=own())
    with pytest.raises(DraftIncomplete) as stopped:
        services.submit(desk.liaison, draft, version=draft.version)
    problems: Any = stopped.value.fields["problems"]
    assert [one["field"] for one in problems] == ["notice"]


def test_an_outcome_of_either_side_settles_the_notice_and_tells_the_variance(desk: Desk) -> None:
    notice = sent_notice(desk)
    received(
        desk, SHIPMENT_OUTCOME, outcome_fields(notice.message.envelope_id, THEIRS, OURS),
        case_ref_other=notice.case.own_ref,
    )  # fmt: skip
    notice.refresh_from_db()
    row = Outcome.objects.get()
    assert (row.sent_kg, row.arrived_kg, row.variance_kg) == (Decimal(5), Decimal("4.8"), Decimal("-0.2"))
    assert state_of(notice, timezone.now()) is NoticeState.SETTLED
    theirs = received_notice(desk, number=5, pen_reference="PEN-2026-0002")
    told = sent(
        desk, SHIPMENT_OUTCOME, outcome_fields(theirs.message.envelope_id, OURS, THEIRS, became="seized"), theirs.case
    )
    theirs.refresh_from_db()
    assert (theirs.became, told.case_id) == ("seized", theirs.case_id)


def test_what_was_stopped_is_still_under_way(desk: Desk) -> None:
    notice = sent_notice(desk)
    fields = outcome_fields(notice.message.envelope_id, OURS, THEIRS, became="stopped", arrived_on=None)
    sent(desk, SHIPMENT_OUTCOME, {**fields, "quantity_arrived": None}, notice.case)
    notice.refresh_from_db()
    assert notice.became == "stopped"
    assert state_of(notice, timezone.now()) is NoticeState.AWAITING


def test_two_notices_with_one_reference_are_both_filed_and_say_so(desk: Desk) -> None:
    first = received_notice(desk, number=1)
    second = received_notice(desk, number=2, pen_reference="pen-2026-0001")
    other = received_notice(desk, number=3, pen_reference="PEN-2026-0009")
    first.refresh_from_db()
    assert (first.is_duplicate, second.is_duplicate, other.is_duplicate) == (True, True, False)


def test_an_incident_is_linked_to_the_earliest_notice_of_its_reference_whoever_tells_it(desk: Desk) -> None:
    first, second, third = (received_notice(desk, number=number) for number in (1, 2, 3))
    marked = Notice.objects.filter(is_duplicate=True)
    assert {one.pk for one in marked} == {first.pk, second.pk, third.pk}
    theirs = received(desk, DRUG_INCIDENT, incident_fields(THEIRS, OURS, pen_reference="PEN-2026-0001"), number=4)
    ours = sent(desk, DRUG_INCIDENT, incident_fields(OURS, THEIRS, pen_reference="PEN-2026-0001"))
    linked = Incident.objects.filter(pk__in=[theirs.pk, ours.pk])
    assert {one.notice_id for one in linked} == {first.pk}


def test_two_notices_of_one_batch_with_one_reference_both_say_so(desk: Desk) -> None:
    for number in (1, 2):
        desk.peer.send(PRE_EXPORT_NOTICE, from_india(pen_fields(THEIRS, OURS), case=CASE, number=number))
    assert take_in(desk.channel).filed == 2
    assert list(Notice.objects.values_list("is_duplicate", flat=True)) == [True, True]


def test_an_outcome_that_comes_with_its_notice_in_one_batch_finds_it(desk: Desk) -> None:
    entry = desk.peer.send(PRE_EXPORT_NOTICE, from_india(pen_fields(THEIRS, OURS), case=CASE, number=1))
    told = outcome_fields(entry.envelope_id, THEIRS, OURS)
    desk.peer.send(SHIPMENT_OUTCOME, from_india(told, case=CASE, number=2))
    assert take_in(desk.channel).filed == 2
    notice = Notice.objects.get()
    assert (notice.became, notice.outcomes.get().message.case_id) == ("arrived", notice.case_id)


def test_an_incident_finds_its_notice_by_its_reference_and_counts_its_hours(desk: Desk) -> None:
    notice = sent_notice(desk)
    received(desk, DRUG_INCIDENT, incident_fields(THEIRS, OURS, pen_reference="pen-2026-0001"))
    row = Incident.objects.get()
    assert row.notice == notice
    assert (row.substance, row.identified_by, row.quantity_kg) == ("1-boc-4-piperidone", "field-test", Decimal(2))
    assert row.happened_at.astimezone(UTC).strftime("%H:%M") == "09:30"
    assert row.alerted_hours == (Decimal((row.sent_at - row.happened_at).total_seconds()) / 3600).quantize(
        Decimal("0.01")
    )


def test_an_incident_with_an_unknown_notice_is_filed_all_the_same(desk: Desk) -> None:
    received(desk, DRUG_INCIDENT, incident_fields(THEIRS, OURS, notice="01a2267c-0e6c-7c57-a14f-a4c9990b8cae"))
    assert Incident.objects.get().notice is None


def test_an_incident_without_its_time_counts_from_the_beginning_of_the_day(desk: Desk) -> None:
    received(desk, DRUG_INCIDENT, incident_fields(THEIRS, OURS, happened_at=None, happened_on=days(0)))
    row = Incident.objects.get()
    assert not row.has_time
    assert row.happened_at == datetime.combine(row.happened_on, datetime.min.time(), UTC)


def test_a_suspicious_transaction_keeps_no_reporter_in_its_row(desk: Desk) -> None:
    dealer = {"company_name": "SPECIMEN Reporter Ltd."}
    received(desk, SUSPICIOUS_TRANSACTION, suspicion_fields(THEIRS, OURS, dealer=dealer))
    row = SuspiciousReport.objects.get()
    assert row.factors == ["quantity", "stated-use"]
    assert "Reporter" not in " ".join(str(value) for value in row.__dict__.values())


def test_our_reply_is_begun_from_their_notice_and_leaves(desk: Desk) -> None:
    notice = received_notice(desk)
    fields = reply_fields(OURS, THEIRS)
    draft, is_new = begin_notice_reply(desk.duty, notice, fields)
    assert is_new
    assert begin_notice_reply(desk.duty, notice, fields) == (draft, False)
    services.save_draft(desk.duty, draft, version=1, fields=draft.fields, own=own(is_shipment_notice=True))
    draft.refresh_from_db()
    services.release(desk.releasing, approved(desk, services.submit(desk.duty, draft, version=draft.version)))
    notice.refresh_from_db()
    assert (notice.reply_result, NoticeReply.objects.get().is_ours) == ("no-objection", True)


def test_an_outcome_and_an_incident_begin_with_what_the_notice_says(desk: Desk) -> None:
    notice = sent_notice(desk)
    outcome = begin_outcome(desk.liaison, notice, {})
    assert begin_outcome(desk.liaison, notice, {}) == outcome
    assert outcome.fields["notice"] == str(notice.message.envelope_id)
    assert "quantity_sent" not in outcome.fields, "whether anything left is for the officer to say"
    incident = begin_incident(desk.liaison, notice, {}, variant="theft")
    assert incident.fields["recipient"] == {"party": "IN", "agency": "NCB"}
    assert incident.fields["declared_as"] == "1-boc-4-piperidone"
    assert begin_incident(desk.liaison, notice, {}, variant="seizure").fields["recipient"]["agency"] == "DRI"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"departure_on": days(-3), "arrival_on": days(20)}, "departure_on"),
        ({"has_departed": True}, "has_departed"),
        ({"applied_on": days(3)}, "applied_on"),
    ],
)
def test_a_day_that_cannot_be_meant_today_keeps_a_notice_back(desk: Desk, changed: dict[str, Any], field: str) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A consignment")
    draft = draft_of_kind(desk.liaison, case, PRE_EXPORT_NOTICE, pen_fields(OURS, THEIRS, **changed), own=own())
    with pytest.raises(DraftIncomplete) as stopped:
        services.submit(desk.liaison, draft, version=draft.version)
    problems: Any = stopped.value.fields["problems"]
    assert [one["field"] for one in problems] == [field]


def test_a_notice_of_an_export_that_is_not_ours_is_kept_back(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A consignment")
    wrong = pen_fields(OURS, THEIRS, origin_country="IN", destination_country="CA")
    draft = draft_of_kind(desk.liaison, case, PRE_EXPORT_NOTICE, wrong, own=own())
    (problem,) = services.check_draft(desk.liaison, draft).problems
    assert (problem.field, "request" in problem.next_step) == ("origin_country", True)
    with pytest.raises(DraftIncomplete):
        services.submit(desk.liaison, draft, version=draft.version)


def test_what_was_not_sent_neither_left_nor_arrived(desk: Desk) -> None:
    notice = sent_notice(desk)
    told = outcome_fields(notice.message.envelope_id, OURS, THEIRS, became="not-sent")
    days_told = {"departed_on": None, "arrived_on": None}
    fields = {name: value for name, value in {**told, **days_told}.items() if value is not None}
    draft = begin_outcome(desk.liaison, notice, fields)
    found = [one.field for one in services.check_draft(desk.liaison, draft).problems]
    assert found == ["quantity_sent", "quantity_arrived"]
    nothing = {name: value for name, value in fields.items() if name not in found}
    saved = services.save_draft(desk.liaison, draft, version=draft.version, fields=nothing)
    assert services.check_draft(desk.liaison, saved).problems == ()


def test_a_departure_that_is_stated_as_a_fact_may_have_passed(desk: Desk) -> None:
    assert sent_notice(desk, departure_on=days(-1), has_departed=True).has_departed


def test_a_notice_without_a_mass_is_kept_in_its_own_unit(desk: Desk) -> None:
    litres = goods(gross={"amount": "20", "measure": "l"}, pure=None)
    assert received_notice(desk, goods=litres).gross_kg is None


def test_what_came_back_after_a_loss_has_its_rows_again_once(desk: Desk) -> None:
    notice = sent_notice(desk)
    message = notice.message
    room = room_of(PRE_EXPORT_NOTICE)
    assert room is not None
    Notice.objects.all().delete()
    content = msgspec.json.decode(bytes(message.content), type=STRUCTS[PRE_EXPORT_NOTICE])
    for _again in range(2):
        room.restored(message, content, notice.sent_at)
    again = Notice.objects.get()
    assert (again.pk, again.sent_at, again.waits_until) == (notice.pk, notice.sent_at, notice.waits_until)


def test_an_erased_notice_leaves_no_words_in_its_row(desk: Desk) -> None:
    notice = received_notice(desk)
    erase_message(notice.message)
    notice.refresh_from_db()
    assert (notice.exporter, notice.importer, notice.pen_reference, notice.substance_name) == ("", "", "", "")
    assert notice.sent_at
