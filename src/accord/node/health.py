"""Liveness for a load balancer and metrics for Prometheus; neither tells anything about content."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

__all__ = ["healthz", "metrics"]


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 when the process and its database answer, else 503.

    View permission: none. It says nothing but yes or no.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answers the Prometheus text format.

    View permission: none, but only callers on loopback are answered: volumes tell a story too.
    """
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
