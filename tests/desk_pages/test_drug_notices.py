"""Notices at the desk: who waits for whom and how long, silence said as silence, and what follows from one."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone, translation

from accord.exchange import services
from accord.exchange.models import Case, Message
from accord.node.desk.case_page import named_in
from accord.node.desk.draft_form import names_of
from accord.node.desk.field_words import OWN_SIDE
from accord.node.desk.figures import day_month_of, day_of
from accord.node.desk.gate_card import _links
from accord.node.desk.said import said
from accord.node.desk.workstream_acts import clock_of_case
from accord.node.desk.workstreams.drugs.notice_rows import notice_shown
from accord.officers.permissions import Role
from accord.release.intake import take_in
from accord.workstreams.drugs.kinds import DRUG_INCIDENT, PRE_EXPORT_REPLY, SHIPMENT_OUTCOME
from accord.workstreams.drugs.models import Notice
from tests.desk import Desk, days
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import text
from tests.workstreams.drugs.noticed import OURS, THEIRS, received, received_notice, sent_notice
from tests.workstreams.drugs.told import incident_fields, outcome_fields, reply_fields


def silent(notice: Notice) -> Notice:
    """The same notice, long after nobody replied."""
    notice.sent_at -= timedelta(days=60)
    assert notice.waits_until is not None
    notice.waits_until -= timedelta(days=60)
    notice.save()
    return notice


def test_the_list_says_how_long_each_wait_lasts_in_both_calendars(desk: Desk, sign_in: SignIn) -> None:
    sent_notice(desk)
    client = sign_in(desk.liaison)
    seen = text(client.get(reverse("desk:drugs-notices")))
    assert "7 days left" in seen
    assert "working day" in seen
    assert "SPECIMEN Chemicals Ltd." in seen
    assert "<b>CA</b>" in seen
    assert "<b>IN</b>" in seen


def test_silence_is_said_plainly_on_the_list_and_the_page(desk: Desk, sign_in: SignIn) -> None:
    notice = silent(sent_notice(desk))
    client = sign_in(desk.liaison)
    seen = text(client.get(reverse("desk:drugs-notices"), {"state": "silent"}))
    assert "Nobody replied. That is no consent." in seen
    assert "no objection</span>" not in seen
    page = text(client.get(reverse("desk:drugs-notice", args=[notice.pk])))
    assert "Silence is no consent and is not recorded as one." in page
    assert "Nobody had replied by this day" in page
    assert (
        "1-boc-4-piperidone"
        not in text(client.get(reverse("desk:drugs-notices"), {"state": "replied"})).split("<table")[-1]
    )


def test_the_list_is_filtered_by_side_and_words(desk: Desk, sign_in: SignIn) -> None:
    sent_notice(desk)
    received_notice(desk, pen_reference="PEN-2026-0002")
    client = sign_in(desk.liaison)

    def shown(**asked: str) -> int:
        return text(client.get(reverse("desk:drugs-notices"), asked)).count('scope="row"')

    assert shown() == 2
    assert shown(side="ours") == 1
    assert shown(q="pen-2026-0002") == 1
    assert shown(q="79099") == 2
    assert shown(q="acetone") == 0
    assert shown(state="nonsense") == 2
    assert shown(**{"from": "50"}) == 0


def test_one_page_has_the_whole_way_of_a_consignment(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    known = {"reply_to": notice.message.envelope_id, "case_ref_other": notice.case.own_ref}
    objection = reply_fields(THEIRS, OURS, reply_result="objection", reason_code="end-use-doubtful")
    received(desk, PRE_EXPORT_REPLY, objection, **known)
    late = incident_fields(THEIRS, OURS, pen_reference="PEN-2026-0001", happened_on=days(-3))
    received(desk, DRUG_INCIDENT, late, case="IN-2026-000099")
    page = text(sign_in(desk.liaison).get(reverse("desk:drugs-notice", args=[notice.pk])))
    for words in (
        *("Pre-export notice", "the stated use is doubtful", "Seizure", "Vancouver", "Departure, as notified"),
        *("Last day of the export permit", "EP-1", "Precursor Control Regulations", "21 working days"),
    ):
        assert words in page, words
    # On a narrow screen, which stacks the parts in their order, what can be done comes before what happened.
    assert page.index("What you can do next") < page.index("What happened, and what is ahead")
    assert "Nobody had replied" not in page
    assert "Until then the exporting side says what follows from the objection" in page
    assert "which is late" in page
    assert [one.title for one in named_in([notice.message])] == ["1-boc-4-piperidone"]


def test_another_notice_of_the_case_has_a_line_of_its_own_and_an_unlinked_incident_stands_on_both(
    desk: Desk, sign_in: SignIn
) -> None:
    first = received_notice(desk, number=1)
    second = received_notice(desk, number=2, pen_reference="PEN-2026-0002")
    received(desk, DRUG_INCIDENT, incident_fields(THEIRS, OURS), number=3)
    client = sign_in(desk.liaison)
    for notice, other in ((first, second), (second, first)):
        page = text(client.get(reverse("desk:drugs-notice", args=[notice.pk])))
        assert f"#message-{notice.pk}" in page
        assert f"#message-{other.pk}" not in page
        assert "Vancouver" in page


@pytest.mark.parametrize(
    ("act", "kind"), [("outcome", SHIPMENT_OUTCOME), ("incident", DRUG_INCIDENT), ("reply", PRE_EXPORT_REPLY)]
)
def test_what_follows_is_begun_from_the_notice_once(desk: Desk, sign_in: SignIn, act: str, kind: str) -> None:
    notice = received_notice(desk)
    client = sign_in(desk.duty if act == "reply" else desk.liaison)
    address = reverse("desk:drugs-notice-begin", args=[notice.pk])
    for _click in range(2):
        answer = client.post(address, {"act": act, "incident_kind": "theft"})
        draft = Message.objects.get(kind=kind, direction="out")
        assert answer.status_code == 302
        assert answer["Location"] == reverse("desk:draft", args=[draft.pk])
    form = text(client.get(reverse("desk:draft", args=[draft.pk])))
    assert form.count("<form")


def test_a_reply_to_our_own_notice_is_refused_with_a_sentence(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    client = sign_in(desk.duty)
    answer = client.post(reverse("desk:drugs-notice-begin", args=[notice.pk]), {"act": "reply"})
    assert answer.status_code in {400, 409, 422}
    assert "Only a message of the other side can be answered." in text(answer)


def test_a_notice_of_theirs_is_replied_to_from_its_case(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    Case.objects.filter(pk=notice.case_id).update(holder=desk.duty)
    page = text(sign_in(desk.duty).get(reverse("desk:case", args=[notice.case.own_ref])))
    assert "Reply to the notice" in page
    assert "Follow the consignment" in page
    assert "Write a notice, an incident or a report" in text(
        sign_in(desk.liaison).get(reverse("desk:case", args=[notice.case.own_ref]))
    )


@pytest.mark.parametrize("kind", ["pre-export-notice", "drug-incident", "suspicious-transaction"])
def test_a_case_begins_with_each_kind_addressed_by_function(desk: Desk, sign_in: SignIn, kind: str) -> None:
    client = sign_in(desk.liaison)
    agency = {"pre-export-notice": "CBN", "drug-incident": "DRI", "suspicious-transaction": "NCB"}[kind]
    given = {"title": "SPECIMEN", "peer": "IN", "theme": "precursors", "kind": kind, "start": "empty"}
    answer = client.post(reverse("desk:new-case"), given)
    draft = Message.objects.get(kind=kind)
    assert answer["Location"] == reverse("desk:draft", args=[draft.pk])
    assert draft.fields["recipient"] == {"party": "IN", "agency": agency}
    assert client.get(reverse("desk:draft", args=[draft.pk])).status_code == 200


def test_a_theft_is_told_to_the_police_and_a_seizure_to_customs(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    for variant, agency in (("theft", "NCB"), ("seizure", "DRI")):
        given = {"case": case.own_ref, "kind": "drug-incident", "incident_kind": variant}
        client.post(reverse("desk:drugs-write"), given)
        draft = Message.objects.filter(case=case).latest("created_at")
        assert (draft.fields["recipient"]["agency"], draft.fields["incident_kind"]) == (agency, variant)


def test_the_table_has_a_row_for_each_notice_and_no_company_of_theirs(desk: Desk, sign_in: SignIn) -> None:
    sent_notice(desk)
    received_notice(desk, pen_reference="PEN-2026-0002", exporter={"company_name": "SPECIMEN Foreign Ltd."})
    table = text(sign_in(desk.liaison).get(reverse("desk:drugs-notices-export")))
    assert table.count("79099-07-3") == 2
    assert "SPECIMEN Chemicals Ltd." in table
    assert "SPECIMEN Foreign Ltd." not in table


def test_an_outcome_told_in_a_case_beyond_the_scope_is_not_on_the_line(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    fields = outcome_fields(notice.message.envelope_id, THEIRS, OURS, became="seized", event_place="A port")
    told = received(desk, SHIPMENT_OUTCOME, fields, case="IN-2026-000098")
    assert told.case_id != notice.case_id
    address = reverse("desk:drugs-notice", args=[notice.pk])
    client = sign_in(desk.liaison)
    assert told.case.own_ref in text(client.get(address))
    assert "difference of" in text(client.get(address))
    Case.objects.filter(pk=told.case_id).update(is_team_only=True, holder=desk.duty)
    page = text(client.get(address))
    assert told.case.own_ref not in page
    assert "difference of" not in page
    assert "Arrived" not in page


def test_a_reply_that_was_withdrawn_is_marked_and_is_not_where_the_notice_stands(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    known = {"reply_to": notice.message.envelope_id, "case_ref_other": notice.case.own_ref}
    reply = received(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS), **known)
    client = sign_in(desk.liaison)
    address = reverse("desk:drugs-notice", args=[notice.pk])
    assert "no objection · withdrawn" not in text(client.get(address))
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(reply.envelope_id)})
    take_in(desk.channel)
    assert "no objection · withdrawn" in text(client.get(address))
    rows = text(client.get(reverse("desk:drugs-notices")))
    assert "no objection</span>" not in rows
    assert "days left" in rows
    assert "1-boc" not in text(client.get(reverse("desk:drugs-notices"), {"state": "replied"})).split("<table")[-1]


def test_the_days_of_an_outcome_that_was_withdrawn_are_not_on_the_line(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    fields = outcome_fields(notice.message.envelope_id, THEIRS, OURS)
    told = received(desk, SHIPMENT_OUTCOME, fields, case_ref_other=notice.case.own_ref)
    client, address = sign_in(desk.liaison), reverse("desk:drugs-notice", args=[notice.pk])
    assert "<b>Arrived</b>" in text(client.get(address))
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(told.envelope_id)})
    take_in(desk.channel)
    page = text(client.get(address))
    assert "<b>Arrived</b>" not in page
    assert "· withdrawn" in page


def test_the_line_of_what_was_not_sent_says_that_it_did_not_leave(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    client, address = sign_in(desk.liaison), reverse("desk:drugs-notice", args=[notice.pk])
    assert "Departure, as notified" in text(client.get(address))
    Notice.objects.filter(pk=notice.pk).update(became="not-sent", became_at=timezone.now())
    page = text(client.get(address))
    assert "Was to leave; it did not" in page
    assert "Was to arrive; it did not" in page
    assert "as notified" not in page.partition("a-line")[2]


def test_a_notice_of_theirs_that_was_withdrawn_is_marked_and_offers_no_reply(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    client = sign_in(desk.duty)
    address = reverse("desk:drugs-notice", args=[notice.pk])
    assert 'value="reply"' in text(client.get(address))
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(notice.message.envelope_id)})
    take_in(desk.channel)
    for page in (text(client.get(address)), text(client.get(reverse("desk:drugs-notices")))):
        assert '<span class="a-chip">withdrawn</span>' in page
        assert 'value="reply"' not in page


@pytest.mark.parametrize("applied_on", ["9999-12-20", "9000-01-01", "0001-01-01"])
def test_a_notice_with_absurd_days_is_shown_all_the_same(desk: Desk, sign_in: SignIn, applied_on: str) -> None:
    far = {"departure_on": "9999-12-30", "arrival_on": "9999-12-31", "export_permit_until": "9999-12-31"}
    notice = received_notice(desk, applied_on=applied_on, import_authorisation_until="9999-12-31", **far)
    client = sign_in(desk.liaison)
    for address in (
        reverse("desk:drugs-notice", args=[notice.pk]),
        *map(reverse, ("desk:drugs-notices", "desk:drugs-flows", "desk:drugs-gaps", "desk:drugs")),
    ):
        assert client.get(address).status_code == 200, address


def test_a_notice_of_a_case_beyond_the_scope_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    Case.objects.filter(pk=notice.case_id).update(is_team_only=True, holder=desk.duty)
    other = desk.again(Role.LIAISON, "other")
    client = sign_in(other)
    assert client.get(reverse("desk:drugs-notice", args=[notice.pk])).status_code == 404
    assert "1-boc" not in text(client.get(reverse("desk:drugs-notices")))


def told(desk: Desk, notice: Notice, *, result: str = "", became: str = "arrived") -> Notice:
    """The notice, after a reply and an outcome of theirs."""
    known = {"case_ref_other": notice.case.own_ref}
    if result:
        reason = {"reason_code": "end-use-doubtful"} if result in {"objection", "refused"} else {}
        replied = reply_fields(THEIRS, OURS, reply_result=result, **reason)
        received(desk, PRE_EXPORT_REPLY, replied, reply_to=notice.message.envelope_id, **known)
    if became == "departed":
        gone = {"arrived_on": None, "quantity_arrived": None}
        fields = {
            name: value
            for name, value in outcome_fields(notice.message.envelope_id, THEIRS, OURS, became=became, **gone).items()
            if value is not None
        }
    else:
        fields = outcome_fields(notice.message.envelope_id, THEIRS, OURS, became=became)
    received(desk, SHIPMENT_OUTCOME, fields, **known)
    notice.refresh_from_db()
    return notice


@pytest.mark.parametrize(
    ("result", "became", "words", "tone"),
    [
        ("objection", "arrived", "it arrived · after an objection", "warn"),
        ("refused", "arrived", "it arrived · import refused", "warn"),
        ("", "arrived", "it arrived · nobody had replied", "warn"),
        ("objection", "departed", "it departed · after an objection", "warn"),
        ("", "departed", "it departed · 7 days left", "warn"),
        ("no-objection", "arrived", "it arrived", "ended"),
    ],
)
def test_an_arrival_takes_back_no_objection_and_is_no_reply(
    desk: Desk, sign_in: SignIn, result: str, became: str, words: str, tone: str
) -> None:
    notice = told(desk, sent_notice(desk), result=result, became=became)
    shown = notice_shown(notice, timezone.now())
    assert (shown.says, shown.tone) == (words, tone)
    assert (shown.icon == "pause") is (tone == "ended")
    client = sign_in(desk.liaison)
    for address in (reverse("desk:drugs-notices"), reverse("desk:drugs-notice", args=[notice.pk])):
        page = text(client.get(address))
        assert f"a-clock--{tone}" in page
        assert words in page
    flows = text(client.get(reverse("desk:drugs-flows")))
    is_against = "·" in words and "left" not in words
    assert ("a-state--warn" in flows and f"{words}</span>" in flows) is is_against


def test_the_last_day_of_a_wait_is_named_and_not_the_one_after(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    assert notice.waits_until is not None
    over = notice.waits_until.astimezone(ZoneInfo("America/Toronto"))
    assert (over.hour, over.minute) == (0, 0)
    last, after = (day_of((over - timedelta(days=1)).date()), day_month_of(over))
    page = text(sign_in(desk.liaison).get(reverse("desk:drugs-notice", args=[notice.pk])))
    assert f"<dd>{last} (Ottawa)<br>" in page
    assert f"Last day: {last} (Ottawa) · over at 00:00 on {after}" in page
    assert day_of(over.date()) not in page


def test_the_other_sides_rule_is_said_to_take_longer_only_where_it_does(desk: Desk, sign_in: SignIn) -> None:
    ours = sent_notice(desk)
    theirs = received_notice(desk, pen_reference="PEN-2026-0002")
    client = sign_in(desk.liaison)
    longer = "It shows why a reply may take longer than that."
    assert longer in text(client.get(reverse("desk:drugs-notice", args=[ours.pk])))
    other = text(client.get(reverse("desk:drugs-notice", args=[theirs.pk])))
    assert "It moves nothing" in other
    assert longer not in other


def test_after_silence_the_page_says_what_to_do_and_begins_a_request_once(desk: Desk, sign_in: SignIn) -> None:
    notice = silent(sent_notice(desk))
    client = sign_in(desk.liaison)
    page = text(client.get(reverse("desk:drugs-notice", args=[notice.pk])))
    assert "whether the permit may be given is for your authority to decide." in page
    assert 'value="ask"' in page
    for _click in range(2):
        answer = client.post(reverse("desk:drugs-notice-begin", args=[notice.pk]), {"act": "ask"})
        draft = Message.objects.get(kind="request")
        assert answer["Location"] == reverse("desk:draft", args=[draft.pk])
    assert (draft.case_id, draft.fields["recipient"]["agency"]) == (notice.case_id, "CBN")
    assert client.get(reverse("desk:draft", args=[draft.pk])).status_code == 200


def test_silence_of_ours_asks_nobody_again(desk: Desk, sign_in: SignIn) -> None:
    notice = silent(received_notice(desk))
    page = text(sign_in(desk.liaison).get(reverse("desk:drugs-notice", args=[notice.pk])))
    assert "Silence is no consent" in page
    assert 'value="ask"' not in page


def test_countries_are_named_and_a_reference_stands_alone(desk: Desk, sign_in: SignIn) -> None:
    notice = sent_notice(desk)
    client = sign_in(desk.liaison)
    way = "Canada → United Arab Emirates → India"
    for address in (reverse("desk:drugs-notices"), reverse("desk:drugs-notice", args=[notice.pk])):
        assert way in text(client.get(address))
    rows = text(client.get(reverse("desk:drugs-flows")))
    assert ">PEN-2026-0001</bdi>" in rows
    assert "PEN <bdi" not in rows


def test_the_kind_of_incident_is_asked_of_incidents_alone(desk: Desk, sign_in: SignIn) -> None:
    page = text(sign_in(desk.liaison).get(reverse("desk:drugs-write")))
    form = page[page.index('action="/desk/drugs/write') - 60 :]
    assert "a-by-kind" in form
    group = form[: form.index('id="incident_kind"')].rpartition("<div class=")[0]
    assert form.count("a-when-incident") == 1
    assert "a-when-incident" in group
    rule = Path(finders.find("desk/forms.css")).read_text("utf-8")
    assert ".a-by-kind:not(:has(#kind-drug-incident:checked)) .a-when-incident" in rule


def test_the_head_of_a_case_says_how_long_its_notice_waits(desk: Desk, sign_in: SignIn) -> None:
    notice = received_notice(desk)
    address = reverse("desk:case", args=[notice.case.own_ref])
    client = sign_in(desk.duty)
    page = text(client.get(address))
    head = page[page.index("a-case-head") :].partition("data-step")[0]
    assert notice_shown(notice, timezone.now()).says in head
    assert "days left" in head
    assert "<b>CA</b>" in head
    assert "no clock" not in head
    assert "Take this case" in page
    assert "Take this request" not in page
    silent(notice)
    late = text(client.get(address))
    assert "a-clock--bad" in late
    assert "We have not replied. That is no consent." in late


def test_of_two_notices_of_a_case_its_head_shows_the_one_whose_wait_ends_first(desk: Desk) -> None:
    first = received_notice(desk, number=1)
    second = received_notice(desk, number=2, pen_reference="PEN-2026-0002")
    assert first.case_id == second.case_id
    assert second.waits_until is not None
    second.waits_until += timedelta(days=30)
    second.save()
    shown = clock_of_case(first.case)
    assert shown is not None
    assert shown.words == notice_shown(first, timezone.now()).says
    assert clock_of_case(services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")) is None


@pytest.mark.usefixtures("desk")
def test_a_notice_without_substance_is_led_to_its_goods() -> None:
    fields = {*names_of("pre-export-notice"), *(f"own.{name}" for name in OWN_SIDE)}
    policy = "BI-05.incomplete"
    assert next(iter(_links(policy, fields))).path == "goods"
    assert next(iter(_links(policy, set(names_of("spontaneous-information"))))).path == "substances"


@pytest.mark.parametrize(("ended", "words"), [("expired", "expired unread"), ("recalled", "recalled by us")])
def test_a_notice_that_never_came_or_was_recalled_says_so_and_not_that_nobody_replied(
    desk: Desk, sign_in: SignIn, ended: str, words: str
) -> None:
    notice = silent(sent_notice(desk))
    changed = {"recalled_at": timezone.now()} if ended == "recalled" else {"state": ended}
    Message.objects.filter(pk=notice.pk).update(**changed)
    client = sign_in(desk.liaison)
    for address in (reverse("desk:drugs-notices"), reverse("desk:drugs-notice", args=[notice.pk])):
        page = text(client.get(address))
        assert "This notice does not stand." in page
        assert f'<span class="a-chip">{words}</span>' in page
        assert "Nobody replied. That is no consent." not in page
        assert "Nobody had replied by this day" not in page
    assert text(client.get(reverse("desk:drugs-notices"), {"state": "silent"})).count(notice.case.own_ref) == 0
    table = text(client.get(reverse("desk:drugs-notices-export")))
    assert "Why the notice does not stand" in table
    assert f'"withdrawn or never taken in","{words}"' in table


def test_a_reference_is_said_to_be_used_twice_to_who_reads_both_notices(desk: Desk, sign_in: SignIn) -> None:
    _first, second = sent_notice(desk), sent_notice(desk)
    chips = {"desk:drugs-notices": "two notices with this reference", "desk:drugs-flows": "reference used twice"}
    for address, words in chips.items():
        assert words in text(sign_in(desk.liaison).get(reverse(address)))
    Case.objects.filter(pk=second.case_id).update(is_team_only=True, holder=None)
    client = sign_in(desk.again(Role.LIAISON, "second"))
    for address, words in chips.items():
        page = text(client.get(reverse(address)))
        assert "PEN-2026-0001" in page
        assert words not in page


def test_the_law_behind_a_wait_is_named_in_the_reader_s_language() -> None:
    with translation.override("fr"):
        assert said("Precursor Control Regulations (SOR/2002-359), paragraph 34(e)") == (
            "Règlement sur les précurseurs (DORS/2002-359), alinéa 34e)"
        )
