"""A value that cannot be read is named with its line and mend, and its line is screened without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening.lines import Batch
from accord.workstreams.drugs.screening.manifest import read_manifest
from accord.workstreams.drugs.screening.papers import kilograms, read_papers
from accord.workstreams.drugs.screening.rules import Screen
from accord.workstreams.drugs.substances.shipped import shipped_table

HEADER = "description,tariff,container,postal_item,edition,packages,weight_kg,net_weight,purity,arrived\n"
GOOD = "1-boc-4-piperidone,2933.39,CSQU3054383,RA473124829CA,2022,4,100.5,98,98 %,2026-02-07\n"


def batch_of(*lines: str, header: str = HEADER) -> Batch:
    (batch,) = read_manifest([header, *lines])
    assert not batch.refused
    return batch


def cells(**changed: str) -> str:
    names, values = HEADER.strip().split(","), GOOD.strip().split(",")
    return ",".join(f'"{changed.get(name, value)}"' for name, value in zip(names, values, strict=True)) + "\n"


@pytest.mark.parametrize(
    ("written", "value", "column"),
    [
        ("weight_kg", "abc", "gross"),
        ("weight_kg", "-5", "gross"),
        ("net_weight", "12 boxes", "net"),
        ("edition", "1999", "edition"),
        ("container", "ABCD1234567", "container"),
        ("postal_item", "RA47312", "postal"),
        ("purity", "140", "purity"),
        ("packages", "1.5", "packages"),
        ("tariff", "2933.3O", "tariff"),
        ("arrived", "7/2/2026", "arrived"),
        ("weight_kg", "9" * 200, "gross"),
    ],
)
def test_a_bad_value_is_named_and_its_line_is_screened(written: str, value: str, column: str) -> None:
    batch = batch_of(GOOD, cells(**{written: value}), GOOD)
    ((number, unread),) = batch.unread()
    assert (number, unread.column, unread.value) == (3, column, value[:80])
    assert unread.mend.endswith(".")
    flags = Screen(shipped_table()).screen(batch.lines, kept=batch.kept)
    assert [flag.line.number for flag in flags] == [2, 3, 4]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("weight_kg", ""),
        ("weight_kg", "1.000,5 kg"),
        ("weight_kg", "1 000,5"),
        ("weight_kg", "12 lbs"),
        ("container", "csqu 305438-3"),
        ("container", "n/a"),
        ("postal_item", "ra 473 124 829 ca"),
        ("edition", "HS 2017"),
        ("packages", "1,200"),
        ("tariff", "HS 2933 39"),
        ("purity", "98.5%"),
        ("arrived", "2026-02-07T10:00"),
    ],
)
def test_a_value_that_is_written_otherwise_and_can_be_read_is_not_named(written: str, value: str) -> None:
    assert batch_of(GOOD, cells(**{written: value})).unread() == []


def test_a_unit_that_is_not_known_is_named_once_a_line() -> None:
    batch = batch_of("Tea,5,KGM\n", "Tea,5,crates\n", header="description,weight,unit\n")
    assert [(number, one.column, one.value) for number, one in batch.unread()] == [(3, "unit", "crates")]


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters='\r\n"'), max_size=12), min_size=1, max_size=9))
def test_a_weight_is_named_exactly_where_the_rules_read_none(weights: list[str]) -> None:
    batch = batch_of(*(cells(weight_kg=one) for one in weights))
    named = {number - 2 for number, _one in batch.unread()}
    for place, text in enumerate(weights):
        read = kilograms(text.strip(), "kg")
        if place in named:
            assert read is None
            assert read_papers({"gross": text.strip(), "unit": "kg"}).gross is None
        elif read is None:
            # Only what says that there is nothing.
            assert not any(map(str.isdigit, text.strip().lstrip("0")))
