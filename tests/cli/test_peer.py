import json
import shutil
from pathlib import Path

import pytest

from accord.channel.roots import TrustRoots
from tests.cli.conftest import Node

ARRANGEMENT = """
code = "SPECIMEN-{party}-1"
title = "Specimen arrangement"
parties = ["CA", "IN"]
agencies = ["RCMP", "NCB"]
categories = ["suspect"]
purposes = ["investigate"]
valid_from = 2026-01-01
text_sha256 = "{digest}"
"""


@pytest.fixture(scope="module")
def invitations(canada: Node, india: Node, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("mail")
    for node, peer, name in ((canada, "IN", "from-canada"), (india, "CA", "from-india")):
        done = node.run("peer", "invite", peer, "--out", str(folder / name))
        assert done.returncode == 0, done.stderr
    return folder / "from-canada", folder / "from-india"


@pytest.fixture(scope="module")
def paired(canada: Node, india: Node, invitations: tuple[Path, Path]) -> tuple[Node, Node]:
    for node, other, file in ((india, canada, invitations[0]), (canada, india, invitations[1])):
        done = node.accept(file)
        assert done.returncode == 0, done.stderr
        assert other.home != node.home
    return canada, india


def test_an_invitation_says_who_invites_whom_and_shows_the_words_of_its_key(
    india: Node, invitations: tuple[Path, Path]
) -> None:
    said = india.read("peer", "read", str(invitations[0]))
    assert (said["party"], said["peer"], len(said["words"])) == ("CA", "IN", 12)


def test_the_words_can_be_shown_to_a_camera(canada: Node, tmp_path: Path) -> None:
    done = canada.run("peer", "invite", "IN", "--out", str(tmp_path / "again"), "--qr")
    assert "█" in done.stdout


def test_words_that_differ_pin_nothing(canada: Node, invitations: tuple[Path, Path]) -> None:
    words = " ".join(["acorn"] * 12)
    done = canada.run("peer", "accept", str(invitations[1]), "--words", words)
    assert done.returncode == 1
    assert "parties.words-differ" in done.stderr
    assert [root["party"] for root in json.loads(canada.run("peer", "roots").stdout)["roots"]] == ["CA"]


def test_one_person_alone_pins_nothing_at_the_command_line(
    canada: Node, invitations: tuple[Path, Path], tmp_path: Path
) -> None:
    shutil.copytree(canada.home, tmp_path / "copy")
    node = Node(home=tmp_path / "copy", passwords=canada.passwords)
    words = " ".join(node.read("peer", "read", str(invitations[1]))["words"])
    accept = ("peer", "accept", str(invitations[1]), "--words", words)
    first = node.run(*accept)
    assert first.returncode == 0
    assert "A second person" in first.stdout
    again = node.run(*accept)
    assert again.returncode != 0
    assert "officer.pairing-refused" in again.stderr
    assert [root["party"] for root in json.loads(node.run("peer", "roots").stdout)["roots"]] == ["CA"]
    wrong = node.run_as("reviewer", *accept[:-1], " ".join(["acorn"] * 12))
    assert "parties.words-differ" in wrong.stderr
    other = tmp_path / "other"
    other.write_bytes(invitations[1].read_bytes().replace(b"}", b" }", 1))
    assert node.run_as("reviewer", "peer", "accept", str(other), "--words", words).returncode != 0
    assert "is pinned" in node.run_as("reviewer", *accept).stdout


def test_an_invitation_for_somebody_else_is_refused(canada: Node, invitations: tuple[Path, Path]) -> None:
    done = canada.run("peer", "accept", str(invitations[0]), "--words", "acorn")
    assert done.returncode == 2
    assert "officer.pairing-refused" in done.stderr


def test_both_sides_see_the_same_safety_number_and_the_same_roots(
    paired: tuple[Node, Node], invitations: tuple[Path, Path]
) -> None:
    canada, india = paired
    roots = [TrustRoots.from_json(node.run("peer", "roots").stdout.encode()).to_json() for node in paired]
    assert roots[0] == roots[1]
    numbers = set()
    for node, file in ((canada, invitations[1]), (india, invitations[0])):
        numbers.add(node.accept(file).stdout.splitlines()[-1])
    assert len(numbers) == 1


def test_the_channel_is_listed_with_both_logs(paired: tuple[Node, Node]) -> None:
    (channel,) = paired[0].read("peer", "list")
    assert (channel["peer"], channel["mode"], channel["outgoing"]["size"]) == ("IN", "open", 0)
    assert "IN: open" in paired[0].run("peer", "list").stdout


def test_an_officer_stops_a_channel_and_lets_it_go_on(paired: tuple[Node, Node]) -> None:
    canada, _ = paired
    assert canada.run("peer", "suspend", "IN", "--reason", "exercise").returncode == 0
    assert canada.read("peer", "list")[0]["mode"] == "suspended"
    assert canada.run("peer", "resume", "IN", "--reason", "exercise over").returncode == 0
    assert canada.read("peer", "list")[0]["mode"] == "open"


def test_what_is_not_frozen_cannot_be_thawed(paired: tuple[Node, Node]) -> None:
    done = paired[0].run("peer", "thaw", "IN", "--reason", "to try")
    assert done.returncode == 2
    assert "channel.mode-forbids" in done.stderr


def test_a_liaison_officer_does_not_manage_channels(paired: tuple[Node, Node]) -> None:
    done = paired[0].run_as("liaison", "peer", "suspend", "IN", "--reason", "x")
    assert done.returncode == 2
    assert "channel.manage" in done.stderr


def test_an_arrangement_and_a_risk_profile_are_recorded(paired: tuple[Node, Node], tmp_path: Path) -> None:
    file = tmp_path / "arrangement.toml"
    file.write_text(ARRANGEMENT.format(party="CA", digest="ab" * 32))
    assert paired[0].run("peer", "arrangement", str(file)).returncode == 0
    options = ["--assessed-on", "2026-10-01", "--baseline", "medium", "--residual", "low", "--assessed-by", "Desk"]
    options += ["--mitigation", "caveat"]
    first, early = (paired[0].run("peer", "risk", "IN", *options) for _ in range(2))
    assert "version 1" in first.stdout
    assert (early.returncode, "parties.register-waits" in early.stderr) == (2, True), early.stderr
    assert paired[0].run_as("counsel", "register", "agree", "risk", "IN").returncode == 0
    assert "version 2" in paired[0].run("peer", "risk", "IN", *options).stdout


def test_an_arrangement_that_lacks_a_field_says_which(paired: tuple[Node, Node], tmp_path: Path) -> None:
    file = tmp_path / "arrangement.toml"
    file.write_text('code = "X"\n')
    done = paired[0].run("peer", "arrangement", str(file))
    assert done.returncode == 2
    assert "`title`" in done.stderr


def test_a_keyset_travels_by_parcel_and_twice_does_no_harm(paired: tuple[Node, Node], tmp_path: Path) -> None:
    canada, india = paired
    rotated = canada.run("peer", "rotate", "seal")
    assert rotated.returncode == 0, rotated.stderr
    parcel, back = tmp_path / "out.parcel", tmp_path / "back.parcel"
    written = canada.read("parcel", "export", "IN", "--out", str(parcel), "--unmet")
    assert written["entries"] == 1
    assert india.read("parcel", "import", "CA", str(parcel))["entries"] == 1
    assert india.read("parcel", "import", "CA", str(parcel))["entries"] == 0
    assert india.read("parcel", "export", "CA", "--out", str(back), "--unmet")["entries"] >= 1
    assert canada.read("parcel", "import", "IN", str(back))["receipted_size"] == 1


def test_a_damaged_parcel_is_said_to_be_damaged(paired: tuple[Node, Node], tmp_path: Path) -> None:
    canada, india = paired
    parcel = tmp_path / "out.parcel"
    canada.read("parcel", "export", "IN", "--out", str(parcel))
    parcel.write_bytes(parcel.read_bytes()[:-1])
    done = india.run("parcel", "import", "CA", str(parcel), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["is_whole"] is False


def test_an_unknown_peer_is_said_plainly(paired: tuple[Node, Node]) -> None:
    done = paired[0].run("peer", "suspend", "ZZ", "--reason", "x")
    assert done.returncode == 2
    assert "no channel with 'ZZ'" in done.stderr
