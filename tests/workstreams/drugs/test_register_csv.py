"""The register as CSV: exact there and back, safe in a table program, and each bad row named with what mends it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from accord.exchange.text import first_refused
from accord.workstreams.drugs.substances.content import Extent, Form, Name, NameKind, Regime, Tariff
from accord.workstreams.drugs.substances.csv_rows import (
    COLUMNS,
    FORMULA,
    decoded_cell,
    encoded_cell,
    read_csv,
    write_csv,
)
from accord.workstreams.drugs.substances.errors import TableDamaged
from accord.workstreams.drugs.substances.previewing import preview
from accord.workstreams.drugs.substances.rows import Change, Kind
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.workstreams.drugs.rows import control, substance

TEXTS = st.text(min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and "\n" not in text and first_refused(text) is None
)
CODES = st.from_regex(r"\A[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}\Z")
CAS = st.lists(st.sampled_from(["39742-60-4", "50-00-0", "64-17-5"]), unique=True, max_size=3).map(tuple)
DAYS = st.none() | st.dates(min_value=date(1900, 1, 1))
NAMES = st.builds(
    Name,
    text=TEXTS,
    language=st.sampled_from(["en", "fr", "hi"]),
    kind=st.sampled_from(NameKind),
    script=st.sampled_from(["Latn", "Deva"]),
)
SUBSTANCES = st.builds(
    substance,
    CODES,
    label=TEXTS,
    cas=CAS,
    names=st.lists(NAMES, max_size=3).map(tuple),
    tariff=st.builds(
        Tariff,
        code=st.from_regex(r"\A[0-9]{6}\Z"),
        edition=st.integers(1988, 2100),
        is_own=st.booleans(),
        verified=st.booleans(),
    ),
    parent=st.none() | CODES,
    relation=st.none() | st.sampled_from(Form),
    source=st.just("") | TEXTS,
    verified=st.booleans(),
    originator_controlled=st.booleans(),
)
CONTROLS = st.builds(
    control,
    CODES,
    st.lists(CODES, min_size=1, max_size=3),
    class_=TEXTS,
    instrument=TEXTS,
    citation=TEXTS,
    item=st.just("") | TEXTS,
    threshold=st.just("") | TEXTS,
    includes=st.lists(st.sampled_from(Extent), unique=True).map(tuple),
    schedules=st.lists(st.from_regex(r"\A[A-Z0-9][A-Z0-9-]{0,15}\Z"), max_size=3).map(tuple),
    valid_from=DAYS,
    valid_to=DAYS,
    regime=st.sampled_from(Regime),
    notification=st.just("") | TEXTS,
    verified=st.booleans(),
    originator_controlled=st.booleans(),
)


@given(st.lists(SUBSTANCES, max_size=4, unique_by=lambda row: row.id), st.booleans())
def test_substances_come_back_exactly(rows: list[Any], mark: bool) -> None:
    read = read_csv(write_csv(Kind.SUBSTANCE, rows, mark=mark).encode())
    assert (read.kind, read.bad, [row for _line, row in read.rows]) == (Kind.SUBSTANCE, (), rows)


@given(st.lists(CONTROLS, max_size=4, unique_by=lambda row: row.id))
def test_controls_come_back_exactly(rows: list[Any]) -> None:
    read = read_csv(write_csv(Kind.CONTROL, rows).encode())
    assert (read.kind, read.bad, [row for _line, row in read.rows]) == (Kind.CONTROL, (), rows)


@given(st.text())
def test_a_cell_computes_nothing_and_comes_back(text: str) -> None:
    cell = encoded_cell(text)
    assert not cell.lstrip().startswith(FORMULA) or cell.startswith("'")
    assert not cell.startswith(FORMULA)
    assert decoded_cell(cell) == text


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''=1", " =1", "-1", "@x", "\uff1d1", "'"])
def test_apostrophes_before_a_formula_are_counted(text: str) -> None:
    assert decoded_cell(encoded_cell(text)) == text


def test_what_ships_comes_back_and_would_change_nothing() -> None:
    ships = shipped_table()
    for kind, rows in ((Kind.SUBSTANCE, ships.substances), (Kind.CONTROL, ships.controls)):
        seen = preview(read_csv(write_csv(kind, rows)), ships)
        assert (seen.changed, seen.same, seen.missing, seen.bad) == ((), len(rows), (), ())
        assert not seen.may_be_proposed


def changed_csv(**cells: str) -> str:
    """The table of substances with some cells of its second row (line 3) replaced."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(write_csv(Kind.SUBSTANCE, _short_rows()))))
    for name, value in cells.items():
        rows[2][COLUMNS[Kind.SUBSTANCE].index(name)] = value
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    return held.getvalue()


