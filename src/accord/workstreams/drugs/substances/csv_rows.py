"""The register as CSV: a table of substances and a table of entries of control, exact there and back.

What a cell holds:

* one value as it is; a day as 2026-02-07; yes or no;
* several codes or numbers with blanks between them;
* names, each on a line of its own within the cell: ``en common: N-Phenethyl-4-piperidone``, with the script behind the
  language where it is not Latin (``hi-Deva common: ...``).

Nothing that a table program would compute leaves: a cell that begins like a formula gets an apostrophe before it, and
loses exactly that one when it is read again. A row that cannot be read is named by its line, its column and its value,
with what mends it; the other rows are read all the same.

Source: OWASP, CSV injection; RFC 4180.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from accord.exchange.kinds.particulars import cas_number_is_valid
from accord.exchange.text import first_refused
from accord.workstreams.drugs.substances.content import Control, Substance
from accord.workstreams.drugs.substances.errors import TableDamaged
from accord.workstreams.drugs.substances.rows import Kind, Row

__all__ = [
    "BYTE_ORDER_MARK",
    "COLUMNS",
    "FILE_BYTES_MAX",
    "BadCell",
    "ReadTable",
    "decoded_cell",
    "delimiter_of",
    "encoded_cell",
    "read_csv",
    "write_csv",
]

FILE_BYTES_MAX: Final = 2 * 1024 * 1024
"""Largest file read, in bytes: 2,500 rows with ten names each. The desk takes no more: a file goes back and forth with
its page, and a form may have twice as much."""

BAD_MAX: Final = 200
"""Most bad cells that are named; a file with more is of another form, and the rest would say the same."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", *"\uff1d\uff0b\uff0d\uff20")
"""What a table program would take for the beginning of a formula (OWASP, CSV injection; the wide forms included)."""

BYTE_ORDER_MARK: Final = "\ufeff"

COLUMNS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SUBSTANCE: (
        *("id", "label", "names", "cas", "inchikey", "formula"),
        *("tariff_code", "tariff_edition", "tariff_is_own", "tariff_verified"),
        *("parent", "relation", "source", "verified", "originator_controlled"),
    ),
    Kind.CONTROL: (
        *("id", "substances", "jurisdiction", "instrument", "class", "item", "regime", "schedules", "includes"),
        *("threshold", "valid_from", "valid_to", "notification", "citation", "verified", "originator_controlled"),
    ),
}
"""The columns of each table, in their order."""

_LISTS: Final = frozenset({"cas", "substances", "schedules", "includes"})
_TRUTHS: Final = frozenset({"tariff_is_own", "tariff_verified", "verified", "originator_controlled"})
_MAY_LACK: Final = frozenset({"parent", "relation", "valid_from", "valid_to"})
_TEXTS_MAY_LACK: Final = frozenset({"source", "item", "threshold", "notification"})
_DEFAULTS: Final = {"regime": "precursor"}
_NAME: Final = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))? ([a-z]+): (.+)")
_YES: Final = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "": False}


class Wrong(Protocol):
    """Names a cell that cannot be read."""

    def __call__(self, column: str, value: str, *, reason: str) -> None:
        """Keeps the cell with what mends it."""


class BadCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that cannot be read.

    Args:
        line: Line of the file on which its row begins, from 1.
        column: Name of its column; empty where the whole row is meant.
        value: What stands there, cut short.
        reason: What is wrong and what mends it.
    """

    line: int
    column: str
    value: str
    reason: str


class ReadTable(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a file.

    Args:
        kind: Which table it is.
        rows: The rows with the line on which each begins.
        bad: What could not be read.
    """

    kind: Kind
    rows: tuple[tuple[int, Row], ...]
    bad: tuple[BadCell, ...]


def encoded_cell(text: str) -> str:
    """Returns a text as a cell that no table program computes."""
    return f"'{text}" if _would_compute(text) else text


def decoded_cell(cell: str) -> str:
    """Returns the text of a cell: exactly what ``encoded_cell`` was given."""
    return cell[1:] if cell.startswith("'") and _would_compute(cell[1:]) else cell


