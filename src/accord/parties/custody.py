"""Key custody: who holds the private keys, and how a signature is asked of them.

The rest of the node sees only the ``Custody`` protocol; the file custody below is its first kind and a PKCS#11 token
can be another, because nothing above asks for a private key, only for a signature or an opened seal.

Invariants:
    * no private key leaves this module, and none is ever logged or shown;
    * ``keys.acc`` never holds the root or the archive key, so that both can be offline while the node works;
    * a key that once opened or signed something is kept: old evidence must stay readable.
"""

import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Protocol, TypeVar

import msgspec
from django.conf import settings

from accord.channel.keys import Signer, SigningKey
from accord.channel.sealkeys import Opener, SealKey
from accord.errors import NotAvailableNow, OurFault

from .keyfile import DEFAULT_STRETCHING, Stretching, read_key_file, write_key_file
from .tls import TlsIdentity, make_tls_identity, tls_identity_in

__all__ = [
    "Custody",
    "FileCustody",
    "KeyKind",
    "KeyNotHeld",
    "PassphraseMissing",
    "custody_in_use",
    "find_passphrase",
    "use_custody",
]

KEYS_FILE: Final = "keys.acc"
ARCHIVE_FILE: Final = "archive.acc"
ROOT_FILE: Final = "root.acc"
NEXT_FOLDER: Final = "next"
CREDENTIAL: Final = "accord-passphrase"

# Fewer characters fall to guessing in spite of Argon2id (BSI TR-02102); six Diceware words carry 77 bit.
PASSPHRASE_CHARACTERS: Final = 12

_Key = TypeVar("_Key")

KeyKind = Literal["sign", "seal", "archive", "tls"]


class KeyNotHeld(OurFault):
    """A key that is asked for by its id is not in this custody."""

    code = "parties.key-not-held"
    default_next_step = "Restore the key file that held it from its backup."


class PassphraseMissing(NotAvailableNow):
    """No pass phrase was given, so that the key file stays closed."""

    code = "parties.passphrase-missing"
    default_next_step = (
        "Set ACCORD_PASSPHRASE, passphrase_file in node.toml, or the systemd credential accord-passphrase."
    )


class Custody(Protocol):
    """What a key store offers; a file, a token or a service may stand behind it."""

    @property
    def party(self) -> str:
        """Code of the party whose keys these are."""

    @property
    def tls(self) -> TlsIdentity:
        """The node's TLS identity."""

    @property
    def next_tls(self) -> TlsIdentity | None:
        """The TLS identity that was announced to the peers and is not in use yet."""

    def newest(self, kind: Literal["sign", "seal", "archive"]) -> bytes:
        """Returns the public bytes of the newest key of a kind."""

    def signer(self, key_id: bytes | None = None) -> Signer:
        """Returns the signer of that id, the newest when omitted."""

    def opener(self, key_id: bytes) -> Opener:
        """Returns what opens seals made to the key of that id."""

    def archive_opener(self, key_id: bytes) -> Opener:
        """Returns what opens our own sent words."""

    def root_public(self) -> bytes:
        """Returns the public bytes of the root key."""

    def root_signer(self) -> Signer:
        """Returns the root's signer, where it is at hand."""

    def add(self, kind: KeyKind) -> None:
        """Makes a new key of a kind beside the old ones; it counts once a keyset names it."""

    def promote_tls(self) -> None:
        """Takes the announced TLS identity into use."""


class _Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    party: str
    root_public: bytes
    archive_public: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1)]
    sign: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1)]
    seal: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1)]
    tls_password: str


class _Offline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    party: str
    seeds: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1)]


