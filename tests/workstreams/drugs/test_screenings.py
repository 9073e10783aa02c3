"""A manifest that an officer brings is screened by the node, whole, whatever stops it on the way."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from accord.errors import OfficerCanMend
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from accord.workstreams.drugs.manifests import keeping, running
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.keeping import go_on_with_screening, screen_file, stop_screening
from accord.workstreams.drugs.manifests.running import ScreeningRounds, screen_to_the_end
from accord.workstreams.drugs.models import Flag, RefusedRow, Screening, Trader
from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from tests.desk import Desk
from tests.workstreams.drugs.screened import HEADER, manifest


@pytest.fixture(autouse=True)
def small_batches(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_LINES", 10)


def test_every_line_is_screened_or_refused_and_the_file_is_let_go(
    desk: Desk, home: Path, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    screening = screen_file(desk.liaison, manifest(35, hits=(5, 30), broken=(12,)), name="SPECIMEN.csv")
    assert screening.state == Screening.State.WAITING
    with django_capture_on_commit_callbacks(execute=True):
        screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.lines, screening.screened, screening.refused) == ("done", 35, 34, 1)
    assert (screening.read_part, screening.flagged, screening.last_line) == (100, 2, 36)
    assert [(flag.line, flag.substances) for flag in screening.flags.order_by("line")] == [
        (5, ["1-boc-4-piperidone"]),
        (30, ["1-boc-4-piperidone"]),
    ]
    row = RefusedRow.objects.get()
    assert row.line == 12
    assert "2 columns where the header has 9" in row.mend
    assert list((home / "attachments").iterdir()) == []


def test_a_flag_keeps_what_the_line_says_and_its_reasons_as_codes(desk: Desk) -> None:
    screen_file(desk.liaison, manifest(1, hits=(2,)), name="SPECIMEN.csv")
    screen_to_the_end()
    flag = Flag.objects.get()
    assert flag.papers["consignee"] == "Specimen Foods 2"
    assert flag.papers["gross"] == "100"
    assert flag.reasons == [
        {"rule": "name", "words": {"wording": "1-boc-4-piperidone", "substance": flag.reasons[0]["words"]["substance"]}}
    ]
    ((rule, sentence),) = flag.said
    assert rule == "name"
    assert sentence.startswith("The text names 1-boc-4-piperidone")


@pytest.mark.parametrize("turns", range(5))
def test_a_node_that_is_killed_goes_on_without_doubling_a_flag(desk: Desk, turns: int) -> None:
    screening = screen_file(desk.liaison, manifest(35, hits=(5, 14, 30), broken=(12, 25)), name="SPECIMEN.csv")
    killed = ScreeningRounds()
    for _ in range(turns):
        killed.do_some()
    # What a kill does to the open file; nothing of the screening is told.
    killed.close()
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.screened, screening.refused, screening.flagged) == ("done", 33, 2, 3)
    assert sorted(screening.flags.values_list("line", flat=True)) == [5, 14, 30]
    assert list(screening.refused_lines.values_list("line", flat=True)) == [12, 25]


def test_a_batch_that_is_not_stored_is_screened_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    screening = screen_file(desk.liaison, manifest(30, hits=(5, 14)), name="SPECIMEN.csv")
    rounds = ScreeningRounds()
    rounds.do_some()
    with monkeypatch.context() as patch:
        patch.setattr(Screening, "save", lambda *_a, **_k: (_ for _ in ()).throw(running.DatabaseError()))
        with pytest.raises(running.DatabaseError):
            rounds.do_some()
    assert screening.flags.count() == 1
    screen_to_the_end()
    assert sorted(screening.flags.values_list("line", flat=True)) == [5, 14]


def test_a_stopped_screening_keeps_what_it_found_and_goes_on_where_it_was(desk: Desk) -> None:
    screening = screen_file(desk.liaison, manifest(30, hits=(5, 25)), name="SPECIMEN.csv")
    rounds = ScreeningRounds()
    rounds.do_some()
    stop_screening(desk.liaison, screening)
    rounds.do_some()
    screening.refresh_from_db()
    assert (screening.state, screening.last_line, screening.flagged) == ("stopped", 11, 1)
    go_on_with_screening(desk.liaison, screening)
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.lines, screening.flagged) == ("done", 30, 2)
    with pytest.raises(ScreeningRefused):
        stop_screening(desk.liaison, screening)
    assert {"screen manifest", "stop screening", "go on with screening"} <= set(
        Act.objects.values_list("verb", flat=True)
    )


def test_a_file_that_fails_says_why_and_the_next_one_is_screened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "REFUSED_MAX", 3)
    first = screen_file(desk.liaison, manifest(20, broken=tuple(range(2, 12))), name="SPECIMEN-1.csv")
    second = screen_file(desk.liaison, manifest(5), name="SPECIMEN-2.csv")
    screen_to_the_end()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.fault["code"]) == ("failed", "drugs.manifest-of-another-form")
    assert first.refused == first.refused_lines.count() == 10
    assert second.state == "done"


def test_a_lost_chunk_fails_that_screening_alone(desk: Desk, home: Path) -> None:
    screening = screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv")
    for chunk in (home / "attachments" / bytes(screening.root or b"").hex()).iterdir():
        chunk.unlink()
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.fault["code"]) == ("failed", "courier.chunk-missing")


def test_a_file_that_kills_each_node_is_not_tried_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException): ...

    screening = screen_file(desk.liaison, manifest(30, hits=(5,)), name="SPECIMEN.csv")
    first = ScreeningRounds()
    first.do_some()
    first.close()
    with monkeypatch.context() as patch:
        patch.setattr(running, "_store", lambda *_a: (_ for _ in ()).throw(Killed))
        for _ in range(running.OPENINGS_MAX):
            node = ScreeningRounds()
            with pytest.raises(Killed):
                node.do_some()
            node.close()
        assert ScreeningRounds().do_some() is True
    screening.refresh_from_db()
    assert (screening.state, screening.fault["code"]) == ("failed", "drugs.screening-failed")
    go_on_with_screening(desk.liaison, screening)
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.lines) == ("done", 30)


def test_a_database_that_is_away_for_long_fails_no_screening(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    screening = screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv")
    rounds = ScreeningRounds()
    with monkeypatch.context() as patch:
        patch.setattr(running, "_store", lambda *_a: (_ for _ in ()).throw(running.DatabaseError()))
        for _ in range(running.OPENINGS_MAX + 2):
            with pytest.raises(running.DatabaseError):
                rounds.do_some()
    screen_to_the_end()
    screening.refresh_from_db()
    assert screening.state == "done"


def test_no_plain_copy_lies_on_the_disk(desk: Desk, home: Path) -> None:
    screen_file(desk.liaison, manifest(5, hits=(2,)), name="SPECIMEN.csv")
    stored = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert stored
    assert b"piperidone" not in stored


def test_no_text_that_a_database_refuses_is_stored(desk: Desk) -> None:
    content = HEADER + "M\0,Specimen\0 Ltd,Specimen\0 Foods Ltd,CA,IN,4,100,2933.39,1-boc-4-piperidone \0\n\0,few\n"
    content += f"M,{'x' * 900} Ltd,{'Specimen ' * 90} Ltd,CA,IN,4,100,2933.39,1-boc-4-piperidone\n"
    screening = screen_file(desk.liaison, io.BytesIO(content.encode()), name="SPECIMEN.csv")
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.screened, screening.refused) == ("done", 2, 1)
    stored = [*screening.flags.values(), *screening.refused_lines.values(), *Trader.objects.values()]
    assert "\\x00" not in repr([screening.name, *stored])
    assert all(len(one.key) <= 240 and len(one.name) <= 200 for one in Trader.objects.all())


@pytest.mark.parametrize("name", ["SPECIMEN\0.csv", "../SPECIMEN.csv", "SPECIMEN\u202evsc.csv"])
def test_a_name_that_tries_a_trick_leaves_nothing(desk: Desk, home: Path, name: str) -> None:
    with pytest.raises(OfficerCanMend):
        screen_file(desk.liaison, manifest(5), name=name)
    assert not list(home.rglob("*"))


def test_a_second_click_brings_the_file_once(desk: Desk) -> None:
    first = screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv")
    assert screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv") == first
    assert Screening.objects.count() == 1


def test_a_header_that_says_nothing_is_heard_at_once(desk: Desk) -> None:
    with pytest.raises(ManifestUnreadable, match="No column"):
        screen_file(desk.liaison, io.BytesIO(b"a,b\n1,2\n"), name="SPECIMEN.csv")
    assert not Screening.objects.exists()


def test_too_large_a_file_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MANIFEST_BYTES_MAX", 10)
    with pytest.raises(ScreeningRefused):
        screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv")


def test_who_only_reads_screens_nothing(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        screen_file(desk.reviewer, manifest(5), name="SPECIMEN.csv")
