"""Problem details: every refusal of the API is one RFC 9457 object with our code and the next step.

Promises:
    * every answer of status 400 or above under ``/api/`` has the media type ``application/problem+json``;
    * no member repeats what was sent: fields are named, their values are not;
    * an unexpected failure tells an incident number, and the log keeps the number with the place of the failure.

Source: RFC 9457.
"""

import json
import logging
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from accord.errors import AccordError, NotAvailableNow, OfficerCanMend, OurFault
from accord.exchange.drafts import DraftIncomplete, FieldRefused, StaleDraft
from accord.exchange.text import TextRefused
from accord.node.api.field_words import refusals_of, with_places
from accord.officers.permissions import Permission

__all__ = [
    "PROBLEM_MEDIA_TYPE",
    "Invalid",
    "LengthRequired",
    "Malformed",
    "MethodNotAllowed",
    "NotFound",
    "NotSignedIn",
    "TooLarge",
    "UnsupportedMediaType",
    "add_problem_handlers",
    "answer_to",
    "problem_for_status",
    "problem_response",
]

PROBLEM_MEDIA_TYPE = "application/problem+json"

log = logging.getLogger("accord.node.api")


class Malformed(OfficerCanMend):
    """The request is not well-formed HTTP or JSON."""

    code = "api.malformed"
    default_next_step = "Send the request as the API's description says."
    http_status = 400


class NotSignedIn(OfficerCanMend):
    """The request carries no account."""

    code = "api.not-signed-in"
    default_next_step = "Send a bearer token, or connect with a registered client certificate."
    http_status = 401


class NotFound(OfficerCanMend):
    """Nothing stands at the address, or this account may not know of it."""

    code = "api.not-found"
    default_next_step = "Check the address and the reference."
    http_status = 404


class MethodNotAllowed(OfficerCanMend):
    """The address does not know the method."""

    code = "api.method-not-allowed"
    default_next_step = "Use one of the methods in the Allow header."
    http_status = 405


class TooLarge(OfficerCanMend):
    """The body is larger than the operation takes."""

    code = "api.too-large"
    default_next_step = "Send less, or send the file in chunks as an attachment."
    http_status = 413


class UnsupportedMediaType(OfficerCanMend):
    """The body is of a media type the operation does not take."""

    code = "api.unsupported-media-type"
    default_next_step = "Send the media type the operation names."
    http_status = 415


class Invalid(OfficerCanMend):
    """One or more fields are refused by their schema."""

    code = "api.invalid"
    default_next_step = "Correct the fields named and send the request again."
    http_status = 422


class Unexpected(OurFault):
    """The node failed in a way it did not foresee."""

    code = "node.fault"
    default_next_step = "Tell the operator of this node the incident number."
    http_status = 500


class LengthRequired(Malformed):
    """The body comes without a Content-Length."""

    code = "api.length-required"
    default_next_step = "Send the body with a Content-Length header, not in HTTP chunks."
    http_status = 411


class Refused(OfficerCanMend):
    """A refusal that only the framework knows."""

    code = "api.refused"
    default_next_step = "Read the API's description."
    http_status = 403


class Busy(NotAvailableNow):
    """The database does not answer in time."""

    code = "node.database-busy"
    default_next_step = "Nothing was changed; repeat the same request in some seconds."
    retry_after_seconds = 5


_BY_STATUS: Mapping[int, tuple[type[AccordError], str]] = {
    400: (Malformed, "The request is malformed."),
    401: (NotSignedIn, "The request carries no account."),
    403: (Refused, "The request is refused."),
    404: (NotFound, "Nothing stands at this address, or this account may not know of it."),
    405: (MethodNotAllowed, "This address does not know the method."),
    411: (LengthRequired, "The request needs a Content-Length."),
    413: (TooLarge, "The request is too large."),
    415: (UnsupportedMediaType, "The media type of the body is not taken here."),
    422: (Invalid, "Fields of the request are refused."),
}