class FileCustody:
    """Keys in encrypted files in the node's home.

    Args:
        home: The node's folder.
        passphrase: Opens the key files.
        stretching: Cost parameters used when a file is written.
    """

    def __init__(self, home: Path, passphrase: bytes, *, stretching: Stretching = DEFAULT_STRETCHING) -> None:
        self._home = home
        self._passphrase = passphrase
        self._stretching = stretching
        self._lock = threading.Lock()
        self._load()

    @classmethod
    def create(
        cls, home: Path, party: str, passphrase: bytes, *, stretching: Stretching = DEFAULT_STRETCHING
    ) -> "FileCustody":
        """Makes every key of a new node and writes the three key files and the TLS identity.

        Raises:
            OurFault: There is a key file already; overwriting it would lose the party's identity.
        """
        if (home / KEYS_FILE).exists():
            raise OurFault(f"{KEYS_FILE} is already in this home.", code="parties.keys-exist")
        if len(passphrase) < PASSPHRASE_CHARACTERS:
            raise OurFault(
                f"The pass phrase has fewer than {PASSPHRASE_CHARACTERS} characters.", code="parties.passphrase-weak"
            )
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        root, archive, sign, seal = SigningKey.generate(), SealKey.generate(), SigningKey.generate(), SealKey.generate()
        keys = _Keys(
            party=party,
            root_public=root.public.to_bytes(),
            archive_public=(archive.public.to_bytes(),),
            sign=(sign.seed,),
            seal=(seal.seed,),
            tls_password=secrets.token_urlsafe(32),
        )
        for file, secret in (
            (ROOT_FILE, _Offline(party=party, seeds=(root.seed,))),
            (ARCHIVE_FILE, _Offline(party=party, seeds=(archive.seed,))),
            (KEYS_FILE, keys),
        ):
            encoded = msgspec.json.encode(secret)
            write_key_file(home / file, passphrase=passphrase, secret=encoded, stretching=stretching)
        make_tls_identity(home, party, password=keys.tls_password)
        return cls(home, passphrase, stretching=stretching)

    def _load(self) -> None:
        file = self._home / KEYS_FILE
        secret = read_key_file(file, passphrase=self._passphrase)
        self._keys = msgspec.json.decode(secret, type=_Keys)
        self._loaded_at_ns = file.stat().st_mtime_ns
        self._signers = {key.public.key_id: key for key in map(SigningKey.from_seed, self._keys.sign)}
        self._openers = {key.public.key_id: key for key in map(SealKey.from_seed, self._keys.seal)}
        self._newest_signer = next(reversed(self._signers.values()))
        self._newest_seal = next(reversed(self._openers.values()))
        self._archive: dict[bytes, SealKey] = {}

    @property
    def party(self) -> str:
        """Code of the party whose keys these are."""
        return self._keys.party

    @property
    def tls(self) -> TlsIdentity:
        """The node's TLS identity."""
        return tls_identity_in(self._home, password=self._keys.tls_password)

    @property
    def next_tls(self) -> TlsIdentity | None:
        """The TLS identity that was announced to the peers and is not in use yet."""
        announced = tls_identity_in(self._home / NEXT_FOLDER, password=self._keys.tls_password)
        return announced if announced.certificate.exists() else None

    def newest(self, kind: Literal["sign", "seal", "archive"]) -> bytes:
        """Returns the public bytes of the newest key of a kind."""
        if kind == "archive":
            return self._keys.archive_public[-1]
        return self._newest_signer.public.to_bytes() if kind == "sign" else self._newest_seal.public.to_bytes()

    def signer(self, key_id: bytes | None = None) -> Signer:
        """Returns the signer of that id, the newest when omitted.

        Raises:
            KeyNotHeld: No such key is in the file, even after reading it again.
        """
        if key_id is None:
            return self._newest_signer
        self._read_again_unless(key_id in self._signers)
        return _held(self._signers, key_id)

    def opener(self, key_id: bytes) -> Opener:
        """Returns what opens seals made to the key of that id.

        Raises:
            KeyNotHeld: No such key is in the file, even after reading it again.
        """
        self._read_again_unless(key_id in self._openers)
        return _held(self._openers, key_id)

    def _read_again_unless(self, is_held: bool) -> None:
        # Another process (a rotation from the command line) may have added a key since the file was read.
        if is_held:
            return
        with self._lock:
            if (self._home / KEYS_FILE).stat().st_mtime_ns != self._loaded_at_ns:
                self._load()

    def archive_opener(self, key_id: bytes) -> Opener:
        """Returns what opens our own sent words.

        Raises:
            KeyFileMissing: The archive key is offline.
            KeyNotHeld: The archive file does not hold that key.
        """
        with self._lock:
            if key_id not in self._archive:
                self._archive = {key.public.key_id: key for key in map(SealKey.from_seed, self._offline(ARCHIVE_FILE))}
            return _held(self._archive, key_id)

    def root_public(self) -> bytes:
        """Returns the public bytes of the root key."""
        return self._keys.root_public

    def root_signer(self) -> Signer:
        """Returns the root's signer, read anew each time so that it stays in memory no longer than the act.

        Raises:
            KeyFileMissing: The root key is offline.
        """
        return SigningKey.from_seed(self._offline(ROOT_FILE)[0])

    def _offline(self, name: str) -> tuple[bytes, ...]:
        secret = read_key_file(self._home / name, passphrase=self._passphrase)
        return msgspec.json.decode(secret, type=_Offline).seeds

    def add(self, kind: KeyKind) -> None:
        """Makes a new key of a kind beside the old ones; it counts once a keyset names it."""
        with self._lock:
            keys = self._keys
            if kind == "sign":
                keys = msgspec.structs.replace(keys, sign=(*keys.sign, SigningKey.generate().seed))
            elif kind == "seal":
                keys = msgspec.structs.replace(keys, seal=(*keys.seal, SealKey.generate().seed))
            elif kind == "archive":
                keys = self._with_new_archive(keys)
            else:
                (self._home / NEXT_FOLDER).mkdir(exist_ok=True, mode=0o700)
                make_tls_identity(self._home / NEXT_FOLDER, keys.party, password=keys.tls_password)
                return
            self._write(KEYS_FILE, keys)
            self._load()

    def promote_tls(self) -> None:
        """Takes the announced TLS identity into use.

        Raises:
            OurFault: None was announced.
        """
        announced = self.next_tls
        if announced is None:
            raise OurFault("No TLS identity was announced.", code="parties.no-next-tls")
        # The key first: a certificate without its key would keep the node from starting, a key alone does not.
        announced.key.replace(self.tls.key)
        announced.certificate.replace(self.tls.certificate)

    def _with_new_archive(self, keys: _Keys) -> _Keys:
        archive = SealKey.generate()
        seeds = (*self._offline(ARCHIVE_FILE), archive.seed)
        self._write(ARCHIVE_FILE, _Offline(party=keys.party, seeds=seeds))
        return msgspec.structs.replace(keys, archive_public=(*keys.archive_public, archive.public.to_bytes()))

    def _write(self, name: str, secret: msgspec.Struct) -> None:
        encoded = msgspec.json.encode(secret)
        write_key_file(self._home / name, passphrase=self._passphrase, secret=encoded, stretching=self._stretching)


