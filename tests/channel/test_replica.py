"""Reading stored logs: earlier edges, and logs that somebody proposes."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from accord.channel.merkle import EMPTY_FRONTIER, consistency_proof, verify_consistency
from accord.channel.replica import ProposedLog, frontier_at
from tests.simulators.stored_node import StoredLog


def leaves_of(label: str, count: int) -> list[bytes]:
    return [hashlib.sha256(f"{label} {number}".encode()).digest() for number in range(count)]


def stored(leaves: list[bytes]) -> StoredLog:
    log = StoredLog()
    _, nodes = EMPTY_FRONTIER.append(leaves)
    log.leaves = list(leaves)
    log.nodes = {(node.level, node.index): node.hash for node in nodes}
    return log


LONG = leaves_of("long", 1100)


@given(st.integers(0, 1100))
def test_the_edge_at_an_earlier_size_is_the_edge_the_log_then_had(size: int) -> None:
    assert frontier_at(stored(LONG).hashes, size) == EMPTY_FRONTIER.append(LONG[:size])[0]


@given(st.integers(0, 1100), st.integers(1, 600), st.data())
def test_a_proposed_log_proves_consistency_as_if_it_were_stored(start: int, count: int, data: st.DataObject) -> None:
    proposal = leaves_of("proposal", count)
    whole = [*LONG[:start], *proposal]
    old = data.draw(st.integers(0, len(whole)))
    log = ProposedLog(base=stored(LONG).hashes, start=start, leaves=tuple(proposal))
    proof = consistency_proof(log.read, old, len(whole))
    roots = [EMPTY_FRONTIER.append(whole[:size])[0].root for size in (old, len(whole))]
    verify_consistency(old, len(whole), roots[0], roots[1], proof)
