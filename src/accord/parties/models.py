"""Who takes part: parties, their keysets, the arrangements in force between them, and their risk profiles."""

from datetime import date
from functools import lru_cache
from typing import ClassVar, Final

import msgspec
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .profile import Profile, profile_from_json

__all__ = ["Arrangement", "Keyset", "Party", "RiskProfile"]

# Rule packs compare these words; the order is that of severity (domain/law.md, CA-01 and CA-02).
RISK_LEVELS: Final = ("none", "low", "medium", "substantial")


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


class Arrangement(models.Model):
    """A written arrangement under which agencies may exchange, as the law gate asks for it.

    Source: the commitments listed in the parties' statement; rule packs name the clauses that need one.
    """

    code = models.CharField(max_length=64, primary_key=True)
    title = models.CharField(max_length=200)
    parties = models.ManyToManyField(Party, related_name="arrangements")
    agencies = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    onward_rule = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    text_digest = models.BinaryField(max_length=32)

    class Meta:
        """Arrangements are listed by their code."""

        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code

    def is_in_force(self, on: date) -> bool:
        """Returns whether it counts on that day, both bounds included."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class RiskProfile(models.Model):
    """A dated assessment of the risk that a party mistreats people; versions are added, never changed.

    Baseline and residual are kept apart so that mitigations cannot hide in the baseline.
    Source: NSIRA, review for 2022 under the Avoiding Complicity in Mistreatment by Foreign Entities Act.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="risk_profiles")
    version = models.PositiveIntegerField()
    assessed_on = models.DateField()
    baseline = models.CharField(max_length=16, choices=[(level, level) for level in RISK_LEVELS])
    mitigations = models.JSONField(default=list)
    residual = models.CharField(max_length=16, choices=[(level, level) for level in RISK_LEVELS])
    assessed_by = models.CharField(max_length=150)

    class Meta:
        """The newest version is read first."""

        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["party", "version"], name="parties_risk_version"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} v{self.version}"
