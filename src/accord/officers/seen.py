"""What somebody who settles what waits has seen: agreement and refusal bind to exactly that, as an approval does.

Between the moment a page is shown and the moment its button is pressed, what waits can grow. So the page carries a
digest of what it shows, and the act compares it with what stands then, under the row's lock.
"""

import json
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from django.db import models

from accord.errors import OfficerCanMend
from accord.officers.models import ApiToken, ClientCertificate, Officer, PeerProposal

__all__ = ["SeenOtherwise", "digest_of", "require_as_seen"]

SHOWN: Final[dict[type[models.Model], tuple[str, ...]]] = {
    Officer: (
        "username",
        "display_name",
        "roles",
        "offices",
        "scope_themes",
        "scope_agencies",
        "agency",
        "unit",
        "active_until",
        "is_system",
        "identity_issuer",
        "identity_subject",
        "waits_for_second",
        "waiting_changes",
        "made_by_id",
        "unlock_asked_by_id",
    ),
    ApiToken: ("label", "scope", "expires_at", "made_by_id", "waits_for_second", "revoked_at"),
    ClientCertificate: ("label", "scope", "expires_at", "made_by_id", "waits_for_second", "revoked_at"),
    PeerProposal: ("party", "made_by_id", "settled_at"),
}
"""The fields on which somebody judges who is asked to agree."""

Settled = Officer | ApiToken | ClientCertificate | PeerProposal


class SeenOtherwise(OfficerCanMend):
    """What waits is no longer what was shown when the button was pressed."""

    code = "officer.seen-otherwise"
    default_next_step = "Read what waits now; then agree to it or refuse it."
    http_status = 409


def digest_of(thing: Settled) -> str:
    """Returns the digest of what a page shows of a thing that waits."""
    told: list[object] = [type(thing).__name__, thing.pk, *(getattr(thing, name) for name in SHOWN[type(thing)])]
    if isinstance(thing, ApiToken | ClientCertificate):
        told += [thing.officer.username, thing.officer.roles]
    if isinstance(thing, PeerProposal):
        told.append(sha256(bytes(thing.invitation)).hexdigest())
    return sha256(json.dumps(told, sort_keys=True, default=_moment).encode()).hexdigest()


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a page shows no {type(value).__name__}")


def require_as_seen(thing: Settled, seen: str) -> None:
    """Raises unless a thing, read under its lock, still is what was shown.

    Raises:
        SeenOtherwise: It changed since.
    """
    if not compare_digest(digest_of(thing), seen if seen.isascii() else ""):
        raise SeenOtherwise("What waits here has changed since this page was shown.")
