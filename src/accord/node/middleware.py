"""The edge of the node: sizes are checked before anything is read, and every refusal has one form.

Django answers some refusals itself (unknown address, unknown host, method, size) in bare HTML. Under ``/api/`` each of
them becomes a problem object here, so that a client has one form of refusal to read. Elsewhere the handlers of the
address space write a plain page in the reader's language, and a refusal without a word becomes one here. What a view
says in a form of its own, as the desk and the health check do, is left as it is.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse

from accord.errors import AccordError
from accord.exchange.inspection import ATTACHMENT_BYTES_MAX
from accord.node.api.limits import BODY_BYTES_MAX
from accord.node.api.problems import PROBLEM_MEDIA_TYPE, problem_for_status, problem_response
from accord.node.pages import refusal_page

__all__ = ["API_PREFIX", "Edge"]

API_PREFIX: Final = "/api/"

_FILE_UPLOAD: Final = re.compile(r"/api/v1/(messages/[0-9a-f-]{36}/attachments|drugs/manifests)/[0-9a-f]{64}")


class Edge:
    """Refuses oversize requests of the API, and gives each refusal the form its reader expects."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on unless its size is refused, and completes the answer where it is a bare refusal."""
        is_api = request.path.startswith(API_PREFIX)
        refusal = _size_refused(request) if is_api else None
        response = problem_response(refusal) if refusal else self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if is_api:
            return response if _is_problem(response) else _kept(response, problem_response(_problem_of(response)))
        # What has words was written for its reader, by a view or by the handlers of the address space.
        is_bare = not response.streaming and not response.content
        return _kept(response, refusal_page(request, response.status_code)) if is_bare else response


def _problem_of(response: HttpResponse) -> AccordError:
    return problem_for_status(response.status_code)


def _kept(bare: HttpResponse, told: HttpResponse) -> HttpResponse:
    for name in ("Allow", "Retry-After"):
        if name in bare.headers:
            told.headers[name] = bare.headers[name]
    return told


def _is_problem(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith(PROBLEM_MEDIA_TYPE)


def _size_refused(request: HttpRequest) -> AccordError | None:
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return problem_for_status(HTTPStatus.LENGTH_REQUIRED)
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isascii() or not length.isdigit():
        return problem_for_status(HTTPStatus.BAD_REQUEST)
    is_file = request.method == "PUT" and _FILE_UPLOAD.fullmatch(request.path) is not None
    limit = ATTACHMENT_BYTES_MAX if is_file else BODY_BYTES_MAX
    # Digits are counted before they are read: a number of many digits costs time to parse.
    if len(length) > len(str(limit)) or int(length) > limit:
        return problem_for_status(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None
