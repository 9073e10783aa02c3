import hashlib
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from accord.channel.encoding import MalformedObject
from accord.channel.merkle import (
    EMPTY_FRONTIER,
    EMPTY_ROOT,
    Frontier,
    HashReader,
    ProofInvalid,
    StrideNode,
    consistency_proof,
    entry_leaf,
    inclusion_proof,
    leaf_hash,
    node_hash,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)
from accord.errors import OurFault

# Known answers: the eight leaves that Certificate Transparency's reference implementation has been tested with since
# 2013
# (RFC 6962, whose tree RFC 9162 keeps), and the roots of their first n.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def rfc_leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


LEAVES = [rfc_leaf(data) for data in INPUTS]


@cache
def numbered(count: int) -> tuple[bytes, ...]:
    return tuple(rfc_leaf(number.to_bytes(4, "big")) for number in range(count))


class Store:
    """What a node's database keeps of a log: its leaves and its stride nodes."""

    def __init__(self) -> None:
        self.frontier = EMPTY_FRONTIER
        self.levels: dict[int, list[bytes]] = {0: []}

    def append(self, leaves: Sequence[bytes]) -> None:
        self.levels[0].extend(leaves)
        self.frontier, nodes = self.frontier.append(leaves)
        for node in nodes:
            level = self.levels.setdefault(node.level, [])
            assert node.index == len(level)
            level.append(node.hash)

    @property
    def reader(self) -> HashReader:
        return lambda level, start, count: self.levels[level][start : start + count]


def stored(leaves: Sequence[bytes]) -> Store:
    store = Store()
    store.append(leaves)
    return store


# The recursive definitions of RFC 9162, 2.1.1, 2.1.3.1 and 2.1.4.1, word for word.


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_hold(size: int) -> None:
    assert EMPTY_FRONTIER.append(LEAVES[:size])[0].root.hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_known_inclusion_proofs_hold(index: int, size: int) -> None:
    known = [bytes.fromhex(text) for text in INCLUSION[index, size]]
    assert list(inclusion_proof(stored(LEAVES[:size]).reader, index, size)) == known
    verify_inclusion(LEAVES[index], index, size, known, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_known_consistency_proofs_hold(old: int, new: int) -> None:
    known = [bytes.fromhex(text) for text in CONSISTENCY[old, new]]
    assert list(consistency_proof(stored(LEAVES[:new]).reader, old, new)) == known
    verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), known)


def test_every_proof_of_every_small_log_is_the_one_the_standard_defines() -> None:
    for size in range(1, 34):
        leaves = numbered(size)
        store, root = stored(leaves), mth(leaves)
        assert store.frontier.root == root
        for index in range(size):
            proof = inclusion_proof(store.reader, index, size)
            assert list(proof) == path(index, leaves)
            verify_inclusion(leaves[index], index, size, proof, root)
        for old in range(1, size + 1):
            proof = consistency_proof(store.reader, old, size)
            assert list(proof) == subproof(old, leaves, whole=True)
            verify_consistency(old, size, mth(leaves[:old]), root, proof)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 2000).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1), st.integers(1, size)))
)
def test_proofs_of_large_logs_come_from_leaves_and_stride_nodes_alone(case: tuple[int, int, int]) -> None:
    size, index, old = case
    leaves = numbered(2000)[:size]
    store, root = stored(leaves), mth(leaves)
    assert set(store.levels) <= {0, 8}
    proof = inclusion_proof(store.reader, index, size)
    assert list(proof) == path(index, leaves)
    verify_inclusion(leaves[index], index, size, proof, root)
    extension = consistency_proof(store.reader, old, size)
    assert list(extension) == subproof(old, leaves, whole=True)
    verify_consistency(old, size, mth(leaves[:old]), root, extension)


