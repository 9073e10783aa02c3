"""The kinds of message of the drugs workstream: one type each, version 1 of its schema."""

from accord.exchange.kinds.particulars import Correspondence

__all__ = ["STRUCTS"]

STRUCTS: dict[str, type[Correspondence]] = {}
"""The type of each kind that officers of this workstream write."""
