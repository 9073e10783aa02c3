"""Two histories at the command line: the parcel that freezes, the proof that a stranger checks, the thaw by two."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Node
from tests.meta.tree import DOCS

SCHEMA = json.loads((DOCS / "schemas/verify.schema.json").read_text("utf-8"))


def copy_of(node: Node, home: Path) -> Node:
    shutil.copytree(node.home, home)
    return Node(home=home, passwords=node.passwords)


def pair(canada: Node, india: Node, folder: Path) -> None:
    for node, peer, name in ((canada, "IN", "ca"), (india, "CA", "in")):
        assert node.run("peer", "invite", peer, "--out", str(folder / name)).returncode == 0
    for node, name in ((india, "ca"), (canada, "in")):
        assert node.accept(folder / name).returncode == 0


@pytest.fixture(scope="module")
def met(canada: Node, india: Node, tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Node]:
    """Two paired nodes, of which each test takes copies."""
    folder = tmp_path_factory.mktemp("met")
    ours, theirs = copy_of(canada, folder / "ca-home"), copy_of(india, folder / "in-home")
    pair(ours, theirs, folder)
    return ours, theirs


@pytest.fixture(scope="module")
def frozen(met: tuple[Node, Node], tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, "dict[str, object]"]:
    """Canada, whom India and a clone of India's node have sent two logs, and what it said to the second parcel."""
    folder = tmp_path_factory.mktemp("frozen")
    ours, theirs = copy_of(met[0], folder / "ca-home"), copy_of(met[1], folder / "in-home")
    clone = copy_of(theirs, folder / "clone-home")
    for node, kind, name in ((theirs, "seal", "first"), (clone, "archive", "second")):
        assert node.run("peer", "rotate", kind).returncode == 0
        node.read("parcel", "export", "CA", "--out", str(folder / name), "--unmet")
    assert ours.run("parcel", "import", "IN", str(folder / "first")).returncode == 0
    done = ours.run("parcel", "import", "IN", str(folder / "second"), "--json")
    return ours, {"code": done.returncode, **json.loads(done.stdout), "parcel": str(folder / "second")}


def test_a_parcel_that_freezes_the_channel_ends_with_a_code_of_its_own(
    frozen: tuple[Node, dict[str, object]],
) -> None:
    node, said = frozen
    assert (said["code"], said["mode"]) == (5, "frozen")
    again = node.run("parcel", "import", "IN", str(said["parcel"]))
    assert again.returncode == 5
    assert "THE CHANNEL IS FROZEN" in again.stdout
    assert "accord peer proof IN" in again.stdout


def test_a_frozen_channel_says_why_and_since_when(frozen: tuple[Node, dict[str, object]]) -> None:
    node, _ = frozen
    shown = node.run("peer", "show", "IN").stdout
    assert "IN signed two logs that cannot be one" in shown
    assert "ALARM" in shown
    assert "times since" in shown
    row = node.read("peer", "show", "IN")
    assert (row["mode"], row["mode_changes"][0]["to_mode"]) == ("frozen", "frozen")
    assert "frozen      since" in node.run("peer", "list").stdout


def test_the_proof_is_written_to_a_file_that_a_stranger_checks(
    frozen: tuple[Node, dict[str, object]], tmp_path: Path
) -> None:
    node, _ = frozen
    file, roots = tmp_path / "proof", tmp_path / "roots.json"
    written = node.run("peer", "proof", "IN", "--out", str(file))
    assert written.returncode == 0, written.stderr
    roots.write_text(node.run("peer", "roots").stdout)
    stranger = Node(home=tmp_path)
    verdict = stranger.read("verify", str(file), "--root", str(roots))
    Draft202012Validator(SCHEMA).validate(verdict)
    assert [(one["name"], one["ok"]) for one in verdict["claims"]] == [("two-histories", True)]
    assert "IN signed two logs" in verdict["claims"][0]["sentence"]
    damaged = bytearray(file.read_bytes())
    damaged[300] ^= 1
    file.write_bytes(bytes(damaged))
    assert stranger.run("verify", str(file), "--root", str(roots)).returncode == 1


def test_two_officers_thaw_it_each_with_their_own_password(frozen: tuple[Node, dict[str, object]]) -> None:
    node, _ = frozen
    first = node.run("peer", "thaw", "IN", "--reason", "The clone is stopped; both operators compared the logs.")
    assert first.returncode == 0, first.stderr
    alone = node.run("peer", "thaw", "IN", "--confirm")
    assert (alone.returncode, "courier.two-officers-needed" in alone.stderr) == (2, True)
    stolen = node.run("peer", "thaw", "IN", "--confirm", "--as", "releasing", ACCORD_OFFICER_PASSWORD="guessed it")
    assert (stolen.returncode, "officer.secret-refused" in stolen.stderr) == (2, True)
    second = node.run_as("releasing", "peer", "thaw", "IN", "--confirm")
    assert second.returncode == 0, second.stderr
    change = node.read("peer", "show", "IN")["mode_changes"][0]
    assert (change["to_mode"], change["proposed_by"], change["confirmed_by"]) == ("open", "admin", "releasing")


@pytest.fixture
def paired(met: tuple[Node, Node], tmp_path: Path) -> tuple[Node, Node]:
    return copy_of(met[0], tmp_path / "ca-home"), copy_of(met[1], tmp_path / "in-home")


