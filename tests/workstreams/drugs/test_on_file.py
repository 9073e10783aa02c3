"""What is on file speaks only of lines of which words speak, only where it knows enough, and never of a person."""

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening.lines import Batch
from accord.workstreams.drugs.screening.manifest import read_manifest
from accord.workstreams.drugs.screening.on_file import Announced, OnFile, Permitted, Usual
from accord.workstreams.drugs.screening.papers import company_id, decimal_of, kilograms, read_papers
from accord.workstreams.drugs.screening.rules import Flag, Screen
from accord.workstreams.drugs.substances.shipped import shipped_table

SCREEN = Screen(shipped_table())
DAY = date(2026, 11, 30)
BOC = "1-boc-4-piperidone"
HEADER = (
    "reference,shipper,shipper_number,consignee,consignee_number,from,to,via,packages,gross_weight,net_weight,"
    "weight_unit,purity,hs_edition,notice,arrived,nationality,tariff,description\n"
)
CELLS = {
    "reference": "M1",
    "shipper": "Specimen Chemicals Pvt Ltd",
    "shipper_number": "",
    "consignee": "Specimen Pharma Inc.",
    "consignee_number": "BN 100",
    "from": "IN",
    "to": "CA",
    "via": "",
    "packages": "4",
    "gross_weight": "100",
    "net_weight": "",
    "weight_unit": "KGS",
    "purity": "",
    "hs_edition": "2022",
    "notice": "",
    "arrived": "",
    "nationality": "",
    "tariff": "2933.39",
    "description": BOC,
}
PHARMA = company_id("BN100", "")
LICENCE = Permitted(
    number="L-1",
    company=(PHARMA,),
    substances=frozenset({BOC}),
    kilograms=Decimal(120),
    purity=Decimal(98),
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
)
NOTICE = Announced(
    reference="PEN-1",
    substance=BOC,
    senders=(company_id("", "Specimen Chemicals Pvt Ltd"),),
    receivers=(PHARMA,),
    countries=frozenset({"IN", "CA", "SG"}),
    destination="CA",
    gross=Decimal(100),
    key="K-1",
)


def batch_of(*rows: dict[str, str]) -> Batch:
    lines = [",".join(f'"{cell}"' for cell in {**CELLS, **row}.values()) + "\n" for row in rows]
    (batch,) = read_manifest([HEADER, *lines])
    assert not batch.refused
    return batch


def flagged(on_file: OnFile | None, *rows: dict[str, str]) -> list[Flag]:
    batch = batch_of(*rows)
    return SCREEN.screen(batch.lines, kept=batch.kept, on_file=on_file)


def rules_of(on_file: OnFile | None, **cells: str) -> set[str]:
    (flag,) = flagged(on_file, cells)
    return {reason.rule for reason in flag.reasons} - {"name"}


def file_of(*, licences: bool = True, notices: bool = True, usual: dict[str, Usual] | None = None) -> OnFile:
    return OnFile(today=DAY, licences=[LICENCE] if licences else [], notices=[NOTICE] if notices else [], usual=usual)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, set()),
        ({"gross_weight": "120.5"}, {"over-licence", "over-notice"}),
        ({"gross_weight": "130", "net_weight": "119"}, {"over-notice"}),
        ({"gross_weight": "130", "weight_unit": ""}, set()),
        ({"gross_weight": "1,000", "weight_unit": "lb"}, {"over-licence", "over-notice"}),
        ({"purity": "99.5 %"}, {"over-purity"}),
        ({"arrived": "2027-01-02"}, {"licence-ended"}),
        ({"description": "N-phenethyl-4-piperidone"}, {"not-licensed", "no-notice"}),
        ({"via": "SG"}, set()),
        ({"via": "SG, MX"}, {"off-route"}),
        ({"notice": "pen-1"}, set()),
        ({"notice": "PEN-9"}, {"unknown-notice"}),
        ({"consignee_number": "", "consignee": "Specimen Other Ltd", "shipper": "Specimen Else Ltd"}, {"no-notice"}),
        (
            {"packages": "1", "gross_weight": "9", "weight_unit": "MT"},
            {"package-weight", "over-licence", "over-notice"},
        ),
        ({"net_weight": "110"}, {"weights-exchanged"}),
        ({"hs_edition": "HS 2017", "tariff": "2933.36", "description": "Organic compound"}, None),
    ],
)
def test_each_rule_holds_where_it_should(cells: dict[str, str], expected: set[str] | None) -> None:
    found = rules_of(file_of(), **cells)
    if expected is None:
        assert {"own-code", "edition"} <= found
    else:
        assert found == expected


