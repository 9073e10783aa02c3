"""A witness's folder: its key, the logs it watches, and every head it ever co-signed.

::

    witness-keys.txt           its public keys, to be given to whoever is to believe it
    witness.acc                its secret key, encrypted under the pass phrase
    logs/CA-IN/log.json        whose log it is, the root keys pinned for it, and the keysets known so far
    logs/CA-IN/heads/<size>    each head as it was co-signed: never changed, never removed
    logs/CA-IN/fork-<size>.proof   proof of two histories, if one was ever shown

A head is on disk before its co-signature leaves, and one process at a time looks and writes (C2SP tlog-witness: the
look at the last size and the keeping of the new one are one step).
"""

import base64
import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accord.channel.checkpoint import Checkpoint
from accord.channel.keys import VerifyKey
from accord.channel.keyset import KeysetChain
from accord.channel.witness import WitnessKey, WitnessSeed, read_cosigned
from accord.errors import OfficerCanMend
from accord.parties.keyfile import read_key_file, write_durably, write_key_file

__all__ = ["HeldHead", "WatchedLog", "WitnessFolder", "WitnessUnusable"]

KEYS: Final = "witness-keys.txt"
SEALED: Final = "witness.acc"
SIZE_DIGITS: Final = 19
"""Digits of the largest size there is: names of files sort as sizes do."""


class WitnessUnusable(OfficerCanMend):
    """The folder is not that of a witness, or does not watch the log."""

    code = "witness.folder-unusable"
    default_next_step = "Name the folder that `accord witness init` made."


@dataclass(frozen=True, kw_only=True)
class HeldHead:
    """A head that the witness co-signed.

    Args:
        note: The owner's note with the witness's lines behind it.
        owner_note: The owner's note alone.
        head: What it says.
        cosigned_ms: When it was co-signed.
    """

    note: bytes
    owner_note: bytes
    head: Checkpoint
    cosigned_ms: int


@dataclass(frozen=True, kw_only=True)
class WatchedLog:
    """One log that a witness watches.

    Args:
        folder: Where it keeps what it saw.
        owner_chain: The owner's keysets, as far as they are known.
        peer_chain: The peer's keysets.
    """

    folder: Path
    owner_chain: KeysetChain
    peer_chain: KeysetChain

    @property
    def roots(self) -> Mapping[str, VerifyKey]:
        """Returns the root keys that were pinned when the log was added."""
        return {self.owner_chain.party: self.owner_chain.root, self.peer_chain.party: self.peer_chain.root}

    def heads(self, key: WitnessKey) -> list[HeldHead]:
        """Returns every head that was co-signed, the smallest first; each is verified anew."""
        return [_held(path.read_bytes(), key) for path in sorted((self.folder / "heads").iterdir())]

    def keep(self, head: Checkpoint, note: bytes) -> None:
        """Keeps a co-signed head for good."""
        write_durably(self.folder / "heads" / f"{head.size:0{SIZE_DIGITS}}", note)

    def keep_chains(self, owner: KeysetChain, peer: KeysetChain) -> "WatchedLog":
        """Keeps longer keysets; whatever was known of a key stays known.

        Raises:
            WitnessUnusable: They do not continue those that are known.
        """
        for old, new in ((self.owner_chain, owner), (self.peer_chain, peer)):
            # What the root said counts: one statement that it signed twice is one statement.
            pairs = zip(old.keysets, new.keysets, strict=False)
            if any(known.digest != shown.digest for known, shown in pairs):
                raise WitnessUnusable(
                    f"The keysets of {old.party} are not those that were seen before: its root key signed two chains.",
                    code="witness.other-keysets",
                    next_step="Keep both files, co-sign nothing, and tell the officers of both sides.",
                )
        longest = (
            max(pair, key=lambda one: len(one.signed)) for pair in ((self.owner_chain, owner), (self.peer_chain, peer))
        )
        owner_chain, peer_chain = longest
        kept = WatchedLog(folder=self.folder, owner_chain=owner_chain, peer_chain=peer_chain)
        kept.write()
        return kept

    def write(self) -> None:
        """Writes what is known of the log's keys."""
        chains = {"owner_chain": self.owner_chain, "peer_chain": self.peer_chain}
        told: dict[str, Any] = {name: _text(chain.to_bytes()) for name, chain in chains.items()}  # Any: JSON
        told |= {"version": 1, "owner": self.owner_chain.party, "peer": self.peer_chain.party}
        told |= {"owner_root": _text(self.owner_chain.root.to_bytes())}
        told |= {"peer_root": _text(self.peer_chain.root.to_bytes())}
        write_durably(self.folder / "log.json", json.dumps(told, indent=2).encode())


