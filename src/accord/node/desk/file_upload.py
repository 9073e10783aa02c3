"""Files that a form brings, on their way to be looked at: in memory or in an unnamed temporary file, never by a name.

A file that grows past the limit is not kept, and a form far larger than any file is not read at all.
"""

import tempfile
from typing import IO, Any, Final, cast

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from accord.exchange.inspection import ATTACHMENT_BYTES_MAX

__all__ = ["UnnamedFiles"]

SPOOL_BYTES: Final = 1024 * 1024

FORM_BYTES_MAX: Final = 2 * ATTACHMENT_BYTES_MAX
"""A form with a file, bytes: one a little too large is read and refused at its field, a larger one at the door."""


class UnnamedFiles(FileUploadHandler):
    """Takes each file of a form into a spool that leaves nothing behind."""

    file: IO[bytes]

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuses a form that no file of the allowed size explains, before any of it is read."""
        if content_length > FORM_BYTES_MAX:
            raise RequestDataTooBig("The form is larger than any file that is let in.")

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
