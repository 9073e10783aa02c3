"""Primary keys of the rows of this room."""

import uuid

from accord.channel.envelope import uuid7
from accord.courier.moment import entropy, now_ms

__all__ = ["new_key"]


def new_key() -> uuid.UUID:
    """Returns a new primary key: ordered by time, so that new rows lie together in the index."""
    return uuid.UUID(bytes=uuid7(now_ms(), entropy))
