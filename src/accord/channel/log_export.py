"""A whole log in one file, for a machine without a node: what a reviewer takes along and checks with two root keys.

The file is::

    "ACCORDLOG1" 0x0A
    length (4, big-endian) || {1: version 1, 2: owner, 3: peer, 4: entries, 5: made, 6: owner's chain, 7: peer's chain}
    length (4) || {1: start, 2: [headers], 3: SHA-256 of each sealed body, one behind the other, 4: checkpoint or null,
                    5: receipt or null}
                                              any number of times, each as long as a batch at most
    0x00000000
    SHA-256 of everything before              (32)

Sealed bodies stay behind: a log is checked with their digests, and nobody who carries it can read a message. Headers
show who wrote to whom, when, and how much.
Both directions work on pieces, so a log of any length never stands in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Final

from accord.errors import AccordError

from .encoding import LimitExceeded, MalformedObject, MapReader, decode, encode
from .evidence import MAX_CHAIN_BYTES
from .keys import VerifyKey
from .keyset import KeysetChain
from .limits import (
    MAX_BATCH_ENTRIES,
    MAX_FRAME_ITEMS,
    MAX_HEADER_BYTES,
    MAX_LOG_SIZE,
    MAX_NOTE_BYTES,
)
from .log_reading import JudgedStretch, Judging, LogFault, LogProgress, LogReader, Stretch, in_turn
from .merkle import leaf_hash

__all__ = [
    "LOG_MAGIC",
    "LogPart",
    "LogTitle",
    "LogVerdict",
    "agreement_between",
    "is_log_export",
    "judged_part",
    "leaves_of",
    "log_pieces",
    "read_title",
    "verify_log",
]

LOG_MAGIC: Final = b"ACCORDLOG1\n"
"""First bytes of every export; the number is the version of this format."""

VERSION: Final = 1
LENGTH_BYTES: Final = 4
DIGEST_BYTES: Final = 32
MAX_TITLE_BYTES: Final = 2 * MAX_CHAIN_BYTES + 4096
MAX_PART_BYTES: Final = MAX_BATCH_ENTRIES * (MAX_HEADER_BYTES + DIGEST_BYTES + 8) + 2 * MAX_NOTE_BYTES + 1024
"""Bytes of one part: headers and digests of a full batch, two notes."""

Read = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogTitle:
    """What an export says of itself; nothing of it is believed without its proof.

    Args:
        owner: Party code of whose log it is.
        peer: Party code of who co-signs it.
        size: Entries in the file.
        made_ms: When it was written, by the clock of who wrote it.
        owner_chain: The owner's keysets.
        peer_chain: The peer's keysets.
    """

    owner: str
    peer: str
    size: int
    made_ms: int
    owner_chain: bytes
    peer_chain: bytes

    def encode(self) -> bytes:
        """Returns the title as it stands in the file."""
        fields = {1: VERSION, 2: self.owner, 3: self.peer, 4: self.size, 5: self.made_ms}
        return encode({**fields, 6: self.owner_chain, 7: self.peer_chain})


@dataclass(frozen=True, kw_only=True, slots=True)
class LogPart:
    """A stretch of the log as it stands in the file.

    Args:
        start: Position of its first entry.
        headers: Header bytes of each entry.
        digests: SHA-256 of each sealed body.
        checkpoint: The owner's signed note over the log up to here, where one was signed here.
        receipt: The peer's co-signature over the same, where there is one.
    """

    start: int
    headers: tuple[bytes, ...]
    digests: tuple[bytes, ...]
    checkpoint: bytes | None
    receipt: bytes | None

    def encode(self) -> bytes:
        """Returns the part as it stands in the file."""
        return encode(
            {1: self.start, 2: list(self.headers), 3: b"".join(self.digests), 4: self.checkpoint, 5: self.receipt}
        )

    @classmethod
    def decode(cls, data: bytes) -> "LogPart":
        """Reads a part.

        Raises:
            LimitExceeded: If it is too large.
            MalformedObject: If it is not the one encoding of a part.
        """
        what = "part of a log"
        plain = decode(data, what=what, max_bytes=MAX_PART_BYTES, max_items=MAX_FRAME_ITEMS)
        read = MapReader(plain, what=what, known=5)
        headers = read.octet_array(2, maximum=MAX_BATCH_ENTRIES, each=MAX_HEADER_BYTES)
        joined = read.octets(3, size=DIGEST_BYTES * len(headers))
        digests = tuple(joined[at : at + DIGEST_BYTES] for at in range(0, len(joined), DIGEST_BYTES))
        return cls(
            start=read.uint(1, MAX_LOG_SIZE),
            headers=headers,
            digests=digests,
            checkpoint=None if read.is_null(4) else read.octets(4, maximum=MAX_NOTE_BYTES),
            receipt=None if read.is_null(5) else read.octets(5, maximum=MAX_NOTE_BYTES),
        )

    @property
    def stretch(self) -> Stretch:
        """Returns the part as a reader of logs takes it, each leaf computed anew."""
        leaves = [
            leaf_hash(sha256(header).digest(), digest)
            for header, digest in zip(self.headers, self.digests, strict=True)
        ]
        return Stretch(start=self.start, leaves=leaves, checkpoint=self.checkpoint, receipt=self.receipt)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogVerdict:
    """What an export proves.

    Args:
        title: What the file says of itself; ``None`` when it could not be read at all.
        progress: What was read and found; its fault says why the log does not hold.
    """

    title: LogTitle | None
    progress: LogProgress

    @property
    def ok(self) -> bool:
        """Tells whether the log holds."""
        return self.progress.fault is None

    @property
    def reason(self) -> str | None:
        """Returns what is wrong in one plain sentence, or ``None``."""
        return None if self.progress.fault is None else self.progress.fault.sentence


def is_log_export(data: bytes) -> bool:
    """Tells an export by its first bytes."""
    return data.startswith(LOG_MAGIC)


def log_pieces(title: LogTitle, parts: Iterable[LogPart]) -> Iterator[bytes]:
    """Gives the bytes of an export piece by piece, to be written in this order."""
    digest = sha256(LOG_MAGIC)
    yield LOG_MAGIC
    for encoded in _encoded(title, parts):
        piece = len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded
        digest.update(piece)
        yield piece
    digest.update(bytes(LENGTH_BYTES))
    yield bytes(LENGTH_BYTES) + digest.digest()


def _encoded(title: LogTitle, parts: Iterable[LogPart]) -> Iterator[bytes]:
    yield title.encode()
    for part in parts:
        yield part.encode()


def read_title(read: Read) -> LogTitle:
    """Returns what an export says of itself, for whoever must know its keysets before judging it.

    Raises:
        MalformedObject: If it is no export.
    """
    return _title(next(_pieces(read)))


def leaves_of(read: Read) -> Iterator[bytes]:
    """Gives the leaves of an export in order, each computed anew; for whoever makes a proof of what they judged.

    Raises:
        MalformedObject: If it is no export, or damaged.
    """
    pieces = _pieces(read)
    next(pieces)
    for piece in pieces:
        yield from LogPart.decode(piece).stretch.leaves


def judged_part(reader: LogReader, part: LogPart) -> JudgedStretch:
    """Returns a part with its leaves computed anew and its signatures checked."""
    return reader.judged(part.stretch)


def _judged_piece(reader: LogReader, piece: bytes | LogFault) -> JudgedStretch | LogFault:
    """Judges a part as it stands in the file; what is wrong with the file goes on to its place in the order."""
    if isinstance(piece, LogFault):
        return piece
    try:
        return judged_part(reader, LogPart.decode(piece))
    except AccordError as error:
        return _unreadable(error)


def verify_log(
    read: Read,
    roots: Mapping[str, VerifyKey],
    *,
    marks: Mapping[int, bytes] | None = None,
    told: Callable[[LogProgress], None] | None = None,
    judging: Judging = in_turn,
) -> LogVerdict:
    """Judges an export with nothing but the root keys that the reader trusts; it never raises for what is in it.

    Args:
        read: Returns at most so many next bytes of the file; a file's ``read`` will do.
        roots: Trusted root key of each party, by party code.
        marks: Roots of this log that were seen before, by size.
        told: Is told the progress after each part.
        judging: How the checking of signatures is shared out; the verdict does not depend on it.
    """
    pieces = _pieces_or_fault(read)
    first = next(pieces)
    if isinstance(first, LogFault):
        return LogVerdict(title=None, progress=LogProgress(fault=first))
    try:
        title = _title(first)
    except AccordError as error:
        return LogVerdict(title=None, progress=LogProgress(fault=_unreadable(error)))
    reader = _reader(title, roots, marks or {})
    if isinstance(reader, LogFault):
        return LogVerdict(title=title, progress=LogProgress(fault=reader))
    done = LogProgress()
    with closing(judging(partial(_judged_piece, replace(reader, marks={})), pieces)) as judged:
        for one in judged:
            done = replace(done, fault=one) if isinstance(one, LogFault) else reader.settled(done, one)
            if done.fault is not None:
                return LogVerdict(title=title, progress=done)
            if told is not None:
                told(done)
    done = reader.ended(done)
    if done.fault is None and done.size != title.size:
        lost: dict[str, str | int] = {"start": done.size, "end": title.size - 1}
        fault = LogFault(code="missing", named={"owner": title.owner, "peer": title.peer, **lost})
        done = replace(done, fault=fault)
    return LogVerdict(title=title, progress=done)


def agreement_between(
    size: int, root: bytes, read: Read, roots: Mapping[str, VerifyKey], *, judging: Judging = in_turn
) -> LogFault | None:
    """Tells whether a log, read once more, passes through a size and root that another copy of it ended with.

    Args:
        size: Entries of the shorter copy.
        root: Its root, 32 bytes.
        read: Reads the longer copy from its beginning.
        roots: Trusted root keys.
        judging: How the checking of signatures is shared out.
    """
    return verify_log(read, roots, marks={size: root}, judging=judging).progress.fault


def _unreadable(error: AccordError) -> LogFault:
    return LogFault(code="unreadable", named={"detail": error.sentence})


def _pieces_or_fault(read: Read) -> Iterator[bytes | LogFault]:
    """Gives the pieces, and what is wrong with the file as the last of them."""
    try:
        yield from _pieces(read)
    except _Damaged:
        yield LogFault(code="damaged", named={})
    except AccordError as error:
        yield _unreadable(error)


def _reader(title: LogTitle, roots: Mapping[str, VerifyKey], marks: Mapping[int, bytes]) -> LogReader | LogFault:
    chains: list[KeysetChain] = []
    pairs = ((title.owner, title.peer, title.owner_chain), (title.peer, title.owner, title.peer_chain))
    for party, peer, data in pairs:
        if party not in roots:
            return LogFault(code="no-root", named={"party": party})
        try:
            chain = KeysetChain.from_bytes(data, trusted=roots[party])
            if (chain.party, chain.peer) != (party, peer):
                detail = f"they are of {chain.party} towards {chain.peer}."
                return LogFault(code="keysets", named={"party": party, "detail": detail})
        except AccordError as error:
            return LogFault(code="keysets", named={"party": party, "detail": error.sentence})
        chains.append(chain)
    return LogReader(owner=title.owner, peer=title.peer, owner_chain=chains[0], peer_chain=chains[1], marks=dict(marks))


class _Damaged(MalformedObject):
    """The digest at the end is not that of the bytes before it."""


def _title(data: bytes) -> LogTitle:
    what = "title of a log"
    read = MapReader(decode(data, what=what, max_bytes=MAX_TITLE_BYTES), what=what, known=7)
    read.version(1, VERSION)
    return LogTitle(
        owner=read.party(2),
        peer=read.party(3),
        size=read.uint(4, MAX_LOG_SIZE),
        made_ms=read.time_ms(5),
        owner_chain=read.octets(6, maximum=MAX_CHAIN_BYTES),
        peer_chain=read.octets(7, maximum=MAX_CHAIN_BYTES),
    )


def _pieces(read: Read) -> Iterator[bytes]:
    """Gives the title and then the parts; damage shows at the end, so that a reason before it is the better one."""
    magic = _exactly(read, len(LOG_MAGIC))
    if magic != LOG_MAGIC:
        raise MalformedObject("It is no export of a log, or of a version that is not known here.")
    digest = sha256(magic)
    is_first = True
    while True:
        prefix = _exactly(read, LENGTH_BYTES)
        digest.update(prefix)
        length = int.from_bytes(prefix, "big")
        if length == 0 and not is_first:
            break
        if not 0 < length <= (MAX_TITLE_BYTES if is_first else MAX_PART_BYTES):
            raise LimitExceeded(f"A part of the file is said to have {length} bytes.")
        piece = _exactly(read, length)
        digest.update(piece)
        yield piece
        is_first = False
    if _exactly(read, DIGEST_BYTES) != digest.digest():
        raise _Damaged("Its digest is not that of its bytes.")
    if read(1):
        raise MalformedObject("Bytes follow its digest.")


def _exactly(read: Read, size: int) -> bytes:
    pieces: list[bytes] = []
    left = size
    while left:
        piece = read(left)
        if not piece:
            raise MalformedObject(f"It ends too early: {left} bytes are missing.")
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
