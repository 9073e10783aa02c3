"""The language of the desk: the officer's own, the browser's cookie before sign-in, then what the browser prefers.

An officer's choice is kept with the account, so that it holds at every computer, and in a cookie, so that the page of
sign-in speaks it next time. The account is stronger: who sits down at a colleague's computer reads their own language
from the first page on. Only languages that the node offers are spoken; half a translation would help nobody.
"""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accord.officers.models import Officer
from accord.officers.preferences import choose_language

__all__ = ["OfferedLanguage", "offered_language", "set_language"]

PREFIXES: Final = ("/desk/", "/account/", "/language/")
COOKIE_SECONDS: Final = 366 * 24 * 3600
"""A year, so that an officer meets the sign-in page in their language after a leave."""


def offered_language(*preferred: str | None) -> str:
    """Returns the first of the languages preferred that the node offers, else the first that it offers."""
    offered = [code for code, _name in settings.ACCORD_DESK_LANGUAGES]
    return next((one for one in preferred if one in offered), offered[0])


class OfferedLanguage:
    """Shows the desk and sign-in in the officer's language, or in the one that the browser remembers or prefers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on in the language that is due; what is not the desk keeps its own way."""
        if not request.path.startswith(PREFIXES):
            return self.get_response(request)
        officer = request.user
        chosen = officer.language if isinstance(officer, Officer) else ""
        language = offered_language(chosen, translation.get_language_from_request(request))
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        if chosen == language and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
            _remember(response, language)
        return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Changes the language at once: in the account of who is signed in, and in the browser for the sign-in page.

    View permission: none; before sign-in it changes this browser's cookie alone.
    """
    wanted = request.POST.get("language", "")
    place = request.POST.get("next", "")
    here = {request.get_host()}
    if not url_has_allowed_host_and_scheme(place, allowed_hosts=here, require_https=request.is_secure()):
        place = "/desk/"
    response = HttpResponseRedirect(place)
    if wanted in {code for code, _name in settings.ACCORD_DESK_LANGUAGES}:
        if isinstance(request.user, Officer):
            choose_language(request.user, wanted)
        _remember(response, wanted)
    return response


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_SECONDS,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Strict",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
