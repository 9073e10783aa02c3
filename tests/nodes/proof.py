"""Offline proof: every signed head and receipt in a database, checked with nothing but the two root keys."""

import sqlite3
from contextlib import closing
from pathlib import Path

from accord.channel.checkpoint import read_checkpoint, read_receipt
from accord.channel.keys import VerifyKey
from accord.channel.keyset import KeysetChain
from accord.channel.roots import TrustRoots

__all__ = ["chains_in", "prove_receipts"]


def chains_in(connection: sqlite3.Connection, roots: TrustRoots) -> dict[tuple[str, str], KeysetChain]:
    """Returns the keysets in a database by party and peer, each verified anew under the root that the reader trusts."""
    chains: dict[tuple[str, str], KeysetChain] = {}
    rows = connection.execute("SELECT party_id, peer_id, signed FROM parties_keyset ORDER BY party_id, peer_id, serial")
    for party, peer, signed in rows:
        root: VerifyKey = roots.roots[party]
        chains[party, peer] = chains.get((party, peer), KeysetChain(root)).extended(signed)
    return chains


def prove_receipts(home: Path, roots: bytes) -> int:
    """Verifies all checkpoints and receipts of a node; returns how many receipts hold.

    Raises:
        AccordError: One does not.
    """
    trusted = TrustRoots.from_json(roots)
    path = f"file:{home / 'node.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True, timeout=20)) as connection:
        chains = chains_in(connection, trusted)
        channels = connection.execute("SELECT id, party_code, peer_id FROM courier_channel").fetchall()
        receipts = 0
        for number, us, peer in channels:
            for direction, owner, other in (("out", us, peer), ("in", peer, us)):
                rows = connection.execute(
                    "SELECT size, note, receipt FROM courier_signedcheckpoint WHERE channel_id = ? AND direction = ?",
                    (number, direction),
                )
                for size, note, receipt in rows:
                    checkpoint = read_checkpoint(note, verify_key=chains[owner, other].signing_keys_at(size - 1))
                    assert (checkpoint.owner, checkpoint.peer, checkpoint.size) == (owner, other, size)
                    if receipt is None:
                        continue
                    given = read_receipt(receipt, verify_key=chains[other, owner].cosigning_keys_at(size))
                    assert given.cosigner == other
                    assert given.checkpoint.root == checkpoint.root
                    receipts += 1
    return receipts
