"""Going on with a session before it ends."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accord.node.desk.frame import first_page
from accord.node.desk.page import SIGNED_IN, officer_of, page
from accord.node.desk.session_limits import ENDS_HEADER, session_end

__all__ = ["go_first", "stay"]


@page(SIGNED_IN, methods=("POST",))
def stay(request: HttpRequest) -> HttpResponse:
    """Gives the session a new full term and leads back to the page, whose words stay where a script asked.

    View permission: any officer in post.

    Source: WCAG 2.2, success criterion 2.2.1 (Timing Adjustable): a time limit can be extended by a simple action.
    """
    ends_at = session_end(request, now=timezone.now(), goes_on=True)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={ENDS_HEADER: ends_at.isoformat()})
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if is_ours else "desk:queue")


@page(SIGNED_IN)
def go_first(request: HttpRequest) -> HttpResponse:
    """Leads to the page at which the officer begins: the desk, the review or the administration.

    View permission: any officer in post.
    """
    return redirect(first_page(officer_of(request)))