def test_without_two_histories_there_is_no_proof(paired: tuple[Node, Node], tmp_path: Path) -> None:
    done = paired[0].run("peer", "proof", "IN", "--out", str(tmp_path / "proof"))
    assert (done.returncode, "cli.no-proof" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("remedy", "code"),
    [("give-up", "channel.mode"), ("begin-again", "courier.nothing-to-begin-from")],
)
def test_what_nobody_lost_is_neither_given_up_nor_begun_again(
    paired: tuple[Node, Node], remedy: str, code: str
) -> None:
    done = paired[0].run("peer", remedy, "IN", "--reason", "to try")
    assert (done.returncode, code in done.stderr) == (2, True), done.stderr
    both = paired[0].run("peer", remedy, "IN", "--reason", "to try", "--confirm")
    assert both.returncode == 2
    assert paired[0].read("peer", "show", "IN")["mode_changes"] == []


def test_no_entry_is_archived_while_none_left_the_log(paired: tuple[Node, Node], tmp_path: Path) -> None:
    node, file = paired[0], tmp_path / "old.evidence"
    assert node.read("peer", "archived", "IN") == []
    assert "No receipted entry" in node.run("peer", "archived", "IN").stdout
    assert node.run("peer", "archived", "IN", "--position", "0").returncode == 2
    wanted = node.run("peer", "archived", "IN", "--position", "0", "--out", str(file))
    assert (wanted.returncode, "courier.not-archived" in wanted.stderr, file.exists()) == (2, True, False)


def test_a_restored_node_begins_a_new_epoch_before_it_starts(paired: tuple[Node, Node]) -> None:
    ours, _ = paired
    done = ours.run("peer", "restored", "--reason", "The disk failed; the copy of last night was put back.")
    assert done.returncode == 0, done.stderr
    shown = ours.read("peer", "show", "IN")
    assert shown["outgoing"]["epoch"] > 0
    assert shown["mode_changes"][0]["reason"].startswith("The disk failed")


def test_a_restoration_is_not_declared_under_a_running_node(paired: tuple[Node, Node]) -> None:
    import fcntl

    with (paired[0].home / "node.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = paired[0].run("peer", "restored", "--reason", "x")
    assert (done.returncode, "node.another-instance" in done.stderr) == (4, True)


def test_keys_of_both_sides_are_listed_and_only_ours_are_revoked(paired: tuple[Node, Node]) -> None:
    ours, _ = paired
    mine, theirs = ours.read("peer", "keys", "IN")
    assert (mine["party"], theirs["party"]) == ("CA", "IN")
    assert {key["kind"] for key in mine["keys"]} == {"sign", "seal", "archive"}
    assert set(mine["keys"][0]) >= {"key_id", "kind", "since", "from_position", "revoked_from"}
    unknown = ours.run("peer", "revoke", "IN", "00" * 8)
    assert (unknown.returncode, "courier.key-not-revocable" in unknown.stderr) == (2, True)
    of_peer = ours.run("peer", "revoke", "IN", theirs["keys"][0]["key_id"])
    assert of_peer.returncode == 2
    assert ours.run("peer", "revoke", "IN", "not hexadecimal").returncode == 2
    good = mine["signs_with"]
    assert ours.run("peer", "revoke", "IN", good).returncode == 0
    after = {key["key_id"]: key for key in ours.read("peer", "keys", "IN")[0]["keys"]}
    assert after[good]["revoked_from"] is not None
    assert "REVOKED" in ours.run("peer", "keys", "IN").stdout
    twice = ours.run("peer", "revoke", "IN", good)
    assert (twice.returncode, "revoked already" in twice.stderr) == (2, True)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 401])
def test_a_channel_is_stopped_for_a_reason_in_words(paired: tuple[Node, Node], reason: str) -> None:
    done = paired[0].run("peer", "suspend", "IN", "--reason", reason)
    assert (done.returncode, "courier.reason-missing" in done.stderr) == (2, True)


def test_the_reason_of_a_stop_is_shown(paired: tuple[Node, Node]) -> None:
    ours, _ = paired
    assert ours.run("peer", "suspend", "IN", "--reason", "An incident is looked into.").returncode == 0
    assert "An incident is looked into." in ours.run("peer", "list").stdout
    assert ours.read("peer", "list")[0]["mode_change"]["proposed_by"] == "admin"


def test_a_refused_parcel_is_said_in_words(paired: tuple[Node, Node], tmp_path: Path) -> None:
    ours, theirs = paired
    out = tmp_path / "own"
    ours.read("parcel", "export", "IN", "--out", str(out))
    done = ours.run("parcel", "import", "IN", str(out))
    assert done.returncode == 1
    assert "Refused, 1 frames: " in done.stdout
    assert "Next step: " in done.stdout
    assert theirs.run("parcel", "import", "CA", str(out)).returncode == 0


def test_a_parcel_of_a_channel_that_never_met_names_the_word_that_lets_it_go(
    paired: tuple[Node, Node], tmp_path: Path
) -> None:
    ours, _ = paired
    assert ours.run("peer", "rotate", "seal").returncode == 0
    done = ours.run("parcel", "export", "IN", "--out", str(tmp_path / "out"))
    assert (done.returncode, "accord parcel export --unmet" in done.stderr) == (3, True)
    no_folder = ours.run("parcel", "export", "IN", "--unmet", "--out", str(tmp_path / "no" / "out"))
    assert (no_folder.returncode, "courier.parcel-folder" in no_folder.stderr) == (2, True)
