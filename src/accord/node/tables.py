"""Tables to take along: lists as CSV whose cells no table program computes, and which are whole or are refused.

One way for the API and the desk: every cell is a text in quotes, what a program would take for a formula begins with
an apostrophe, what hides in a text shows, and a list too long for one file is refused instead of cut off in silence.
"""

import csv
import io
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse

from accord.errors import OfficerCanMend
from accord.node.unseen import with_marks

__all__ = ["ExportTooLong", "plain_cell", "table_response", "whole"]

ROWS_MAX: Final = 10_000
"""Rows of one export: what a table program opens at once; a longer list is exported in parts."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", *"\uff1d\uff0b\uff0d\uff20")
"""What a table program would take for the beginning of a formula (OWASP, CSV injection; the wide forms included)."""

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it the commonest table program takes Devanagari for another script's letters."""

_Row = TypeVar("_Row", bound=Model)


class ExportTooLong(OfficerCanMend):
    """A list is too long for one table; a table that was cut off would look whole."""

    code = "api.export-too-long"
    default_next_step = "Export a shorter period, or set more filters, and export the rest after it."
    http_status = HTTPStatus.BAD_REQUEST


def whole(rows: QuerySet[_Row]) -> list[_Row]:
    """Returns all rows of a list.

    Raises:
        ExportTooLong: There are more than one table holds.
    """
    found = list(rows[: ROWS_MAX + 1])
    if len(found) > ROWS_MAX:
        raise ExportTooLong(f"The list holds more than {ROWS_MAX} rows.")
    return found


def plain_cell(value: object) -> str:
    """Returns a cell that begins no formula, also behind blanks, with what hides in it shown."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        # A negative number is a number, and nobody's text.
        return str(value)
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    elif isinstance(value, dict):
        value = "; ".join(f"{key}={item}" for key, item in value.items())
    shown = with_marks(str(value))
    return f"'{shown}" if shown.startswith(FORMULA) or shown.lstrip().startswith(FORMULA) else shown


def table_response(
    header: Iterable[object], rows: Iterable[Iterable[object]], *, name: str, mark: bool
) -> HttpResponse:
    """Returns a table as a file.

    Args:
        header: Names of the columns.
        rows: The cells of each row.
        name: Name of the file, without its extension.
        mark: Whether it begins with a byte order mark: for a person's table program, not for a program that reads it.
    """
    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    for row in (header, *rows):
        writer.writerow([plain_cell(cell) for cell in row])
    response = HttpResponse(
        f"{BYTE_ORDER_MARK if mark else ''}{held.getvalue()}", content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
