"""No line of a manifest is lost: each is read or refused, whatever stands in the others."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening import files
from accord.workstreams.drugs.screening import manifest as module
from accord.workstreams.drugs.screening.columns import _KNOWN, UNREAD_MAX, columns_unread, headings_of
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.files import open_manifest, physical_lines
from accord.workstreams.drugs.screening.lines import Line, RefusedLine
from accord.workstreams.drugs.screening.manifest import LINE_MAX, header_of, read_manifest

HEADER = "identifier,container_number,description_text,harmonized_number\n"


def read(*lines: str) -> tuple[list[Line], list[RefusedLine]]:
    batches = list(read_manifest(lines))
    return [one for batch in batches for one in batch.lines], [one for batch in batches for one in batch.refused]


def test_the_columns_of_the_bills_of_lading_are_known() -> None:
    lines, refused = read(HEADER, "B1,CSQU3054383,Tea,0902.10\n")
    assert refused == []
    assert lines == [Line(2, "B1", "Tea", "090210", "CSQU3054383", "")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read(delimiter: str) -> None:
    lines, refused = read(f"description{delimiter}hs_code\r\n", f"Tea, green{delimiter}0902\r\n")
    assert (lines[0].description, lines[0].tariff, refused) == ("Tea, green", "0902", [])


def test_a_mark_of_byte_order_and_columns_in_capitals_are_no_matter() -> None:
    lines, _refused = read("\ufeffDescription,HS Code\n", "Tea,0902\n")
    assert lines[0].description == "Tea"


@pytest.mark.parametrize(
    "header",
    [
        "Désignation des marchandises,Code SH,Conteneur,Poids brut (kg)\n",
        "Marchandise,code_sh,N° de conteneur,POIDS\n",
        "माल का विवरण,एचएस कोड,कंटेनर संख्या,सकल वज़न\n",
        "विवरण,टैरिफ़ कोड,कंटेनर,भार\n",
    ],
)
def test_columns_may_be_named_in_french_and_hindi_with_accents_brackets_and_blanks(header: str) -> None:
    (batch,) = read_manifest([header, "Tea,0902.10,CSQU3054383,12\n"])
    assert list(batch.lines) == [Line(2, "", "Tea", "090210", "CSQU3054383", "")]
    assert batch.kept(batch.lines[0])["gross"] == "12"
    assert ("unit" in batch.kept(batch.lines[0])) is ("(kg)" in header)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        *(("Container No", "container"), ("Container #", "container"), ("N° de conteneur", "container")),
        *(("Consignor", "shipper"), ("Origin country", "origin"), ("Country of Origin", "origin")),
        *(("Pays d'origine", "origin"), ("Destination country", "destination"), ("Port of Discharge", "destination")),
        *(("Bill of lading", "reference"), ("B/L No.", "reference"), ("Connaissement nº", "reference")),
        *(("HSN Code", "tariff"), ("RITC", "tariff"), ("Net Wt. (kg)", "net"), ("शुद्ध वजन", "net")),
        *(("Purity (%)", "purity"), ("No. of packages", "packages"), ("CAS Registry Number", "cas")),
        *(("CAS-No.", "cas"), ("Numéro CAS", "cas"), ("सीएएस नंबर", "cas"), ("परेषिती", "consignee")),
    ],
)
def test_columns_are_known_by_the_headings_that_papers_bear(heading: str, column: str) -> None:
    assert headings_of([heading, "Description"]) == {column: heading, "description": "Description"}
    assert columns_unread([heading, "Description"]) == []


def test_a_heading_means_one_column() -> None:
    meant = [name for called in _KNOWN.values() for name in called]
    assert len(meant) == len(set(meant))


def test_columns_that_nobody_reads_are_named_as_the_file_names_them() -> None:
    header = header_of("\ufeffVessel;Description of goods;Gross weight;Weight; Colour ;\n")
    assert columns_unread(header) == ["Vessel", "Weight", "Colour"]
    assert len(columns_unread(["x" * 500] * 500)) == UNREAD_MAX


def test_a_description_may_hold_line_feeds_and_the_next_line_keeps_its_number() -> None:
    lines, refused = read(HEADER, 'B1,,"green\n', 'tea, ""fine""",0902\n', "B2,,Coffee,0901\n")
    assert refused == []
    assert [(line.number, line.description) for line in lines] == [(2, 'green tea, "fine"'), (4, "Coffee")]


