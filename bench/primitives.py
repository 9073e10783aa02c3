"""The price of each primitive here and now: what no code of ours can make cheaper without doing less.

Every figure is the median of several rounds, in microseconds of wall time on one core, with inputs of the size the
channel uses. ``bench.limit`` adds them up to the limit that the whole path is held against.
"""

import hashlib
import json
import os
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec
from cedarpy import Entities, PolicySet, is_authorized
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from bench.payloads import MESSAGE_BYTES, specimen_payload
from bench.results import Figure

__all__ = ["Primitives", "measure_primitives"]

ROUNDS = 9
ROUND_SECONDS = 0.03
"""A round this long hides the clock's resolution; nine of them find the median of a noisy machine."""
SIGNED_NOTE_BYTES = 256
"""About the length of a checkpoint's text."""
BATCH = 256
"""Envelopes of a full flush (design: up to 256 or 4 MiB)."""
SPACING_SECONDS = 0.003
"""Pause before a commit as a message alone has it: disks, virtual ones above all, answer later when they were idle."""
POLICIES = 40
"""About as many rules as the common and one national pack hold."""


@dataclass(frozen=True, kw_only=True)
class Primitives:
    """Microseconds an operation, one core."""

    ed25519_sign: float
    ed25519_verify: float
    mldsa65_sign: float
    mldsa65_sign_p99: float
    mldsa65_verify: float
    xwing_seal: float
    xwing_open: float
    aes256gcm_4k: float
    sha256_4k: float
    sha256_node: float
    cedar_decision: float
    msgspec_encode: float
    msgspec_decode: float
    deflate_4k: float
    inflate_4k: float
    sqlite_commit_1: float
    sqlite_commit_spaced: float
    sqlite_row_in_256: float

    def figures(self) -> list[Figure]:
        """Returns each price as a figure."""
        return [Figure(name=f"primitive.{f.name}", value=getattr(self, f.name), unit="µs") for f in fields(self)]


def _median_us(act: Callable[[], object]) -> float:
    act()
    began = time.perf_counter()
    act()
    once = max(time.perf_counter() - began, 1e-7)
    times = max(1, int(ROUND_SECONDS / once))
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            act()
        rounds.append((time.perf_counter() - began) / times)
    return statistics.median(rounds) * 1e6


def _sign_tail_us(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(400):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.quantiles(taken, n=100)[98] * 1e6


@contextmanager
def _database(folder: Path) -> Iterator[sqlite3.Connection]:
    path = folder / "primitives.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # As the node sets it (node/settings.py): FULL survives a power cut, which a receipt promises.
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        connection.execute("CREATE TABLE entry (position INTEGER PRIMARY KEY, header BLOB, sealed BLOB, leaf BLOB)")
        yield connection
    for left in folder.glob("primitives.sqlite3*"):
        left.unlink()


def _commit_us(connection: sqlite3.Connection, rows: int, sealed: bytes, *, pause: float = 0.0) -> float:
    taken = []
    for _ in range(120 if rows == 1 else 12):
        time.sleep(pause)
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO entry (header, sealed, leaf) VALUES (?, ?, ?)",
            [(sealed[:200], sealed, sealed[:32])] * rows,
        )
        connection.execute("COMMIT")
        taken.append((time.perf_counter() - began) / rows)
    return statistics.median(taken) * 1e6


def _cedar_decision() -> Callable[[], object]:
    # The same shape as the packs: one permit for the action, one forbid a rule, all evaluated each time.
    text = ['permit (principal, action == Action::"release", resource);']
    text += [
        f'@id("R-{i:02}")\nforbid (principal, action == Action::"release", resource) '
        f'when {{ context.personal_data && context.theme == "theme-{i}" && !(context.accuracy) }};'
        for i in range(POLICIES)
    ]
    policies = PolicySet.from_str("\n".join(text))
    entities = Entities.from_json_str("[]")
    request = {
        "principal": 'Party::"CA"',
        "action": 'Action::"release"',
        "resource": 'Message::"m"',
        "context": {
            "personal_data": True,
            "theme": "drugs",
            "accuracy": True,
            "recipient": "IN",
            "categories": ["contact", "suspect"],
            "purposes": ["investigation"],
            "handling": "H1",
        },
    }
    return lambda: is_authorized(request, policies, entities)


def measure_primitives(folder: Path | None = None) -> Primitives:
    """Measures every primitive; takes some seconds.

    Args:
        folder: Where the database of the commit measurement lies; a temporary folder when omitted.
    """
    note = os.urandom(SIGNED_NOTE_BYTES)
    payload = specimen_payload(0)
    raw = os.urandom(MESSAGE_BYTES)
    ed, ml = Ed25519PrivateKey.generate(), MLDSA65PrivateKey.generate()
    ed_public, ml_public = ed.public_key(), ml.public_key()
    ed_signed, ml_signed = ed.sign(note), ml.sign(note)
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    opener = _xwing_key()
    sealer = opener.public_key()
    sealed = suite.encrypt(raw[:32], sealer, note)
    aes, nonce = AESGCM(os.urandom(32)), bytes(12)
    decoder = msgspec.json.Decoder(dict[str, object])
    as_object = json.loads(payload)
    deflated = _deflate(payload)
    with tempfile.TemporaryDirectory(dir=folder) as scratch, _database(Path(scratch)) as connection:
        commit_1 = _commit_us(connection, 1, raw)
        commit_spaced = _commit_us(connection, 1, raw, pause=SPACING_SECONDS)
        row_in_256 = _commit_us(connection, BATCH, raw)
    return Primitives(
        ed25519_sign=_median_us(lambda: ed.sign(note)),
        ed25519_verify=_median_us(lambda: ed_public.verify(ed_signed, note)),
        mldsa65_sign=_median_us(lambda: ml.sign(note)),
        mldsa65_sign_p99=_sign_tail_us(lambda: ml.sign(note)),
        mldsa65_verify=_median_us(lambda: ml_public.verify(ml_signed, note)),
        xwing_seal=_median_us(lambda: suite.encrypt(raw[:32], sealer, note)),
        xwing_open=_median_us(lambda: suite.decrypt(sealed, opener, note)),
        aes256gcm_4k=_median_us(lambda: aes.encrypt(nonce, raw, note)),
        sha256_4k=_median_us(lambda: hashlib.sha256(raw).digest()),
        sha256_node=_median_us(lambda: hashlib.sha256(raw[:65]).digest()),
        cedar_decision=_median_us(_cedar_decision()),
        msgspec_encode=_median_us(lambda: msgspec.json.encode(as_object)),
        msgspec_decode=_median_us(lambda: decoder.decode(payload)),
        deflate_4k=_median_us(lambda: _deflate(payload)),
        inflate_4k=_median_us(lambda: zlib.decompress(deflated, wbits=-15)),
        sqlite_commit_1=commit_1,
        sqlite_commit_spaced=commit_spaced,
        sqlite_row_in_256=row_in_256,
    )


def _xwing_key() -> MLKEM768X25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return MLKEM768X25519PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())


def _deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()
