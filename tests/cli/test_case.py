"""``accord case evidence``: what leaves a node by the command line is a use like any other, and bears its mark."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from accord.cli import case
from accord.handling.models import Use
from accord.vocabulary.uses import UseCode
from tests.desk import Desk, desk, released_request
from tests.handling.story import caveat, item_from_india

__all__ = ["desk"]


@pytest.fixture
def out(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to write, at a node that is open already."""
    monkeypatch.setattr(case, "open_node", lambda _home: None)
    monkeypatch.setattr(case, "acting_officer", lambda _name: desk.reviewer)
    monkeypatch.setattr(case, "_bundle_of", lambda _message, *, discloses_body: b"bundle")
    return tmp_path / "item.evidence"


def written(key: object, out: Path, *words: str) -> set[str]:
    done = CliRunner().invoke(case.app, ["evidence", str(key), "--out", str(out), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return {file.name for file in out.parent.iterdir()}


def test_the_evidence_of_a_received_message_lies_beside_its_cover_sheet(desk: Desk, out: Path) -> None:
    item = item_from_india(desk, caveats=[caveat("export", "open")])
    assert written(item.pk, out) == {"item.evidence", "item.evidence.READ-FIRST.txt"}
    use = Use.objects.get()
    assert (use.use, use.mark) == (UseCode.EXPORT, Use.Mark.COVER)
    sheet = (out.parent / "item.evidence.READ-FIRST.txt").read_text()
    assert {str(use.pk), desk.reviewer.username, item.reference} <= set(
        sheet.replace("(", " ").replace(")", " ").split()
    )
    assert out.read_bytes() == b"bundle"


def test_what_discloses_nothing_or_is_our_own_is_no_use(desk: Desk, out: Path) -> None:
    item = item_from_india(desk, caveats=[caveat("export")])
    assert written(item.pk, out, "--without-content") == {"item.evidence"}
    assert written(released_request(desk).pk, out) == {"item.evidence"}
    assert not Use.objects.exists()
