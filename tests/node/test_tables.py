"""Tables to take along: no cell is computed, nothing hides in one, and none is cut off in silence."""

import csv
import io

import pytest

from accord.node.tables import plain_cell, table_response


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_no_text_begins_a_formula_also_behind_blanks(sign: str) -> None:
    assert plain_cell(f"{sign}1+1") == f"'{sign}1+1"
    assert sign.isspace() or plain_cell(f"  {sign}1+1") == f"'  {sign}1+1"
    assert plain_cell([f"{sign}1", "2"]).startswith("'")


def test_numbers_stay_numbers_and_nothing_is_nothing() -> None:
    assert [plain_cell(one) for one in (-4, 2.5, None, True, {"a": 1, "b": 2})] == ["-4", "2.5", "", "True", "a=1; b=2"]


def test_what_hides_in_a_cell_shows_and_quotes_stay_in_it() -> None:
    told = table_response(["one"], [['a";=1\n\u202eb']], name="list", mark=False)
    assert list(csv.reader(io.StringIO(told.content.decode()))) == [["one"], ['a";=1\n⟦right-to-left override⟧b']]
    assert told.headers["Content-Disposition"] == 'attachment; filename="list.csv"'


def test_a_person_s_program_is_told_which_letters_they_are() -> None:
    assert table_response(["एक"], [], name="list", mark=True).content.startswith(b"\xef\xbb\xbf")
