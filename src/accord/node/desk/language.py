"""The language of the desk: one that is complete, whatever the browser prefers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

__all__ = ["OfferedLanguage"]

PREFIXES = ("/desk/", "/account/")


class OfferedLanguage:
    """Shows the desk and sign-in in a language that is offered; half a translation would help nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on, in the first language offered where the preferred one is not."""
        offered = [code for code, _name in settings.ACCORD_DESK_LANGUAGES]
        if request.path.startswith(PREFIXES) and translation.get_language() not in offered:
            with translation.override(offered[0]):
                request.LANGUAGE_CODE = offered[0]
                return self.get_response(request)
        return self.get_response(request)
