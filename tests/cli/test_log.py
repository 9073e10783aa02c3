"""A reviewer checks the logs at the command line, takes one along, and another machine checks it."""

import json
from pathlib import Path

from accord.channel.checkpoint import unverified_checkpoint
from accord.channel.witness import WitnessSeed, cosignature_lines, cosigned_note
from tests.channel.logs import parts_of
from tests.channel.specimens import seed
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


def test_witnesses_are_looked_after_at_the_command_line(paired: tuple[Node, Node], tmp_path: Path) -> None:
    canada, _ = paired
    keys, name = tmp_path / "witness-keys.txt", "review.example.org/cli"
    keys.write_text(WitnessSeed(name, seed("witness", 64)).public.to_text())
    added = canada.run_as("reviewer", "log", "witness", str(keys))
    assert added.returncode == 0, added.stderr
    shown = canada.run_as("reviewer", "log", "witnesses", "--json")
    assert [(one["witness"], one["cosigned"]) for one in json.loads(shown.stdout)] == [(name, 0), (name, 0)]
    early = canada.run_as("reviewer", "log", "request", "IN", "--witness", name, "--out", str(tmp_path / "in.request"))
    assert (early.returncode, "oversight.witness-refused" in early.stderr) == (2, True)
    assert not (tmp_path / "in.request").exists()
    [part] = parts_of((2,))
    assert part.checkpoint is not None
    head = unverified_checkpoint(part.checkpoint)
    lines = cosignature_lines(head, WitnessSeed(name, seed("witness", 64)), now_ms=1_790_000_000_000)
    (tmp_path / "stranger.note").write_bytes(cosigned_note(part.checkpoint, lines))
    refused = canada.run_as("reviewer", "log", "cosigned", str(tmp_path / "stranger.note"))
    assert (refused.returncode, "does not hold" in refused.stderr) == (2, True)
