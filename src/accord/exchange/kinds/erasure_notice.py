"""The erasure notice: a receiver says which messages it erased at the end of their time; identifiers and no words."""

from typing import Annotated, Literal

import msgspec

from accord.exchange.kinds.particulars import EnvelopeId

__all__ = ["ERASED_ITEMS_MAX", "ErasureNotice"]

ERASED_ITEMS_MAX = 200
"""Messages of one notice: some eight kilobytes."""


class ErasureNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says that messages were erased because their time was over.

    Args:
        schema_version: Version of the schema.
        erased: Envelope identifiers of the messages.

    Source: IRPR, section 315.27, as a model (rule BI-12).
    """

    schema_version: Literal[1]
    erased: Annotated[tuple[EnvelopeId, ...], msgspec.Meta(min_length=1, max_length=ERASED_ITEMS_MAX)]
