from pathlib import Path

import pytest

from tests.meta.commands import named_in_page, named_in_source, problem_with
from tests.meta.test_documents import PAGES
from tests.meta.tree import modules, named


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_command_that_a_page_names_is_one_that_the_parser_knows(path: Path) -> None:
    assert [(one, why) for one in named_in_page(path.read_text("utf-8")) if (why := problem_with(one))] == []


def test_a_command_that_an_error_or_help_text_names_is_one_that_the_parser_knows() -> None:
    found = [(path.name, one) for path in modules() for one in named_in_source(path)]
    assert len(found) > 40
    assert [(name, one, why) for name, one in found if (why := problem_with(one))] == []


@pytest.mark.parametrize(
    ("command", "is_known"),
    [
        ("accord peer show IN", True),
        ("accord peer shew IN", False),
        ("accord parcel export IN --unmet --out FILE", True),
        ("accord parcel export IN --unmett", False),
        ("accord frobnicate", False),
        ("accord verify FILE --root ROOTS.json", True),
    ],
)
def test_the_judge_of_named_commands_knows_right_from_wrong(command: str, is_known: bool) -> None:
    assert (problem_with(command) is None) is is_known
