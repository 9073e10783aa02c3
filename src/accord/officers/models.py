"""Officers, the accounts by which systems act for them, and the list of what they did."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accord.officers.permissions import Permission, permissions_of

__all__ = ["Act", "ApiToken", "ClientCertificate", "Officer", "PeerProposal"]


class Officer(AbstractUser):
    """A person, or a system standing for one, who acts at this node.

    An account ends with the posting: after ``active_until`` it may do nothing, though its acts stay on record.
    ``offices`` are those by which rules of law name who decides on a hold, in the rules' own words.
    Source: VCDR/VCCR posting rules as rule BI-06 takes them up.
    """

    display_name = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    offices = models.JSONField(default=list)
    agency = models.CharField(max_length=32, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    active_until = models.DateTimeField(null=True, blank=True)
    is_system = models.BooleanField(default=False)
    # Four eyes: who made the account or changed its roles, whether a second person must still agree, and who did.
    made_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    waits_for_second = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # When the officer last chose the password; until then whoever made the account knows it.
    own_password_at = models.DateTimeField(null=True)
    # The language of the officer's desk and notices; empty until one is chosen.
    language = models.CharField(max_length=8, blank=True)
    # What the second person is asked to agree to, each change with what stood before it (accord.officers.four_eyes).
    waiting_changes = models.JSONField(default=list)
    # Wrong secrets in a row; a lock is lifted by two persons (accord.officers.lockout).
    failed_attempts = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    unlock_asked_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # What the officer reads of the cases (accord.exchange.reach): of these themes, for these agencies of ours; of every
    # one where empty. Of a reviewer the agencies are the mandate.
    scope_themes = models.JSONField(default=list)
    scope_agencies = models.JSONField(default=list)
    # Whether the account holds a posting: what it may send is then asked of the rooms above (accord.exchange.watching).
    holds_posting = models.BooleanField(default=False)
    # How often all sessions were ended at once (accord.officers.endings): a session knows under which count it began.
    sessions_ended = models.PositiveIntegerField(default=0)
    # Who the officer is at the agency's identity provider (accord.officers.identities); empty where none is bound.
    identity_issuer = models.CharField(max_length=255, blank=True)
    identity_subject = models.CharField(max_length=255, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    # The scope of the token or certificate in use; None means all the roles allow.
    _scope: frozenset[Permission] | None = None

    class Meta:
        """Officers are listed by name."""

        ordering: ClassVar[list[str]] = ["username"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["identity_issuer", "identity_subject"],
                condition=~models.Q(identity_subject=""),
                name="officers_one_identity",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_session_auth_hash(self) -> str:
        """Returns what a session keeps of the account; a session whose copy differs is none."""
        told = super().get_session_auth_hash()
        if not self.sessions_ended:
            return told
        return salted_hmac("accord.officers.sessions", f"{told} {self.sessions_ended}", algorithm="sha256").hexdigest()

    def is_posted(self, now: datetime | None = None) -> bool:
        """Returns whether the account may act at that time: not ended, and not waiting for a second person."""
        if not self.is_active or self.waits_for_second:
            return False
        return self.active_until is None or (now or timezone.now()) < self.active_until

    def permissions(self) -> frozenset[Permission]:
        """Returns what the roles allow, narrowed to the scope in use."""
        allowed = permissions_of(self.roles)
        return allowed if self._scope is None else allowed & self._scope

    def may(self, permission: str) -> bool:
        """Returns whether the officer may do it now: posting, role and scope all allow it."""
        return self.is_posted() and permission in self.permissions()

    def narrow_to(self, scope: Iterable[str]) -> None:
        """Narrows this instance to a scope; an unknown word in the scope allows nothing."""
        known = {item.value for item in Permission}
        self._scope = frozenset(Permission(item) for item in scope if item in known)


class _Account(models.Model):
    """What a token and a certificate have in common."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="%(class)ss")
    label = models.CharField(max_length=80)
    scope = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    waits_for_second = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """No table of its own."""

        abstract = True

    def is_good(self, now: datetime) -> bool:
        """Returns whether the account can be used at that time."""
        return self.revoked_at is None and not self.waits_for_second and now < self.expires_at


class ApiToken(_Account):
    """A bearer token; only its SHA-256 is kept, so that a stolen database opens nothing."""

    digest = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return f"token {self.label}"


class ClientCertificate(_Account):
    """A TLS client certificate, known by the SHA-256 of its DER bytes."""

    sha256 = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return f"certificate {self.label}"


class PeerProposal(models.Model):
    """An invitation of another party whose words one officer compared, until a second one compared them too.

    The words stand here as they were heard, not as the file shows them.
    """

    invitation = models.BinaryField()
    party = models.CharField(max_length=8)
    heard_words = models.CharField(max_length=400)
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """The oldest is read first."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"invitation of {self.party}"


class Act(models.Model):
    """One thing an officer did: who, what, when, to which object; never content."""

    at = models.DateTimeField(db_index=True)
    officer = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=64)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64, db_index=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """Acts are read in the order they happened."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"
