"""What the other side would read of a draft as it stands: the officer's fields and those that the node fills."""

from collections.abc import Mapping
from typing import Any

from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.exchange.submission import composed
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["preview", "without_keys"]

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
    return without_keys(composed(message))


def without_keys(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the members of a message with what is read of its files alone: no key, and no place of a chunk.

    Whoever holds the key and the sealed chunks opens the file; whoever may read the file gets it from this node.
    """
    files = fields.get("attachments")
    if not isinstance(files, list):
        return dict(fields)
    return {**fields, "attachments": [{name: file[name] for name in _OF_A_FILE if name in file} for file in files]}
