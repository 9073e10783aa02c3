"""Licences, notices and earlier manifests that a node has on file speak in its screenings."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from accord.exchange.drafting import create_case, draft_request
from accord.exchange.models import CaseNote, Message
from accord.officers.models import Officer
from accord.officers.permissions import NotPermitted
from accord.workstreams.drugs.licences.keeping import import_licences, remove_licence, restore_licence
from accord.workstreams.drugs.manifests.beside import notices_of
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.filed import notices_on_file
from accord.workstreams.drugs.manifests.filling import LEFT_OUT_SENTENCES, NET_ALONE_SENTENCES
from accord.workstreams.drugs.manifests.following import follow_flag, followable_kinds, kinds_for
from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.models import Flag, Licence, Notice, Screening, Trader
from tests.desk import Desk

HEADER = "reference,shipper,consignee,consignee_number,from,to,packages,weight_kg,hs_edition,notice,container,tariff"
BOC = "1-boc-4-piperidone"
TABLE = (
    "jurisdiction,number,company,company_number,substances,kilograms,purity,valid_from,valid_to\n"
    "CA,L-1,Specimen Pharma Inc.,BN 100,79099-07-3,120,98,2026-01-01,2099-12-31\n"
)


def screened(desk: Desk, *rows: str) -> dict[int, set[str]]:
    """Screens lines and returns the rules beside the name of each flag, by line."""
    content = f"{HEADER},description\n" + "".join(f"{row}\n" for row in rows)
    made = screen_file(desk.liaison, io.BytesIO(content.encode()), name="SPECIMEN.csv")
    screen_to_the_end()
    return {flag.line: set(flag.rule_codes.split()) - {"name", "container"} for flag in made.flags.all()}


def line(
    consignee: str = "Specimen Pharma Inc.",
    number: str = "BN 100",
    *,
    weight: str = "100",
    notice: str = "",
    tariff: str = "2933.39",
    goods: str = BOC,
    way: str = "IN,CA",
) -> str:
    """A line of the manifest; its container number fails its check digit."""
    parties = f"Specimen Chemicals Pvt Ltd,{consignee},{number},{way}"
    return f"M1,{parties},4,{weight},2022,{notice},CSQU3054384,{tariff},{goods}"


def notice_of(desk: Desk, **changed: object) -> Notice:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN notice")
    message = draft_request(desk.liaison, case, {})
    values: dict[str, object] = {
        "message": message,
        "case": case,
        "is_ours": False,
        "peer": "IN",
        "pen_reference": "PEN-1",
        "substance": BOC,
        "gross_kg": Decimal(100),
        "exporter": "Specimen Chemicals Private Limited",
        "importer": "Specimen Pharma Incorporated",
        "origin_country": "IN",
        "destination_country": "CA",
        "departure_on": date(2026, 1, 1),
        "arrival_on": date(2026, 2, 1),
        "sent_at": datetime(2025, 12, 20, tzinfo=UTC),
        **changed,
    }
    return Notice.objects.create(**values)


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    return home


def test_a_licence_on_file_speaks_until_it_is_taken_out(desk: Desk) -> None:
    told = import_licences(desk.liaison, TABLE.encode())
    assert (told.added, told.changed, told.unchanged, told.refused) == (1, 0, 0, [])
    assert screened(desk, line(weight="130")) == {2: {"over-licence"}}
    licence = Licence.objects.get()
    remove_licence(desk.liaison, licence)
    assert screened(desk, line(weight="131")) == {2: set()}
    restore_licence(desk.liaison, licence)
    assert screened(desk, line(weight="132")) == {2: {"over-licence"}}


def test_a_table_that_is_brought_again_changes_what_differs(desk: Desk) -> None:
    import_licences(desk.liaison, TABLE.encode())
    told = import_licences(desk.liaison, TABLE.encode())
    assert (told.added, told.changed, told.unchanged) == (0, 0, 1)
    told = import_licences(desk.liaison, TABLE.replace(",120,", ",200,").encode())
    assert (told.changed, Licence.objects.get().kilograms) == (1, Decimal(200))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("CA,L-2,,BN 1,79099-07-3,1,,,", "company"),
        ("CA,L-2,Specimen Ltd,BN 1,acetone,1,,,", "substances"),
        ("CA,L-2,Specimen Ltd,BN 1,79099-07-3,much,,,", "kilograms"),
        ("CA,L-2,Specimen Ltd,BN 1,79099-07-3,1,101,,", "purity"),
        ("CA,L-2,Specimen Ltd,BN 1,79099-07-3,1,,soon,", "valid_from"),
        ("CA,L-2,Specimen Ltd,BN 1,79099-07-3,1,,2026-02-01,2026-01-01", "valid_to"),
        ("CA,L-2", "company"),
    ],
)
def test_a_broken_row_is_named_and_stops_no_other(desk: Desk, row: str, column: str) -> None:
    header, good = TABLE.splitlines()
    told = import_licences(desk.liaison, f"{header}\n{row}\n{good}\n".encode())
    assert [(one.number, one.column) for one in told.refused] == [(2, column)]
    assert told.refused[0].mend
    assert told.added == 1


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"\xff\xfe\x00"])
def test_a_table_of_another_form_is_refused(desk: Desk, content: bytes) -> None:
    with pytest.raises(ScreeningRefused):
        import_licences(desk.liaison, content)


def test_who_only_reads_keeps_no_licence(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        import_licences(desk.releasing, TABLE.encode())


def test_notices_on_file_are_compared_by_reference_and_by_company(desk: Desk) -> None:
    notice_of(desk)
    assert screened(desk, line(weight="150"), line("Specimen Other Ltd", "", notice="PEN-1"), line(notice="PEN-7")) == {
        2: {"over-notice"},
        3: set(),
        4: {"unknown-notice"},
    }


def test_a_notice_in_a_case_that_is_kept_to_a_team_counts_in_no_screening(desk: Desk) -> None:
    # The asker reads it, and whoever else reads the screening might not.
    notice = notice_of(desk)
    case = notice.case
    case.is_team_only, case.holder = True, desk.liaison
    case.save()
    assert notice in notices_on_file(desk.liaison)
    assert screened(desk, line(weight="150")) == {2: set()}


def test_a_company_new_to_chemicals_is_said_from_the_second_manifest_on(desk: Desk) -> None:
    tea = line("Specimen Foods Ltd", "", tariff="0902.10", goods="Tea")
    hit = line("Specimen Foods Ltd", "")
    assert screened(desk, tea, hit) == {3: set()}
    Trader.objects.update(chemicals_on=None, chemicals_in=None)
    assert screened(desk, hit) == {2: {"new-to-chemicals"}}
    assert screened(desk, f"{hit} again") == {2: set()}


def test_only_companies_are_kept_of_a_manifest(desk: Desk) -> None:
    rows = [line("SPECIMEN John Smith", "", tariff="0902.10", goods="Tea"), line("Specimen Foods Ltd", "")]
    screened(desk, *rows)
    assert [(one.name, one.chemicals_on is not None) for one in Trader.objects.all()] == [("Specimen Foods Ltd", True)]


def test_a_person_who_bears_a_number_is_kept_nowhere(desk: Desk) -> None:
    hit = line("SPECIMEN Ravi Kumar", "ABCPK1234F")
    tea = line("SPECIMEN Ravi Kumar", "ABCPK1234F", tariff="0902.10", goods="Tea")
    assert screened(desk, tea) == {}
    assert not Trader.objects.exists()
    assert screened(desk, hit, tea) == {2: set()}


def test_of_manifests_that_the_officer_does_not_read_nothing_is_said(desk: Desk) -> None:
    screened(desk, line("Specimen Foods Ltd", "", tariff="0902.10", goods="Tea"))
    Screening.objects.update(asked_by=desk.releasing)
    Officer.objects.filter(pk=desk.liaison.pk).update(scope_themes=["fraud"])
    desk.liaison.refresh_from_db()
    assert screened(desk, line("Specimen Foods Ltd", "")) == {2: set()}
    Trader.objects.update(chemicals_on=None, chemicals_in=None)
    Officer.objects.filter(pk=desk.liaison.pk).update(scope_themes=[])
    desk.liaison.refresh_from_db()
    assert screened(desk, f"{line('Specimen Foods Ltd', '')} again") == {2: {"new-to-chemicals"}}


def test_chemicals_in_a_manifest_that_the_officer_does_not_read_silence_nothing(desk: Desk) -> None:
    screened(desk, line("Specimen Foods Ltd", "", tariff="0902.10", goods="Tea"))
    screened(desk, line("Specimen Foods Ltd", ""))
    with_chemicals = Trader.objects.get().chemicals_in
    assert with_chemicals is not None
    Screening.objects.filter(pk=with_chemicals.pk).update(asked_by=desk.releasing)
    Officer.objects.filter(pk=desk.liaison.pk).update(scope_themes=["fraud"])
    desk.liaison.refresh_from_db()
    assert screened(desk, f"{line('Specimen Foods Ltd', '')} again") == {2: {"new-to-chemicals"}}
    with_chemicals.delete()
    assert screened(desk, f"{line('Specimen Foods Ltd', '')} once more") == {2: set()}, "nobody knows whose it was"


@pytest.mark.parametrize("state", ["withdrawn", "expired", "refused", "recalled", "erased"])
def test_a_notice_that_was_taken_back_or_erased_is_not_on_file(desk: Desk, state: str) -> None:
    notice = notice_of(desk)
    if state == "erased":
        Notice.objects.filter(pk=notice.pk).update(exporter="", importer="", pen_reference="")
    elif state == "recalled":
        Message.objects.filter(pk=notice.pk).update(recalled_at=datetime.now(UTC))
    else:
        Message.objects.filter(pk=notice.pk).update(state=state)
    assert screened(desk, line(weight="150"), line(notice="PEN-7")) == {2: set(), 3: set()}
    assert notices_of(desk.liaison, Flag.objects.first()) == []


def said(fields: dict[str, object], *names: str) -> Sequence[object]:
    return [fields.get(name) for name in names]


def test_a_flag_leads_to_an_incident_and_to_a_notice_with_what_the_line_says(desk: Desk) -> None:
    assert set(followable_kinds()) == {"request", "drug-incident", "pre-export-notice"}
    screened(desk, line(notice="PEN-3"))
    flag = Flag.objects.get()
    incident = follow_flag(desk.liaison, flag, "drug-incident", peer="IN")
    assert said(incident.fields, "declared_as", "declared_hs_code", "declared_hs_edition", "pen_reference") == [
        BOC,
        "293339",
        "2022",
        "PEN-3",
    ]
    assert said(incident.fields, "origin_country", "destination_country") == ["IN", "CA"]
    assert [one["company_name"] for one in incident.fields["companies"]] == [
        "Specimen Chemicals Pvt Ltd",
        "Specimen Pharma Inc.",
    ]
    assert incident.fields["identifiers"][0]["is_as_found"] is True


def test_a_flag_on_an_export_of_ours_leads_to_a_notice(desk: Desk) -> None:
    screened(desk, line(way="CA,IN"))
    flag = Flag.objects.get()
    case = follow_flag(desk.liaison, flag, "drug-incident", peer="IN").case
    notice = follow_flag(desk.liaison, flag, "pre-export-notice", case=case)
    assert notice.case == case
    assert said(notice.fields, "origin_country", "destination_country") == ["CA", "IN"]
    assert notice.fields["goods"]["gross"] == {"amount": "100", "measure": "kg"}
    assert notice.fields["importer"]["registration_number"] == "BN 100"


def flag_of(desk: Desk, header: str, cells: str) -> Flag:
    content = f"description,{header}\n{cells}\n"
    made = screen_file(desk.liaison, io.BytesIO(content.encode()), name="SPECIMEN.csv")
    screen_to_the_end()
    return made.flags.get()


def test_a_notice_says_neither_where_goods_come_from_nor_where_they_go_unless_the_line_does(desk: Desk) -> None:
    flag = flag_of(desk, "Vessel", f"{BOC},SPECIMEN")
    assert Screening.objects.get().columns_unread == ["Vessel"]
    draft = follow_flag(desk.liaison, flag, "pre-export-notice", peer="IN")
    assert said(draft.fields, "origin_country", "destination_country") == [None, None]


def test_a_net_weight_alone_is_the_quantity_of_a_notice_and_the_case_says_so(desk: Desk) -> None:
    flag = flag_of(desk, "net_weight,unit", f"{BOC},50,kg")
    draft = follow_flag(desk.liaison, flag, "pre-export-notice", peer="IN")
    goods = draft.fields["goods"]
    assert (goods["name"], goods["gross"], goods.get("pure")) == (BOC, {"amount": "50", "measure": "kg"}, None)
    assert CaseNote.objects.get(case=draft.case).text == NET_ALONE_SENTENCES["net"]


@pytest.mark.parametrize(
    ("goods", "item"), [(BOC, "27(1)"), ("N-phenethyl-4-piperidone", "26"), ("tablet press", None)]
)
def test_the_provisions_of_a_draft_are_those_of_its_substance(desk: Desk, goods: str, item: str | None) -> None:
    draft = follow_flag(desk.liaison, flag_of(desk, "tariff", f"{goods},"), peer="IN")
    basis = draft.fields.get("legal_basis") or []
    assert all(one.startswith("Controlled Drugs and Substances Act, Schedule VI, Part 1") for one in basis)
    assert ([one.rpartition("item ")[2] for one in basis] or [None])[-1] == item


def test_an_incident_says_not_how_a_substance_was_identified(desk: Desk) -> None:
    draft = follow_flag(desk.liaison, flag_of(desk, "tariff", f"{BOC},2933.39"), "drug-incident", peer="IN")
    assert not draft.fields.get("findings")
    assert BOC in draft.fields["description"]


@pytest.mark.parametrize(("way", "may_announce"), [("CA,IN", True), (",IN", True), ("IN,CA", False), ("in,", False)])
def test_a_notice_is_begun_only_of_what_does_not_leave_another_country(
    desk: Desk, way: str, may_announce: bool
) -> None:
    screened(desk, line(way=way))
    flag = Flag.objects.get()
    assert ("pre-export-notice" in kinds_for(flag)) is may_announce
    if not may_announce:
        with pytest.raises(ScreeningRefused) as refused:
            follow_flag(desk.liaison, flag, "pre-export-notice", peer="IN")
        assert (refused.value.reason_code, "request" in refused.value.next_step) == ("drugs.not-our-export", True)
        assert not Message.objects.exists()


def test_who_may_be_a_person_is_in_no_draft_as_a_company(desk: Desk) -> None:
    screened(desk, line("SPECIMEN John Smith", ""))
    made = follow_flag(desk.liaison, Flag.objects.get(), "drug-incident", peer="IN")
    assert [one["company_name"] for one in made.fields["companies"]] == ["Specimen Chemicals Pvt Ltd"]


@pytest.mark.parametrize("name", ["SPECIMEN John Smith", ""])
def test_a_draft_says_of_the_papers_companies_alone(desk: Desk, name: str) -> None:
    screened(desk, line(name, "ABCPK1234F"))
    made = follow_flag(desk.liaison, Flag.objects.get(), "drug-incident", peer="IN")
    told = made.fields["description"]
    assert "Consignor: Specimen Chemicals Pvt Ltd" in told
    assert not [one for one in ("John Smith", "ABCPK1234F") if one in told]
    assert [one["company_name"] for one in made.fields["companies"]] == ["Specimen Chemicals Pvt Ltd"]


@pytest.mark.parametrize(
    ("kind", "field"), [("request", "facts"), ("drug-incident", "description"), ("pre-export-notice", "risk_note")]
)
def test_what_is_on_file_here_is_in_no_draft(desk: Desk, kind: str, field: str) -> None:
    import_licences(desk.liaison, TABLE.encode())
    notice_of(desk, peer="XX", gross_kg=Decimal("77.25"))
    way = "CA,IN" if kind == "pre-export-notice" else "IN,CA"
    found = screened(desk, line(weight="130", way=way))[2]
    assert {"over-licence"} <= found
    told = follow_flag(desk.liaison, Flag.objects.get(), kind, peer="IN").fields[field]
    assert "The text names 1-boc-4-piperidone" in told
    assert "Container number CSQU3054384 fails" in told
    assert not [one for one in ("L-1", "120", "PEN-1", "77.25") if one in told]


def test_a_licence_that_ended_before_the_screening_does_not_count(desk: Desk) -> None:
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    import_licences(desk.liaison, TABLE.replace("2099-12-31", day.isoformat()).encode())
    assert screened(desk, line()) == {2: {"licence-ended"}}


@pytest.mark.parametrize("cell", ["PEN-3", "PEN/IN/2026/14", "pen2026.7", "PEN-CBN-26A7"])
def test_what_has_the_form_of_a_reference_is_taken_over(desk: Desk, cell: str) -> None:
    screened(desk, line(notice=cell))
    draft = follow_flag(desk.liaison, Flag.objects.get(), "drug-incident", peer="IN")
    assert draft.fields["pen_reference"] == cell
    assert f"Pre-export notice: {cell}" in draft.fields["description"]
    assert not CaseNote.objects.exists()


@pytest.mark.parametrize(
    "cell",
    [
        *("J.Doe-1970-01-01", "PEN", "PEN-ABC", "call 555 0100", "PEN-1 J. Doe", "PEN" + "-1" * 40),
        *("PENELOPE.GARCIA-1979", "Peng:Wei/19800101", "PENDLETON7", "PEN.GARCIA-1979", "PEN-1979.GARCIA"),
    ],
)
@pytest.mark.parametrize("kind", ["request", "drug-incident", "pre-export-notice"])
def test_anything_else_in_the_cell_of_the_notice_is_left_out_and_the_case_says_so(
    desk: Desk, cell: str, kind: str
) -> None:
    screened(desk, line(notice=cell, way="CA,IN"))
    draft = follow_flag(desk.liaison, Flag.objects.get(), kind, peer="IN")
    assert "pen_reference" not in draft.fields
    assert cell not in str(draft.fields)
    (said,) = CaseNote.objects.filter(case=draft.case)
    assert said.text == LEFT_OUT_SENTENCES["notice"], "and it repeats nothing of the cell"


def test_the_reference_of_a_notice_that_the_officer_reads_is_taken_over_whatever_its_form(desk: Desk) -> None:
    notice = notice_of(desk, pen_reference="IN-CBN-77")
    screened(desk, line(notice="in-cbn-77"))
    flag = Flag.objects.get()
    draft = follow_flag(desk.liaison, flag, "drug-incident", peer="IN")
    assert draft.fields["pen_reference"] == "in-cbn-77"
    Message.objects.filter(pk=notice.pk).update(recalled_at=datetime.now(UTC))
    again = follow_flag(desk.liaison, flag, "request", peer="IN")
    assert "in-cbn-77" not in str(again.fields)


def test_who_may_be_a_person_is_left_out_and_the_case_says_so(desk: Desk) -> None:
    screened(desk, line("Asha Specimen", ""))
    draft = follow_flag(desk.liaison, Flag.objects.get(), "drug-incident", peer="IN")
    assert "Asha" not in str(draft.fields)
    assert CaseNote.objects.get(case=draft.case).text == LEFT_OUT_SENTENCES["consignee"]
