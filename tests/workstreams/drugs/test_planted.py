"""Damaged names planted among real tariff texts are found, and nothing else is; who sends to whom is never read."""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import pytest
from bench.planted import HEADER, TARIFF_FILE, Damage, Drawn, PlantedManifest, TariffText, tariff_texts

from accord.workstreams.drugs.screening.manifest import read_manifest
from accord.workstreams.drugs.screening.numbers import container_fails
from accord.workstreams.drugs.screening.rules import Flag, Screen
from accord.workstreams.drugs.substances.shipped import shipped_table

LINES, PLANTED, SEED = 20_000, 400, 6
UNCERTAIN = (Damage.ABBREVIATION, Damage.NEAR_NUMBER)
"""What alone flags no line."""
OWN_CODES = {"293336", "293337"}
IN_BASKET = "Heterocyclic compounds; containing an unfused pyridine ring in the structure"
# A few texts for a machine without the shared folder: fewer traps, and every test still runs.
FEW_TEXTS = [
    TariffText(code="293336", text=f"{IN_BASKET}, 4-anilino-N-phenethylpiperidine (ANPP)"),
    TariffText(code="293337", text=f"{IN_BASKET}, N-phenethyl-4-piperdone (NPP)"),
    TariffText(code="293339", text=f"{IN_BASKET}, n.e.c. in 2933.3"),
    TariffText(code="293332", text=f"{IN_BASKET}, piperidine and its salts"),
    TariffText(code="291411", text="Ketones; acyclic, without other oxygen function, acetone"),
    TariffText(code="847930", text="Presses; for the manufacture of particle or fibre building board of wood"),
    TariffText(code="520839", text="Fabrics, woven; containing 85% or more by weight of cotton, dyed"),
]


@cache
def texts() -> Sequence[TariffText]:
    found = tariff_texts()
    if not found:
        print(f"the tariff texts are not at {TARIFF_FILE} above the repository; a few of the tests' own stand for them")
    return found or FEW_TEXTS


def drawn(seed: int = SEED, *, lines: int = LINES, planted: int = PLANTED) -> list[Drawn]:
    table = shipped_table()
    return list(PlantedManifest(lines=lines, planted=planted, seed=seed, table=table, texts=texts()).drawn())


@cache
def manifest() -> Sequence[Drawn]:
    return drawn()


def screened(physical: Iterable[str]) -> Mapping[int, Flag]:
    screen = Screen(shipped_table())
    found: dict[int, Flag] = {}
    for batch in read_manifest(physical):
        assert not batch.refused
        found |= {flag.line.number: flag for flag in screen.screen(batch.lines)}
    return found


@cache
def flags() -> Mapping[int, Flag]:
    return screened([HEADER, *(line.physical for line in manifest())])


def missed(lines: Iterable[Drawn]) -> list[str]:
    return [
        f"{line.damage}: {line.name} in “{line.description}”"
        for line in lines
        if line.number not in flags() or line.substance not in flags()[line.number].substances
    ]


def test_of_damaged_names_and_numbers_at_least_98_in_a_hundred_are_found() -> None:
    planted = [line for line in manifest() if line.damage not in {None, *UNCERTAIN}]
    assert len(planted) > PLANTED * 0.8
    assert len(missed(planted)) <= len(planted) * 0.02, missed(planted)


@pytest.mark.parametrize("damage", [kind for kind in Damage if kind not in UNCERTAIN])
def test_no_kind_of_damage_hides_a_name(damage: Damage) -> None:
    planted = [line for line in manifest() if line.damage is damage]
    assert planted
    assert len(missed(planted)) <= len(planted) * 0.1, missed(planted)


@pytest.mark.parametrize("damage", UNCERTAIN)
def test_three_of_four_uncertain_finds_are_flagged_and_the_others_have_no_word_of_chemistry_beside_them(
    damage: Damage,
) -> None:
    planted = [line for line in manifest() if line.damage is damage]
    assert len(missed(planted)) <= len(planted) / 4, missed(planted)
    for line in planted:
        if line.number not in flags():
            assert not any(word in line.description for word in ("chemical", "compound", "reagent", "purity", "HPLC"))


def test_a_real_tariff_text_is_flagged_only_where_it_names_a_substance_under_its_own_code() -> None:
    planted = {line.number for line in manifest() if line.damage is not None}
    source = {line.number: line.source for line in manifest()}
    wrong = {number: flag for number, flag in flags().items() if number not in planted}
    assert {number: flag for number, flag in wrong.items() if source[number] not in OWN_CODES} == {}
    assert {number for number, code in source.items() if code in OWN_CODES} == set(wrong)


