"""Parts of uploads on the disk: sealed, each whole or not there, and gone when their upload is.

``HOME/uploads/<upload>/`` holds one file a part, named by its offset and its digest, so that two writers of one place
never touch each other's bytes. What is stored is sealed under the upload's own key with a fresh nonce and bound to its
upload and offset.
"""

import os
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from accord.courier.chunks import RESERVED_BYTES, NoRoom
from accord.errors import OurFault
from accord.parties.keyfile import write_durably

__all__ = ["discard_parts", "discard_strays", "read_part", "write_part"]

NONCE_BYTES: Final = 12
FOLDER: Final = "uploads"

STRAY_SECONDS: Final = 3600
"""Age at which a folder without an upload is deleted, seconds: whoever made it has long committed or failed."""


def _home() -> Path:
    return Path(settings.ACCORD_HOME) / FOLDER


def _file(upload_id: UUID, offset: int, sha256: bytes) -> Path:
    return _home() / upload_id.hex / f"{offset}-{sha256.hex()}"


def _bound_to(upload_id: UUID, offset: int) -> bytes:
    return b"accord/1/upload\0" + upload_id.bytes + offset.to_bytes(8, "big")


def write_part(upload_id: UUID, offset: int, *, key: bytes, sha256: bytes, content: bytes) -> None:
    """Stores one part.

    Raises:
        NoRoom: The disk has too little room left.
    """
    file = _file(upload_id, offset, sha256)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(file.parent).free < RESERVED_BYTES + len(content):
        raise NoRoom("The disk of the node's home is nearly full.")
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, content, _bound_to(upload_id, offset))
    try:
        write_durably(file, sealed)
    except OSError as error:
        raise NoRoom("A part of an upload could not be written.") from error


def read_part(upload_id: UUID, offset: int, *, key: bytes, sha256: bytes) -> bytes:
    """Returns one part.

    Raises:
        OurFault: It is not on the disk any more, or was altered there.
    """
    try:
        sealed = _file(upload_id, offset, sha256).read_bytes()
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(upload_id, offset))
    except (OSError, InvalidTag, ValueError) as error:
        raise OurFault(
            "A part of the upload is not as it was stored.",
            code="api.upload-damaged",
            next_step="Begin the upload anew, and have the operator look at the disk.",
            fields={"offset": offset},
        ) from error


def discard_parts(upload_id: UUID) -> None:
    """Deletes the parts of an upload."""
    shutil.rmtree(_home() / upload_id.hex, ignore_errors=True)


def discard_strays(kept: Collection[UUID]) -> None:
    """Deletes folders of uploads that are none any more, as a crash between database and disk leaves them."""
    names = {upload_id.hex for upload_id in kept}
    if not _home().is_dir():
        return
    for folder in _home().iterdir():
        if folder.name not in names and time.time() - folder.stat().st_mtime > STRAY_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
