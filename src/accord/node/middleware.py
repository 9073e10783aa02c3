"""The outermost edge of the API: sizes are checked before anything is read, and no refusal leaves as a page.

Django answers some refusals itself (unknown address, unknown host, method, size) in HTML. Under ``/api/`` each of
them becomes a problem object here, so that a client has one form of refusal to read.
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

__all__ = ["API_PREFIX", "ApiEdge"]

API_PREFIX: Final = "/api/"

_FILE_UPLOAD: Final = re.compile(r"/api/v1/messages/[0-9a-f-]{36}/attachments/[0-9a-f]{64}")


class ApiEdge:
    """Refuses oversize requests of the API and gives its refusals one form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on unless its size is refused, and turns pages of refusal into problem objects."""
        if not request.path.startswith(API_PREFIX):
            return self.get_response(request)
        refusal = _size_refused(request)
        response = problem_response(refusal) if refusal else self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or _is_problem(response):
            return response
        problem = problem_response(problem_for_status(response.status_code))
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                problem.headers[name] = response.headers[name]
        return problem


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