@dataclass(frozen=True, kw_only=True)
class WitnessFolder:
    """A witness on disk.

    Args:
        folder: Where it is.
        key: Its public keys.
    """

    folder: Path
    key: WitnessKey

    @classmethod
    def make(cls, folder: Path, name: str, *, seed: bytes, passphrase: bytes) -> "WitnessFolder":
        """Makes a witness in a new or empty folder.

        Raises:
            WitnessUnusable: The folder holds something already.
            WitnessName: The name cannot be used.
        """
        signer = WitnessSeed(name, seed)
        if folder.exists() and any(folder.iterdir()):
            raise WitnessUnusable(f"{folder} is not empty.", next_step="Name a new folder.")
        (folder / "logs").mkdir(parents=True)
        write_key_file(folder / SEALED, passphrase=passphrase, secret=seed)
        write_durably(folder / KEYS, signer.public.to_text().encode(), mode=0o644)
        return cls(folder=folder, key=signer.public)

    @classmethod
    def at(cls, folder: Path) -> "WitnessFolder":
        """Opens a witness's folder.

        Raises:
            WitnessUnusable: It is none.
        """
        try:
            text = (folder / KEYS).read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise WitnessUnusable(f"{folder} is not the folder of a witness.") from error
        return cls(folder=folder, key=WitnessKey.from_text(text))

    def signer(self, passphrase: bytes) -> WitnessSeed:
        """Opens the secret key.

        Raises:
            TrustFails: The pass phrase is another one.
        """
        return WitnessSeed(self.key.name, read_key_file(self.folder / SEALED, passphrase=passphrase))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Lets no other process look or write meanwhile."""
        with (self.folder / ".lock").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def watch(self, owner: KeysetChain, peer: KeysetChain) -> WatchedLog:
        """Begins to watch a log under the root keys that were compared in person.

        Raises:
            WitnessUnusable: It is watched already.
        """
        folder = self._place(owner.party, peer.party)
        if folder.exists():
            raise WitnessUnusable(
                f"The log of {owner.party} towards {peer.party} is watched already.",
                next_step="Co-sign its next head with `accord witness cosign`.",
            )
        (folder / "heads").mkdir(parents=True)
        log = WatchedLog(folder=folder, owner_chain=owner, peer_chain=peer)
        log.write()
        return log

    def watched(self, owner: str, peer: str) -> WatchedLog:
        """Returns a log that is watched.

        Raises:
            WitnessUnusable: It is not.
        """
        folder = self._place(owner, peer)
        try:
            told = json.loads((folder / "log.json").read_bytes())
        except (OSError, ValueError) as error:
            raise WitnessUnusable(
                f"The log of {owner} towards {peer} is not watched here.",
                code="witness.log-unknown",
                next_step="Add it first: `accord witness add`.",
            ) from error
        chains = [
            KeysetChain.from_bytes(
                _bytes(told[f"{side}_chain"]), trusted=VerifyKey.from_bytes(_bytes(told[f"{side}_root"]))
            )
            for side in ("owner", "peer")
        ]
        return WatchedLog(folder=folder, owner_chain=chains[0], peer_chain=chains[1])

    def _place(self, owner: str, peer: str) -> Path:
        # Party codes hold no slash; a dot at the beginning cannot be, either.
        return self.folder / "logs" / f"{owner}-{peer}"


def _held(note: bytes, key: WitnessKey) -> HeldHead:
    owner_note, head, found = read_cosigned(note, [key])
    return HeldHead(note=note, owner_note=owner_note, head=head, cosigned_ms=found[key.name])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
