"""Lines are flagged for what the goods are said to be, with the reason in words; who trades them is never read."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening.lines import Line
from accord.workstreams.drugs.screening.manifest import read_manifest
from accord.workstreams.drugs.screening.numbers import container_fails, postal_fails
from accord.workstreams.drugs.screening.rules import THRESHOLD, Flag, Screen, rules
from accord.workstreams.drugs.substances.shipped import shipped_table

SCREEN = Screen(shipped_table())


def flags(description: str, tariff: str = "", container: str = "", postal: str = "") -> list[Flag]:
    return SCREEN.screen([Line(2, "B1", description, tariff, container, postal)])


def rules_of(*of: str) -> list[str]:
    (flag,) = flags(*of)
    return [reason.rule for reason in flag.reasons]


@pytest.mark.parametrize(
    ("description", "tariff", "expected"),
    [
        ("Industrial intermediate", "293339", ["vague"]),
        ("1-boc-4-piperidone", "2933399090", ["name"]),
        ("1-boc-4-piperidone", "320611", ["name", "elsewhere"]),
        ("1-boc-4-piperidone", "", ["name"]),
        ("1-boc-4-piperidon", "2933", ["name-misspelt"]),
        ("CAS 79099-07-3", "2933", ["number"]),
        ("ANPP", "293339", ["chemistry", "abbreviation"]),
        ("Organic compound", "293336", ["own-code"]),
        ("Rotary tablet press, used", "847989", ["equipment"]),
        ("Capsule filling machine", "842230", ["equipment"]),
        ("TDP-5 machine", "847989", ["equipment"]),
        ("Presse à comprimés rotative", "847989", ["equipment"]),
        ("Poinçons et matrices", "820730", ["equipment"]),
        ("Géluleuse semi-automatique", "842230", ["equipment"]),
        ("टैबलेट प्रेस, प्रयुक्त", "847989", ["equipment"]),
        ("गोली बनाने की मशीन", "847989", ["equipment"]),
        ("Intermédiaire chimique, 25 fûts", "293339", ["vague"]),
        ("Produits chimiques", "293339", ["vague"]),
        ("e\u0301chantillons", "293339", ["vague"]),
        ("Matière première", "293339", ["vague"]),
        ("रासायनिक मध्यवर्ती", "293339", ["vague"]),
        ("कच्चा माल", "293339", ["vague"]),
        ("NPP, pureté 98 %", "", ["chemistry-words", "abbreviation"]),
        ("CAS 79 099-07-3", "2933", ["number"]),
    ],
)
def test_a_line_is_flagged_with_its_rules(description: str, tariff: str, expected: list[str]) -> None:
    assert rules_of(description, tariff) == expected


@pytest.mark.parametrize(
    ("description", "tariff"),
    [
        ("ANPP", "320611"),
        ("ref 79099073", "847130"),
        ("Intermediate bulk containers", "392330"),
        ("Heterocyclic compounds, n.e.c.", "293339"),
        ("Vitamin tablets", "210690"),
        ("Printing press, punched cards", "844319"),
        ("Tea", "090210"),
        ("Compresseur d'air comprimé", "841480"),
        ("Comprimés de vitamines, matrices de pneus", "210690"),
        ("विटामिन की गोलियाँ", "210690"),
        ("79 099 07 3", "847130"),
        ("order 79 099-07-31", "847130"),
    ],
)
def test_other_lines_are_not(description: str, tariff: str) -> None:
    assert flags(description, tariff) == []


def test_wrong_check_digits_add_to_a_reason_and_are_none_alone() -> None:
    assert flags("Tea", "090210", "CSQU3054384", "RA473124820CA") == []
    plain, more = flags("Industrial intermediate", "293339"), flags("Industrial intermediate", "293339", "CSQU3054384")
    assert more[0].score > plain[0].score
    assert [reason.rule for reason in more[0].reasons] == ["vague", "container"]


def test_each_reason_is_a_sentence_with_what_was_found() -> None:
    (flag,) = flags("drums of 1-boc-4-piperidone", "320611", "CSQU3054384")
    assert [reason.sentence for reason in flag.reasons] == [
        "The text names 1-boc-4-piperidone.",
        "The text names a substance, and tariff code 320611 is not of chapters 28 and 29.",
        "Container number CSQU3054384 fails its check digit (ISO 6346).",
    ]
    assert flag.substances == ("1-boc-4-piperidone",)
    (short,) = flags("4-AP sample for synthesis")
    told = {reason.rule: reason.sentence for reason in short.reasons}
    assert told["abbreviation"] == "The text has 4-AP, an abbreviation that may also mean other things."
    # Chances of 80, 40 and 12 in a hundred, joined as independent ones.
    assert flag.score == 89


@pytest.mark.parametrize(
    ("cell", "rule", "said"),
    [
        ("79099-07-3", "number", "The column CAS has 79099-07-3 (1-boc-4-piperidone)."),
        ("79099 - 07 - 3", "number", "The column CAS has 79099-07-3 (1-boc-4-piperidone)."),
        ("64-17-5; 79099-07-3", "number", "The column CAS has 79099-07-3 (1-boc-4-piperidone)."),
        ("79099073", "digits", "The column CAS has the digits of 79099-07-3 (1-boc-4-piperidone) without its hyphens."),
        ("79099-07-4", "near-number", "The column CAS has 79099-07-4, a registry number that may be a mistyped"),
    ],
)
@pytest.mark.parametrize("heading", ["CAS", "CAS No.", "CAS RN", "Registry number", "n° CAS", "सीएएस", "CAS #"])
def test_a_number_in_a_column_of_its_own_is_read_as_one_in_the_text(
    cell: str, rule: str, said: str, heading: str
) -> None:
    def screened(header: str, line: str) -> Flag:
        (batch,) = read_manifest([f"{header}\n", f"{line}\n"])
        (flag,) = SCREEN.screen(batch.lines)
        return flag

    apart = screened(f"description,{heading},tariff", f"white powder,{cell},2933.39")
    together = screened("description,tariff", f"white powder {cell},2933.39")
    assert (apart.score, apart.substances) == (together.score, together.substances)
    assert [one.rule for one in apart.reasons] == [one.rule for one in together.reasons]
    (reason,) = [one for one in apart.reasons if one.rule == rule]
    assert reason.sentence.startswith(said)


def test_a_number_in_the_text_and_in_its_column_is_one_reason() -> None:
    (batch,) = read_manifest(["description,cas\n", "powder CAS 79099-07-3,79099-07-3\n", "tea,\n", "salt,7647-14-5\n"])
    (flag,) = SCREEN.screen(batch.lines)
    assert [one.sentence for one in flag.reasons] == ["The text has CAS 79099-07-3 (1-boc-4-piperidone)."]


def test_every_rule_says_what_an_error_costs() -> None:
    assert all(rule.cost.endswith(".") and rule.sentence.endswith((".", "?")) for rule in rules().values())
    assert any(rule.weight < THRESHOLD for rule in rules().values())


NAMES = st.text(st.characters(codec="utf-8", exclude_characters='\r\n\x00"'), max_size=20)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=4, max_size=4))
def test_who_sends_who_receives_and_from_where_changes_no_score(parties: list[tuple[str, str, str]]) -> None:
    goods = ["1-boc-4-piperidone,320611", "Industrial intermediate,293339", "Tea,0902", "tablet press,847989"]
    header = "consignor,consignee,origin,description,tariff\n"
    written = ["".join(f'"{one}",' for one in some) + f"{line}\n" for some, line in zip(parties, goods, strict=True)]
    bare = [f'"","","",{line}\n' for line in goods]

    def scores(lines: list[str]) -> list[tuple[int, int]]:
        return [
            (flag.line.number, flag.score)
            for batch in read_manifest([header, *lines])
            for flag in SCREEN.screen(batch.lines)
        ]

    assert scores(written) == scores(bare) == [(2, 88), (3, 55), (5, 55)]


def test_a_line_holds_no_person_company_or_country() -> None:
    assert [one.name for one in msgspec.structs.fields(Line)] == [
        *("number", "reference", "description", "tariff", "container", "postal", "cas"),
    ]


@pytest.mark.parametrize(
    ("number", "fails"),
    [
        ("CSQU3054383", False),  # the example of the standard
        ("CSQU3054384", True),
        ("csqu 305438-3", False),
        ("MSKU0000000", True),
        ("CSQX3054384", False),  # no container number at all
        ("", False),
    ],
)
def test_a_container_number_is_held_against_its_check_digit(number: str, fails: bool) -> None:
    assert container_fails(number) is fails


@pytest.mark.parametrize(
    ("number", "fails"),
    [("RA473124829CA", False), ("ra 473 124 829 ca", False), ("RA473124820CA", True), ("RA47312482CA", False)],
)
def test_a_postal_item_is_held_against_its_check_digit(number: str, fails: bool) -> None:
    assert postal_fails(number) is fails
