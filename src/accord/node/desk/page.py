"""A page of the desk: who may open it, how it is refused, and what every page shows.

Every view of the desk is made with :func:`page`, which names the permission. A view without it is not in the address
table: ``accord.node.desk.urls`` takes pages only. So no address is open by omission.

Refusals of a service become pages: the officer's words stay in the form, the sentence says why, the next step what to
do, and the code names it to the administrator. Nothing is written by a request that was refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.factors import needs_second_factor
from accord.node.desk.kept_words import give_back, is_by_script, not_saved, words_of
from accord.node.desk.said import said
from accord.node.desk.session_limits import ENDS_HEADER
from accord.officers.models import Officer
from accord.officers.permissions import ROLE_PERMISSIONS, Permission

__all__ = ["SIGNED_IN", "Page", "error_response", "officer_of", "page", "show"]

SIGNED_IN: Final = None
"""Instead of a permission: any officer in post may open the page; it shows nothing of a case."""

_View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page declared.

    Args:
        permission: What an officer needs to open it; ``None`` for any officer in post.
        methods: Methods it answers.
    """

    permission: Permission | None
    methods: tuple[str, ...]


def page(permission: Permission | None, *, methods: Iterable[str] = ("GET",)) -> Callable[[_View], _View]:
    """Makes a view a page of the desk.

    Args:
        permission: What an officer needs to open it; :data:`SIGNED_IN` for any officer in post.
        methods: Methods it answers; HEAD comes with GET.
    """
    allowed = tuple(methods)

    def decorate(view: _View) -> _View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            method = "GET" if request.method == "HEAD" else request.method
            if method not in allowed:
                return HttpResponseNotAllowed(allowed)
            turned_away = _at_the_door(request, permission)
            if turned_away is not None:
                return turned_away
            try:
                return view(request, *arguments, **named)
            except NotFound as error:
                if words_of(request) is not None:
                    return error_response(request, error)
                raise Http404 from error
            except AccordError as error:
                return error_response(request, error)

        guarded.desk_page = Page(permission=permission, methods=allowed)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _at_the_door(request: HttpRequest, permission: Permission | None) -> HttpResponse | None:
    officer = request.user
    if not isinstance(officer, Officer):
        return _sign_in_first(request)
    if not officer.is_posted() or (permission is not None and not officer.may(permission)):
        return _refused(request, officer, permission)
    return _factor_first(request) if needs_second_factor(request) else None


def officer_of(request: HttpRequest) -> Officer:
    """Returns the officer who makes the request; :func:`page` lets nobody else in."""
    officer = request.user
    if not isinstance(officer, Officer):
        msg = "a page of the desk was opened without an officer"
        raise TypeError(msg)
    return officer


def show(request: HttpRequest, template: str, shown: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Renders a page inside the desk's frame."""
    return render(request, template, dict(shown), status=status)


def error_response(request: HttpRequest, error: AccordError) -> HttpResponse:
    """Says on a page of its own why something was refused, where no form could say it."""
    if is_by_script(request) and request.method == "POST":
        return not_saved(request, why=said(error.sentence), next_step=said(error.next_step), status=error.http_status)
    return show(request, "desk/refused.html", {"error": error, "kept": words_of(request)}, status=error.http_status)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Leads to sign-in; what was posted meanwhile is given back to who wrote it, and kept nowhere.

    A page that asks by itself is told that its session is over, and says so: nothing is put in its place.
    """
    if request.method != "POST" and is_by_script(request):
        return _to_script(_("Your session has ended."), HTTPStatus.UNAUTHORIZED, ends=timezone.now().isoformat())
    if request.method != "POST":
        # Only polls are asked for by script: their place on an open page is not for the page that signs in.
        is_poll = is_by_script(request)
        if is_poll:
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        # Who comes to the desk itself is led to the first page of their own role.
        is_door = request.get_full_path() == reverse("desk:queue")
        return redirect_to_login(reverse("desk:first") if is_door else request.get_full_path())
    if is_by_script(request):
        return not_saved(
            request,
            why=_("Your session has ended."),
            next_step=_("Your words stay on this page. Sign in in another tab, then save."),
            status=HTTPStatus.UNAUTHORIZED,
        )
    kept = words_of(request)
    if kept is None:
        return redirect_to_login(request.get_full_path())
    return show(request, "desk/session_ended.html", {"kept": kept}, status=HTTPStatus.UNAUTHORIZED)


def _to_script(words: Any, status: HTTPStatus, *, ends: str = "") -> HttpResponse:  # Any: a lazy translation
    response = HttpResponse(str(words), status=status, content_type="text/plain; charset=utf-8")
    if ends:
        response.headers[ENDS_HEADER] = ends
    return response


def _factor_first(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and is_by_script(request):
        return _to_script(_("A second factor comes first"), HTTPStatus.FORBIDDEN)
    if request.method == "POST" and words_of(request) is not None:
        return give_back(
            request,
            title=_("A second factor comes first"),
            sentences=(_("Register a passkey or a one-time code in another tab, then send your words again."),),
            status=HTTPStatus.FORBIDDEN,
        )
    return redirect("mfa_index")


def _refused(request: HttpRequest, officer: Officer, permission: Permission | None) -> HttpResponse:
    if is_by_script(request) and request.method == "POST":
        return not_saved(
            request,
            why=_("You may not do this any more: your roles or your posting have changed."),
            next_step=_("Your words stay on this page. Ask the administrator of this node."),
            status=HTTPStatus.FORBIDDEN,
        )
    shown = {
        "kept": words_of(request),
        "title": _("This page is not open to you"),
        "is_posted": officer.is_posted(),
        "roles": [role.value for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed],
    }
    return show(request, "desk/not_permitted.html", shown, status=HTTPStatus.FORBIDDEN)
