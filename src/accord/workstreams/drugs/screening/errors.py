"""What can be wrong with a manifest as a whole."""

from accord.errors import OfficerCanMend

__all__ = ["ManifestUnreadable"]


class ManifestUnreadable(OfficerCanMend):
    """A manifest has no header that says which column describes the goods."""

    code = "drugs.manifest-unreadable"
    default_next_step = "Mend the first line or row of the file and screen it again; nothing was screened."
