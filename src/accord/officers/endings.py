"""What ends with a power, a factor or a posting: the sessions that were opened with it, and the secrets made in them.

A session outlives what opened it unless somebody ends it, and so does a token that a person issued in it.

* a role is taken away, an identity is unbound or replaced: the sessions end; a token's scope is narrowed by the roles
  at each use, so that it opens nothing more;
* the factors are taken out, the password is reset: the sessions end, and the person's own tokens and certificates are
  revoked, because whoever held the account may have made them;
* the posting ended: both, for a system as well; a new posting begins with new secrets.
"""

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from accord.officers.models import ApiToken, ClientCertificate, Officer

__all__ = ["end_secrets", "end_sessions"]


def end_sessions(officer: Officer) -> int:
    """Ends every session of an account; returns how many were listed."""
    officer.sessions_ended += 1
    officer.save(update_fields=["sessions_ended"])
    # By name: this floor does not know how the desk opens sessions. None of them counts any more; out of the list too.
    held = apps.get_model("usersessions", "UserSession").objects.filter(user_id=officer.pk)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    keys = list(held.values_list("session_key", flat=True))
    for key in keys:
        store.delete(key)
    held.delete()
    return len(keys)


def end_secrets(officer: Officer) -> int:
    """Revokes every token and certificate of an account; returns how many there were."""
    now = timezone.now()
    return sum(
        model.objects.filter(officer=officer, revoked_at__isnull=True).update(revoked_at=now)
        for model in (ApiToken, ClientCertificate)
    )
