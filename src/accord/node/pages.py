"""The node's own pages: what stands at its address, and a plain page for each refusal outside the API.

They tell a passer-by what this is and where a system begins, and nothing that is not public: no peer, no version, no
state of the channel. Nothing on them runs, is loaded from elsewhere or is stored in the browser.
"""

from functools import cache
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from accord.errors import AccordError
from accord.node.desk.kept_words import on_failed_form, on_old_form, on_unreadable_form
from accord.node.page_words import LANGUAGES, WORDS, PageWords
from accord.parties.profile import Names, load_profile

__all__ = [
    "PAGE_POLICY",
    "front_page",
    "on_bad_request",
    "on_failure",
    "on_forbidden",
    "on_forged_form",
    "on_not_found",
    "refusal_page",
]

PAGE_POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

API: Final = "/api/v1/"


@cache
def _names() -> Names:
    try:
        return load_profile(settings.CONFIG.profile).names
    except AccordError:
        # A node whose profile is missing does not start; this page of a test or a tool still says whose it is.
        return Names(en=settings.ACCORD_PARTY, fr=settings.ACCORD_PARTY, hi=settings.ACCORD_PARTY)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    # The desk has settled on the officer's language before one of its addresses is refused.
    preferred = getattr(request, "LANGUAGE_CODE", "") or get_language_from_request(request)
    return preferred if preferred in LANGUAGES else next(iter(LANGUAGES))


def _page(
    request: HttpRequest, language: str, *, title: str, sentences: tuple[str, ...], links: tuple[tuple[str, str], ...]
) -> HttpResponse:
    shown = {
        "language": language,
        "languages": LANGUAGES.items(),
        "words": WORDS[language],
        "title": title,
        "sentences": sentences,
        "links": links,
    }
    response = HttpResponse(render_to_string("accord/page.html", shown))
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ("Accept-Language",))
    return response


@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    """Says what this node is, and where the desk, the API's description and the health are.

    View permission: none. It holds what anyone may know who has the address.
    """
    language = _language(request)
    words = WORDS[language]
    return _page(
        request,
        language,
        title=words.title.format(party=_names().in_language(language)),
        sentences=(words.purpose, words.access),
        links=(
            ("/desk/", words.desk),
            (f"{API}docs", words.documentation),
            (f"{API}openapi.json", words.description),
            ("/healthz", words.health),
        ),
    )


def refusal_page(request: HttpRequest, status: int) -> HttpResponse:
    """Returns the plain page of a refusal, with its status."""
    language = _language(request)
    words: PageWords = WORDS[language]
    title, sentence = words.refusals.get(status) or words.refusals[_general(status)]
    response = _page(request, language, title=title, sentences=(sentence,), links=(("/", words.front),))
    response.status_code = status
    return response


def _general(status: int) -> int:
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return int(HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.BAD_REQUEST)


def on_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers what cannot be read, such as an unknown host name or a form that is too large."""
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return (on_unreadable_form(request) if is_too_large else None) or refusal_page(request, HTTPStatus.BAD_REQUEST)


def on_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers what a view does not permit and says no more about."""
    return refusal_page(request, HTTPStatus.FORBIDDEN)


def on_forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers a form whose token is not the session's; what the desk's own page sent is given back."""
    return on_old_form(request) or refusal_page(request, HTTPStatus.FORBIDDEN)


def on_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers an address at which nothing stands."""
    return refusal_page(request, HTTPStatus.NOT_FOUND)


def on_failure(request: HttpRequest) -> HttpResponse:
    """Answers where a view failed; the cause is in the log alone, and words of the desk go back to their writer."""
    return on_failed_form(request) or refusal_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
