"""Looking at a file before it becomes an attachment."""

from .files import ALLOWED_TYPES, ATTACHMENT_BYTES_MAX, InspectedFile, inspect_file, sanitised
from .office import ZIP_MEMBERS_MAX
from .pdf import PDF_OBJECTS_BYTES_MAX
from .refusal import AttachmentRefused

__all__ = [
    "ALLOWED_TYPES",
    "ATTACHMENT_BYTES_MAX",
    "PDF_OBJECTS_BYTES_MAX",
    "ZIP_MEMBERS_MAX",
    "AttachmentRefused",
    "InspectedFile",
    "inspect_file",
    "sanitised",
]