def delimiter_of(text: str) -> str:
    """Returns what stands between the cells of a table, as its header has it; a comma where it has one column.

    Args:
        text: The table; where the comma is a decimal sign, a table program writes semicolons.
    """
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _would_compute(text: str) -> bool:
    # Apostrophes before it are looked through, so that one more or one less is never in doubt.
    bare = text.lstrip("'")
    return bare.startswith(FORMULA) or bare.lstrip().startswith(FORMULA)


def write_csv(kind: Kind, rows: Iterable[Row], *, mark: bool = False) -> str:
    """Returns rows of one kind as CSV.

    Args:
        kind: The kind of row.
        rows: The rows.
        mark: Whether it begins with a byte order mark, for a person's table program.
    """
    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS[kind])
    for row in rows:
        cells = _cells(row)
        writer.writerow([encoded_cell(cells[name]) for name in COLUMNS[kind]])
    return f"{BYTE_ORDER_MARK if mark else ''}{held.getvalue()}"


def _cells(row: Row) -> dict[str, str]:
    terms: dict[str, Any] = msgspec.to_builtins(row)  # Any: JSON types
    for name, value in terms.pop("tariff", {}).items():
        terms[f"tariff_{name}"] = value
    if "names" in terms:
        terms["names"] = "\n".join(map(_name_cell, terms["names"]))
    return {name: _cell(value) for name, value in terms.items()}


def _name_cell(name: Mapping[str, str]) -> str:
    script = "" if name["script"] == "Latn" else f"-{name['script']}"
    return f"{name['language']}{script} {name['kind']}: {name['text']}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)


