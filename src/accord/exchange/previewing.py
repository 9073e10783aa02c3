"""What the other side would read of a draft as it stands: the officer's fields and those that the node fills."""

from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.exchange.submission import composed
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["preview"]

_OF_A_FILE = ("name", "media_type", "size_bytes", "sha256")


def preview(officer: Officer, message: Message) -> dict[str, object]:
    """Returns what the other side would read of a draft as it stands, but for the keys of its files.

    Raises:
        NotPermitted: The officer may not read cases.
        ActRefused: The message is the other side's.
    """
    require(officer, Permission.CASE_READ)
    if not message.is_ours:
        raise ActRefused("Only a message of our own is checked for release.", code="exchange.not-ours")
    fields = composed(message)
    files = fields.get("attachments")
    if isinstance(files, list):
        fields["attachments"] = [{name: file[name] for name in _OF_A_FILE} for file in files]
    return fields
