"""Lines read and screened thousands at once come to what each comes to alone, read in the plainest way there is."""

import csv
import io
from collections.abc import Sequence

import pytest
from bench.planted import HEADER, Drawn, PlantedManifest, tariff_texts
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening import files
from accord.workstreams.drugs.screening.columns import KEPT
from accord.workstreams.drugs.screening.files import physical_lines
from accord.workstreams.drugs.screening.lines import Line
from accord.workstreams.drugs.screening.manifest import raw_batches, read_manifest
from accord.workstreams.drugs.screening.rules import Flag, Screen
from accord.workstreams.drugs.screening.several import screen_batches
from accord.workstreams.drugs.screening.unread import unread_values
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.workstreams.drugs.test_planted import FEW_TEXTS

LINES, SEED = 6_000, 41
BAD_CELLS = {
    3: ("container", "ABCD1234567"),
    5: ("weight_kg", "a lot"),
    7: ("tariff", "2933.3O"),
    11: ("packages", "1.5"),
}
READ_AS = {"weight_kg": "gross", "packages": "packages", "tariff": "tariff", "container": "container"}
SCREEN = Screen(shipped_table())


def drawn() -> list[Drawn]:
    texts = tariff_texts() or FEW_TEXTS
    return list(PlantedManifest(lines=LINES, planted=300, seed=SEED, table=shipped_table(), texts=texts).drawn())


def manifest() -> list[str]:
    """The planted manifest; of every few lines a cell cannot be read, and in others a quotation mark stands inside."""
    rows = list(csv.DictReader([HEADER, *(line.physical for line in drawn())]))
    held = io.StringIO(newline="")
    writer = csv.DictWriter(held, tuple(rows[0]), lineterminator="\n")
    writer.writeheader()
    for place, row in enumerate(rows):
        column, bad = BAD_CELLS.get(place % 40, ("", ""))
        if column:
            row[column] = bad
        if place % 17 == 0:
            row["description"] += ' 5" wide'
        writer.writerow(row)
    return held.getvalue().splitlines(keepends=True)


def alone(header: str, physical: str, number: int) -> tuple[list[Flag], list[tuple[int, str, str, str]]]:
    """One line, read by the names of the header and screened with no other beside it."""
    row = next(csv.DictReader([header, physical]))
    code = "".join(filter(str.isdigit, row["tariff"]))
    line = Line(number, row["reference"], row["description"], code, row["container"], "")
    named = {"weight_kg": "gross", "from": "origin", "to": "destination"}
    cells = {named.get(name, name): text.strip() for name, text in row.items() if text.strip()}
    papers = {name: text for name, text in cells.items() if name in KEPT} | {"unit": "kg"}
    unread = unread_values({READ_AS[name]: [row[name]] for name in READ_AS})
    flags = SCREEN.screen([line], kept=lambda _line: papers)
    return flags, [(number, one.column, one.value, one.mend) for one in unread]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_planted_manifest_comes_to_what_its_lines_come_to_one_by_one(processes: int) -> None:
    physical = manifest()
    flags: list[Flag] = []
    unread: list[tuple[int, str, str, str]] = []
    for number, text in enumerate(physical[1:], start=2):
        found, values = alone(physical[0], text, number)
        flags += found
        unread += values
    batches = list(screen_batches(raw_batches(physical, batch=999), shipped_table(), processes=processes))
    assert [flag for batch in batches for flag in batch.flags] == flags
    told = [(number, one.column, one.value, one.mend) for batch in batches for number, one in batch.unread]
    assert sorted(told) == sorted(unread)
    assert sum(batch.screened for batch in batches) == LINES
    assert len(flags) > 200
    assert len(unread) > 400


SIGNS = st.text(st.sampled_from('a,";\té १'), max_size=12)


@given(st.lists(SIGNS, min_size=1, max_size=8))
def test_whatever_a_line_holds_it_is_read_as_a_reader_of_tables_reads_it(written: Sequence[str]) -> None:
    # An odd mark may bind a line to the next: which lines then are one record is another test's.
    physical = [f"{text}\n" for text in written if text.count('"') % 2 == 0 and text.strip()]
    for text in physical:
        (batch,) = read_manifest(["description,shipper\n", text])
        rows = list(csv.reader([text, "\n"]))
        is_good = len(rows) == 2 and len(rows[0]) == 2 and rows[0][0].strip()
        columns = batch.lines.columns
        read = list(zip(columns["description"], columns["shipper"], strict=True))
        assert read == ([tuple(rows[0])] if is_good else [])
        assert len(batch.refused) == (not is_good)
    together = list(read_manifest(["description,shipper\n", *physical]))
    each = [one for text in physical for one in read_manifest(["description,shipper\n", text])]
    cells = [[text for batch in found for text in batch.lines.columns["description"]] for found in (together, each)]
    assert cells[0] == cells[1]


@given(st.text(st.sampled_from("ab\n\r\v\x1c\u2028é"), max_size=60), st.integers(1, 9))
def test_a_file_is_cut_where_a_text_file_is_wherever_its_blocks_end(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK", block)
        assert list(physical_lines(io.StringIO(text, newline=""))) == list(io.StringIO(text, newline=""))


@given(st.text(st.sampled_from("abc\n\r"), max_size=60), st.integers(1, 9))
def test_of_a_long_line_so_much_is_read_as_shows_that_it_is_long(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK", block)
        patch.setattr(files, "LINE_MAX", 5)
        assert list(physical_lines(io.StringIO(text, newline=""))) == [one[:6] for one in io.StringIO(text, newline="")]
