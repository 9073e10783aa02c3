"""Workbooks: tables as one XLSX file (ECMA-376) that holds texts and whole numbers and can hold no formula.

Every text is an inline string, which no program computes; a text that would begin a formula if somebody saved the sheet
as another format begins with an apostrophe, as in our CSV. Nothing but the standard library is needed: a workbook is
five small XML files in a ZIP.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpResponse

from accord.node.tables import plain_cell

__all__ = ["workbook", "workbook_response"]

NAME_CHARACTERS: Final = 31
"""Longest name of a sheet (ECMA-376 part 1, 18.2.19, as every program enforces it)."""

_NAMESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML 1.0 cannot hold at all; ``plain_cell`` shows most of them by name already.
_UNHOLDABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_DATED: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a ZIP can state, for every part: equal tables give equal files."""

Sheet = tuple[str, Iterable[Sequence[object]]]


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Returns a workbook.

    Args:
        sheets: Name and rows of each sheet; a cell is a whole number or a text.
    """
    named = [(_name(name, number), list(rows)) for number, (name, rows) in enumerate(sheets, 1)]
    numbers = range(1, len(named) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>'
            for number, (name, _) in enumerate(named, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        + "</Relationships>",
    }
    for number, (_, rows) in enumerate(named, 1):
        told = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_NAMESPACE}"><sheetData>{told}</sheetData></worksheet>'
        )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in parts.items():
            package.writestr(zipfile.ZipInfo(path, _DATED), _HEAD + text, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = _UNHOLDABLE.sub("\ufffd", plain_cell(value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _name(text: str, number: int) -> str:
    """Returns a name that a sheet can have and that no other sheet of the book has."""
    kept = _NO_NAME.sub(" ", _UNHOLDABLE.sub(" ", text)).strip()
    return f"{number} {kept}"[:NAME_CHARACTERS].strip()


def workbook_response(sheets: Iterable[Sheet], *, name: str) -> HttpResponse:
    """Returns a workbook as a file.

    Args:
        sheets: Name and rows of each sheet.
        name: Name of the file, without its extension.
    """
    response = HttpResponse(workbook(sheets), content_type=f"{_TYPES}.sheet")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