def test_a_company_without_licences_on_file_is_not_unlicensed() -> None:
    assert rules_of(file_of(notices=False), consignee_number="BN 999") == set()


def test_no_notice_is_missing_where_none_of_that_country_is_kept() -> None:
    assert rules_of(file_of(licences=False), consignee_number="BN 999", shipper="", to="AU") == set()


def test_a_company_that_never_received_chemicals_is_said() -> None:
    for has, expected in ((False, {"new-to-chemicals"}), (True, set())):
        usual = {PHARMA: Usual(has_chemicals=has)}
        assert rules_of(file_of(licences=False, notices=False, usual=usual)) == expected


def test_the_file_alone_flags_nothing() -> None:
    usual = {PHARMA: Usual(has_chemicals=False)}
    tea = {"description": "Tea", "tariff": "0902.10", "gross_weight": "900000", "notice": "PEN-9", "via": "MX"}
    assert flagged(file_of(usual=usual), tea) == []


def test_without_a_file_weights_are_compared_all_the_same() -> None:
    assert rules_of(None, net_weight="110") == {"weights-exchanged"}


def test_reasons_say_what_was_compared() -> None:
    (flag,) = flagged(file_of(), {"gross_weight": "250"})
    said = {reason.rule: reason.sentence for reason in flag.reasons}
    assert "250 kg of " in said["over-licence"]
    assert said["over-licence"].endswith("licence L-1 permits 120 kg.")
    assert said["over-notice"] == "250 kg are declared, more than a notice on file announced."


@pytest.mark.parametrize("cells", [{"gross_weight": "250"}, {"via": "SG, MX"}])
def test_a_reason_says_nothing_of_what_a_notice_says(cells: dict[str, str]) -> None:
    (flag,) = flagged(file_of(licences=False), cells)
    words = [word for reason in flag.reasons for word in reason.words.values()]
    assert {"over-notice", "off-route"} & {reason.rule for reason in flag.reasons}
    assert not {"PEN-1", "100"}.intersection(words)


def test_a_person_who_bears_a_number_is_named_in_no_reason() -> None:
    usual = {PHARMA: Usual(has_chemicals=False)}
    (flag,) = flagged(file_of(usual=usual), {"consignee": "SPECIMEN Asha Devi", "gross_weight": "250"})
    assert {reason.rule for reason in flag.reasons} == {"name", "over-licence", "over-notice"}
    assert not [reason for reason in flag.reasons if "Asha" in reason.sentence]


PERSONS = [
    *("SPECIMEN Asha Devi", "SPECIMEN John Smith", "SPECIMEN Mohammed Ali", "SPECIMEN Jean Tremblay", "शर्मा"),
    *("SPECIMEN Ana Sa", "SPECIMEN Maria Co", "SPECIMEN Sharma S.A.", "SPECIMEN Li Asa", "SPECIMEN Kim P.T."),
]


