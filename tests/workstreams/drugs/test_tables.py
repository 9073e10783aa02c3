"""Workbooks and Parquet files are read row by row as manifests, and refused where they could do harm."""

import gzip
import io
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import DictionaryArray, array, default_memory_pool, parquet, table

from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.models import Screening
from accord.workstreams.drugs.screening import files, tables
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.files import expected_characters, form_of, text_of
from accord.workstreams.drugs.screening.lines import Line, RefusedLine
from accord.workstreams.drugs.screening.manifest import LINE_MAX, read_manifest
from tests.desk import Desk

HEADER = ("reference", "container_number", "weight_kg", "hs_code", "description")


def workbook(*rows: Sequence[object], hidden_first: bool = False) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    if hidden_first:
        sheet.sheet_state = "hidden"
        sheet.append(["SPECIMEN notes"])
        sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held


def read(file: io.BytesIO) -> tuple[list[Line], list[RefusedLine]]:
    form = form_of(file)
    with text_of(file, form) as lines:
        batches = list(read_manifest(lines))
    return [one for batch in batches for one in batch.lines], [one for batch in batches for one in batch.refused]


def test_rows_of_a_workbook_are_lines_with_their_numbers() -> None:
    lines, refused = read(
        workbook(
            HEADER,
            ("M1", "CSQU3054383", 100, "2933.39", "1-boc-4-piperidone"),
            (None, None, None, None, None),
            ("M2", None, 1.5, 902.1, "Tea, green\nfine"),
            ("M3", None, date(2026, 1, 2), 29333999, None),
            ("M4", None, None, 90210, '5" pipe', None, None),
        )
    )
    assert [(one.number, one.reference, one.tariff, one.description) for one in lines] == [
        (2, "M1", "293339", "1-boc-4-piperidone"),
        (4, "M2", "090210", "Tea, green fine"),
        (6, "M4", "090210", '5" pipe'),
    ]
    assert [(one.number, one.column) for one in refused] == [(5, "description")]


def test_an_empty_sheet_is_said_to_lack_its_first_row() -> None:
    with pytest.raises(ManifestUnreadable, match="line or row must name the columns"):
        read(workbook())


def test_a_tariff_code_that_became_a_number_has_its_zero_in_a_column_of_another_language() -> None:
    lines, _refused = read(workbook(("Désignation", "Code SH"), ("Thé", 902.1)))
    assert lines[0].tariff == "090210"


def test_a_hidden_sheet_is_passed_over() -> None:
    lines, _refused = read(workbook(("description",), ("Tea",), hidden_first=True))
    assert [one.description for one in lines] == ["Tea"]


def test_a_row_with_more_cells_than_the_header_is_refused_alone() -> None:
    lines, refused = read(workbook(("description",), ("Tea", "too many"), ("Coffee",)))
    assert ([one.description for one in lines], [one.number for one in refused]) == (["Coffee"], [2])


def altered(file: io.BytesIO, part: str, content: bytes) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return held


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>', "entity"),
        ("<worksheet/>".encode("utf-16"), "entity"),
        (b" " * 3_000_000, "too large"),
    ],
)
def test_what_could_do_harm_is_refused_before_it_is_read(
    content: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "UNPACKED_MAX", 2_000_000)
    with pytest.raises(ManifestUnreadable, match=said):
        read(altered(workbook(HEADER), "xl/worksheets/sheet1.xml", content))


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"PK\x03\x04" + b"\0" * 100])
def test_a_damaged_workbook_says_so(content: bytes) -> None:
    with pytest.raises(ManifestUnreadable) as refused:
        read(io.BytesIO(content))
    assert "CSV" in refused.value.next_step


def test_a_sheet_that_breaks_off_names_the_last_row() -> None:
    broken = altered(
        workbook(HEADER),
        "xl/worksheets/sheet1.xml",
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:A9"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>description</t></is></c></row><row r="2">',
    )
    with pytest.raises(ManifestUnreadable, match="damaged after row 1"):
        read(broken)


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20), max_size=8))
def test_no_row_of_a_workbook_is_lost(texts: list[str]) -> None:
    lines, refused = read(workbook(("description", "hs_code"), *((text, 1) for text in texts)))
    assert len(lines) + len(refused) == len(texts)
    assert [one.number for one in lines] == [number for number, text in enumerate(texts, 2) if text.strip()]


def test_a_workbook_is_screened_by_the_node(desk: Desk, home: Path) -> None:
    file = workbook(HEADER, ("M1", "CSQU3054383", 100, "2933.39", "1-boc-4-piperidone"), ("M2", None, 1, "0902", "Tea"))
    screening = screen_file(desk.liaison, file, name="SPECIMEN.xlsx")
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.form, screening.state, screening.lines, screening.flagged) == ("xlsx", "done", 2, 1)
    assert Screening.objects.get().flags.get().papers["gross"] == "100"


