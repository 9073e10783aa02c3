"""The root keys that a reader of evidence trusts: got in person, by post or from an embassy, never from the evidence.

The file is JSON so that a person can look into it::

    {"roots": [{"party": "CA", "root": "<base64 of 1984 bytes>"}, {"party": "IN", "root": "..."}]}
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accord.errors import AccordError, OfficerCanMend

from .encoding import require_party
from .keys import VerifyKey

__all__ = ["RootsUnreadable", "TrustRoots"]

MAX_ROOTS_BYTES: Final = 1024 * 1024
"""Bytes of a roots file: some 370 parties."""


class RootsUnreadable(OfficerCanMend):
    """The file of trusted root keys cannot be read."""

    code = "evidence.roots-unreadable"
    default_next_step = 'Give a file such as {"roots": [{"party": "CA", "root": "<base64>"}]}.'


@dataclass(frozen=True, slots=True)
class TrustRoots:
    """The root key of each party that the reader trusts.

    Args:
        roots: Root keys by party code.
    """

    roots: Mapping[str, VerifyKey]

    @classmethod
    def from_json(cls, data: bytes) -> "TrustRoots":
        """Reads a roots file.

        Raises:
            RootsUnreadable: If it is not such a file, names nobody, or names a party twice.
        """
        if len(data) > MAX_ROOTS_BYTES:
            raise RootsUnreadable(f"The roots file has {len(data)} bytes; at most {MAX_ROOTS_BYTES} are read.")
        try:
            listed = json.loads(data)["roots"]
            pairs = [(require_party(item["party"], "roots file"), _root_key(item["root"])) for item in listed]
        except AccordError as error:
            raise RootsUnreadable(f"The roots file cannot be read: {error.sentence}") from error
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise RootsUnreadable("The roots file is not a list of parties with their root keys.") from error
        roots = dict(pairs)
        if not roots or len(roots) != len(pairs):
            raise RootsUnreadable("The roots file names no party, or one party twice.")
        return cls(roots)

    def to_json(self) -> bytes:
        """Returns the file's bytes, parties in alphabetical order."""
        listed = [
            {"party": party, "root": base64.b64encode(self.roots[party].to_bytes()).decode()}
            for party in sorted(self.roots)
        ]
        return json.dumps({"roots": listed}, indent=2).encode() + b"\n"


def _root_key(text: object) -> VerifyKey:
    if not isinstance(text, str):
        raise TypeError(text)
    return VerifyKey.from_bytes(base64.b64decode(text, validate=True))