def test_a_quotation_mark_that_is_never_closed_costs_one_line() -> None:
    lines, refused = read(HEADER, 'B1,,"green tea,0902\n', *(f"B{n},,Tea {n},0902\n" for n in range(2, 60)))
    assert [one.number for one in refused] == [2]
    assert "never closed" in refused[0].mend
    assert [line.number for line in lines] == list(range(3, 61))


def test_a_quotation_mark_in_an_even_line_swallows_nothing() -> None:
    lines, refused = read(HEADER, 'B"1,,"green tea,0902\n', "B2,,Tea,0902\n", "B3,,Tea,0902\n")
    assert [one.number for one in refused] == [2]
    assert [line.number for line in lines] == [3, 4]


def test_inches_are_no_quotation() -> None:
    lines, refused = read(HEADER, 'B1,,Pipe 5" wide,7304\n', "B2,,Tea,0902\n")
    assert (len(lines), refused) == (2, [])


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("B1,,Tea\n", "", "3 columns where the header has 4"),
        ("B1,,Tea,0902,more\n", "", "5 columns where the header has 4"),
        ("B1,,  ,0902\n", "description", "not described"),
        ("B1,,Th\udce9,0902\n", "", "not in UTF-8"),
        (f"B1,,{'x' * LINE_MAX},0902\n", "", "longer than"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_mend(line: str, column: str, said: str) -> None:
    lines, refused = read(HEADER, line, "B2,,Tea,0902\n")
    assert [one.number for one in lines] == [3]
    assert [(one.number, one.column) for one in refused] == [(2, column)]
    assert said in refused[0].mend
    assert len(refused[0].value) <= 80
    refused[0].value.encode("utf-8")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "empty"),
        ("a,b\n", "No column of the header describes the goods"),
        ("description,description\n", "twice"),
    ],
)
def test_a_header_that_says_nothing_is_refused(header: str, said: str) -> None:
    with pytest.raises(ManifestUnreadable, match=said):
        read(*([header] if header else []))


@pytest.mark.parametrize(
    ("first", "next_step"),
    [
        *((first, "Save it as CSV in UTF-8") for first in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfed\x00")),
        # No program makes a table of these.
        *((first, "Ask the sender for") for first in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff\xe0", b"GIF8", b"II*\0")),
    ],
)
def test_a_file_of_another_form_is_told_apart(tmp_path: Path, first: bytes, next_step: str) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(first + b"rest")
    with pytest.raises(ManifestUnreadable) as said, open_manifest(file):
        pass
    assert said.value.next_step.startswith(next_step)
    assert "CSV in UTF-8" in said.value.next_step


def test_a_line_without_an_end_is_never_held_whole() -> None:
    stream = io.StringIO("description\n" + "x" * (5 * LINE_MAX) + "\nTea\n")
    pieces = list(physical_lines(stream))
    assert [len(piece) for piece in pieces] == [12, LINE_MAX + 1, 4]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=30))
def test_what_a_program_wrote_is_read_back(rows: list[tuple[str, str]]) -> None:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(["description", "hs_code"])
    writer.writerows(rows)
    lines, refused = read(*io.StringIO(held.getvalue(), newline="").readlines())
    feeds = [row for row in rows if any(cell.count("\n") > 5 for cell in row)]
    if not feeds:
        assert [line.description for line in lines] == [one.replace("\n", " ") for one, _code in rows if one.strip()]
        assert len(lines) + len(refused) == len(rows)


@given(st.lists(st.text(st.sampled_from('a,";'), max_size=12).map(lambda text: f"{text}\n"), max_size=40))
def test_whatever_stands_before_good_lines_are_read(lines: list[str]) -> None:
    good = [f"Tea {number},0902\n" for number in range(25)]
    found, refused = read("description,hs_code\n", *lines, *good)
    numbers = [one.number for one in found] + [one.number for one in refused]
    assert len(numbers) == len(set(numbers))
    # An open quotation mark may take twenty lines along into one description, and no more.
    assert [line.description for line in found[-4:]] == [f"Tea {number}" for number in range(21, 25)]


def test_two_bills_with_one_number_are_told_apart_by_their_containers() -> None:
    header = "identifier,container_number,description_sequence_number,description_text,harmonized_number\n"
    lines, _refused = read(header, "B1,CSQU3054383,1,Tea,0902\n", "B1,MSKU1234565,1,Tea,0902\n", "B2,,1,Tea,0902\n")
    assert [one.reference for one in lines] == ["B1 CSQU3054383", "B1 MSKU1234565", "B2"]


