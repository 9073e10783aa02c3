"""What is counted of notices and incidents: by what both sides have, and never by silence."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.models import Message
from accord.release.follow import follow_all
from accord.workplan.indicators.definitions import DefinitionRefused, definition_of, definitions_in, register_definition
from accord.workplan.indicators.sources import Observed, is_measured
from accord.workstreams.drugs.indicators.sources import DRUG_SOURCES
from accord.workstreams.drugs.kinds import DRUG_INCIDENT, PRE_EXPORT_REPLY, SHIPMENT_OUTCOME
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.acts import begin_notice_reply
from tests.desk import Desk, approved, days, flush
from tests.workstreams.drugs.noticed import OURS, THEIRS, own, received, received_notice, sent, sent_notice
from tests.workstreams.drugs.told import incident_fields, outcome_fields, reply_fields

pytestmark = pytest.mark.django_db

OBJECTION = {"reply_result": "objection", "reason_code": "authorisation-not-issued"}


def observed(*notices: Notice) -> dict[str, list[Observed]]:
    """What the sources say of the cases of these notices, by family."""
    cases = [notice.case_id for notice in notices]
    return _by_family(one for source in DRUG_SOURCES for one in source.of_cases(cases))


def _by_family(found: Iterator[object]) -> dict[str, list[Observed]]:
    by_family: dict[str, list[Observed]] = {}
    for one in found:
        assert isinstance(one, Observed)
        by_family.setdefault(one.family, []).append(one)
    return by_family


def receipted(desk: Desk) -> None:
    """What has left is receipted by the other side, and this side knows it."""
    flush(desk, receipted_at=timezone.now())
    follow_all()


def replied(desk: Desk, notice: Notice, **said: object) -> Message:
    envelope = notice.message.envelope_id
    return received(desk, PRE_EXPORT_REPLY, reply_fields(THEIRS, OURS, **said), reply_to=envelope, number=91)


def test_a_notice_without_a_word_is_flagged_by_nobody_and_upholds_nothing(desk: Desk) -> None:
    assert observed(sent_notice(desk), received_notice(desk)) == {}


def test_a_reply_without_objection_flags_nothing(desk: Desk) -> None:
    notice = sent_notice(desk)
    replied(desk, notice)
    assert observed(notice) == {}


def test_an_objection_is_due_after_two_days_and_open_until_the_outcome_is_told(desk: Desk) -> None:
    notice = sent_notice(desk)
    reply = replied(desk, notice, **OBJECTION)
    found = observed(notice)
    (objection,), (flagged,) = found["pre-export-objection"], found["flagged-consignment"]
    assert objection.at == reply.received_at
    assert objection.due_at == objection.at + timedelta(hours=48)
    assert (objection.done_at, objection.is_met) == (None, False)
    assert (flagged.due_at, flagged.done_at, flagged.is_met) == (flagged.at, None, False)
    assert objection.envelope_id == notice.message.envelope_id


@pytest.mark.parametrize(
    ("became", "days_of_it", "is_upheld"),
    [
        ("not-sent", {}, True),
        ("stopped", {}, True),
        ("arrived", {"arrived_on": days(-1), "departed_on": days(-3)}, False),
    ],
)
def test_an_objection_is_upheld_where_the_goods_did_not_go_on(
    desk: Desk, became: str, days_of_it: dict[str, str], is_upheld: bool
) -> None:
    notice = sent_notice(desk)
    replied(desk, notice, **OBJECTION)
    changed = {"departed_on": None, "arrived_on": None, "quantity_sent": None, "quantity_arrived": None, **days_of_it}
    fields = outcome_fields(notice.message.envelope_id, OURS, THEIRS, became=became, **changed)
    sent(desk, SHIPMENT_OUTCOME, {k: v for k, v in fields.items() if v is not None}, notice.case)
    follow_all()
    found = observed(notice)
    assert found["pre-export-objection"][0].is_met is is_upheld
    assert found["pre-export-objection"][0].done_at is not None
    assert found["flagged-consignment"][0].is_met


def test_an_objection_that_was_taken_back_is_none(desk: Desk) -> None:
    notice = sent_notice(desk)
    replied(desk, notice, **OBJECTION)
    fields = reply_fields(THEIRS, OURS)
    received(desk, PRE_EXPORT_REPLY, fields, reply_to=notice.message.envelope_id, number=92)
    assert observed(notice) == {}


def test_our_reply_counts_only_once_its_receipt_is_here(desk: Desk) -> None:
    notice = received_notice(desk)
    draft, _is_new = begin_notice_reply(desk.liaison, notice, {**reply_fields(OURS, THEIRS), **OBJECTION})
    draft = services.save_draft(desk.liaison, draft, version=draft.version, fields=draft.fields, own=own())
    draft = services.submit(desk.liaison, draft, version=draft.version)
    services.release(desk.releasing, approved(desk, draft))
    assert observed(notice) == {}
    receipted(desk)
    assert set(observed(notice)) == {"pre-export-objection", "flagged-consignment"}


def test_an_incident_is_told_within_a_day_of_what_happened(desk: Desk) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    soon = received(
        desk,
        DRUG_INCIDENT,
        incident_fields(THEIRS, OURS, happened_on=an_hour_ago.date().isoformat(), happened_at=f"{an_hour_ago:%H:%M}"),
        number=81,
    )
    late = received(desk, DRUG_INCIDENT, incident_fields(THEIRS, OURS, happened_on=days(-3)), number=82)
    found = _by_family(one for source in DRUG_SOURCES for one in source.of_cases([soon.case_id, late.case_id]))
    met = {one.subject: one.is_met for one in found["drug-incident"]}
    assert met == {soon.pk: True, late.pk: False}


def test_the_definitions_are_known_and_measured() -> None:
    codes = {"objections.upheld", "incidents.within-24-hours", "consignments.outcome-known"}
    assert {one.code for one in definitions_in("accord.workstreams.drugs.indicators")} == codes
    for code in (*codes, "notices.before-day-7"):
        definition = definition_of(code)
        assert definition is not None
        assert is_measured(definition)


def test_a_definition_that_counts_arrests_would_be_refused() -> None:
    (first, *_rest) = definitions_in("accord.workstreams.drugs.indicators")
    worse = msgspec.structs.replace(first, code="drugs.arrests")
    with pytest.raises(DefinitionRefused):
        register_definition(worse)
