"""Pages that are addressed and not yet written."""

from django.http import HttpRequest, HttpResponse

from accord.node.desk.page import SIGNED_IN, page, show

__all__ = ["pending"]


@page(SIGNED_IN, methods=("GET", "POST"))
def pending(request: HttpRequest, **_named: object) -> HttpResponse:
    """Says so."""
    return show(request, "desk/pending.html", {})