def test_a_log_of_seventy_thousand_keeps_nodes_of_two_strides_and_proves_from_them() -> None:
    leaves = [index.to_bytes(32, "big") for index in range(70_000)]
    store = stored(leaves)
    assert {level: len(nodes) for level, nodes in store.levels.items()} == {0: 70_000, 8: 273, 16: 1}
    reads = 0

    def counting(level: int, start: int, count: int) -> Sequence[bytes]:
        nonlocal reads
        reads += count
        return store.reader(level, start, count)

    for index in (0, 1, 65_535, 65_536, 69_999):
        reads = 0
        proof = inclusion_proof(counting, index, 70_000)
        verify_inclusion(leaves[index], index, 70_000, proof, store.frontier.root)
        assert reads < 3 * 256
    for old in (1, 65_535, 65_536, 65_537, 69_999):
        old_root = EMPTY_FRONTIER.append(leaves[:old])[0].root
        verify_consistency(old, 70_000, old_root, store.frontier.root, consistency_proof(counting, old, 70_000))


def test_a_proof_with_one_hash_altered_missing_or_added_is_refused() -> None:
    size = 13
    leaves = numbered(size)
    store = stored(leaves)
    root = store.frontier.root
    for index in range(size):
        proof = list(inclusion_proof(store.reader, index, size))
        for place in range(len(proof)):
            with pytest.raises(ProofInvalid):
                verify_inclusion(leaves[index], index, size, [*proof[:place], bytes(32), *proof[place + 1 :]], root)
        with pytest.raises(ProofInvalid, match=rf"expected {len(proof)} hashes, got {len(proof) + 1}"):
            verify_inclusion(leaves[index], index, size, [*proof, bytes(32)], root)
        with pytest.raises(ProofInvalid, match=rf"expected {len(proof)} hashes, got {len(proof) - 1}"):
            verify_inclusion(leaves[index], index, size, proof[:-1], root)


def test_a_proof_does_not_serve_another_place_size_leaf_or_root() -> None:
    leaves = numbered(8)
    store = stored(leaves)
    root = store.frontier.root
    proof = inclusion_proof(store.reader, 3, 8)
    for leaf, index, size, head in (
        (leaves[4], 3, 8, root),
        (leaves[3], 2, 8, root),
        (leaves[3], 3, 4, root),
        (leaves[3], 3, 9, root),
        (leaves[3], 3, 8, bytes(32)),
        (leaves[3], 8, 8, root),
        (leaves[3], -1, 8, root),
        (leaves[3], 0, 0, root),
    ):
        with pytest.raises(ProofInvalid):
            verify_inclusion(leaf, index, size, proof, head)


def test_a_million_hashes_are_refused_by_their_number() -> None:
    with pytest.raises(ProofInvalid, match="expected 3 hashes, got 1000000"):
        verify_inclusion(LEAVES[0], 0, 8, [bytes(32)] * 1_000_000, bytes(32))
    with pytest.raises(ProofInvalid, match="got 1000000"):
        verify_consistency(3, 8, bytes(32), bytes(32), [bytes(32)] * 1_000_000)


def test_a_hash_of_another_length_is_refused() -> None:
    proof = list(inclusion_proof(stored(LEAVES).reader, 0, 8))
    with pytest.raises(ProofInvalid, match="not 32 bytes"):
        verify_inclusion(LEAVES[0], 0, 8, [proof[0] + b"\0", *proof[1:]], bytes.fromhex(ROOTS[8]))


def test_a_rewritten_log_is_not_consistent_whatever_proof_is_offered() -> None:
    honest, rewritten = stored(numbered(20)), stored([*numbered(5), bytes(32), *numbered(20)[6:]])
    for store in (honest, rewritten):
        for old in range(6, 20):
            with pytest.raises(ProofInvalid, match=r"does not extend|wrong length"):
                verify_consistency(
                    old,
                    20,
                    mth(numbered(20)[:old]),
                    rewritten.frontier.root,
                    consistency_proof(store.reader, old, 20),
                )


def test_a_log_does_not_shrink() -> None:
    with pytest.raises(ProofInvalid, match="does not extend"):
        verify_consistency(5, 4, bytes(32), bytes(32), [])


