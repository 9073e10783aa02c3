"""A line, or a header, that was made to stop a node costs no more than its length, and keeps no more than a name."""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs import manifests, screening
from accord.workstreams.drugs.manifests import filed
from accord.workstreams.drugs.manifests.filed import TradeBook
from accord.workstreams.drugs.models import Screening, Trader
from accord.workstreams.drugs.screening import company_names, folding, names, rules
from accord.workstreams.drugs.screening.columns import places_of
from accord.workstreams.drugs.screening.company_names import bears_form, company_key
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.folding import Folded, as_ascii, normalised
from accord.workstreams.drugs.screening.lines import Line
from accord.workstreams.drugs.screening.manifest import read_manifest
from accord.workstreams.drugs.screening.names import Found, NameFinder
from accord.workstreams.drugs.screening.near_numbers import NearNumbers
from accord.workstreams.drugs.screening.numbers import container_fails, postal_fails
from accord.workstreams.drugs.screening.papers import company_id, named_company, read_papers
from accord.workstreams.drugs.screening.rules import Screen
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.desk import Desk

LONG = 65_000
TABLE = shipped_table()


def found_in(text: str) -> tuple[Found, ...]:
    return NameFinder(TABLE).find(Folded([text])).get(0, ())


@pytest.mark.parametrize("row", ["organic chemical " * 20 + "intermediates", "रासायनिक औद्योगिक " * 20 + "रसायन"])
def test_words_before_a_vague_one_are_read_from_the_first_of_them_alone(row: str) -> None:
    begins = [at for at in range(len(row)) if rules._VAGUE.match(row, at)]
    assert begins[0] == 0
    # The last word is one of them too, but in its own right.
    assert len(begins) <= 2
    assert rules._vague(row) == row


def test_a_line_is_looked_through_once_for_a_number_however_often_it_stands_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searches = []
    finder = NameFinder(TABLE)

    def counting(real: Any) -> Any:
        def search(*given: Any) -> Any:
            searches.append(given[-1])
            return real(*given)

        return search

    for key, (substance, number, shape) in finder._numbers.items():
        shaped: Any = SimpleNamespace(search=counting(shape.search))
        finder._numbers[key] = (substance, number, shaped)
    monkeypatch.setattr(names, "re", SimpleNamespace(search=counting(re.search)))
    lines = ["39742!!60!!4 " * 500, "tea", "39742!!60!!4 " * 500 + "39742-60-4"]
    found = finder.find(Folded(lines))
    assert [(one.sort, one.wording) for one in found[2]] == [("number", "39742-60-4")]
    assert 0 not in found
    assert len(searches) == 3


class Counted(int):
    """A number that counts how often it is compared."""

    times = 0

    def _count(self) -> None:
        Counted.times += 1

    def __lt__(self, other: int) -> bool:
        self._count()
        return int(self) < int(other)

    def __le__(self, other: int) -> bool:
        self._count()
        return int(self) <= int(other)

    def __gt__(self, other: int) -> bool:
        self._count()
        return int(self) > int(other)

    def __ge__(self, other: int) -> bool:
        self._count()
        return int(self) >= int(other)


def found(number: int) -> Found:
    return Found(substance=str(number), sort="name", wording=str(number))


def test_findings_of_a_line_are_not_compared_each_with_each() -> None:
    count = 3_000
    Counted.times = 0
    told = names._longest([(Counted(10 * one), Counted(10 * one + 9), found(one)) for one in range(count)])
    assert len(told) == count
    assert Counted.times < 60 * count


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(3, 14)), max_size=14)


@given(SPANS)
def test_findings_inside_longer_ones_are_left_out(spans: list[tuple[int, int]]) -> None:
    items = [(start, start + size, found(number % 4)) for number, (start, size) in enumerate(spans)]
    kept: list[tuple[int, int, Found]] = []
    for start, end, one in sorted(items, key=lambda item: (item[0] - item[1], item[0])):
        if not any(first <= start + 1 and end - 1 <= last for first, last, _one in kept):
            kept.append((start, end, one))
    assert names._longest(items) == tuple(dict.fromkeys(one for _start, _end, one in kept))


def test_a_line_full_of_slips_is_flagged_and_told_of_few_of_them() -> None:
    slips = sorted(one.decode() for one in NearNumbers(TABLE)._near)
    assert len(slips) > 400
    (flag,) = Screen(TABLE, threshold=1).screen([Line(2, "", " ".join(slips), "293339", "", "")])
    near = [one for one in flag.reasons if one.rule == "near-number"]
    assert {one.words["wording"] for one in near} == {number for one in TABLE.substances for number in one.cas}
    assert len(near) <= 5 * len({one.words["wording"] for one in near})