def _short_rows() -> list[Any]:
    return [structs.replace(one, names=one.names[:1]) for one in shipped_table().substances[:3]]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("cas", "21409-26-8", "check digit"),
        ("cas", "2001-10-05", "made a day"),
        ("inchikey", "not-one", "InChIKey"),
        ("tariff_code", "29333", "six digits"),
        ("tariff_edition", "soon", "four digits"),
        ("verified", "maybe", "yes nor no"),
        ("label", "", "fill it in"),
        ("names", "Norfentanyl", "en common: Norfentanyl"),
        ("names", "en nickname: X", "kind that is not known"),
        ("relation", "ester", "salt, hydrate and other"),
        ("id", "Two Words", "small letters"),
        ("label", "N\u200bP", "hides or moves"),
        ("id", "npp", "line above"),
    ],
)
def test_a_bad_cell_is_named_with_line_column_value_and_mend(column: str, value: str, said: str) -> None:
    read = read_csv(changed_csv(**{column: value}))
    (bad,) = read.bad
    assert (bad.line, bad.column) == (3, column)
    assert said in bad.reason
    assert bad.value == (ascii(value) if "\u200b" in value else value)
    assert len(read.rows) == 2


def test_a_row_behind_names_of_many_lines_is_named_by_its_own_line() -> None:
    rows = list(shipped_table().substances[:2])
    text = write_csv(Kind.SUBSTANCE, rows).replace("21409-26-7", "21409-26-8")
    (bad,) = read_csv(text).bad
    assert bad.line == text[: text.index('"anpp"')].count("\n") + 1


def test_every_bad_cell_of_a_row_is_named_at_once() -> None:
    read = read_csv(changed_csv(label="", verified="maybe", tariff_edition="x"))
    assert [one.column for one in read.bad] == ["label", "tariff_edition", "verified"]


def test_a_row_of_another_width_is_named() -> None:
    text = write_csv(Kind.CONTROL, shipped_table().controls[:1]) + '"one","two"\r\n'
    (bad,) = read_csv(text).bad
    assert (bad.line, "more or fewer" in bad.reason) == (3, True)


def test_a_table_that_a_program_saved_with_semicolons_is_read() -> None:
    import csv
    import io

    held = io.StringIO()
    rows = csv.reader(io.StringIO(write_csv(Kind.CONTROL, shipped_table().controls)))
    csv.writer(held, delimiter=";").writerows(rows)
    assert [row for _line, row in read_csv(held.getvalue()).rows] == list(shipped_table().controls)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "header"),
        (b"id,label\r\n", "names"),
        (b"\xff\xfe", "UTF-8"),
        (write_csv(Kind.CONTROL, ()).encode() + b'"never closed', "no CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(TableDamaged, match=said):
        read_csv(content)


def test_a_preview_tells_new_changed_same_and_missing_rows_apart() -> None:
    ships = shipped_table()
    first, second, *_rest = ships.controls
    rows = [first, structs.replace(second, verified=True), control("xx-new", ["npp"])]
    seen = preview(read_csv(write_csv(Kind.CONTROL, rows)), ships)
    changed = seen.changed[0]
    assert (changed.after.id, changed.fields, changed.before) == (second.id, ("verified",), second)
    assert [one.after.id for one in seen.changed if one.before is None] == ["xx-new"]
    assert seen.same == 1
    assert set(seen.missing) == {one.id for one in ships.controls[2:]}
    assert seen.changes == (Change.to(rows[1]), Change.to(rows[2]))
    assert seen.may_be_proposed


def test_a_preview_names_rows_that_wait_and_a_table_that_would_contradict_itself() -> None:
    ships = shipped_table()
    read = read_csv(write_csv(Kind.CONTROL, [control("xx-new", ["gone"]), control("xx-waits", ["npp"])]))
    seen = preview(read, ships, waiting={(Kind.CONTROL, "xx-waits")})
    assert [(one.value, "waits" in one.reason) for one in seen.bad] == [("xx-waits", True)]
    assert seen.contradiction is not None
    assert "gone" in seen.contradiction.sentence
    assert not seen.may_be_proposed