def test_a_compressed_manifest_is_read_as_the_lines_that_it_was() -> None:
    text = "description,hs_code\nTea,0902\n1-boc-4-piperidone,2933.39\n" + "\n" * 200
    file = io.BytesIO(gzip.compress(text.encode()))
    assert expected_characters(file, form_of(file)) == len(text)
    lines, refused = read(file)
    assert ([(one.number, one.tariff) for one in lines], refused) == ([(2, "0902"), (3, "293339")], [])


@pytest.mark.parametrize("cut", [12, 30, -6])
def test_a_compressed_manifest_that_breaks_off_says_so(cut: int) -> None:
    whole = gzip.compress(("description\n" + "".join(f"Tea {n}\n" for n in range(200))).encode())
    with pytest.raises(ManifestUnreadable, match="damaged"):
        read(io.BytesIO(whole[:cut]))


def test_a_compressed_bomb_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNPACKED_MAX", 100_000)
    with pytest.raises(ManifestUnreadable, match="too large"):
        read(io.BytesIO(gzip.compress(b"description\n" + b"Tea\n" * 100_000)))


def test_one_endless_compressed_line_is_not_passed_over_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNPACKED_MAX", 200_000)
    with pytest.raises(ManifestUnreadable, match="too large"):
        read(io.BytesIO(gzip.compress(b"description\n" + b"x" * 2_000_000)))


def test_a_row_of_long_cells_is_read_only_so_far_that_it_is_seen_to_be_too_long() -> None:
    file = workbook(["reference", "description", *"abcdef"], ["1", *["y" * 30_000] * 7], ["2", "Tea"])
    with text_of(file, form_of(file)) as lines:
        _header, long, _short = list(lines)
    assert LINE_MAX < len(long) < LINE_MAX + 100
    lines_read, refused = read(file)
    assert [one.reference for one in lines_read] == ["2"]
    assert [one.number for one in refused] == [2]


def test_without_its_package_parquet_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ManifestUnreadable) as refused:
        read(io.BytesIO(b"PAR1rest"))
    assert refused.value.reason_code == "drugs.no-parquet"
    assert "accord[parquet]" in refused.value.next_step


def parquet_of(columns: Mapping[str, object], **how: object) -> io.BytesIO:
    held = io.BytesIO()
    parquet.write_table(table(columns), held, **how)
    return held


def test_rows_of_parquet_are_lines_with_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS_A_PIECE", 2)
    goods = ["Tea", "1-boc-4-piperidone", "Tea"]
    # What holds lists is no cell, and stands in the way of nothing.
    held = parquet_of({"description": goods, "route": [["CA"], [], None], "hs_code": ["0902", "293339", None]})
    lines, refused = read(held)
    assert [(one.number, one.description, one.tariff) for one in lines] == [
        (2, "Tea", "0902"),
        (3, "1-boc-4-piperidone", "293339"),
        (4, "Tea", ""),
    ]
    assert refused == []


def test_one_long_text_in_many_rows_of_parquet_is_held_once() -> None:
    rows, text = 2_500, "A" * 1024**2
    shared = DictionaryArray.from_arrays(array([0] * rows), array([text]))
    held = parquet_of({"description": shared}, compression="zstd")
    assert len(held.getvalue()) < 20_000
    before = default_memory_pool().max_memory()
    lines, refused = read(held)
    assert lines == []
    assert {one.mend for one in refused} == {f"The line is longer than {LINE_MAX:,} characters: shorten it."}
    assert len(refused) == rows
    assert default_memory_pool().max_memory() < max(before, 64 * 1024**2)


def test_a_row_group_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROW_GROUP_MAX", 100_000)
    held = parquet_of({"description": ["A" * 60_000, "B" * 60_000]}, use_dictionary=False, compression="zstd")
    assert len(held.getvalue()) < 2_000
    with pytest.raises(ManifestUnreadable, match="too large unpacked") as refused:
        read(held)
    assert "row groups" in refused.value.next_step


def test_a_real_parquet_file_is_read() -> None:
    held = io.BytesIO()
    parquet.write_table(table({"description": ["Tea", None, "1-boc-4-piperidone"], "hs_code": [902, 1, 293339]}), held)
    lines, refused = read(held)
    assert [(one.number, one.tariff) for one in lines] == [(2, "0902"), (4, "293339")]
    assert [one.number for one in refused] == [3]