def test_a_long_line_names_what_a_short_one_does() -> None:
    assert found_in("4-piperidone " * 4_000) == found_in("4-piperidone")


def test_marks_without_end_are_not_sorted_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def normalize(form: Any, text: str) -> str:
        sizes.append(len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(folding, "unicodedata", SimpleNamespace(normalize=normalize))
    text = "1-boc-4-pip\u00e9" + "\u0315" * LONG + "\u0316" * LONG + "ridone"
    assert as_ascii(text) == "1-boc-4-piperidone"
    with pytest.raises(ManifestUnreadable):
        places_of([text])
    rules._vague(text)
    assert max(sizes) <= 512


@given(st.text(st.sampled_from("aZ\u00e9\u0301\u0316\u0315\ufb01\u00a0\u2003\t\n \u0915\u093c\u212b"), max_size=300))
def test_a_long_text_is_normalised_as_a_short_one(text: str) -> None:
    long = " ".join([text, *(text[:at] for at in range(0, 300, 30))])
    assert normalised("NFC", long) == unicodedata.normalize("NFC", long)
    assert normalised("NFKD", long) == unicodedata.normalize("NFKD", long)


def stores() -> Iterator[Any]:
    """Every store of answers of the screening, by its module."""
    for package in (screening, manifests):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(module.name)).values():
                if hasattr(value, "cache_info"):
                    yield value


def test_no_store_of_answers_holds_a_text_that_is_no_name_and_no_number() -> None:
    held = list(dict.fromkeys(stores()))
    assert len(held) > 5
    long = "Specimen Chemicals Ltd " * 3_000
    read_papers({})
    misses = [store.cache_info().misses for store in held]
    for number, name in ((long, long), ("", long), (long, "")):
        assert company_id(number, name) == named_company(number, name) == ""
    assert company_key(long) == ""
    assert not bears_form(long)
    assert not container_fails(long)
    assert not postal_fails(long)
    assert read_papers({"consignee": long, "consignee_number": long, "gross": long}).consignee_name == ""
    assert [store.cache_info().misses for store in held] == misses


def test_a_number_too_long_leaves_the_name() -> None:
    assert company_id("9" * 65, "Specimen Ltd") == company_id("", "Specimen Ltd") != ""
    assert company_id("9" * 64, "Specimen Ltd") == f"number {'9' * 64}"
    name = "S" * 196 + " Ltd"
    assert named_company("", name) == f"name {'S' * 196}"
    assert named_company("", f"S{name}") == ""


def test_one_sign_for_a_phrase_makes_no_long_name(monkeypatch: pytest.MonkeyPatch) -> None:
    letters: list[str] = []

    def counting(letter: str) -> str:
        letters.append(letter)
        return as_ascii(letter)

    monkeypatch.setattr(company_names, "as_ascii", counting)
    for count in (LONG, 200, 150):
        assert named_company("", "\ufdfa" * count) == ""
    assert len(letters) < 100


@pytest.mark.parametrize("name", ["n{}" + "x" * 60, "d{}"])
def test_a_header_of_many_columns_is_refused_in_few_words(name: str) -> None:
    with pytest.raises(ManifestUnreadable, match="11,001 columns") as said:
        places_of(["description", *map(name.format, range(11_000))])
    assert len(str(said.value)) < 500
    twice = [name.format(number) for number in range(400)] * 2
    with pytest.raises(ManifestUnreadable, match=r"names .*, … twice") as said:
        places_of(["description", *twice])
    assert len(str(said.value)) < 500
    assert places_of(["description", *map(name.format, range(999))])["description"] == 0


@pytest.mark.django_db
def test_all_companies_are_kept_and_few_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filed, "KNOWN_MAX", 3)
    made = Screening.objects.create(
        name="SPECIMEN.csv",
        form="csv",
        size_bytes=1,
        sha256=b"0" * 32,
        key=b"",
        root=None,
        asked_by=desk.liaison,
        asked_at=timezone.now(),
    )
    book = TradeBook(made)
    lines = [f"tea,Specimen {number} Ltd,{code}\n" for number in range(7) for code in ("0902", "2933.39")]
    for batch in read_manifest(["description,consignee,tariff\n", *lines], batch=2):
        book.keep(batch)
        assert len(book._known) <= 3
    assert Trader.objects.count() == 7
    assert Trader.objects.filter(chemicals_in=made).count() == 7