def _held(held: Mapping[bytes, _Key], key_id: bytes) -> _Key:
    try:
        return held[key_id]
    except KeyError as error:
        raise KeyNotHeld(f"The key {key_id.hex()} is not held.", fields={"key_id": key_id.hex()}) from error


def find_passphrase(*, environment: Mapping[str, str] | None = None, file: str = "") -> bytes:
    """Returns the pass phrase from the first source that has one.

    The order is: ``ACCORD_PASSPHRASE``, the systemd credential ``accord-passphrase``, then ``file``.

    Raises:
        PassphraseMissing: None of them has one.
    """
    variables = os.environ if environment is None else environment
    if phrase := variables.get("ACCORD_PASSPHRASE"):
        return phrase.encode()
    folder = variables.get("CREDENTIALS_DIRECTORY")
    for candidate in ([Path(folder) / CREDENTIAL] if folder else []) + ([Path(file)] if file else []):
        if candidate.is_file():
            return candidate.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    raise PassphraseMissing("No pass phrase was given for the key file.")


class _InUse:
    """The one custody of this process; opened at the first need."""

    def __init__(self) -> None:
        self.custody: Custody | None = None
        self.lock = threading.Lock()


_IN_USE: Final = _InUse()


def custody_in_use() -> Custody:
    """Returns this process's custody, opening the key file of the configured home at first use.

    Raises:
        PassphraseMissing: No pass phrase was given.
        KeyFileMissing: The home has no key file.
    """
    with _IN_USE.lock:
        if _IN_USE.custody is None:
            passphrase = find_passphrase(file=settings.ACCORD_PASSPHRASE_FILE)
            _IN_USE.custody = FileCustody(settings.ACCORD_HOME, passphrase)
        return _IN_USE.custody


def use_custody(custody: Custody | None) -> None:
    """Makes ``custody`` this process's one; ``None`` forgets it, so that the next need opens the file anew."""
    with _IN_USE.lock:
        _IN_USE.custody = custody
