"""A reviewer checks the logs at the command line, takes one along, and another machine checks it."""

import json
from pathlib import Path

from tests.cli.conftest import Node
from tests.cli.test_peer import invitations, paired

__all__ = ["invitations", "paired"]


def test_logs_are_checked_and_one_goes_along_to_a_machine_without_a_node(
    paired: tuple[Node, Node], tmp_path: Path
) -> None:
    canada, _ = paired
    checked = canada.run_as("reviewer", "log", "check", "--json")
    assert checked.returncode == 0, checked.stderr
    assert [(one["owner"], one["ok"]) for one in json.loads(checked.stdout)] == [("CA", True), ("IN", True)]
    file, roots = tmp_path / "ours.log", tmp_path / "roots.json"
    written = canada.run_as("reviewer", "log", "export", "IN", "--out", str(file))
    assert written.returncode == 0, written.stderr
    roots.write_text(canada.run("peer", "roots").stdout)
    stranger = Node(home=tmp_path)
    assert "the whole log holds" in stranger.run("verify", "--log", str(file), "--root", str(roots)).stdout
    again = canada.run_as("reviewer", "log", "export", "IN", "--out", str(file))
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_whoever_may_not_read_the_record_gets_no_log(paired: tuple[Node, Node], tmp_path: Path) -> None:
    canada, _ = paired
    done = canada.run("log", "export", "IN", "--out", str(tmp_path / "ours.log"))
    assert "officer.not-permitted" in done.stderr
    assert not (tmp_path / "ours.log").exists()
    assert canada.run_as("reviewer", "log", "export", "XX", "--out", str(tmp_path / "x.log")).returncode == 2
    assert canada.run_as("reviewer", "log", "export", "IN", "--of", "x", "--out", str(tmp_path / "x")).returncode == 2