def read_csv(content: bytes | str) -> ReadTable:
    """Reads one table; which one it is, its header says.

    Args:
        content: The file.

    Raises:
        TableDamaged: It is too large, not in UTF-8, no CSV, or its header is that of neither table.
    """
    text = _text(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    bad: list[BadCell] = []
    rows: list[tuple[int, Row]] = []
    try:
        names = [decoded_cell(name).strip().lower() for name in next(reader, [])]
        kind = _kind(names)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            row = _row(kind, names, cells, line, bad)
            if row is not None:
                rows.append((line, row))
    except csv.Error as error:
        raise TableDamaged(
            f"The file is no CSV from line {reader.line_num} on.",
            next_step="Look for a quotation mark that is never closed, and save the table as CSV in UTF-8.",
        ) from error
    return ReadTable(kind=kind, rows=tuple(_once(rows, bad)), bad=tuple(bad[:BAD_MAX]))


def _text(content: bytes | str) -> str:
    if isinstance(content, bytes):
        if len(content) > FILE_BYTES_MAX:
            raise TableDamaged(
                f"The file is larger than {FILE_BYTES_MAX // 1024 // 1024} MiB.", next_step="Bring it in parts."
            )
        try:
            content = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise TableDamaged(
                "The file is not in UTF-8.", next_step="Save the table as CSV in UTF-8, and choose it again."
            ) from error
    return content.removeprefix(BYTE_ORDER_MARK)


def _kind(names: Sequence[str]) -> Kind:
    for kind, columns in COLUMNS.items():
        if set(names) == set(columns) and len(names) == len(columns):
            return kind
    nearest = max(COLUMNS, key=lambda kind: len(set(COLUMNS[kind]) & set(names)))
    lacks = [name for name in COLUMNS[nearest] if name not in names]
    more = [name for name in names if name not in COLUMNS[nearest]]
    wrong = ", ".join((lacks or more or sorted({name for name in names if names.count(name) > 1}))[:5])
    raise TableDamaged(
        f"The header is that of neither table; look at these columns: {wrong[:200] or '-'}.",
        next_step="Export the table once, and keep its header as it is.",
    )


def _row(kind: Kind, names: Sequence[str], cells: Sequence[str], line: int, bad: list[BadCell]) -> Row | None:
    found: list[BadCell] = []

    def wrong(column: str, value: str, *, reason: str) -> None:
        found.append(BadCell(line=line, column=column, value=value.strip()[:80], reason=reason))

    if len(cells) != len(names):
        wrong("", ",".join(cells), reason="The row has more or fewer cells than the header: quote what holds a comma.")
        bad.extend(found)
        return None
    given = {name: decoded_cell(cell).replace("\r\n", "\n") for name, cell in zip(names, cells, strict=True)}
    terms: dict[str, Any] = {}  # Any: JSON types
    for name in COLUMNS[kind]:
        value = given[name].strip()
        if first_refused(value) is not None:
            wrong(name, ascii(value), reason="A character of it hides or moves text: delete it and type it again.")
        else:
            _put(terms, name, value, wrong)
    row = None if found else _made(kind, terms, given, wrong)
    bad.extend(found)
    return row


def _put(terms: dict[str, Any], name: str, value: str, wrong: Wrong) -> None:
    if name in _TRUTHS:
        if value.lower() not in _YES:
            wrong(name, value, reason="It is neither yes nor no: write one of them.")
        terms[name] = _YES.get(value.lower(), False)
    elif name == "names":
        terms[name] = _names(value, wrong)
    elif name in _LISTS:
        terms[name] = value.split()
    elif name == "tariff_edition":
        if not value.isdecimal() or not value.isascii():
            wrong(name, value, reason="It is no year: write four digits.")
        else:
            terms[name] = int(value)
    elif value or name in _TEXTS_MAY_LACK:
        terms[name] = value
    elif name in _DEFAULTS:
        terms[name] = _DEFAULTS[name]
    elif name in _MAY_LACK:
        terms[name] = None
    else:
        wrong(name, value, reason="It is empty: fill it in.")


def _names(value: str, wrong: Wrong) -> list[dict[str, str]]:
    made = []
    for line in filter(None, map(str.strip, value.split("\n"))):
        parts = _NAME.fullmatch(line)
        if parts is None:
            wrong("names", line, reason="A name is written so, each on a line of its own: `en common: Norfentanyl`")
            continue
        language, script, kind, text = parts.groups()
        made.append({"language": language, "script": script or "Latn", "kind": kind, "text": text})
    return made


_CELL_SENTENCES: Final = {
    "cas": "A CAS number is not of its form or fails its check digit; a table program may have made a day of it.",
    "valid_from": "It is no day: write it as 2026-02-07.",
    "valid_to": "It is no day: write it as 2026-02-07.",
    "tariff_code": "A tariff code has six digits; a table program may have taken its first zero away.",
    "inchikey": "It is no InChIKey: three groups of 14, 10 and 1 capital letters with hyphens.",
    "jurisdiction": "It is no code of a party: two capital letters.",
    "names": "A name has a kind that is not known, or is longer than 400 characters.",
    "relation": "It is one of salt, hydrate and other.",
    "regime": "It is one of precursor and drug.",
    "includes": "Each is one of salts, derivatives and analogues.",
    "": "It is not of its form: codes are small letters, digits and hyphens, texts at most 400 characters.",
}
"""Why a cell is refused by its type, by column; the last for the others."""


def _made(kind: Kind, terms: dict[str, Any], given: Mapping[str, str], wrong: Wrong) -> Any:
    """Returns the row, or names the one column that its type refuses."""
    if kind is Kind.SUBSTANCE:
        terms["tariff"] = {name[len("tariff_") :]: terms.pop(name) for name in list(terms) if name[:7] == "tariff_"}
        bad_numbers = [number for number in terms["cas"] if not cas_number_is_valid(number)]
        if bad_numbers:
            wrong("cas", bad_numbers[0], reason=_CELL_SENTENCES["cas"])
            return None
    row_type: type[Any] = Substance if kind is Kind.SUBSTANCE else Control
    try:
        return msgspec.convert(terms, row_type)
    except msgspec.ValidationError as error:
        path = str(error).rpartition("`$.")[2].partition("`")[0]
        column = re.split(r"[\[.]", path)[0]
        if column == "tariff":
            column = f"tariff_{path.rpartition('.')[2]}"
        wrong(column, given.get(column, ""), reason=_CELL_SENTENCES.get(column) or _CELL_SENTENCES[""])
        return None


def _once(rows: Sequence[tuple[int, Row]], bad: list[BadCell]) -> Iterable[tuple[int, Row]]:
    seen: dict[str, int] = {}
    for line, row in rows:
        if row.id in seen:
            bad.append(
                BadCell(line=line, column="id", value=row.id, reason="The same code stands on a line above: leave one.")
            )
            continue
        seen[row.id] = line
        yield line, row
