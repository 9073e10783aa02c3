"""How fast a whole log is checked: tree alone, and with every signed head and co-signature, from a file.

The promise is 50,000 entries a second. A node signs its log once a batch: a flood fills batches of 256 (the sustained
run of ``bench.sustained`` signs 391 heads over 100,000 messages), a quiet day makes batches of 1. Each batch costs two
Ed25519 and two ML-DSA-65 verifications, so beside each figure stands what the cores would do if they verified those
and nothing else, measured in the same run.

Each figure is the best of a few rounds, the limit's rounds between them: other work on the machine only slows both.
Where other work ran beside it, the rate by processor time says more: what the cores do in that time when they are free.
It counts the start of the processes, too. How busy the machine was stands first.
"""

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from accord.channel.checkpoint import Checkpoint, cosign, sign_checkpoint
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeyEntry, Keyset, KeysetChain, sign_keyset
from accord.channel.log_export import LogPart, LogTitle, log_pieces, verify_log
from accord.channel.merkle import EMPTY_FRONTIER, leaf_hash
from accord.channel.sealkeys import SealKey
from accord.cli.many_cores import ManyCores, cores
from bench.results import Figure, Peer

__all__ = ["ENTRIES", "measure_logs"]

ENTRIES: Final = 500_000
HEADER_BYTES: Final = 215
"""About the length of a header."""
BATCHES: Final = {256: 1, 64: 4, 16: 16, 1: 250}
"""Entries a batch, and by how much the log is shorter than the longest, so that all have some 2,000 heads."""
ROUNDS: Final = 3
LIMIT_PAIRS: Final = 800
"""Signed heads with their co-signature whose primitives each process verifies for the limit: half a second."""
NOTE_BYTES: Final = 150
"""About the length of the text that is signed."""
NOW_MS: Final = 1_790_000_000_000
TARGET: Final = "50,000 entries/s"
Keys = dict[str, tuple[SigningKey, SigningKey]]


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Heads a second by the clock, and microseconds of processor time a head, over all processes."""

    rate: float
    cpu_us: float


def measure_logs(*, folder: Path, entries: int = ENTRIES) -> list[Figure]:
    """Returns the rates, entries a second.

    Args:
        folder: Where the files are written.
        entries: Length of the longest log.
    """
    workers, load = cores(), os.getloadavg()[0]
    limits: list[_Run] = []
    found: dict[int, tuple[list[_Run], list[_Run]]] = {}
    with ProcessPoolExecutor(workers, get_context("spawn")) as executor:
        for batch, shorter in BATCHES.items():
            path = folder / "accord-bench.log"
            keys = {code: (SigningKey.generate(), SigningKey.generate()) for code in ("CA", "IN")}
            _write(path, keys, entries // shorter, batch)
            shared, alone = found.setdefault(batch, ([], []))
            for _ in range(ROUNDS):
                limits.append(_sum(executor.map(_primitives_run, [LIMIT_PAIRS] * workers)))
                shared.append(_run(path, keys, ManyCores(workers)))
                alone.append(_run(path, keys, ManyCores(1)))
            path.unlink()
    limit, limit_cpu = _best(limits)
    figures = [
        Figure(name="log.load_before", value=load, unit="processes"),
        Figure(name="log.tree", value=_tree_rate(entries), unit="entries/s", target=TARGET),
        Figure(name="log.signatures", value=limit, unit="heads/s"),
        Figure(name="log.signatures.cpu", value=limit_cpu, unit="µs/head"),
    ]
    for batch, (shared, alone) in found.items():
        name = f"log.export.batches_of_{batch}"
        rate, cpu = _best(shared)
        peer = Peer(name=f"signatures alone on {workers} cores", value=limit * batch, source="same run")
        free = Peer(name="signatures alone, the same way", value=workers * batch / limit_cpu * 1e6, source="same run")
        figures += [
            Figure(name=name, value=rate * batch, unit="entries/s", peer=peer, target=TARGET),
            Figure(name=f"{name}.one_core", value=_best(alone)[0] * batch, unit="entries/s"),
            Figure(name=f"{name}.free", value=workers * batch / cpu * 1e6, unit="entries/s", peer=free),
        ]
    return figures


def _best(runs: list[_Run]) -> tuple[float, float]:
    return max(run.rate for run in runs), min(run.cpu_us for run in runs)


def _sum(runs: Iterable[_Run]) -> _Run:
    held = list(runs)
    return _Run(rate=sum(run.rate for run in held), cpu_us=sum(run.cpu_us for run in held) / len(held))


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


def _run(path: Path, keys: Keys, judging: ManyCores) -> _Run:
    cpu, began = _cpu_seconds(), time.perf_counter()
    with path.open("rb", buffering=4 * 1024 * 1024) as source:
        verdict = verify_log(source.read, {code: root.public for code, (root, _) in keys.items()}, judging=judging)
    taken, heads = time.perf_counter() - began, verdict.progress.receipts
    if not verdict.ok:
        msg = f"the specimen log does not hold: {verdict.reason}"
        raise RuntimeError(msg)
    return _Run(rate=heads / taken, cpu_us=(_cpu_seconds() - cpu) / heads * 1e6)


def _primitives_run(heads: int) -> _Run:
    """Verifies what heads with their co-signature need, by the primitives alone."""
    note = os.urandom(NOTE_BYTES)
    ed25519, mldsa65 = Ed25519PrivateKey.generate(), MLDSA65PrivateKey.generate()
    ed25519_signed, mldsa65_signed = ed25519.sign(note), mldsa65.sign(note)
    ed25519_public, mldsa65_public = ed25519.public_key(), mldsa65.public_key()
    cpu, began = _cpu_seconds(), time.perf_counter()
    for _ in range(2 * heads):
        ed25519_public.verify(ed25519_signed, note)
        mldsa65_public.verify(mldsa65_signed, note)
    return _Run(rate=heads / (time.perf_counter() - began), cpu_us=(_cpu_seconds() - cpu) / heads * 1e6)


def _tree_rate(entries: int) -> float:
    headers = [number.to_bytes(8, "big") * 27 for number in range(entries)]
    digest = bytes(32)
    began = time.perf_counter()
    frontier = EMPTY_FRONTIER
    for start in range(0, entries, 256):
        leaves = [leaf_hash(sha256(header).digest(), digest) for header in headers[start : start + 256]]
        frontier, _ = frontier.append(leaves)
    rate = entries / (time.perf_counter() - began)
    if frontier.size != entries:
        msg = "the tree lost entries"
        raise RuntimeError(msg)
    return rate


def _chain(keys: Keys, party: str, peer: str) -> KeysetChain:
    root, sign = keys[party]
    seal = (KeyEntry(public=SealKey.generate().public.to_bytes()),)
    keyset = Keyset(
        party=party,
        peer=peer,
        serial=1,
        previous=None,
        issued_ms=NOW_MS,
        valid_from_ms=NOW_MS,
        valid_until_ms=NOW_MS + 1,
        sign_keys=(KeyEntry(public=sign.public.to_bytes()),),
        seal_keys=seal,
        archive_keys=seal,
    )
    return KeysetChain(root.public).extended(sign_keyset(keyset, root))


def _write(path: Path, keys: Keys, entries: int, batch: int) -> None:
    chains = (_chain(keys, "CA", "IN").to_bytes(), _chain(keys, "IN", "CA").to_bytes())
    title = LogTitle(owner="CA", peer="IN", size=entries, made_ms=NOW_MS, owner_chain=chains[0], peer_chain=chains[1])
    with path.open("wb") as held:
        for piece in log_pieces(title, _parts(keys, entries, batch)):
            held.write(piece)


def _parts(keys: Keys, entries: int, batch: int) -> Iterator[LogPart]:
    frontier = EMPTY_FRONTIER
    for start in range(0, entries, batch):
        headers = tuple(
            number.to_bytes(8, "big").ljust(HEADER_BYTES, b"h") for number in range(start, min(start + batch, entries))
        )
        digests = tuple(sha256(header + b"sealed").digest() for header in headers)
        leaves = [leaf_hash(sha256(one).digest(), two) for one, two in zip(headers, digests, strict=True)]
        frontier, _ = frontier.append(leaves)
        head = Checkpoint(owner="CA", peer="IN", size=frontier.size, root=frontier.root, epoch=0, time_ms=NOW_MS)
        note = sign_checkpoint(head, keys["CA"][1])
        receipt = cosign(note, head, keys["IN"][1], "IN", NOW_MS)
        yield LogPart(start=start, headers=headers, digests=digests, checkpoint=note, receipt=receipt)
