"""The officer's own page: posting, ways to sign in, sessions, language, and what waits for their word."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accord.node.desk.page import SIGNED_IN, officer_of, page, show
from accord.node.notices.own_accounts import CHANGES
from accord.officers.models import Act, ApiToken, ClientCertificate, Officer
from accord.officers.peers import waiting_peers
from accord.officers.permissions import Permission

__all__ = ["show_me", "waiting_count"]

CHANGES_SHOWN = 10


@page(SIGNED_IN)
def show_me(request: HttpRequest) -> HttpResponse:
    """Shows the officer's own account: roles, what they allow, posting, and the ways to sign in.

    View permission: any officer in post.
    """
    officer = officer_of(request)
    kinds = list(Authenticator.objects.filter(user_id=officer.pk).values_list("type", flat=True))
    shown = {
        "officer": officer,
        "may_do": [one.value for one in Permission if one in officer.permissions()],
        "changed": Act.objects.filter(object_type="officer", object_id=str(officer.pk), verb__in=CHANGES)
        .exclude(officer=officer)
        .select_related("officer")
        .order_by("-id")[:CHANGES_SHOWN],
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_codes": Authenticator.Type.TOTP in kinds,
        "needs_factor": settings.ACCORD_SECOND_FACTOR,
        "sessions": UserSession.objects.filter(user=officer).count(),
        "session_hours": settings.CONFIG.session_hours,
        "idle_minutes": settings.CONFIG.idle_minutes,
        "waiting": waiting_count() if officer.may(Permission.OFFICER_CONFIRM) else None,
    }
    return show(request, "desk/me.html", shown)


def waiting_count() -> int:
    """Returns how many requests wait for a second person."""
    return (
        Officer.objects.filter(waits_for_second=True).count()
        + Officer.objects.filter(unlock_asked_by__isnull=False).count()
        + ApiToken.objects.filter(waits_for_second=True).count()
        + ClientCertificate.objects.filter(waits_for_second=True).count()
        + waiting_peers().count()
    )
