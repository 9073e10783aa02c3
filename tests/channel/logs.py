"""Logs of specimen parties: entries, signed heads and co-signatures, whole or told to lie."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from io import BytesIO

from accord.channel.checkpoint import Checkpoint, cosign, sign_checkpoint
from accord.channel.keys import SigningKey, VerifyKey
from accord.channel.log_export import LogPart, LogTitle, log_pieces
from accord.channel.merkle import EMPTY_FRONTIER, Frontier, leaf_hash
from tests.channel.specimens import NOW_MS, seed, specimen

__all__ = ["exported", "header_of", "parts_of", "reading", "roots", "title_of"]


def roots() -> dict[str, VerifyKey]:
    return {code: specimen(code).root.public for code in ("CA", "IN")}


def header_of(position: int, label: str = "") -> bytes:
    return seed(f"header {label}{position}", 215)


def parts_of(
    batches: Iterable[int],
    *,
    label: Callable[[int], str] = lambda _: "",
    receipted: Callable[[int], bool] = lambda _: True,
    owner_key: SigningKey | None = None,
    peer_key: SigningKey | None = None,
    epoch: int = 0,
) -> Iterator[LogPart]:
    """Parts of a log of CA towards IN in batches of these lengths; ``label`` makes another history from a position."""
    canada, india = owner_key or specimen("CA").sign, peer_key or specimen("IN").sign
    frontier: Frontier = EMPTY_FRONTIER
    for length in batches:
        start = frontier.size
        headers = tuple(header_of(n, label(n)) for n in range(start, start + length))
        digests = tuple(sha256(b"sealed" + header).digest() for header in headers)
        leaves = [leaf_hash(sha256(one).digest(), two) for one, two in zip(headers, digests, strict=True)]
        frontier, _ = frontier.append(leaves)
        head = Checkpoint(
            owner="CA", peer="IN", size=frontier.size, root=frontier.root, epoch=epoch, time_ms=NOW_MS + frontier.size
        )
        note = sign_checkpoint(head, canada)
        receipt = cosign(note, head, india, "IN", NOW_MS + 1000) if receipted(frontier.size) else None
        yield LogPart(start=start, headers=headers, digests=digests, checkpoint=note, receipt=receipt)


def title_of(size: int) -> LogTitle:
    chains = (specimen("CA").chain("IN").to_bytes(), specimen("IN").chain("CA").to_bytes())
    return LogTitle(owner="CA", peer="IN", size=size, made_ms=NOW_MS, owner_chain=chains[0], peer_chain=chains[1])


def exported(parts: Iterable[LogPart], *, size: int | None = None) -> bytes:
    held = list(parts)
    total = held[-1].start + len(held[-1].headers) if held else 0
    return b"".join(log_pieces(title_of(total if size is None else size), held))


def reading(data: bytes) -> Callable[[int], bytes]:
    return BytesIO(data).read
