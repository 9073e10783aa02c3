"""Two real nodes sign one text: at the same time, with a line that is down, and with a node killed in mid-signing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.pair import run_inside

from tests.nodes.nodes import Nodes, ask, wait_for

pytestmark = pytest.mark.nodes

ACTS = "tests.nodes.agreeing"
AGREED = (
    "SELECT group_concat(lower(hex(digest))) FROM "
    "(SELECT digest FROM instruments_text WHERE state = 'agreed' ORDER BY number)"
)


def act(node: Any, command: str, **given: str) -> Any:
    return run_inside(node, ACTS, command, *(part for name, value in given.items() for part in (f"--{name}", value)))


def their_offer(node: Any) -> str:
    return str(wait_for("their offer to arrive", lambda: act(node, "theirs")["text"]))


def agreed_on_both(nodes: Nodes, *digests: str) -> None:
    wait_for(
        "the text to be agreed on both nodes",
        lambda: all(ask(node, AGREED) == ",".join(digests) for node in nodes.both),
    )


def test_both_offer_at_once_and_one_text_is_agreed_on_both_nodes(nodes: Nodes, tmp_path: Path) -> None:
    # Each begins its own plan before it hears of the other's.
    ours = act(nodes.canada, "propose", title="Plan of Canada")
    theirs = act(nodes.india, "propose", title="Plan of India")
    nodes.start()
    there = their_offer(nodes.canada)
    here = their_offer(nodes.india)
    assert act(nodes.canada, "accept", text=there)["code"] == "instruments.own-offer-stands"
    assert act(nodes.india, "accept", text=here)["code"] == "instruments.own-offer-stands"
    act(nodes.canada, "withdraw", text=ours["text"])
    withdrawn = "SELECT count(*) FROM instruments_text WHERE is_ours = 1 AND state = 'withdrawn'"
    wait_for("the withdrawal to be confirmed", lambda: ask(nodes.canada, withdrawn))
    assert act(nodes.canada, "accept", text=there)["code"] == ""
    agreed_on_both(nodes, theirs["digest"])
    assert nodes.settle().faults == ()
    _proven_to_a_stranger(nodes, there, tmp_path)


def _proven_to_a_stranger(nodes: Nodes, text: str, folder: Path) -> None:
    roots, file = folder / "roots.json", folder / "signed.zip"
    roots.write_text(run_roots(nodes), "utf-8")
    act(nodes.canada, "signed", text=text, file=str(file))
    said = verified(file, roots)
    assert said["ok"], said
    assert [claim["name"] for claim in said["claims"]] == ["offer", "acceptance"]
    spoilt = folder / "spoilt.zip"
    spoilt.write_bytes(_with_other_words(file))
    assert not verified(spoilt, roots)["ok"]


def run_roots(nodes: Nodes) -> str:
    from accord.cli.demo.nodes import run_accord

    return run_accord(["peer", "roots"], home=nodes.canada.home, passphrase=nodes.canada.passphrase)


def verified(file: Path, roots: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "accord", "verify", "--text", str(file), "--root", str(roots), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout)


def _with_other_words(file: Path) -> bytes:
    import io
    import zipfile

    spoilt = io.BytesIO()
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(spoilt, "w") as other:
        for name in whole.namelist():
            content = whole.read(name)
            other.writestr(
                name, content.replace(b"Plan of India", b"Plan of Indiana") if name == "text.json" else content
            )
    return spoilt.getvalue()


def test_a_node_killed_in_mid_signing_agrees_when_it_is_back_and_the_next_text_builds_on_it(nodes: Nodes) -> None:
    nodes.start()
    first = act(nodes.canada, "propose", title="First")
    there = their_offer(nodes.india)
    nodes.canada.kill()
    assert act(nodes.india, "accept", text=there)["code"] == ""
    waiting = "SELECT state FROM instruments_text"
    assert ask(nodes.india, waiting) == "accepted"
    nodes.canada.start()
    agreed_on_both(nodes, first["digest"])
    second = act(nodes.india, "propose", title="Second")
    assert act(nodes.canada, "accept", text=their_offer(nodes.canada))["code"] == ""
    agreed_on_both(nodes, first["digest"], second["digest"])
    assert nodes.settle().faults == ()
