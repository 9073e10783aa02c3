"""What leaves as a copy bears its mark: a file under a cover sheet, byte for byte as it was."""

import io
import zipfile

from accord.handling.models import Use
from accord.handling.taking import take_copy, take_prints
from accord.handling.watermark import COVER_NAME, headers_of, sheet_of, under_cover
from accord.vocabulary.uses import UseCode
from tests.desk import Desk, released_request
from tests.handling.story import caveat, item_from_india, withdrawn_by_india


def test_a_file_under_its_cover_is_unchanged_and_its_sheet_comes_first() -> None:
    with (
        under_cover(io.BytesIO(b"\x00PDF" * 1000), name="a.pdf", sheet="Taken by A\n") as file,
        zipfile.ZipFile(file) as archive,
    ):
        assert archive.namelist() == [COVER_NAME, "a.pdf"]
        assert archive.read("a.pdf") == b"\x00PDF" * 1000
        assert archive.read(COVER_NAME) == b"Taken by A\n"


def test_a_file_that_bears_the_name_of_the_sheet_does_not_take_its_place() -> None:
    with (
        under_cover(io.BytesIO(b"x"), name=COVER_NAME, sheet="Taken by A\n") as file,
        zipfile.ZipFile(file) as archive,
    ):
        assert archive.read(COVER_NAME) == b"Taken by A\n"
        assert archive.read(f"_{COVER_NAME}") == b"x"


def test_a_value_of_several_lines_cannot_write_a_fact_of_its_own() -> None:
    sheet = sheet_of({"Note": "for counsel\nHandling: H0", "Empty": ""}, closing="End.")
    assert sheet.splitlines() == ["Note: for counsel Handling: H0", "", "End."]


def test_a_mark_names_the_reader_the_time_the_handling_the_message_and_the_use(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat("export")])
    use = take_copy(desk.duty, item, UseCode.EXPORT, mark=Use.Mark.HEADERS)
    assert use is not None
    marked = headers_of(use)
    assert (marked["Accord-Reader"], marked["Accord-Handling"]) == ("duty", "H1")
    assert marked["Accord-Message"] == str(item.envelope_id)
    assert marked["Accord-Use"] == str(Use.objects.get(mark="headers").pk)


def test_a_print_of_a_case_asks_for_each_received_message_and_passes_our_own_over(desk: Desk) -> None:
    ours = released_request(desk)
    free = item_from_india(desk, caveats=[caveat("print")])
    bound = item_from_india(desk, number=2)
    back = item_from_india(desk, number=3, caveats=[caveat("print")])
    withdrawn_by_india(desk, back)
    back.refresh_from_db()
    taken = take_prints(desk.duty, [ours, free, bound, back])
    assert ours not in taken
    assert {one: copy.is_permitted for one, copy in taken.items()} == {free: True, bound: False, back: False}
    assert taken[bound].may_be_asked
    assert not taken[back].may_be_asked
    assert set(Use.objects.values_list("item", "is_permitted")) == {(free.pk, True), (bound.pk, False)}
