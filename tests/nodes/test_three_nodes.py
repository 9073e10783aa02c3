"""One node with two peers: two channels, two pairs of logs, and nothing of one shows in the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.pair import make_node, pair_nodes, run_inside

from accord.cli.demo.nodes import NodeProcess
from tests.nodes.checker import Verdict, check_pair, read_books
from tests.nodes.nodes import wait_for
from tests.nodes.proof import prove_receipts

pytestmark = pytest.mark.nodes

THIRD = "ZZ"
"""A code that ISO 3166-1 leaves to users: a specimen state, known to the software by its profile alone."""

PROFILE = """\
version = 1
code = "ZZ"
time_zone = "Europe/Zurich"
holidays_country = "CH"
law_packs = ["common"]

[names]
en = "Specimen state"
fr = "État spécimen"
hi = "नमूना राज्य"

[capital]
en = "Specimen city"
fr = "Ville spécimen"
hi = "नमूना नगर"

[[agencies]]
code = "DESK"
names = { en = "Specimen desk", fr = "Bureau spécimen", hi = "नमूना डेस्क" }
"""


@contextmanager
def three(folder: Path) -> Iterator[dict[str, NodeProcess]]:
    profile = folder / "specimen.toml"
    profile.write_text(PROFILE)
    nodes = {
        "CA": make_node(folder / "canada", profile="canada"),
        "IN": make_node(folder / "india", profile="india"),
        THIRD: make_node(folder / "third", profile=str(profile)),
    }
    pair_nodes({"CA": nodes["CA"], "IN": nodes["IN"]}, folder=folder)
    pair_nodes({"CA": nodes["CA"], THIRD: nodes[THIRD]}, folder=folder)
    try:
        for node in nodes.values():
            node.start()
        yield nodes
    finally:
        for node in nodes.values():
            node.kill()
            node._pool.clear()


def release(node: NodeProcess, to: str, count: int, *, first: int = 0) -> None:
    run_inside(
        node, "bench.workload", "release", "--count", str(count), "--peer", to, "--first", str(first), "--size", "3000"
    )


def settled(one: NodeProcess, one_code: str, other: NodeProcess, other_code: str, *, filed: int) -> Verdict:
    def held() -> Verdict | None:
        ours, theirs = read_books(one.home)[other_code], read_books(other.home)[one_code]
        verdict = check_pair(ours, theirs)
        is_all = sum(ours.effects.values()) + sum(theirs.effects.values()) == filed
        return verdict if verdict.is_clean and is_all else None

    found: Verdict = wait_for(f"{one_code} and {other_code} to settle", held)
    return found


def test_two_channels_of_one_node_share_nothing_and_one_goes_on_when_the_other_peer_is_down(tmp_path: Path) -> None:
    with three(tmp_path) as nodes:
        canada, india, third = nodes.values()
        release(canada, "IN", 3)
        release(canada, THIRD, 2, first=10)
        release(third, "CA", 2, first=20)
        settled(canada, "CA", india, "IN", filed=3)
        settled(canada, "CA", third, THIRD, filed=4)
        ours = read_books(canada.home)
        to_india = {entry.envelope_id for entry in ours["IN"].out.entries}
        to_third = {entry.envelope_id for entry in ours[THIRD].out.entries}
        assert not to_india & to_third
        assert set(read_books(india.home)) == {"CA"}
        assert set(read_books(third.home)) == {"CA"}
        assert not to_india & {entry.envelope_id for entry in read_books(third.home)["CA"].replica.entries}
        india.kill()
        release(canada, "IN", 1, first=30)
        release(canada, THIRD, 1, first=40)
        settled(canada, "CA", third, THIRD, filed=5)
        india.start()
        settled(canada, "CA", india, "IN", filed=4)
        roots = (tmp_path / "roots.json").read_bytes()
        assert all(prove_receipts(node.home, roots) > 0 for node in nodes.values())
