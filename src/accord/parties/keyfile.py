"""Encrypted key files: Argon2id stretches the pass phrase, AES-256-GCM seals what is inside.

Three such files lie in a home: ``keys.acc`` (sign, seal, TLS pass word; needed while the node runs), ``archive.acc``
(opens our own sent words; needed for recovery and evidence) and ``root.acc`` (signs keysets; needed at pairing and
rotation). The last two may be carried away on a stick and brought back when they are needed.

Form: one line of JSON (the parameters, authenticated), a line feed, then nonce and ciphertext.
Source: RFC 9106, section 4 (Argon2id, second recommended option); NIST SP 800-38D (GCM).
"""

import os
import secrets
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from accord.errors import NotAvailableNow, OurFault, TrustFails

__all__ = ["DEFAULT_STRETCHING", "KeyFileMissing", "Stretching", "read_key_file", "write_durably", "write_key_file"]

MAGIC: Final = "accord-keys-1"
NONCE_BYTES: Final = 12
SALT_BYTES: Final = 16
# A key file holds a few dozen seeds; a larger one is not ours.
KEY_FILE_BYTES: Final = 1024 * 1024


class KeyFileMissing(NotAvailableNow):
    """A key file is not in the home: it is offline, or the node was never initialised."""

    code = "parties.key-file-missing"
    default_next_step = "Bring the named key file back into the node's home, then try again."


class Stretching(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cost of one guess at the pass phrase.

    The upper bounds keep a forged file from making the node allocate without limit.

    Args:
        iterations: Passes over the memory.
        lanes: Degree of parallelism.
        memory_kib: Memory in KiB.
    """

    iterations: Annotated[int, msgspec.Meta(ge=1, le=16)] = 3
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)] = 4
    memory_kib: Annotated[int, msgspec.Meta(ge=32, le=1024 * 1024)] = 64 * 1024


# RFC 9106, section 4: the second recommended option, 64 MiB; about 80 ms here, within the 3 s of a node's start.
DEFAULT_STRETCHING: Final = Stretching()


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: str
    salt: bytes
    stretching: Stretching


def write_key_file(
    file: Path, *, passphrase: bytes, secret: bytes, stretching: Stretching = DEFAULT_STRETCHING
) -> None:
    """Writes ``secret`` encrypted, mode 0600, replacing the file in one step."""
    head = _Head(form=MAGIC, salt=secrets.token_bytes(SALT_BYTES), stretching=stretching)
    line = msgspec.json.encode(head) + b"\n"
    nonce = secrets.token_bytes(NONCE_BYTES)
    key = _stretched(passphrase, head)
    write_durably(file, line + nonce + AESGCM(key).encrypt(nonce, secret, line), mode=0o600)


def read_key_file(file: Path, *, passphrase: bytes) -> bytes:
    """Returns what the file holds.

    Raises:
        KeyFileMissing: The file is not there.
        TrustFails: The pass phrase is wrong or the file was changed; which of the two cannot be told.
        OurFault: The file is not a key file.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise KeyFileMissing(f"{file.name} is not in the node's home.", fields={"file": file.name}) from error
    line, found, sealed = data.partition(b"\n")
    if len(data) > KEY_FILE_BYTES or not found:
        raise OurFault(f"{file.name} is not a key file.", code="parties.key-file-malformed")
    try:
        head = msgspec.json.decode(line, type=_Head)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise OurFault(f"{file.name} is not a key file.", code="parties.key-file-malformed") from error
    if head.form != MAGIC:
        raise OurFault(f"{file.name} has an unknown form.", code="parties.key-file-malformed")
    key = _stretched(passphrase, head)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], line + b"\n")
    except (InvalidTag, ValueError) as error:
        raise TrustFails(
            f"{file.name} does not open: the pass phrase is wrong or the file was changed.",
            code="parties.key-file-closed",
            next_step="Check the pass phrase; if it is right, restore the key file from its backup.",
        ) from error


def _stretched(passphrase: bytes, head: _Head) -> bytes:
    return Argon2id(
        salt=head.salt,
        length=32,
        iterations=head.stretching.iterations,
        lanes=head.stretching.lanes,
        memory_cost=head.stretching.memory_kib,
    ).derive(passphrase)


def write_durably(file: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Writes a file so that after a power cut it is whole, old or new: temporary file, fsync, rename, fsync folder."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
