"""Workbooks and Parquet files are read row by row as manifests, and refused where they could do harm."""

import gzip
import io
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from pyarrow import DictionaryArray, array, default_memory_pool, parquet, table

from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.models import Screening
from accord.workstreams.drugs.screening import files, tables, workbooks
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
    monkeypatch.setattr(workbooks, "UNPACKED_MAX", 2_000_000)
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


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>description</t></is></c></row>'


def sheet_of(rows: str) -> io.BytesIO:
    content = f"{SHEET}{rows}</sheetData></worksheet>".encode()
    return altered(workbook(["description"]), "xl/worksheets/sheet1.xml", content)


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes of parts were unpacked."""
    taken, plain = [0], zipfile.ZipExtFile.read

    def counted(part: zipfile.ZipExtFile, size: int = -1) -> bytes:
        piece = plain(part, size)
        taken[0] += len(piece)
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    return taken


def test_a_row_with_a_number_that_no_sheet_has_is_refused_and_the_missing_ones_are_not_made() -> None:
    file = sheet_of(f'{FIRST}<row r="3000000"/>')
    with text_of(file, form_of(file)) as lines:
        coming = iter(lines)
        assert next(coming) == "description\n"
        with pytest.raises(ManifestUnreadable, match="number above 1,048,576"):
            next(coming)


@pytest.mark.parametrize("number", ["1", "0", "-4"])
def test_a_row_that_stands_twice_is_not_passed_over(number: str) -> None:
    with pytest.raises(ManifestUnreadable, match="damaged after row 1"):
        read(sheet_of(f'{FIRST}<row r="{number}"><c t="inlineStr"><is><t>Tea</t></is></c></row>'))


def test_a_row_with_more_cells_than_a_sheet_has_is_refused() -> None:
    with pytest.raises(ManifestUnreadable, match="more than 16,384 cells"):
        read(sheet_of(f"{FIRST}<row>{'<c/>' * 16_385}</row>"))
    lines, _refused = read(sheet_of(f"{FIRST}<row><c t='inlineStr'><is><t>Tea</t></is></c>{'<c/>' * 16_383}</row>"))
    assert [one.description for one in lines] == ["Tea"]


@pytest.mark.parametrize(
    "rows",
    [
        f"<row>{'<c/>' * 4_000_000}</row>",
        "<row>" * 4_000_000,
        f"<row><c t='inlineStr'><is><t>{'<![CDATA[x]]>' * 1_000_000}</t></is></c></row>",
    ],
)
def test_a_row_without_an_end_is_not_unpacked_to_it(rows: str, unpacked: list[int]) -> None:
    file = sheet_of(FIRST + rows)
    assert len(file.getvalue()) < 100_000
    unpacked[0] = 0
    with pytest.raises(ManifestUnreadable, match="too large"):
        read(file)
    assert unpacked[0] < 5_000_000


def test_a_part_that_is_read_whole_is_not_unpacked_to_its_end(unpacked: list[int]) -> None:
    styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + b"<x/>" * 10_000_000
    file = altered(workbook(["description"], ["Tea"]), "xl/styles.xml", styles)
    unpacked[0] = 0
    with pytest.raises(ManifestUnreadable, match="too large"):
        read(file)
    assert unpacked[0] < 3_000_000


def with_texts(texts: bytes, *, place: int = 1) -> io.BytesIO:
    """A workbook whose texts lie where only its content types say, and of which the second row needs one."""
    told = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/other.xml" ContentType="' + told + b'"/></Types>'
    rows = "".join(f'<row r="{n}"><c t="s"><v>{text}</v></c></row>' for n, text in ((1, 0), (2, place)))
    held = io.BytesIO()
    with zipfile.ZipFile(sheet_of(rows)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in set(old.namelist()) - {"xl/sharedStrings.xml"}:
            parts = re.sub(rb"<Override[^>]*/xl/sharedStrings[^>]*>", b"", old.read(name))
            new.writestr(name, parts.replace(b"</Types>", override) if name == "[Content_Types].xml" else parts)
        new.writestr("xl/other.xml", texts)
    return held


TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
TWO = b"<si><t>description</t></si><si><r><t>Green </t></r><r><t>tea</t></r></si>"


def test_texts_are_bounded_wherever_they_stand(monkeypatch: pytest.MonkeyPatch, unpacked: list[int]) -> None:
    lines, _refused = read(with_texts(TEXTS + TWO + b"</sst>"))
    assert [one.description for one in lines] == ["Green tea"]
    monkeypatch.setattr(workbooks, "TEXTS_MAX", 100_000)
    long = with_texts(TEXTS + TWO + b"<si/>" * 1_000_000 + b"</sst>", place=1_000_000)
    unpacked[0] = 0
    with pytest.raises(ManifestUnreadable, match="too large"):
        read(long)
    assert unpacked[0] < 200_000


def test_texts_behind_those_that_cells_need_are_not_read(unpacked: list[int]) -> None:
    file = with_texts(TEXTS + TWO + b"<si/>" * 1_000_000 + b"</sst>")
    unpacked[0] = 0
    read(file)
    assert unpacked[0] < 100_000


def test_an_archive_with_a_directory_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "DIRECTORY_MAX", 200)
    with pytest.raises(ManifestUnreadable, match="too large"):
        read(workbook(["description"], ["Tea"]))


@pytest.mark.parametrize(
    "content", [SHEET.encode("utf-16-le"), b'<?xml version="1.0" encoding="cp037"?>' + SHEET.encode("cp037")]
)
def test_an_encoding_that_would_hide_marks_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestUnreadable, match="damaged"):
        read(altered(workbook(["description"]), "xl/worksheets/sheet1.xml", content))


def test_rows_of_a_workbook_are_those_that_its_reader_gives() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["description", "on", "at", None, "x"])
    sheet["B5"], sheet["C5"], sheet["A5"] = (
        date(2026, 1, 2),
        datetime.fromisoformat("2026-01-02T03:04"),
        "Tea & <more>  ",
    )
    sheet["G7"], sheet["A7"], sheet["B7"] = True, "=1+1", timedelta(hours=3)
    sheet["A9"].number_format, sheet["A9"] = "yyyy-mm-dd", 45_000.5
    sheet.merge_cells("A11:C12")
    book.create_sheet("other").append(["not read"])
    held = io.BytesIO()
    book.save(held)
    plain = load_workbook(held, read_only=True, data_only=True).worksheets[0]
    plain.reset_dimensions()
    rows = list(workbooks.Workbook(held).rows())
    assert list(map(list, rows)) == list(map(list, plain.iter_rows(values_only=True)))
    assert rows[4][1] == datetime.fromisoformat("2026-01-02T00:00")


@pytest.mark.parametrize(("limit", "rows"), [("ROWS_MAX", 30), ("COLUMNS_MAX", 1)])
def test_more_rows_or_columns_of_parquet_than_any_manifest_has_are_refused_at_once(
    limit: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, limit, 29 if limit == "ROWS_MAX" else 1)
    held = parquet_of({"description": array([None] * rows, "string"), "hs_code": array([None] * rows, "string")})
    with pytest.raises(ManifestUnreadable, match="has more than"):
        read(held)


def test_what_was_really_read_of_parquet_is_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    held = parquet_of({"description": ["A" * 60_000, "B" * 60_000]}, use_dictionary=False, compression="zstd")
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(tables, "_require_small", lambda rows, size: seen.append((rows, size)))
    read(held)
    (_told, (rows, size)) = seen
    assert (rows, size > 120_000) == (2, True)


def test_null_rows_of_parquet_come_a_batch_at_a_time() -> None:
    held = parquet_of({"description": array([None] * 50_000, "string")})
    with text_of(held, form_of(held)) as lines:
        batches = read_manifest(lines, batch=2_000)
        assert [next(batches).last for _ in range(3)] == [2_001, 4_001, 6_001]


def test_what_is_left_out_of_a_table_is_said_with_its_screening(desk: Desk) -> None:
    book = Workbook()
    book.active.append(["description"])
    for title, state in (("b", "visible"), ("c", "hidden"), ("d", "visible")):
        book.create_sheet(title).sheet_state = state
    held = io.BytesIO()
    book.save(held)
    sheets = screen_file(desk.liaison, held, name="SPECIMEN.xlsx")
    assert (sheets.sheets_left, sheets.columns_left) == (2, 0)
    nested = screen_file(desk.liaison, parquet_of({"description": ["Tea"], "route": [["CA"]]}), name="SPECIMEN.parquet")
    assert (nested.sheets_left, nested.columns_left) == (0, 1)
    one = screen_file(desk.liaison, workbook(["description"], ["Tea"]), name="SPECIMEN-1.xlsx")
    assert (one.sheets_left, one.columns_left) == (0, 0)