@given(st.randoms(use_true_random=False))
def test_who_the_persons_are_and_where_they_come_from_changes_no_score(dice: random.Random) -> None:
    """Persons' names stand in every party column; they are exchanged, and a nationality is added and exchanged."""
    weights = ["100", "250", "9000", "120.5"]
    rows = [
        {"consignee": name, "shipper": name, "consignee_number": "", "gross_weight": w}
        for name in PERSONS
        for w in weights
    ]
    usual = {company_id("", name): Usual(has_chemicals=False) for name in PERSONS if company_id("", name)}
    on_file = file_of(usual=usual)
    before = [(flag.line.number, flag.score) for flag in flagged(on_file, *rows)]
    names = [row["consignee"] for row in rows]
    dice.shuffle(names)
    exchanged = [
        {**row, "consignee": name, "shipper": name[::-1], "nationality": dice.choice(["CA", "IN", "GB", ""])}
        for row, name in zip(rows, names, strict=True)
    ]
    assert [(flag.line.number, flag.score) for flag in flagged(on_file, *exchanged)] == before


@given(st.text(max_size=40))
def test_where_a_company_bears_its_number_its_name_changes_no_score(name: str) -> None:
    shown = name.replace('"', "'").replace("\r", " ").replace("\n", " ").replace("\0", " ")
    row = {"gross_weight": "250", "consignee": shown}
    (plain,) = flagged(file_of(), {"gross_weight": "250"})
    (other,) = flagged(file_of(), row)
    assert other.score == plain.score


@given(st.text(max_size=20), st.text(max_size=20))
def test_only_a_number_or_a_legal_form_makes_a_company(first: str, last: str) -> None:
    name = f"{first} {last}"
    if company_id("", name):
        assert company_id("", f"{name} Ltd")


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_has_no_identity(name: str) -> None:
    assert company_id("", name) == ""


def test_one_company_is_one_however_it_is_written() -> None:
    assert company_id("", "Specimen Pharma Inc.") == company_id("", "SPECIMEN PHARMA INC")
    assert company_id("bn-100", "anything") == PHARMA


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("100", "kg", "100"),
        ("100 KGS", "", "100"),
        ("1,000.5", "KGM", "1000.5"),
        ("1.000,5", "kg", "1000.5"),
        ("1 000,5", "kg", "1000.5"),
        ("1,000", "kg", "1000"),
        ("0,5", "kg", "0.5"),
        ("500", "g", "0.500"),
        ("10", "lb", "4.53592370"),
        ("2", "MT", "2000"),
        ("100", "", None),
        ("100", "bags", None),
        ("-5", "kg", None),
        ("about ten", "kg", None),
        ("", "kg", None),
    ],
)
def test_weights_are_read_as_papers_write_them(text: str, unit: str, expected: str | None) -> None:
    assert kilograms(text, unit) == (None if expected is None else Decimal(expected))


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False))
def test_a_number_with_thousands_is_the_same_number(number: Decimal) -> None:
    assert decimal_of(f"{number:,.2f}") == number
    assert decimal_of(f"{number:.2f}") == number


CELLS_OF_PAPERS = [
    *("gross", "net", "unit", "packages", "purity", "edition", "arrived"),
    *("origin", "route", "destination", "notice", "shipper", "consignee", "shipper_number", "consignee_number"),
]
NUMBERS = st.from_regex(r"\A[0-9]{0,20}[.,]?[0-9]{0,12} ?(kg|lb|MT|%)?\Z")


@given(st.dictionaries(st.sampled_from(CELLS_OF_PAPERS), st.text() | NUMBERS))
def test_whatever_the_cells_hold_what_is_read_of_papers_is_a_possible_amount_day_and_way(kept: dict[str, str]) -> None:
    read = read_papers(kept)
    # Fifteen digits of the heaviest unit, a tonne.
    assert all(weight is None or 0 <= weight < 10**18 for weight in (read.gross, read.net))
    assert read.packages is None or 0 <= read.packages < 10**15
    assert read.purity is None or 0 <= read.purity <= 100
    assert read.edition == 0 or 1900 <= read.edition <= 2099
    assert all(len(way) == 2 and way.isascii() and way.isupper() for way in read.ways)
    assert len(set(read.ways)) == len(read.ways)
    assert read.destination == "" or read.destination in read.ways
    assert not {"gross", "net"}.isdisjoint(kept) or (read.gross, read.net) == (None, None)
