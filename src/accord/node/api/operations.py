"""Declaring an operation: no permission named, no operation.

``offer`` is the only way an operation comes into the API. Round each one stands the same edge, in this order:
sign-in, rate limit, permission, idempotency key (POST), then the operation itself, which reads the request, calls
one service and shapes its answer. Whoever lacks the permission learns nothing of the body's faults, nor whether the
object exists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, Literal, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.decorators import decorate_view
from prometheus_client import Counter, Histogram

from accord.node.api.accounts import sign_in
from accord.node.api.idempotency import once
from accord.node.api.problems import answer_to
from accord.node.api.rates import REQUESTS, WRITES, rate_headers
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["OFFERED", "ApiRequest", "Everyone", "Offered", "offer"]

Method = Literal["GET", "POST", "PUT", "DELETE"]
View = TypeVar("View", bound=Callable[..., object])
Run = Callable[..., HttpResponse]


class Everyone(Enum):
    """Stands for a permission where every signed-in account may call: it shows no content and changes nothing."""

    SIGNED_IN = "signed in"


class ApiRequest(HttpRequest):
    """A request after the edge: its officer is known and holds the permission.

    Args:
        officer: Who asks.
        entity_tag: What the operation sets where its answer is a version of something; sent as ``ETag``.
    """

    officer: Officer
    entity_tag: str


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What is on record about one operation.

    Args:
        name: The operation id in the API's description.
        method: HTTP method.
        path: Path below its router.
        permission: What it needs.
        raw_bodies: Media types of a body that is not JSON; empty for JSON or none.
        raw_answer: Media type of an answer that is not JSON; empty for JSON.
        statuses: Statuses of refusals it may answer besides those of every operation.
    """

    name: str
    method: Method
    path: str
    permission: Permission | Everyone
    raw_bodies: tuple[str, ...]
    raw_answer: str
    statuses: tuple[int, ...]


# By operation only: an address holds the numbers of cases, and metrics are read by other people than cases are.
API_ANSWERS: Final = Counter(
    "accord_api_answers", "Answers of the API by operation and status.", ["operation", "status"]
)
API_SECONDS: Final = Histogram("accord_api_seconds", "From the request's head to the answer.", ["operation"])

OFFERED: Final[dict[str, Offered]] = {}
"""Every operation by its name."""


def offer(
    router: Router,
    method: Method,
    path: str,
    *,
    permission: Permission | Everyone,
    summary: str,
    response: object,
    status: int = 200,
    statuses: tuple[int, ...] = (),
    raw_bodies: tuple[str, ...] = (),
    raw_answer: str = "",
    raw_statuses: tuple[int, ...] = (),
    examples: Mapping[str, object] | None = None,
) -> Callable[[View], View]:
    """Puts an operation into a router, behind the edge.

    Args:
        router: Where it belongs.
        method: HTTP method.
        path: Path below the router.
        permission: What the caller needs; named, never left out.
        summary: What it does, in one line.
        response: Schema of the answer.
        status: Status of the answer.
        statuses: Statuses of further refusals.
        raw_bodies: Media types of a body that is not JSON.
        raw_answer: Media type of an answer that is not JSON.
        raw_statuses: Further statuses of such an answer.
        examples: Examples of the JSON body by name.
    """

    def put_in(view: View) -> View:
        name = view.__name__
        OFFERED[name] = Offered(
            name=name,
            method=method,
            path=path,
            permission=permission,
            raw_bodies=raw_bodies,
            raw_answer=raw_answer,
            statuses=statuses,
        )
        decorate_view(_edge(name, method, permission))(view)
        route = router.api_operation(
            [method],
            path,
            response={status: response},
            operation_id=name,
            summary=summary,
            openapi_extra=_extra(permission, raw_bodies, raw_answer, (status, *raw_statuses), examples),
        )
        return route(view)

    return put_in


def _extra(
    permission: Permission | Everyone,
    raw_bodies: tuple[str, ...],
    raw_answer: str,
    statuses: tuple[int, ...],
    examples: Mapping[str, object] | None,
) -> dict[str, Any]:  # Any: a piece of an OpenAPI description
    binary = {"type": "string", "format": "binary"}
    extra: dict[str, Any] = {"x-accord-permission": permission.value}
    if raw_bodies:
        extra["requestBody"] = {"required": True, "content": {name: {"schema": binary} for name in raw_bodies}}
    if raw_answer:
        content = {"description": "OK", "content": {raw_answer: {"schema": binary}}}
        extra["responses"] = dict.fromkeys(statuses, content)
    if examples:
        shaped = {key: {"value": value} for key, value in examples.items()}
        extra["requestBody"] = {"content": {"application/json": {"examples": shaped}}}
    return extra


def _edge(name: str, method: Method, permission: Permission | Everyone) -> Callable[[Run], Run]:
    def around(run: Run) -> Run:
        @wraps(run)
        def checked(request: ApiRequest, **path_values: object) -> HttpResponse:
            with API_SECONDS.labels(operation=name).time():
                response = _answered(request, permission, lambda: run(request, **path_values))
            API_ANSWERS.labels(operation=name, status=str(response.status_code)).inc()
            return response

        return checked

    return around


def _answered(request: ApiRequest, permission: Permission | Everyone, act: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        signed_in = sign_in(request)
    except Exception as error:  # noqa: BLE001 - the HTTP edge answers every failure as a problem object
        return answer_to(request, error)
    rates = (REQUESTS,) if request.method == "GET" else (REQUESTS, WRITES)
    try:
        for rate in rates:
            rate.spend(signed_in.account)
        response = _permitted(request, signed_in.officer, permission, act)
    except Exception as error:  # noqa: BLE001 - as above
        response = answer_to(request, error)
    for header, value in rate_headers(rates, signed_in.account).items():
        response.headers[header] = value
    return response


def _permitted(
    request: ApiRequest, officer: Officer, permission: Permission | Everyone, act: Callable[[], HttpResponse]
) -> HttpResponse:
    if isinstance(permission, Permission):
        require(officer, permission)
    request.officer = officer
    request.entity_tag = ""
    response = once(request, officer, act) if request.method == "POST" else act()
    if request.entity_tag and response.status_code == HTTPStatus.OK:
        response.headers["ETag"] = request.entity_tag
    return response