def test_a_weight_whose_column_names_its_unit_has_it() -> None:
    (batch,) = read_manifest(["description,weight_kg\n", "Tea,5\n"])
    assert batch.kept(batch.lines[0]) == {"description": "Tea", "gross": "5", "unit": "kg"}
    (batch,) = read_manifest(["description,weight,weight_unit\n", "Tea,5,lb\n"])
    assert batch.kept(batch.lines[0]) == {"description": "Tea", "gross": "5", "unit": "lb"}


PIECES = st.sampled_from(
    ["Tea,1\n", '"Tea, green",1\n', '"Tea\n', 'green",1\n', "\n", "few\n", 'Pipe 5",1\n', '"a""b",1\n']
)


@given(st.lists(PIECES, max_size=40), st.integers(1, 7), st.data())
def test_however_a_manifest_is_cut_and_wherever_it_goes_on_nothing_is_lost(
    pieces: list[str], size: int, data: st.DataObject
) -> None:
    physical = list(io.StringIO("description,hs_code\n" + "".join(pieces), newline=""))
    batches = list(read_manifest(physical, batch=size))
    told = [one.number for batch in batches for one in (*batch.lines, *batch.refused)]
    whole = [one.number for batch in read_manifest(physical) for one in (*batch.lines, *batch.refused)]
    assert sorted(told) == sorted(whole)
    assert len(told) == len(set(told))
    if batches:
        at = data.draw(st.integers(0, len(batches) - 1))
        rest = list(read_manifest(physical, after=batches[at].last, batch=size))
        later = [one.number for batch in batches[at + 1 :] for one in (*batch.lines, *batch.refused)]
        assert [one.number for batch in rest for one in (*batch.lines, *batch.refused)] == later


def counted(lines: Iterable[str], taken: list[int]) -> Iterator[str]:
    for line in lines:
        taken[0] += 1
        yield line


@pytest.mark.parametrize("line", ["\n", '"\n', "few\n"])
def test_blank_and_refused_lines_end_a_batch_as_others_do(line: str) -> None:
    taken = [0]
    batches = read_manifest(counted(chain([HEADER], repeat(line, 5_000)), taken), batch=100)
    first = next(batches)
    assert taken[0] <= 1 + 100 + 21
    assert (first.last, len(first.refused)) == (101, 0 if line == "\n" else 100)
    assert next(batches).last == 201


def test_the_first_piece_of_a_file_is_bounded_where_one_line_is_asked_for() -> None:
    taken = [0]
    next(read_manifest(counted(chain([HEADER], repeat("\n", 1_000_000)), taken), batch=1))
    assert taken[0] <= 2


def test_long_lines_end_a_batch_by_their_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_CHARACTERS", 1_000_000)
    line = f"B1,,{'x' * 60_000},\n"
    batches = list(read_manifest([HEADER, *[line] * 200]))
    assert max(batch.characters for batch in batches) < 1_000_000 + 17 * len(line)
    assert sum(len(batch.lines) for batch in batches) == 200
    assert sum(batch.characters for batch in batches) == len(HEADER) + 200 * len(line)


def test_blank_lines_without_an_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLANK_MAX", 1_000)
    taken = [0]
    with pytest.raises(ManifestUnreadable, match="in a row are blank"):
        list(read_manifest(counted(chain([HEADER], repeat("\n", 100_000)), taken), batch=100))
    assert taken[0] < 1_200


@given(st.lists(st.sampled_from(["\n", '"\n', "few\n", "B1,,Tea,\n", 'B2,,"green\n', 'tea",\n', " \n"]), max_size=40))
def test_reading_goes_on_behind_any_batch_whatever_its_size(lines: list[str]) -> None:
    def told(after: int, batch: int) -> list[tuple[int, str]]:
        found = list(read_manifest([HEADER, *lines], after=after, batch=batch))
        read_ones = [(one.number, one.description) for each in found for one in each.lines]
        return sorted([*read_ones, *((one.number, one.mend) for each in found for one in each.refused)])

    whole = told(1, 10_000)
    for batch in (1, 2, 7):
        assert told(1, batch) == whole
        for part in read_manifest([HEADER, *lines], batch=batch):
            assert told(part.last, batch) == [one for one in whole if one[0] > part.last]


def test_a_line_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ENDLESS", 1_000_000)
    endless = io.StringIO(HEADER + "x" * 5_000_000)
    with pytest.raises(ManifestUnreadable, match="goes on after"):
        list(read_manifest(physical_lines(endless)))
    assert endless.tell() < 1_200_000
