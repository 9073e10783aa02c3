"""Files that a form brings, on their way to be looked at: in memory or in an unnamed temporary file, never by a name.

A file that grows past the limit is not read to its end.
"""

import tempfile
from typing import IO, Any, Final, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from accord.exchange.inspection import ATTACHMENT_BYTES_MAX

__all__ = ["UnnamedFiles"]

SPOOL_BYTES: Final = 1024 * 1024


class UnnamedFiles(FileUploadHandler):
    """Takes each file of a form into a spool that leaves nothing behind."""

    file: IO[bytes]

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Begins a file."""
        super().new_file(*arguments, **named)
        self.file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES))  # noqa: SIM115

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Takes a block of it."""
        if start + len(raw_data) > ATTACHMENT_BYTES_MAX:
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        """Hands it on."""
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
