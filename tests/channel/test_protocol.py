"""The specification quotes the vectors as they are, and names what the code knows."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from accord.channel import limits
from accord.channel.disposition import Disposition
from accord.channel.suite import SUITE_1_NAME

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def quote() -> ModuleType:
    spec = importlib.util.spec_from_file_location("accord_vectors_quote", ROOT / "vectors" / "quote.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_example_is_the_vector_it_names() -> None:
    assert quote().renewed(TEXT) == TEXT
    assert len(quote().BLOCK.findall(TEXT)) >= 18
    assert len(re.findall(r"<!-- ", TEXT)) == len(quote().BLOCK.findall(TEXT))


def test_an_example_that_is_out_of_date_is_found() -> None:
    stale = TEXT.replace("ae0102020103", "ae0102020104", 1)
    assert stale != TEXT
    assert quote().renewed(stale) == TEXT


def test_every_limit_stands_in_the_specification() -> None:
    for name in limits.__all__:
        assert name in TEXT


@pytest.mark.parametrize("folder", ["src/accord/channel"])
def test_every_context_and_label_of_the_code_stands_in_the_specification(folder: str) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).glob("*.py"))
    labels = set(re.findall(r'b"(accord/[a-z0-9/-]+)\\0"', source))
    assert len(labels) >= 7
    for label in labels:
        assert f'"{label}' in TEXT, label


def test_suite_and_states_stand_in_the_specification() -> None:
    assert SUITE_1_NAME.decode() in TEXT
    for state in Disposition:
        assert f"`{state}`" in TEXT


def test_every_file_the_specification_points_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        if not target.startswith("http"):
            assert (ROOT / "docs" / target).exists(), target


def test_every_code_the_specification_names_is_one_the_code_gives() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/accord/channel").glob("*.py"))
    codes = set(re.findall(r"`((?:channel|trust)\.[a-z-]+)`", TEXT))
    assert len(codes) >= 15
    for code in codes:
        assert f'"{code}"' in source, code
