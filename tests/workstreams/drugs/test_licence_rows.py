"""Licences as CSV: exact there and back, safe in a table program, and a row that is not read is named by its line."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accord.exchange.text import first_refused
from accord.workstreams.drugs.licences.rows import (
    LICENCE_COLUMNS,
    licence_cells,
    read_licence_rows,
    write_licences,
)
from accord.workstreams.drugs.models import Licence
from accord.workstreams.drugs.screening.lines import RefusedLine
from accord.workstreams.drugs.screening.manifest import LINE_MAX
from accord.workstreams.drugs.screening.papers import decimal_of
from accord.workstreams.drugs.substances.csv_rows import FORMULA

TEXTS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "+", "=", "-", "@", "'", "''=", "'+", "|", "%"]), st.text(max_size=30), st.just("x")
    ),
).filter(lambda text: text == text.strip() and first_refused(text) is None)
WEIGHTS = st.none() | st.decimals(min_value=0, max_value=10**11, places=9)
LICENCES = st.builds(
    Licence,
    jurisdiction=st.sampled_from(["CA", "IN"]),
    number=TEXTS,
    company=TEXTS,
    company_number=st.just("") | TEXTS,
    substances=st.lists(st.sampled_from(["npp", "1-boc-4-piperidone"]), min_size=1, max_size=2),
    kilograms=WEIGHTS,
    purity=WEIGHTS,
    valid_from=st.none() | st.dates(min_value=date(1900, 1, 1)),
    valid_to=st.none() | st.dates(min_value=date(1900, 1, 1)),
)
HINDI = Licence(number="L-1", company="SPECIMEN क्‍ष लिमिटेड", substances=["npp"], kilograms=Decimal("1E+3"))
HEADER = ",".join(LICENCE_COLUMNS)
GOOD = "CA,{},SPECIMEN Foods Inc.,,npp,,,,\n"


def read(text: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table of which none is refused."""
    found = []
    for line, row in read_licence_rows(text.encode()):
        assert not isinstance(row, RefusedLine), row
        found.append((line, dict(row)))
    return found


def numbers_and_refused(text: str) -> tuple[list[str], list[RefusedLine]]:
    rows = [row for _line, row in read_licence_rows(text.encode())]
    refused = [row for row in rows if isinstance(row, RefusedLine)]
    return [row["number"] for row in rows if not isinstance(row, RefusedLine)], refused


@given(st.lists(LICENCES, max_size=4))
@example([HINDI])
@example([Licence(number=f"{sign}1", company=f"{sign}Plus Ltd", substances=["npp"]) for sign in "+=-@'"])
def test_what_is_written_is_read_as_it_was_and_no_cell_computes(licences: list[Licence]) -> None:
    text = write_licences(licences)
    assert [row for _line, row in read(text)] == [licence_cells(one) for one in licences]
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not any(cell.lstrip().startswith(FORMULA) for cell in row)


@given(WEIGHTS.filter(lambda weight: weight is not None))
def test_a_weight_is_the_same_number_again(weight: Decimal) -> None:
    assert decimal_of(licence_cells(Licence(kilograms=weight))["kilograms"]) == weight


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_that_a_program_saved_with_another_delimiter_is_read(delimiter: str) -> None:
    one = Licence(
        jurisdiction="IN", number="L-1", company="SPECIMEN, Ltd", substances=["npp"], kilograms=Decimal("2.5")
    )
    held = io.StringIO()
    rows = csv.reader(io.StringIO(write_licences([one]).removeprefix("\ufeff")))
    csv.writer(held, delimiter=delimiter).writerows(rows)
    assert read(held.getvalue()) == [(2, licence_cells(one))]


@pytest.mark.parametrize(
    ("row", "column", "mend"),
    [
        ('CA,L-2,"SPECIMEN never closed,,npp,,,,\n', "", "A quotation mark is never closed"),
        ('CA,L-2,"SPECIMEN "Foods" Inc.",,npp,,,,\n', "", "A quotation mark is never closed"),
        ("CA,L-2,SPECIMEN\0 Foods Inc.,,npp,,,,\n", "company", "hides or moves text"),
        ("CA,L-2,SPECIMEN Foods Inc.,,npp,1\0,,,\n", "kilograms", "hides or moves text"),
        ("CA,L-2,SPECIMEN Foods, Inc.,,npp,,,,2027-01-01\n", "", "more or fewer cells"),
        (f"CA,L-2,{'x' * LINE_MAX},,npp,,,,\n", "", "longer than"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line_and_takes_no_other_along(
    row: str, column: str, mend: str
) -> None:
    text = f"{HEADER}\n{GOOD.format('L-1')}{row}" + "".join(GOOD.format(f"L-{number}") for number in range(3, 40))
    numbers, refused = numbers_and_refused(text)
    assert numbers == ["L-1", *(f"L-{number}" for number in range(3, 40))]
    assert [(one.number, one.column) for one in refused] == [(3, column)]
    assert mend in refused[0].mend
    assert "\0" not in refused[0].value


def test_a_row_behind_a_cell_of_two_lines_is_named_by_its_own_line() -> None:
    text = f'{HEADER}\nCA,L-1,"SPECIMEN\nFoods Inc.",,npp,,,,\n\nCA,L-2,"x\n'
    numbers, (refused,) = numbers_and_refused(text)
    assert (numbers, refused.number) == (["L-1"], 5)


def test_empty_cells_at_the_end_may_lack_or_be_too_many() -> None:
    assert numbers_and_refused(f"{HEADER}\nCA,L-1,SPECIMEN Ltd,,npp\nCA,L-2,SPECIMEN Ltd,,npp,,,,,,\n") == (
        ["L-1", "L-2"],
        [],
    )


def lines_of(text: str) -> list[int]:
    return [line for line, _row in read_licence_rows(f"{HEADER}\n{text}".encode())]


@given(st.text(alphabet="a,;\t\n\r\0", max_size=200))
def test_every_line_that_says_something_is_read_or_refused(text: str) -> None:
    lines = enumerate(io.StringIO(text, newline=""), start=2)
    assert lines_of(text) == [number for number, line in lines if line.replace(",", "").strip()]


@given(st.text(alphabet='a",\n', max_size=200))
def test_where_marks_are_broken_each_line_is_told_of_once_at_most(text: str) -> None:
    found = lines_of(text)
    assert found == sorted(set(found))
    assert all(2 <= line <= text.count("\n") + 2 for line in found)
