"""How fast a whole log is checked: tree alone, and with every signed head and co-signature, from a file.

The promise is 50,000 entries a second for hashing and tree. Batches of 256 are what a busy node writes, batches of 16
what a quiet one does; signatures are paid once a batch.
"""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from accord.channel.checkpoint import Checkpoint, cosign, sign_checkpoint
from accord.channel.keys import SigningKey
from accord.channel.keyset import KeyEntry, Keyset, KeysetChain, sign_keyset
from accord.channel.log_export import LogPart, LogTitle, log_pieces, verify_log
from accord.channel.merkle import EMPTY_FRONTIER, leaf_hash
from accord.channel.sealkeys import SealKey
from bench.results import Figure

__all__ = ["ENTRIES", "measure_logs"]

ENTRIES: Final = 200_000
HEADER_BYTES: Final = 215
"""About the length of a header."""
BATCHES: Final = (256, 16)
NOW_MS: Final = 1_790_000_000_000


def measure_logs(*, folder: Path, entries: int = ENTRIES) -> list[Figure]:
    """Returns the rates, entries a second.

    Args:
        folder: Where the files are written.
        entries: Length of the log.
    """
    found = [Figure(name="log.tree", value=_tree_rate(entries), unit="entries/s", target="50,000 entries/s")]
    for batch in BATCHES:
        path = folder / "accord-bench.log"
        keys = {code: (SigningKey.generate(), SigningKey.generate()) for code in ("CA", "IN")}
        _write(path, keys, entries // (1 if batch == max(BATCHES) else 8), batch)
        began = time.perf_counter()
        with path.open("rb", buffering=4 * 1024 * 1024) as source:
            verdict = verify_log(source.read, {code: root.public for code, (root, _) in keys.items()})
        taken = time.perf_counter() - began
        path.unlink()
        if not verdict.ok:
            msg = f"the specimen log does not hold: {verdict.reason}"
            raise RuntimeError(msg)
        found.append(
            Figure(name=f"log.export.batches_of_{batch}", value=verdict.progress.size / taken, unit="entries/s")
        )
    return found


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


def _chain(keys: dict[str, tuple[SigningKey, SigningKey]], party: str, peer: str) -> KeysetChain:
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


def _write(path: Path, keys: dict[str, tuple[SigningKey, SigningKey]], entries: int, batch: int) -> None:
    chains = (_chain(keys, "CA", "IN").to_bytes(), _chain(keys, "IN", "CA").to_bytes())
    title = LogTitle(owner="CA", peer="IN", size=entries, made_ms=NOW_MS, owner_chain=chains[0], peer_chain=chains[1])
    with path.open("wb") as held:
        for piece in log_pieces(title, _parts(keys, entries, batch)):
            held.write(piece)


def _parts(keys: dict[str, tuple[SigningKey, SigningKey]], entries: int, batch: int) -> Iterator[LogPart]:
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
