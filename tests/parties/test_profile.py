"""Party profiles: data files that are judged before anything believes them."""

import copy
from pathlib import Path
from typing import Any

import pytest

from accord.parties.profile import (
    PROFILE_BYTES,
    ProfileRefused,
    load_profile,
    profile_from_json,
    shipped_profiles,
)


@pytest.fixture
def india() -> dict[str, Any]:
    return copy.deepcopy(load_profile("india").to_json())


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_holds_together(name: str) -> None:
    profile = load_profile(name)
    assert profile_from_json(profile.to_json()) == profile
    assert profile.zone.key == profile.time_zone
    for agency in profile.agencies:
        assert all((agency.names.en, agency.names.fr, agency.names.hi))
        assert profile.agency(agency.code) is agency


def test_names_are_given_in_the_readers_language_and_in_english_otherwise() -> None:
    names = load_profile("india").names
    assert [names.in_language(code) for code in ("en", "fr", "hi", "fr-ca", "de")] == [
        "India",
        "Inde",
        "भारत",
        "Inde",
        "India",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "in"),
        ("code", "I"),
        ("code", "INDIA-NOT-A-CODE"),
        ("code", "../etc"),
        ("time_zone", "Asia/Nowhere"),
        ("time_zone", "../../etc/passwd"),
        ("holidays_country", "ZZ"),
        ("version", 2),
        ("agencies", []),
        ("law_packs", []),
        ("law_packs", ["../india"]),
        ("names", {"en": "India", "fr": "Inde"}),
        ("names", {"en": "", "fr": "Inde", "hi": "भारत"}),
        ("surprise", True),
    ],
)
def test_a_profile_that_does_not_hold_together_is_refused(india: dict[str, Any], field: str, value: object) -> None:
    india[field] = value
    with pytest.raises(ProfileRefused):
        profile_from_json(india)


def test_a_profile_that_names_an_agency_twice_is_refused(india: dict[str, Any]) -> None:
    india["agencies"] = [*india["agencies"], india["agencies"][0]]
    with pytest.raises(ProfileRefused):
        profile_from_json(india)


def test_an_unknown_profile_is_refused_with_the_names_of_those_that_exist() -> None:
    with pytest.raises(ProfileRefused) as caught:
        load_profile("atlantis")
    assert "canada" in caught.value.next_step


def test_an_unknown_agency_is_refused() -> None:
    with pytest.raises(ProfileRefused) as caught:
        load_profile("india").agency("KGB")
    assert caught.value.reason_code == "parties.unknown-agency"


@pytest.mark.parametrize("content", [b"code = ", b"\xff\xfe", b"[" * 5000, b"#" * (PROFILE_BYTES + 1)])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(content)
    with pytest.raises(ProfileRefused):
        load_profile(str(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileRefused):
        load_profile(str(tmp_path / "nothing.toml"))


def test_a_third_state_joins_with_a_file_of_its_own(tmp_path: Path) -> None:
    from importlib.resources import files

    text = (files("accord.parties") / "profiles" / "india.toml").read_text("utf-8")
    file = tmp_path / "specimen.toml"
    file.write_text(text.replace('code = "IN"', 'code = "XS"', 1), "utf-8")
    assert load_profile(str(file)).code == "XS"


@pytest.mark.parametrize("field", ["code", "law_packs", "agencies"])
def test_no_code_of_a_profile_ends_with_a_newline(india: dict[str, Any], field: str) -> None:
    if field == "agencies":
        india["agencies"][0]["code"] += "\n"
    elif field == "law_packs":
        india["law_packs"] = [f"{india['law_packs'][0]}\n"]
    else:
        india["code"] += "\n"
    with pytest.raises(ProfileRefused, match="regex"):
        profile_from_json(india)
