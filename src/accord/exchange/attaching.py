"""Attachments of a message."""

from accord.exchange.models import Message

__all__ = ["references_of", "root_of"]


def references_of(message: Message) -> list[dict[str, object]]:
    """Returns the references."""
    return []


def root_of(message: Message) -> bytes | None:
    """Returns the root."""
    return None
