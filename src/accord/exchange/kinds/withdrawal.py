"""The withdrawal: its sender asks that a message which has left be used no more."""

from typing import Annotated, Literal

import msgspec

__all__ = ["Withdrawal"]


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names the message withdrawn, and says nothing else: the reason stays with the sender.

    Args:
        schema_version: Version of the schema.
        withdraws: Envelope identifier of the message.
    """

    schema_version: Literal[1]
    withdraws: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
