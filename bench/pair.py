"""Making real nodes for measurements and fault tests: each its own folder, database, keys, law and process.

The nodes are those of ``accord init`` and ``accord peer``; nothing is reached into.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

from accord.cli.demo.nodes import NodeProcess, free_port, run_module

__all__ = ["CODES", "make_node", "make_pair", "pair_nodes"]

LOOPBACK = "127.0.0.1"
CODES = {"canada": "CA", "india": "IN"}
"""Party codes of the two profiles that every run uses."""


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
    node.accounts = said["accounts"]
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
    for inviting, invited in permutations(nodes, 2):
        host, guest = nodes[inviting], nodes[invited]
        port = (addresses or {}).get((invited, inviting), host.channel_port)
        file = folder / f"invitation-of-{inviting}-to-{invited}.json"
        said = json.loads(
            host.run(
                *("peer", "invite", invited, "--out", str(file), "--json"),
                *("--url", f"https://{LOOPBACK}:{port}"),
            )
        )
        guest.run(
            *("peer", "accept", str(file), "--words", " ".join(said["words"])),
            *("--as", guest.accounts["administrator"]["username"]),
        )
    for ours, theirs in permutations(nodes, 2):
        node = nodes[ours]
        run_module("accord.cli.demo.prepare", [str(node.home), theirs], home=node.home, passphrase=node.passphrase)
    first = next(iter(nodes.values()))
    (folder / "roots.json").write_text(first.run("peer", "roots"))


def make_pair(
    folder: Path, *, profiles: Sequence[str] = tuple(CODES), addresses: Mapping[tuple[str, str], int] | None = None
) -> tuple[NodeProcess, NodeProcess]:
    """Makes and pairs Canada's and India's nodes in ``folder``; neither is started."""
    folder.mkdir(parents=True, exist_ok=True)
    one, other = (make_node(folder / profile, profile=profile) for profile in profiles)
    pair_nodes({CODES[profiles[0]]: one, CODES[profiles[1]]: other}, folder=folder, addresses=addresses)
    return one, other