def problem_response(error: AccordError, *, extra: Mapping[str, object] | None = None) -> HttpResponse:
    """Returns the problem object of an error as an answer.

    Args:
        error: What happened.
        extra: Further members, for example both texts of a stale draft.
    """
    members = {**error.problem(), **(extra or {})}
    response = HttpResponse(
        json.dumps(members, ensure_ascii=False, default=str).encode(),
        status=error.http_status,
        content_type=PROBLEM_MEDIA_TYPE,
    )
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="accord"'
    for header, value in getattr(error, "headers", {}).items():
        response.headers[header] = value
    seconds = getattr(error, "retry_after_seconds", None)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def problem_for_status(status: int) -> AccordError:
    """Returns the error that stands for a status the framework chose."""
    if status in _BY_STATUS:
        error_class, sentence = _BY_STATUS[status]
        return error_class(sentence)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unexpected("The node failed; nothing was changed by this request.")
    return Malformed("The request is malformed.")


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """Returns the problem object for whatever was raised while a request was answered."""
    for kind, answer in _ANSWERS:
        if isinstance(error, kind):
            return answer(request, error)
    return _on_unexpected(request, error)


def _on_accord_error(_request: HttpRequest, error: Any) -> HttpResponse:  # Any: chosen by class in _ANSWERS
    return problem_response(error)


def _on_field(_request: HttpRequest, error: Any) -> HttpResponse:  # Any: chosen by class in _ANSWERS
    return problem_response(error, extra={"fields": with_places(error.fields)})


def _on_stale_draft(request: HttpRequest, error: Any) -> HttpResponse:  # Any: chosen by class in _ANSWERS
    officer = getattr(request, "officer", None)
    may_read = officer is not None and officer.may(Permission.CASE_READ)
    # Where no text was sent, as at submission, both are the stored one: a narrow token is shown neither.
    both = {"yours": error.yours, "stored": error.stored} if may_read else {"yours": None, "stored": None}
    return problem_response(error, extra=both)


def _on_validation(_request: HttpRequest, error: Any) -> HttpResponse:  # Any: chosen by class in _ANSWERS
    return problem_response(
        Invalid("Fields of the request are refused.", fields={"refused": refusals_of(error.errors)}),
    )


def _on_http_error(_request: HttpRequest, error: Any) -> HttpResponse:  # Any: chosen by class in _ANSWERS
    # Ninja wraps whatever its parser raised; what our parser said is the better answer.
    cause = error.__cause__
    return problem_response(cause if isinstance(cause, AccordError) else problem_for_status(error.status_code))


def _with_status(status: int) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, _error: problem_response(problem_for_status(status))


def _on_busy(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the database did not answer: %s in %s", type(error.__cause__ or error).__name__, _route(request))
    return problem_response(Busy("The database does not answer in time."))


def _route(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else "(no route)"


def _on_unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    incident = str(uuid.uuid4())
    # The places only: an exception's message may repeat a value that was sent.
    places = "".join(traceback.format_tb(error.__traceback__))
    name = type(error).__name__
    log.error("incident %s: %s in %s %s\n%s", incident, name, request.method, _route(request), places)
    return problem_response(
        Unexpected("The node failed; nothing was changed by this request.", fields={"incident": incident}),
    )


# The first class that fits answers, so children stand before their parents.
_ANSWERS: Sequence[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]]] = (
    (StaleDraft, _on_stale_draft),
    (FieldRefused, _on_field),
    (DraftIncomplete, _on_field),
    (TextRefused, _on_field),
    (AccordError, _on_accord_error),
    (ValidationError, _on_validation),
    (HttpError, _on_http_error),
    (Http404, _with_status(404)),
    (ObjectDoesNotExist, _with_status(404)),
    (RequestDataTooBig, _with_status(413)),
    (SuspiciousOperation, _with_status(400)),
    (BadRequest, _with_status(400)),
    (UnreadablePostError, _with_status(400)),
    (OperationalError, _on_busy),
)


def _on_unexpected_of_ninja(request: HttpRequest, error: Any) -> HttpResponse:  # Any: ninja's own signature
    return answer_to(request, error)


def add_problem_handlers(api: NinjaAPI) -> None:
    """Makes every failure inside the API a problem object."""
    for kind, answer in _ANSWERS:
        api.add_exception_handler(kind, answer)
    api.add_exception_handler(Exception, _on_unexpected_of_ninja)
