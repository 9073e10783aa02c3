"""Who takes part: parties and their keysets; what stands in our registers about them is in ``register_models``."""

from functools import lru_cache
from typing import ClassVar

import msgspec
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .profile import Profile, profile_from_json
from .register_models import RegisterEntry, RegisterStamp, RegisterText
from .terms_models import AgreedTerms

__all__ = ["AgreedTerms", "Keyset", "Party", "RegisterEntry", "RegisterStamp", "RegisterText"]


class Party(models.Model):
    """A state or organisation that takes part: this node's own, or a peer whose root key was pinned.

    A root key is pinned once, by comparing words in person; it is never replaced in this row.
    """

    code = models.CharField(max_length=8, primary_key=True)
    profile = models.JSONField()
    is_self = models.BooleanField(default=False)
    root_public = models.BinaryField(null=True)
    pinned_at = models.DateTimeField(null=True)
    fingerprint_confirmed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """A node serves one party."""

        verbose_name_plural = "parties"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_self"], condition=Q(is_self=True), name="parties_one_self"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def described(self) -> Profile:
        """The profile as a value."""
        return _profile_of(msgspec.json.encode(self.profile))


@lru_cache(maxsize=64)
def _profile_of(encoded: bytes) -> Profile:
    """Returns the profile of these bytes: checked once, since a page of fifty cases asks for it a hundred times."""
    return profile_from_json(msgspec.json.decode(encoded))


class Keyset(models.Model):
    """One statement of a party's node keys towards a peer, as signed by its root key.

    Ours become ``in_force`` when the peer has filed them; the peer's when they have been checked against the chain.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="keysets")
    peer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="keysets_towards")
    serial = models.PositiveIntegerField()
    signed = models.BinaryField()
    recorded_at = models.DateTimeField(default=timezone.now)
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        """A serial is used once in a direction."""

        ordering: ClassVar = ["serial"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["party", "peer", "serial"], name="parties_keyset_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} towards {self.peer_id}, {self.serial}"
