"""What a keyset says of one key: the key, and the positions at which it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .encoding import MapReader, extended
from .limits import MAX_LOG_SIZE

__all__ = ["KeyEntry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """One key and the positions at which it counts.

    Args:
        public: Public key bytes: 1984 for signing, 1216 for sealing and archive.
        from_position: First position of the party's own log at which it counts.
        until_position: First position at which it no longer counts, or ``None`` while it is in use.
        revoked_from: First position at which it is refused as compromised, or ``None``.
        cosign_revoked_from: First size of the peer's log at which its co-signatures are refused; needed where
            ``revoked_from`` is set, and taken as 0 where it is missing: nothing means no.
        extensions: Ignorable fields, keys from 1000 on; the root signed them, so they are emitted again.
    """

    public: bytes
    from_position: int = 0
    until_position: int | None = None
    revoked_from: int | None = None
    cosign_revoked_from: int | None = None
    extensions: Mapping[int, object] = field(default_factory=dict, hash=False)

    def counts_at(self, position: int) -> bool:
        """Tells whether the key counts at a position of the party's own log."""
        return (
            self.from_position <= position
            and (self.until_position is None or position < self.until_position)
            and (self.revoked_from is None or position < self.revoked_from)
        )

    def cosigns_at(self, size: int) -> bool:
        """Tells whether the key's co-signature of the peer's log counts at that log's size."""
        until = self.cosigns_until
        return until is None or size < until

    @property
    def cosigns_until(self) -> int | None:
        """First size of the peer's log at which its co-signature is refused; ``None`` while it was never revoked."""
        return None if self.revoked_from is None else self.cosign_revoked_from or 0

    @property
    def is_open(self) -> bool:
        """Tells whether no end was stated: it is in use, or coming."""
        return self.until_position is None and self.revoked_from is None

    def narrows(self, earlier: "KeyEntry") -> bool:
        """Tells whether this says no more for the key than ``earlier`` did."""
        return (
            self.public == earlier.public
            and self.from_position == earlier.from_position
            and _not_later(self.until_position, earlier.until_position)
            and _not_later(self.revoked_from, earlier.revoked_from)
            and (earlier.revoked_from is None or self._vouches_no_more_than(earlier))
        )

    def _vouches_no_more_than(self, earlier: "KeyEntry") -> bool:
        if earlier.cosign_revoked_from is None:
            return self.cosigns_until == 0
        return _not_later(self.cosign_revoked_from, earlier.cosign_revoked_from)

    def retired(self, until_position: int) -> "KeyEntry":
        """Returns the entry with its ordinary end stated."""
        return replace(self, until_position=until_position)

    def revoked(self, from_position: int, *, cosignatures_from: int) -> "KeyEntry":
        """Returns the entry revoked as compromised.

        Args:
            from_position: First position of the party's own log that is refused.
            cosignatures_from: First size of the peer's log whose co-signature by this key is refused.
        """
        return replace(self, revoked_from=from_position, cosign_revoked_from=cosignatures_from)

    def to_map(self) -> dict[int, object]:
        """Returns the entry as a map to be encoded."""
        fields: dict[int, object] = {
            1: self.public,
            2: self.from_position,
            3: self.until_position,
            4: self.revoked_from,
            5: self.cosign_revoked_from,
        }
        return extended(fields, self.extensions)

    @classmethod
    def from_map(cls, obj: object, *, size: int) -> "KeyEntry":
        """Reads an entry whose key has ``size`` bytes."""
        read = MapReader(obj, what="keyset", known=5)
        return cls(
            public=read.octets(1, size=size),
            from_position=read.uint(2, MAX_LOG_SIZE),
            until_position=None if read.is_null(3) else read.uint(3, MAX_LOG_SIZE),
            revoked_from=None if read.is_null(4) else read.uint(4, MAX_LOG_SIZE),
            cosign_revoked_from=None if read.is_null(5) else read.uint(5, MAX_LOG_SIZE),
            extensions=read.extensions(),
        )


def _not_later(later: int | None, earlier: int | None) -> bool:
    return earlier is None or (later is not None and later <= earlier)
