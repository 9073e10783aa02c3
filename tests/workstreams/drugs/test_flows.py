"""Flows, companies and gaps are made of what was told, of the cases that an officer may read, and of nothing else."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accord.exchange import services
from accord.exchange.models import Message
from accord.handling.erasing import erase_message
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.workstreams.drugs.flows.companies import (
    find_companies,
    flags_of,
    history_of,
    repeated_consignees,
    spellings_of,
)
from accord.workstreams.drugs.flows.consignments import Wanted, read_consignments, substance_names, substances_of
from accord.workstreams.drugs.flows.gaps import (
    flags_without_notice,
    incidents_without_notice,
    notices_without_arrival,
    transactions_without_notice,
)
from accord.workstreams.drugs.flows.grouping import by_route, by_substance, whole_of
from accord.workstreams.drugs.models import CompanyMention, Notice
from accord.workstreams.drugs.screening.company_names import company_key
from tests.desk import TODAY, Desk, days
from tests.workstreams.drugs.flowing import company, flagged, incident, mass, notice, outcome, suspicion

EVERY = Wanted()


def stranger(desk: Desk) -> Officer:
    officer = desk.again(Role.LIAISON, "stranger")
    officer.scope_themes, officer.scope_agencies = ["fraud"], ["CBSA"]
    officer.save()
    return officer


@pytest.mark.parametrize("became", ["not-sent", "seized"])
def test_what_did_not_go_on_is_stopped_and_its_mass_stands_apart(desk: Desk, became: str) -> None:
    notice(desk, 1, goods=mass("3"))
    told = notice(desk, 2, goods=mass("2.5"))
    Notice.objects.filter(pk=told.pk).update(became=became, became_at=datetime.now(UTC))
    whole = whole_of(read_consignments(desk.liaison, Wanted()).consignments)
    assert (whole.notices, whole.kg, whole.stopped, whole.stopped_kg) == (2, Decimal("5.5"), 1, Decimal("2.5"))


def test_what_is_told_is_added_up_by_substance_and_route(desk: Desk) -> None:
    notice(desk, 1, goods=mass("2"))
    stopped = notice(desk, 2, goods=mass("3.5"), transit_countries=["SG", "AE"])
    notice(desk, 3, goods=mass("1", name="Acetone", cas_number="67-64-1"))
    outcome(desk, stopped, 2, became="stopped", arrived_on=None, quantity_arrived=None, event_place="A port")
    read = read_consignments(desk.liaison, EVERY)
    whole = whole_of(read.consignments)
    assert (whole.notices, whole.kg, whole.stopped, whole.objections) == (3, Decimal("6.5"), 1, 0)
    assert {one.key: one.flow.kg for one in by_substance(read.consignments)} == {
        "1-boc-4-piperidone": Decimal("5.5"),
        "67-64-1": Decimal(1),
    }
    assert [one.key for one in by_route(read.consignments)] == [("IN", "AE", "CA"), ("IN", "SG", "AE", "CA")]
    told = ((one.substance, one.substance_name) for one in read.consignments)
    assert substance_names(told) == {
        "1-boc-4-piperidone": "1-boc-4-piperidone",
        "67-64-1": "Acetone (67-64-1)",
    }


def test_of_a_mixture_the_substance_alone_counts_where_it_is_told(desk: Desk) -> None:
    notice(desk, 1)  # 5 kg gross, 4900 g pure
    assert whole_of(read_consignments(desk.liaison, EVERY).consignments).kg == Decimal("4.9")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(substance="1-boc-4-piperidone"), {1, 2}),
        (Wanted(substance="67-64-1"), {3}),
        (Wanted(substance="npp"), set()),
        (Wanted(is_ours=True), set()),
        (Wanted(is_ours=False), {1, 2, 3}),
        (Wanted(peer="XX"), set()),
        (Wanted(since=TODAY + timedelta(days=35)), {2}),
        (Wanted(until=TODAY + timedelta(days=34)), {1, 3}),
        (Wanted(route=("IN", "CA")), {3}),
        (Wanted(route=("IN", "AE", "CA")), {1, 2}),
        (Wanted(route=("IN", "SG", "CA")), set()),
    ],
)
def test_a_filter_leaves_what_it_says(desk: Desk, wanted: Wanted, found: set[int]) -> None:
    notice(desk, 1)
    notice(desk, 2, departure_on=days(35))
    notice(desk, 3, goods=mass("1", name="Acetone", cas_number="67-64-1"), transit_countries=[])
    read = read_consignments(desk.liaison, wanted)
    assert {int(one.pen_reference.rpartition("-")[2]) for one in read.notices} == found
    assert set(substances_of(desk.liaison)) == {"1-boc-4-piperidone", "67-64-1"}


def test_a_substance_that_no_register_knows_is_chosen_by_its_name(desk: Desk) -> None:
    notice(desk, 1, goods=mass("1", name="Specimen Acid", cas_number=None))
    ((key, name),) = substances_of(desk.liaison).items()
    assert name == "Specimen Acid"
    assert whole_of(read_consignments(desk.liaison, Wanted(substance=key)).consignments).notices == 1


def test_an_officer_without_need_to_know_finds_nothing_anywhere(desk: Desk) -> None:
    notice(desk, 1, arrival_on=days(-60), departure_on=days(-70), has_departed=True)
    notice(desk, 2, exporter=company("SPECIMEN Other Ltd"))
    incident(desk, 3, companies=[company("SPECIMEN Pharma")])
    suspicion(desk, 4, transaction_kind="import-transaction", was_completed=True)
    other = stranger(desk)
    assert read_consignments(other, EVERY).notices == ()
    assert substances_of(other) == {}
    assert find_companies(other, "specimen") == ((), False)
    assert history_of(other, company_key("SPECIMEN Pharma")) == ((), False)
    assert spellings_of(other, company_key("SPECIMEN Pharma")) == ()
    assert repeated_consignees(other, EVERY) == ((), False)
    assert notices_without_arrival(other, EVERY, today=TODAY) == ((), False)
    assert incidents_without_notice(other, EVERY) == ((), False)
    assert transactions_without_notice(other, EVERY) == ((), False)
    assert len(read_consignments(desk.liaison, EVERY).notices) == 2


def test_a_case_that_is_kept_to_its_team_leaves_every_figure(desk: Desk) -> None:
    secret = notice(desk, 1, importer=company("SPECIMEN Secret GmbH"))
    notice(desk, 2, importer=company("SPECIMEN Secret"), exporter=company("SPECIMEN Other"))
    services.take(desk.liaison, secret.case)
    services.keep_to_team(desk.liaison, secret.case, reason="A source is at risk.")
    second = desk.again(Role.DUTY, "second")
    assert len(read_consignments(second, EVERY).notices) == 1
    assert repeated_consignees(second, EVERY) == ((), False)
    assert spellings_of(second, company_key("SPECIMEN Secret")) == ("SPECIMEN Secret",)
    assert len(repeated_consignees(desk.liaison, EVERY)[0]) == 1


def test_a_company_is_found_by_a_part_of_its_name_in_any_spelling(desk: Desk) -> None:
    notice(desk, 1, exporter=company("SPECIMEN Zénith Chemicals Pvt. Ltd."))
    incident(desk, 2, companies=[company("Specimen ZENITH CHEMICALS")])
    (found,), is_more = find_companies(desk.liaison, "zenith chem")
    assert not is_more
    assert found.mentions == 2
    assert set(found.names) == {"SPECIMEN Zénith Chemicals Pvt. Ltd.", "Specimen ZENITH CHEMICALS"}
    assert find_companies(desk.liaison, "---") == ((), False)


def test_a_history_has_every_message_and_what_became_of_it(desk: Desk) -> None:
    told = notice(desk, 1, exporter=company("SPECIMEN Zenith"), consignee=company("SPECIMEN Zenith Inc."))
    outcome(desk, told, 2, became="seized", arrived_on=None, quantity_arrived=None, event_place="A port")
    incident(desk, 2, companies=[company("Specimen Zenith")])
    suspicion(desk, 3, other_party=company("SPECIMEN ZENITH LTD"), dealer=company("SPECIMEN Dealer"))
    entries, _more = history_of(desk.liaison, company_key("specimen zenith"))
    assert [entry.message.kind for entry in entries] == [
        "suspicious-transaction",
        "drug-incident",
        "pre-export-notice",
    ]
    assert {one.part for one in entries[-1].mentions} == {"exporter", "consignee"}
    assert entries[-1].notice is not None
    assert entries[-1].notice.became == "seized"
    # Who reported a suspicious transaction is shielded.
    assert not CompanyMention.objects.filter(key=company_key("SPECIMEN Dealer")).exists()


def test_a_person_is_never_among_the_companies(desk: Desk) -> None:
    suspicion(desk, 1)
    assert {one.name for one in CompanyMention.objects.all()} == {"SPECIMEN Trading FZE"}


def test_an_erased_message_names_no_company_any_more(desk: Desk) -> None:
    told = notice(desk, 1)
    erase_message(told)
    assert not CompanyMention.objects.exists()
    assert read_consignments(desk.liaison, EVERY).notices == ()


def test_who_receives_from_different_exporters_or_of_different_substances_is_repeated(desk: Desk) -> None:
    acetone = mass("1", name="Acetone", cas_number="67-64-1")
    alpha, beta = company("SPECIMEN Alpha"), company("SPECIMEN Beta")
    notice(desk, 1, exporter=alpha, importer=company("SPECIMEN Wholesale Ltd", "CA"))
    notice(desk, 2, exporter=beta, importer=beta, consignee=company("SPECIMEN WHOLESALE", "CA"))
    notice(desk, 3, exporter=alpha, importer=company("SPECIMEN Twice", "CA"))
    notice(desk, 4, exporter=alpha, importer=company("SPECIMEN Twice", "CA"), goods=acetone)
    # The same exporter, spelled in two ways, of the same substance: trade as it goes.
    notice(desk, 5, exporter=alpha, importer=company("SPECIMEN Steady", "CA"))
    notice(desk, 6, exporter=company("SPECIMEN ALPHA Pvt Ltd"), importer=company("SPECIMEN Steady Inc", "CA"))
    # An importer who passes on is no receiver.
    notice(desk, 7, exporter=alpha, importer=company("SPECIMEN Broker", "CA"), consignee=company("SPECIMEN End 1"))
    notice(desk, 8, exporter=beta, importer=company("SPECIMEN Broker", "CA"), consignee=company("SPECIMEN End 2"))
    found, is_more = repeated_consignees(desk.liaison, EVERY)
    assert not is_more
    assert {one.key for one in found} == {company_key("SPECIMEN Wholesale"), company_key("SPECIMEN Twice")}
    by_key = {one.key: one for one in found}
    assert by_key[company_key("SPECIMEN Wholesale")].exporters == ("SPECIMEN Beta", "SPECIMEN Alpha")
    assert by_key[company_key("SPECIMEN Twice")].substances == ("67-64-1", "1-boc-4-piperidone")
    only = repeated_consignees(desk.liaison, Wanted(substance="67-64-1"))
    assert only == ((), False)


def test_a_notice_whose_consignment_never_came_is_listed_after_the_grace(desk: Desk) -> None:
    late = notice(desk, 1, departure_on=days(-40), arrival_on=days(-20), has_departed=True)
    undated = notice(desk, 2, departure_on=days(-70), arrival_on=None, has_departed=True)
    notice(desk, 3, departure_on=days(-40), arrival_on=None, has_departed=True)
    came = notice(desk, 4, departure_on=days(-40), arrival_on=days(-20), has_departed=True)
    left = notice(desk, 5, departure_on=days(-40), arrival_on=days(-20), has_departed=True)
    notice(desk, 6, departure_on=days(-40), arrival_on=days(-14), has_departed=True)
    outcome(desk, came, 2)
    outcome(desk, left, 2, became="departed", arrived_on=None, quantity_arrived=None)
    found, is_more = notices_without_arrival(desk.liaison, EVERY, today=TODAY)
    assert not is_more
    told = {one.notice.pk: (one.days_over, one.is_assumed) for one in found}
    assert told == {late.pk: (20, False), undated.pk: (25, True), left.pk: (20, False)}
    assert notices_without_arrival(desk.liaison, EVERY, today=TODAY, grace_days=20) == (
        tuple(one for one in found if one.days_over > 20),
        False,
    )


def test_what_came_without_a_notice_is_listed_and_what_needs_none_is_not(desk: Desk) -> None:
    known = notice(desk, 1)
    unannounced = incident(desk, 2)
    unknown = incident(desk, 3, pen_reference="PEN-404")
    incident(desk, 4, pen_reference=known.drug_notice.pen_reference)  # type: ignore[attr-defined] # the other end
    incident(desk, 5, incident_kind="theft")
    done = suspicion(desk, 6, transaction_kind="import-transaction", was_completed=True)
    suspicion(desk, 7)
    incidents, _more = incidents_without_notice(desk.liaison, EVERY)
    assert {one.pk for one in incidents} == {unannounced.pk, unknown.pk}
    reports, _more = transactions_without_notice(desk.liaison, EVERY)
    assert [one.pk for one in reports] == [done.pk]
    later = Wanted(since=date(2100, 1, 1))
    assert incidents_without_notice(desk.liaison, later) == ((), False)


@pytest.mark.parametrize("state", ["withdrawn", "expired", "refused", "blocked"])
def test_what_was_taken_back_or_never_came_is_neither_a_gap_nor_a_mention(desk: Desk, state: str) -> None:
    told = (
        incident(desk, 2, companies=[company("SPECIMEN Retracted Ltd")]),
        suspicion(desk, 3, transaction_kind="import-transaction", was_completed=True),
        notice(desk, 4, exporter=company("SPECIMEN Retracted")),
    )
    assert len(incidents_without_notice(desk.liaison, EVERY)[0]) == 1
    assert len(transactions_without_notice(desk.liaison, EVERY)[0]) == 1
    assert len(history_of(desk.liaison, company_key("SPECIMEN Retracted"))[0]) == 2
    Message.objects.filter(pk__in=[one.pk for one in told]).update(state=state)
    assert incidents_without_notice(desk.liaison, EVERY) == ((), False)
    assert transactions_without_notice(desk.liaison, EVERY) == ((), False)
    assert read_consignments(desk.liaison, EVERY).notices == ()
    assert find_companies(desk.liaison, "retracted") == ((), False)
    assert history_of(desk.liaison, company_key("SPECIMEN Retracted")) == ((), False)


def test_an_erased_incident_is_no_gap(desk: Desk) -> None:
    erase_message(incident(desk, 2))
    assert incidents_without_notice(desk.liaison, EVERY) == ((), False)


def test_a_company_on_a_flagged_line_is_found_and_a_person_is_not(desk: Desk) -> None:
    notice(desk, 1, exporter=company("SPECIMEN Zenith Ltd"))
    line = flagged(desk, shipper="Specimen ZENITH Pvt. Ltd.", consignee="Specimen Person")
    (found,), _more = find_companies(desk.liaison, "zenith")
    assert (found.mentions, found.flags) == (1, 1)
    assert found.names == ("SPECIMEN Zenith Ltd", "Specimen ZENITH Pvt. Ltd.")
    assert find_companies(desk.liaison, "person") == ((), False)
    ((row,), _cut) = flags_of(desk.liaison, found.key)
    assert (row.flag, row.part) == (line, "shipper")


def test_a_company_on_flagged_lines_alone_is_found_by_who_reads_the_screening(desk: Desk) -> None:
    flagged(desk, shipper="SPECIMEN Lone GmbH")
    (found,), _more = find_companies(desk.liaison, "lone")
    assert (found.mentions, found.flags, found.last_at) == (0, 1, None)
    other = stranger(desk)
    assert find_companies(other, "lone") == ((), False)
    assert flags_of(other, found.key) == ((), False)
    assert flags_without_notice(other) == ((), False)


def test_a_flagged_line_that_no_notice_announced_is_listed_until_it_is_marked_false(desk: Desk) -> None:
    unannounced, unknown = flagged(desk, rules=("name", "no-notice")), flagged(desk, rules=("unknown-notice",))
    flagged(desk, rules=("name",))
    wrong = flagged(desk, rules=("no-notice",))
    wrong.mark = "false"
    wrong.save()
    found, _more = flags_without_notice(desk.liaison)
    assert set(found) == {unannounced, unknown}
