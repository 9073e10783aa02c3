"""Health for a load balancer and metrics for Prometheus; neither tells anything about content.

``/healthz`` answers two questions: does the process live, and is it ready to exchange. It names what is not well in
one word each. A frozen or suspended channel needs an officer, not another node, so it does not make the node unfit.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from accord.courier.models import Channel, Mode
from accord.node.config import is_loopback
from accord.parties.custody import KEYS_FILE

__all__ = ["healthz", "livez", "metrics"]


PASSED_ON: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""Headers by which a proxy says that it asks for somebody else."""


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _keys() -> str:
    # Whether the pass phrase opens them is known at start: a node whose keys do not open does not start.
    return "ok" if (settings.ACCORD_HOME / KEYS_FILE).is_file() else "missing"


_NEEDED: Final[dict[str, Callable[[], str]]] = {"database": _database, "keys": _keys}


def _channels() -> dict[str, int]:
    modes = list(Channel.objects.values_list("mode", flat=True))
    return {mode.value: modes.count(mode.value) for mode in Mode}


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Answers 200 while the process answers at all.

    View permission: none. It says nothing but yes.
    """
    return JsonResponse({"ok": True})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 when the database answers and the keys are there, else 503 with what is not well.

    View permission: none. It names no peer, no version and no reason in words.
    """
    checks = {}
    channels: dict[str, int] = {}
    try:
        checks = {name: check() for name, check in _NEEDED.items()}
        channels = _channels()
    except DatabaseError:
        checks = {"database": "not answering", "keys": _keys()}
    is_ready = all(word == "ok" for word in checks.values())
    return JsonResponse({"ok": is_ready, "checks": checks, "channels": channels}, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answers the Prometheus text format.

    View permission: none, but only callers on this machine are answered, and nobody for whom a proxy on it asks:
    volumes tell a story too.
    """
    public = urlsplit(settings.ACCORD_DESK_ORIGIN).netloc
    is_passed_on = any(name in request.headers for name in PASSED_ON)
    is_public = request.get_host() == public and not is_loopback(urlsplit(settings.ACCORD_DESK_ORIGIN).hostname or "")
    if is_passed_on or is_public or not is_loopback(str(request.META.get("REMOTE_ADDR", ""))):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