@pytest.mark.parametrize("seed", range(2))
def test_whose_goods_they_are_and_from_where_they_come_changes_nothing(seed: int) -> None:
    rows = list(csv.DictReader([HEADER, *(line.physical for line in manifest())]))
    private, dice = ("shipper", "consignee", "from", "to"), random.Random(seed)
    for column in private:
        values = [row[column] for row in rows]
        dice.shuffle(values)
        for row, value in zip(rows, values, strict=True):
            row[column] = value
    permuted = screened(written(rows, tuple(rows[0])))
    removed = screened(written(rows, tuple(name for name in rows[0] if name not in private)))
    assert permuted == flags()
    assert removed == flags()
    assert {number: flag.score for number, flag in removed.items()} == {n: flag.score for n, flag in flags().items()}


def written(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> list[str]:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().splitlines(keepends=True)


def test_the_same_seed_gives_the_same_manifest_and_another_seed_another() -> None:
    few = {"lines": 500, "planted": 100}
    assert drawn(1, **few) == drawn(1, **few)
    assert drawn(1, **few) != drawn(2, **few)


def test_what_is_planted_is_counted_damaged_and_beside_right_container_numbers() -> None:
    lines = manifest()
    assert [line.number for line in lines] == list(range(2, LINES + 2))
    assert sum(line.damage is not None for line in lines) == PLANTED
    # A letter inserted before a name, or after it, leaves it whole; so do the words of a salt.
    whole = {Damage.SALT, Damage.SYNONYM, Damage.ABBREVIATION, Damage.INSERTION}
    undamaged = [line for line in lines if line.name and line.damage not in whole and line.name in line.description]
    assert undamaged == []
    rows = list(csv.DictReader([HEADER, *(line.physical for line in lines)]))
    assert not any(container_fails(row["container"]) for row in rows)
    assert all(row["shipper"].startswith("Specimen ") and row["consignee"].startswith("Specimen ") for row in rows)


@pytest.mark.parametrize(
    ("description", "tariff", "rules"),
    [
        # Exchanged where the halves of the name meet.
        ("4-pipréidone", "", {"name-misspelt"}),
        ("4-Anilinoipperidine", "", {"name-misspelt"}),
        # Written with the e that the table leaves out.
        ("1-(2-phenylethyl)piperidine-4-one", "", {"name-misspelt"}),
        ("CAS 39742–60–4", "", {"number"}),  # noqa: RUF001
        ("CAS 39742\u221260\u22114", "", set()),
        ("CAS 39742\u221260\u20114", "", {"number"}),
        ("order 39742604", "", set()),
        # 39742-60-4 with one digit other, and with two exchanged across a hyphen; neither is the number of anything.
        ("CAS 39742-60-5", "", {"near-number", "chemistry-words"}),
        ("39746-20-4", "2933.39", {"near-number", "chemistry"}),
        ("39742-60-5", "", set()),
        # Another substance's number, and numbers that have two slips or another form.
        ("CAS 39942-60-4", "", set()),
        ("CAS 93742-60-5", "", set()),
        ("CAS 39742-60-5-1", "", set()),
        ("CAS 139742-60-5", "", set()),
        ("39742-60-5, CAS 39742-60-4", "", {"number"}),
        ("ноrfenтаnyl", "", {"name-misspelt"}),  # noqa: RUF001
        ("norfenтаnyl", "", {"name"}),  # noqa: RUF001
        ("4-piperidine", "", set()),
        # Another place on the ring is another substance.
        ("2-piperidone, 25 kg", "2933.79", set()),
        ("3-piperidone", "", set()),
        ("2-piperidinone", "", set()),
        ("N-phenylpiperidin-3-amine", "", set()),
        ("4-piperidinone", "", {"name-misspelt"}),
        ("piperidone", "", {"name-misspelt"}),
        ("1-boc-4-piperidine", "293339", set()),
        ("4-ANPP", "", {"name"}),
        ("4ANPP", "", {"name"}),
        ("1-boc-4-AP 25 kg", "5506.30", {"name", "elsewhere"}),
        ("NPP spare parts", "8401.40", set()),
        ("NPP, purity 98%", "8401.40", {"abbreviation", "chemistry-words"}),
        ("NPP", "2933.39", {"abbreviation", "chemistry"}),
        ("chemical intermediate, 1 drum", "2933.39", {"vague"}),
        ("single punch tablet machine", "8479.89", {"equipment"}),
        ("Tabletting machine", "8479.89", {"equipment"}),
        ("machine for tablet computers", "8473.30", set()),
        (f"sample of {IN_BASKET}, n.e.c. in 2933.3", "2933.39", set()),
    ],
)
def test_what_planted_lines_taught_the_matcher(description: str, tariff: str, rules: set[str]) -> None:
    found = screened(["description,tariff\n", *written([{"d": description, "t": tariff}], ("d", "t"))[1:]])
    assert {reason.rule for flag in found.values() for reason in flag.reasons} == rules
