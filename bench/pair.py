"""Making real nodes for measurements and fault tests: each its own folder, database, keys, law and process.

The nodes are those of ``accord init`` and ``accord peer``; nothing is reached into.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

from accord.cli.demo.nodes import NodeProcess, free_port
from accord.cli.demo.specimens import risk_options

__all__ = [
    "CODES",
    "REPOSITORY",
    "arrangement_code",
    "inside_environment",
    "make_node",
    "make_pair",
    "pair_nodes",
    "run_inside",
]

LOOPBACK = "127.0.0.1"
REPOSITORY = Path(__file__).resolve().parent.parent
CODES = {"canada": "CA", "india": "IN"}
"""Party codes of the two profiles that every run uses."""


def inside_environment(node: NodeProcess) -> dict[str, str]:
    """Returns the environment in which a process of ours works on a node's home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
    database = os.environ.get(f"ACCORD_DATABASE_URL_{node.home.name.upper()}")
    placed = {"ACCORD_DATABASE_URL": database} if database else {}
    return {**kept, **placed, "ACCORD_HOME": str(node.home), "ACCORD_PASSPHRASE": node.passphrase}


def run_inside(node: NodeProcess, module: str, *arguments: str) -> Any:  # Any: whatever the module prints as JSON
    """Runs one of our modules with a node's home and pass phrase, and returns the JSON value it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=inside_environment(node),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=REPOSITORY,
    )
    if done.returncode != 0:
        msg = f"{module} {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}"
        raise RuntimeError(msg)
    return json.loads(done.stdout.strip().rpartition("\n")[2])


def make_node(home: Path, *, profile: str) -> NodeProcess:
    """Makes one node with specimen accounts; it is not started.

    Args:
        home: Its folder, made here.
        profile: Name of a shipped profile, or the path of one.
    """
    node = NodeProcess(
        home=home,
        profile=profile,
        api_port=free_port(),
        channel_port=free_port(),
        passphrase=NodeProcess.new_passphrase(),
    )
    said = json.loads(
        node.run(
            "init",
            *("--profile", profile, "--demo", "--json"),
            *("--api-port", str(node.api_port), "--channel-port", str(node.channel_port)),
            *("--channel-url", f"https://{LOOPBACK}:{node.channel_port}"),
        )
    )
    node.accounts, node.words = said["accounts"], said["words"]
    node.remember()
    return node


def pair_nodes(
    nodes: Mapping[str, NodeProcess], *, folder: Path, addresses: Mapping[tuple[str, str], int] | None = None
) -> None:
    """Pairs every node with every other one, by invitation and words, and tells each gate of its peers.

    Args:
        nodes: The nodes by party code.
        folder: Where invitations and root keys are written.
        addresses: Port under which the second party of the key is to be reached by the first; its own where omitted.
    """
    pairs = list(permutations(nodes, 2))
    today = datetime.now(UTC).date()

    def invite(host: str) -> None:
        for inviting, invited in pairs:
            if inviting == host:
                port = (addresses or {}).get((invited, inviting), nodes[host].channel_port)
                file = folder / f"invitation-of-{inviting}-to-{invited}.json"
                nodes[host].run("peer", "invite", invited, "--out", str(file), "--url", f"https://{LOOPBACK}:{port}")

    def accept(guest: str) -> None:
        for ours, theirs in pairs:
            if ours == guest:
                _accept(nodes[ours], ours, nodes[theirs], theirs, folder, today)

    # A command takes a second to start; those of different nodes need not wait for each other.
    with ThreadPoolExecutor(max_workers=len(nodes)) as pool:
        list(pool.map(invite, nodes))
        list(pool.map(accept, nodes))
    (folder / "roots.json").write_text(next(iter(nodes.values())).run("peer", "roots"))


def _accept(node: NodeProcess, ours: str, other: NodeProcess, theirs: str, folder: Path, today: date) -> None:
    file = folder / f"invitation-of-{theirs}-to-{ours}.json"
    for role in ("administrator", "reviewer"):
        node.run_as(role, "peer", "accept", str(file), "--words", " ".join(other.words))
    arrangement = node.home / f"arrangement-{theirs}.toml"
    arrangement.write_text(_arrangement((ours, theirs), today))
    node.run("peer", "arrangement", str(arrangement))
    node.run("peer", "risk", theirs, *risk_options(today))
    for register, code in (("arrangement", arrangement_code(ours, theirs)), ("risk", theirs)):
        node.run_as("counsel", "register", "agree", register, code)


def arrangement_code(one: str, other: str) -> str:
    """Returns the code of the specimen arrangement between two parties."""
    return "SPECIMEN-" + "-".join(sorted((one, other)))


def _arrangement(parties: tuple[str, str], today: date) -> str:
    return f"""\
# SPECIMEN: invented for a measurement or a test; the work of no government.
code = "{arrangement_code(*parties)}"
title = "Specimen arrangement"
parties = {list(parties)}
agencies = ["RCMP", "NCB", "DESK"]
categories = ["consignment"]
purposes = ["prevent", "detect", "investigate", "protect-life"]
valid_from = {today - timedelta(days=365)}
valid_until = {today + timedelta(days=730)}
text_sha256 = "{hashlib.sha256(b"SPECIMEN arrangement").hexdigest()}"
onward_rule = "No third state without the originator's permission"
"""


def make_pair(
    folder: Path, *, addresses: Mapping[tuple[str, str], int] | None = None
) -> tuple[NodeProcess, NodeProcess]:
    """Makes and pairs Canada's and India's nodes in ``folder``; neither is started.

    Args:
        folder: Holds both homes, the invitations and ``roots.json``.
        addresses: See :func:`pair_nodes`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=len(CODES)) as pool:
        one, other = pool.map(lambda profile: make_node(folder / profile, profile=profile), CODES)
    pair_nodes(dict(zip(CODES.values(), (one, other), strict=True)), folder=folder, addresses=addresses)
    return one, other
