"""Delivered is what a receipt says, and a receipt convinces a stranger; silence is never taken for one.

Source: the fault list, items 40 and 41.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.pair import REPOSITORY, run_inside

from accord.channel.evidence import EvidenceBundle, verify_bundle
from accord.channel.roots import TrustRoots
from accord.cli.demo.nodes import NodeProcess
from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes


def evidence(nodes: Nodes, node: NodeProcess) -> Path:
    """Exports the bundle of a node's newest receipted message."""
    file = nodes.folder / f"{node.profile}.accord-evidence"
    run_inside(node, "bench.workload", "evidence", "--out", str(file))
    return file


def stranger_verifies(nodes: Nodes, file: Path) -> "subprocess.CompletedProcess[str]":
    """Runs ``accord verify`` as somebody who has the file, the two root keys, and no node."""
    return subprocess.run(
        [sys.executable, "-m", "accord", "verify", str(file), "--root", str(nodes.folder / "roots.json"), "--json"],
        env={name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))},
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )


def test_a_peer_that_denies_receipt_is_contradicted_by_a_file_and_two_root_keys(nodes: Nodes) -> None:
    nodes.start()
    nodes.release(nodes.canada, 2)
    nodes.settle(filed=2)
    file = evidence(nodes, nodes.canada)
    done = stranger_verifies(nodes, file)
    assert done.returncode == 0, done.stdout
    roots = TrustRoots.from_json((nodes.folder / "roots.json").read_bytes()).roots
    verdict = verify_bundle(file.read_bytes(), roots)
    assert verdict.ok
    assert {claim.name for claim in verdict.claims if claim.ok} >= {"integrity", "origin", "time", "receipt"}


def test_a_bundle_with_any_bit_bent_convinces_nobody(nodes: Nodes) -> None:
    nodes.start()
    nodes.release(nodes.canada, 1)
    nodes.settle(filed=1)
    file = evidence(nodes, nodes.canada)
    roots = TrustRoots.from_json((nodes.folder / "roots.json").read_bytes()).roots
    whole = file.read_bytes()
    assert verify_bundle(whole, roots).ok
    for place in range(0, len(whole), max(1, len(whole) // 300)):
        bent = bytearray(whole)
        bent[place] ^= 1 << place % 8
        verdict = verify_bundle(bytes(bent), roots)
        assert not verdict.ok, f"a bit bent at byte {place} went unnoticed"
        assert verdict.reason
    file.write_bytes(bytes([*whole[:200], whole[200] ^ 1, *whole[201:]]))
    assert stranger_verifies(nodes, file).returncode != 0


def test_a_message_that_was_never_sent_has_no_proof_in_the_log_that_its_owner_signed(nodes: Nodes) -> None:
    nodes.start()
    nodes.release(nodes.canada, 1)
    nodes.release(nodes.india, 1)
    nodes.settle(filed=2)
    roots = TrustRoots.from_json((nodes.folder / "roots.json").read_bytes()).roots
    true, other = (EvidenceBundle.decode(evidence(nodes, node).read_bytes()) for node in nodes.both)
    invented = EvidenceBundle(
        **{name: getattr(true, name) for name in EvidenceBundle.__dataclass_fields__}
        | {"header": other.header, "sealed_digest": other.sealed_digest, "body": None, "salt": None}
    )
    verdict = verify_bundle(invented.encode(), roots)
    assert not verdict.ok


def test_a_withheld_receipt_leaves_the_message_unconfirmed_and_raises_an_alarm(nodes: Nodes) -> None:
    config = nodes.canada.home / "node.toml"
    text = config.read_text().replace("unreceipted_alarm_seconds = 3600", "unreceipted_alarm_seconds = 1")
    config.write_text(text)
    nodes.start()
    nodes.to_canada.cut()
    nodes.to_india.weather.swallow_replies = True
    nodes.release(nodes.canada, 1)
    wait_for("India to hold the message", lambda: nodes.indias().replica.size == 1)
    wait_for("the alarm", lambda: nodes.canadas().alarms["courier.unreceipted"])
    assert ask(nodes.canada, "SELECT state FROM exchange_message") == "released"
    assert ask(nodes.canada, "SELECT delivered_at FROM exchange_message") is None
    nodes.to_india.heal()
    nodes.to_canada.heal()
    nodes.settle(filed=1)
    wait_for(
        "the delivery to be noted", lambda: ask(nodes.canada, "SELECT delivered_at IS NOT NULL FROM exchange_message")
    )
