"""Files that come as the body of a request: read block by block, and taken only where they are the ones named."""

import hashlib
import tempfile
from typing import IO, Final

from django.http import HttpRequest

from accord.exchange.inspection import ATTACHMENT_BYTES_MAX
from accord.node.api.problems import Invalid, TooLarge

__all__ = ["received_file"]

BLOCK_BYTES: Final = 256 * 1024
"""Bytes read of an upload at a time."""

SPOOL_BYTES: Final = 1024 * 1024
"""Bytes of an upload held in memory; a larger one goes through an unnamed temporary file."""


def received_file(request: HttpRequest, sha256: str) -> IO[bytes]:
    """Returns the body of a request as a file that the caller closes.

    Args:
        request: The request, its body not read yet.
        sha256: The digest by which its address names the file, hexadecimal.

    Raises:
        TooLarge: It is larger than a file may be.
        Invalid: It is another file than the one named.
    """
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the caller open
    digest, size = hashlib.sha256(), 0
    while block := request.read(BLOCK_BYTES):
        size += len(block)
        if size > ATTACHMENT_BYTES_MAX:
            spool.close()
            raise TooLarge("The file is too large.", fields={"limit_bytes": ATTACHMENT_BYTES_MAX})
        digest.update(block)
        spool.write(block)
    if digest.hexdigest() != sha256:
        spool.close()
        raise Invalid(
            "The file that came is not the one that was named.",
            code="attachment.digest-differs",
            next_step="Send the file again, with the digest of the whole file.",
            fields={"received_bytes": size},
        )
    spool.seek(0)
    return spool
