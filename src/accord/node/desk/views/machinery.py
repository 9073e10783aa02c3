"""Help."""

from django.http import HttpRequest, HttpResponse

from accord.node.desk.page import SIGNED_IN, page, show

__all__ = ["show_help"]


@page(SIGNED_IN)
def show_help(request: HttpRequest) -> HttpResponse:
    """Says what each page is for, which keys there are, and what the words mean.

    View permission: any officer in post.
    """
    return show(request, "desk/help.html", {})
