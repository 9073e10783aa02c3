"""A reviewer's laptop without a node: it co-signs heads, and knows the log again or proves that it is another."""

from pathlib import Path

import pytest

from accord.channel.merkle import consistency_proof
from accord.channel.roots import TrustRoots
from accord.channel.witness import WitnessKey, WitnessRequest, read_cosigned
from tests.channel.logs import exported, parts_of
from tests.channel.logs import roots as trusted
from tests.cli.conftest import Node

NAME = "review.example.org/w1"


@pytest.fixture
def laptop(tmp_path: Path) -> Node:
    (tmp_path / "roots.json").write_bytes(TrustRoots(trusted()).to_json())
    node = Node(home=tmp_path)
    made = node.run("witness", "init", str(tmp_path / "w"), "--name", NAME)
    assert made.returncode == 0, made.stderr
    return node


def shown(laptop: Node, name: str, *batches: int, fork_at: int | None = None, epoch: int = 0) -> str:
    file = laptop.home / name
    parts = parts_of(batches, label=lambda n: "fork" if n == fork_at else "", epoch=epoch)
    file.write_bytes(exported(parts))
    return str(file)


def watching(laptop: Node, export: str) -> None:
    added = laptop.run("witness", "add", str(laptop.home / "w"), export, "--root", str(laptop.home / "roots.json"))
    assert added.returncode == 0, added.stderr


def cosign(laptop: Node, file: str, out: str = "out.note") -> tuple[int, str]:
    done = laptop.run("witness", "cosign", str(laptop.home / "w"), file, "--out", str(laptop.home / out))
    return done.returncode, done.stdout + done.stderr


def check(laptop: Node, export: str) -> tuple[int, str]:
    done = laptop.run("witness", "check", str(laptop.home / "w"), export)
    return done.returncode, done.stdout + done.stderr


def test_a_witness_cosigns_a_growing_log_and_knows_it_again(laptop: Node) -> None:
    short, long = shown(laptop, "short.log", 2, 3), shown(laptop, "long.log", 2, 3, 4)
    watching(laptop, short)
    assert check(laptop, short)[0] == 1, "a log that was never co-signed is not known"
    assert cosign(laptop, short)[0] == 0
    assert cosign(laptop, long, "second.note")[0] == 0
    key = WitnessKey.from_text((laptop.home / "w" / "witness-keys.txt").read_text())
    _, head, found = read_cosigned((laptop.home / "second.note").read_bytes(), [key])
    assert (head.size, set(found)) == (9, {NAME})
    code, said = check(laptop, long)
    assert (code, "This is the log that was: it passes through all 2 heads" in said) == (0, True)


def test_the_same_head_is_cosigned_once_and_given_again(laptop: Node) -> None:
    log = shown(laptop, "a.log", 2, 3)
    watching(laptop, log)
    cosign(laptop, log)
    code, said = cosign(laptop, log, "again.note")
    assert (code, "was co-signed before" in said) == (0, True)
    assert (laptop.home / "again.note").read_bytes() == (laptop.home / "out.note").read_bytes()


def test_a_fork_is_refused_and_proven_against_its_owner(laptop: Node) -> None:
    log, fork = shown(laptop, "a.log", 2, 3), shown(laptop, "fork.log", 3, 4, fork_at=4)
    watching(laptop, log)
    cosign(laptop, log)
    code, said = cosign(laptop, fork, "fork.note")
    proof = laptop.home / "w" / "logs" / "CA-IN" / "fork-5.proof"
    assert (code, str(proof) in said, (laptop.home / "fork.note").exists()) == (1, True, False)
    judged = laptop.run("verify", str(proof), "--root", str(laptop.home / "roots.json"))
    assert judged.returncode == 0, judged.stdout
    assert "CA signed two logs towards IN that cannot be one" in judged.stdout
    code, said = check(laptop, fork)
    assert (code, "NOT THE LOG THAT WAS" in said, "accord verify" in said) == (1, True, True)
    assert check(laptop, log)[0] == 0


def test_a_fork_in_another_epoch_is_refused_and_accuses_nobody(laptop: Node) -> None:
    watching(laptop, shown(laptop, "a.log", 2, 3))
    cosign(laptop, shown(laptop, "a.log", 2, 3))
    code, _ = cosign(laptop, shown(laptop, "fork.log", 3, 4, fork_at=4, epoch=7))
    assert code == 1
    assert not list((laptop.home / "w" / "logs" / "CA-IN").glob("*.proof"))


def test_a_log_that_was_shortened_is_said_and_never_cosigned(laptop: Node) -> None:
    short, long = shown(laptop, "short.log", 2, 3), shown(laptop, "long.log", 2, 3, 4)
    watching(laptop, short)
    cosign(laptop, long)
    code, said = check(laptop, short)
    assert (code, "SHORTENED: the log that is shown ends at 5 entries" in said) == (1, True)
    assert cosign(laptop, short, "short.note")[0] == 1


def test_a_request_with_a_proof_is_enough_once_the_log_is_watched(laptop: Node) -> None:
    watching(laptop, shown(laptop, "a.log", 2, 3))
    cosign(laptop, shown(laptop, "a.log", 2, 3))
    parts = list(parts_of((2, 3, 4)))
    leaves = [leaf for part in parts for leaf in part.stretch.leaves]

    def request(old: int, name: str, note: bytes | None) -> str:
        hashes = consistency_proof(lambda level, start, count: leaves[start : start + count], old, 9)
        asked = WitnessRequest(old_size=old, hashes=hashes, checkpoint=note or b"")
        (laptop.home / name).write_bytes(asked.to_bytes())
        return str(laptop.home / name)

    code, said = cosign(laptop, request(2, "late.request", parts[-1].checkpoint))
    assert (code, "last co-signed size 5" in said) == (1, True)
    assert cosign(laptop, request(5, "right.request", parts[-1].checkpoint))[0] == 0
    fork = list(parts_of((9,), label=lambda n: "fork" if n == 7 else ""))[-1].checkpoint
    code, said = cosign(laptop, request(9, "fork.request", fork))
    assert (code, "fork-9.proof" in said) == (1, True)


def test_a_witness_needs_its_own_folder_its_pass_phrase_and_a_log_that_it_watches(laptop: Node) -> None:
    log = shown(laptop, "a.log", 2)
    code, said = cosign(laptop, log)
    assert (code, "witness.log-unknown" in said) == (2, True)
    watching(laptop, log)
    wrong = Node(home=laptop.home, passphrase="another pass phrase altogether")
    assert cosign(wrong, log)[0] != 0
    nobody = Node(home=laptop.home, passphrase="")
    code, said = cosign(nobody, log)
    assert (code, "witness.passphrase-missing" in said) == (2, True)
    again = laptop.run("witness", "init", str(laptop.home / "w"), "--name", NAME)
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
    assert laptop.run("witness", "check", str(laptop.home), log).returncode == 2


def test_a_log_that_does_not_hold_is_not_even_added(laptop: Node) -> None:
    parts = list(parts_of((2, 3)))
    (laptop.home / "gap.log").write_bytes(exported([parts[1]]))
    files = (str(laptop.home / "gap.log"), "--root", str(laptop.home / "roots.json"))
    added = laptop.run("witness", "add", str(laptop.home / "w"), *files)
    assert (added.returncode, "witness.log-refused" in added.stderr) == (1, True)
