"""A custody in memory with the fixed keys of a specimen party, and room for new ones."""

from pathlib import Path
from typing import Literal

from accord.channel.keys import Signer, SigningKey
from accord.channel.sealkeys import Opener, SealKey
from accord.parties.custody import KeyKind, KeyNotHeld
from accord.parties.keyfile import KeyFileMissing
from accord.parties.tls import TlsIdentity
from tests.channel.specimens import specimen

__all__ = ["MemoryCustody"]


class MemoryCustody:
    """Keys of a specimen party.

    Args:
        party: Code of the party.
    """

    def __init__(self, party: str) -> None:
        keys = specimen(party)
        self.party = party
        self.root: SigningKey | None = keys.root
        self.sign: list[SigningKey] = [keys.sign]
        self.seal: list[SealKey] = [keys.seal]
        self.archive: list[SealKey] = [keys.archive]
        self.is_locked = False
        self.next_tls: TlsIdentity | None = None

    @property
    def tls(self) -> TlsIdentity:
        return TlsIdentity(certificate=Path("/nowhere/tls.crt"), key=Path("/nowhere/tls.key"), password="")

    def newest(self, kind: Literal["sign", "seal", "archive"]) -> bytes:
        keys: dict[str, list[SigningKey] | list[SealKey]] = {
            "sign": self.sign,
            "seal": self.seal,
            "archive": self.archive,
        }
        return keys[kind][-1].public.to_bytes()

    def signer(self, key_id: bytes | None = None) -> Signer:
        for key in reversed(self.sign):
            if not self.is_locked and key_id in {None, key.public.key_id}:
                return key
        raise KeyNotHeld("No such signing key.")

    def opener(self, key_id: bytes) -> Opener:
        return self._of(self.seal, key_id)

    def archive_opener(self, key_id: bytes) -> Opener:
        if not self.archive:
            raise KeyFileMissing("The archive key is offline.")
        return self._of(self.archive, key_id)

    def _of(self, keys: list[SealKey], key_id: bytes) -> Opener:
        for key in keys:
            if key.public.key_id == key_id:
                return key
        raise KeyNotHeld("No such key.")

    def root_public(self) -> bytes:
        return specimen(self.party).root.public.to_bytes()

    def root_signer(self) -> Signer:
        if self.root is None:
            raise KeyFileMissing("The root key is offline.")
        return self.root

    def add(self, kind: KeyKind) -> None:
        if kind == "sign":
            self.sign.append(SigningKey.generate())
        elif kind == "seal":
            self.seal.append(SealKey.generate())
        elif kind == "archive":
            self.archive.append(SealKey.generate())

    def promote_tls(self) -> None:
        self.next_tls = None
