"""A workbook is what every table program opens, and nothing in it is computed."""

import io
import zipfile
from xml.etree import ElementTree as ET

from accord.node.workbooks import workbook, workbook_response

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(data: bytes, sheet: int = 1) -> list[list[tuple[str | None, str]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        root = ET.fromstring(package.read(f"xl/worksheets/sheet{sheet}.xml"))
    rows = root.iter(f"{MAIN}row")
    return [[(cell.get("t"), "".join(cell.itertext())) for cell in row.iter(f"{MAIN}c")] for row in rows]


def test_texts_are_texts_numbers_are_numbers_and_nothing_is_a_formula() -> None:
    data = workbook([("One", [["=1+1", "@SUM(A1)", "plain <&> \u0939\u093f", 7, -3, None, "\x00"]])])
    [row] = cells(data)
    assert row[:4] == [
        ("inlineStr", "'=1+1"),
        ("inlineStr", "'@SUM(A1)"),
        ("inlineStr", "plain <&> \u0939\u093f"),
        (None, "7"),
    ]
    assert row[4] == (None, "-3")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_every_part_is_well_formed_and_every_sheet_has_a_name_of_its_own() -> None:
    data = workbook([("A/B: [long] " + "x" * 60, [["a"]]), ("A/B", [["b"]])])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        for name in package.namelist():
            ET.fromstring(package.read(name))
        book = ET.fromstring(package.read("xl/workbook.xml"))
    names = [sheet.get("name") or "" for sheet in book.iter(f"{MAIN}sheet")]
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert cells(data, 2) == [[("inlineStr", "b")]]


def test_equal_tables_give_equal_files_with_the_right_type() -> None:
    assert workbook([("One", [["a"]])]) == workbook([("One", [["a"]])])
    answer = workbook_response([("One", [["a"]])], name="year")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="year.xlsx"'
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
