"""One company is found however a paper writes it, and what every company is called puts no strangers together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.screening.company_names import bears_form, company_key


@pytest.mark.parametrize(
    "written",
    [
        "SPECIMEN Zenith Chemicals Pvt. Ltd.",
        "specimen zenith chemicals private limited",
        "SPECIMEN ZENITH CHEMICALS (P) LTD",
        "Spécimen Zénith-Chemicals, Ltd",
        "SPECIMEN  Zenith  Chemicals",
        "SPECIMEN Zenith Chemi\u0441als Co., Ltd.",  # a Cyrillic letter
        "SPECIMEN Zen1th Chem1ca1s",
        "\uff33\uff30\uff25\uff23\uff29\uff2d\uff25\uff2e Zenith Chemicals",  # wide letters
    ],
)
def test_one_company_is_found_in_every_spelling(written: str) -> None:
    assert company_key(written) == company_key("SPECIMEN Zenith Chemicals")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith & Co", "Smith"),
        ("Alpha and Beta Ltd", "Alpha & Beta"),
        ("A.B.C. Chemicals", "ABC Chemicals Inc"),
        ("PT Alpha Tbk", "Alpha"),
        ("Łódź Chem", "Lodz Chem GmbH"),
        ("ज़ेनिथ केमिकल्स प्राइवेट लिमिटेड", "ज़ेनिथ केमिकल्स"),
        ("上海化工股份有限公司", "上海化工有限公司"),
    ],
)
def test_the_form_of_a_company_says_nothing(one: str, other: str) -> None:
    assert company_key(one) == company_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zenith Chemicals", "Zenith Pharma"),
        ("Zenith (India) Ltd", "Zenith (Canada) Ltd"),
        ("ज़ेनिथ", "ज़ेनित"),
        ("Limited", "Company"),
        ("Химпром", "Химром"),
    ],
)
def test_two_companies_stay_two(one: str, other: str) -> None:
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize("written", ["", "---", "&", "..."])
def test_what_names_nothing_has_no_key(written: str) -> None:
    assert company_key(written) == ""


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x17F), min_size=1, max_size=20))
def test_case_and_spaces_around_never_matter(name: str) -> None:
    assert company_key(name) == company_key(f"  {name.upper()} ")
    assert company_key(f"{name} Holdings Ltd.") == company_key(f"{name} holdings")


@given(st.text(max_size=40))
def test_any_text_has_a_key_that_is_found_again(name: str) -> None:
    key = company_key(name)
    assert key == company_key(name)
    assert len(key) <= 20 * max(len(name), 1)


@pytest.mark.parametrize(
    ("name", "bears"),
    [
        ("SPECIMEN Chemicals Pvt. Ltd.", True),
        ("SPECIMEN Chemicals (P) Ltd", True),
        ("Laboratoires SPECIMEN Ltée", True),
        ("SPECIMEN SARL", True),
        ("SPECIMEN S.A.", False),
        ("Maria SPECIMEN Co", False),
        ("上海化工有限公司", True),
        ("Specimen Person", False),
        ("Limited", False),
        ("", False),
    ],
)
def test_a_name_bears_a_legal_form_or_none(name: str, bears: bool) -> None:
    assert bears_form(name) is bears