def test_the_empty_log_begins_every_log_and_equals_only_itself() -> None:
    verify_consistency(0, 8, EMPTY_ROOT, bytes.fromhex(ROOTS[8]), [])
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    for old_root, new_root, old, new in ((bytes(32), EMPTY_ROOT, 0, 8), (EMPTY_ROOT, bytes(32), 0, 0)):
        with pytest.raises(ProofInvalid):
            verify_consistency(old, new, old_root, new_root, [])
    with pytest.raises(ProofInvalid, match="expected 0 hashes"):
        verify_consistency(0, 8, EMPTY_ROOT, bytes.fromhex(ROOTS[8]), [bytes(32)])


def test_an_entry_leaf_binds_header_and_sealed_body_separately() -> None:
    header, sealed = b"header", b"sealed"
    expected = hashlib.sha256(b"\0" + hashlib.sha256(header).digest() + hashlib.sha256(sealed).digest()).digest()
    assert entry_leaf(header, sealed) == expected
    assert leaf_hash(hashlib.sha256(header).digest(), hashlib.sha256(sealed).digest()) == expected
    assert entry_leaf(b"heade", b"rsealed") != expected


def test_a_leaf_cannot_be_taken_for_an_inner_node() -> None:
    assert leaf_hash(LEAVES[0], LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@given(st.integers(0, 600))
def test_a_frontier_round_trips_as_bytes(size: int) -> None:
    frontier = EMPTY_FRONTIER.append(numbered(600)[:size])[0]
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


def test_a_frontier_with_too_many_or_too_few_hashes_is_refused() -> None:
    for size, peaks in ((0, (bytes(32),)), (3, (bytes(32),)), (4, (bytes(32),) * 2), (-1, ())):
        with pytest.raises(ProofInvalid):
            Frontier(size, peaks)
    with pytest.raises(MalformedObject):
        Frontier.from_bytes(b"\xa0")


def test_what_does_not_exist_is_not_proven() -> None:
    store = stored(LEAVES)
    for index, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(OurFault):
            inclusion_proof(store.reader, index, size)
    with pytest.raises(OurFault):
        consistency_proof(store.reader, 9, 8)
    with pytest.raises(OurFault):
        subtree_root(store.reader, 1, 3)
    assert subtree_root(store.reader, 0, 0) == EMPTY_ROOT


def test_storage_that_lost_hashes_is_our_fault_and_named() -> None:
    with pytest.raises(OurFault) as fault:
        inclusion_proof(lambda level, start, count: [], 0, 8)
    assert fault.value.reason_code == "channel.log-storage-incomplete"


def test_stride_nodes_are_emitted_once_each_when_complete() -> None:
    frontier, nodes = EMPTY_FRONTIER.append(numbered(255))
    assert nodes == []
    frontier, nodes = frontier.append(numbered(257)[255:])
    assert nodes == [StrideNode(8, 0, mth(numbered(256)))]
    assert frontier.size == 257


class GrowingLog(RuleBasedStateMachine):
    """However a log grows, its frontier, its proofs and its earlier roots agree."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.roots = {0: EMPTY_ROOT}

    @rule(count=st.integers(0, 40))
    def append(self, count: int) -> None:
        size = self.store.frontier.size
        self.store.append([rfc_leaf(b"%d" % number) for number in range(size, size + count)])
        self.roots[size + count] = self.store.frontier.root

    @rule()
    def restart(self) -> None:
        self.store.frontier = Frontier.from_bytes(self.store.frontier.to_bytes())

    @precondition(lambda self: self.store.frontier.size)
    @rule(data=st.data())
    def prove_inclusion(self, data: st.DataObject) -> None:
        size = self.store.frontier.size
        index = data.draw(st.integers(0, size - 1))
        proof = inclusion_proof(self.store.reader, index, size)
        verify_inclusion(self.store.levels[0][index], index, size, proof, self.store.frontier.root)

    @invariant()
    def every_earlier_root_is_consistent(self) -> None:
        size, root = self.store.frontier.size, self.store.frontier.root
        for old, old_root in self.roots.items():
            verify_consistency(old, size, old_root, root, consistency_proof(self.store.reader, old, size))


TestGrowingLog = GrowingLog.TestCase
TestGrowingLog.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
