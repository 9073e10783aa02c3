"""The API's description: what django-ninja generates, completed until a stranger can write a client from it.

Added to every operation: its refusals with their problem object, the two ways to sign in, the idempotency key of a
POST and the permission it needs. Added to the whole: the schemas of the message kinds, as they stand on the wire.

Source: OpenAPI 3.1.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from accord.courier.health import ChannelHealth, MessageTimes
from accord.exchange.kinds import STRUCTS
from accord.exchange.own_side import OwnSide
from accord.node.api.limits import IDEMPOTENCY_KEY_CHARACTERS_MAX
from accord.node.api.operations import OFFERED, Everyone, Offered
from accord.node.api.problems import PROBLEM_MEDIA_TYPE
from accord.node.api.struct_schemas import draft_name, draft_schema, struct_components

__all__ = ["STRUCT_MARK", "complete"]

Document = dict[str, Any]  # Any: an OpenAPI description is JSON of many shapes

STRUCT_MARK: Final = "x-accord-struct"
"""Schema member that stands for a message kind's own schema until the description is completed."""

ALWAYS: Final = (401, 403, 429, 500, 503)
"""Statuses that every operation may answer."""

READS_A_QUERY: Final = 422
HAS_A_BODY: Final = (400, 411, 413, 415, 422)

PROBLEM_SCHEMA: Final[Document] = {
    "title": "Problem",
    "description": (
        "A refusal (RFC 9457) with our stable code and the next step. It repeats nothing that was sent, but for a "
        "stale draft."
    ),
    "type": "object",
    "required": ["type", "title", "status", "code", "next_step"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:accord:error:", "description": "The code as a URN."},
        "title": {"type": "string", "description": "What happened, in one sentence."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", "description": "Stable code."},
        "next_step": {"type": "string", "description": "What the caller can do now."},
        "fields": {
            "type": "object",
            "description": "Particulars for a program: names, positions, versions, reasons of the law gate.",
        },
        "yours": {
            "type": ["object", "null"],
            "description": "Of a stale draft: the fields that were to be saved; null without `case.read`.",
        },
        "stored": {
            "type": ["object", "null"],
            "description": "Of a stale draft: the fields as a colleague saved them; null without `case.read`.",
        },
    },
}

_DESCRIPTIONS: Final[Mapping[int, str]] = {
    400: "The request is malformed, its cursor or its idempotency key is refused.",
    401: "No account, or one that is not accepted.",
    403: "The account's roles or scope do not allow it, or trust fails.",
    404: "Nothing stands here that this account may know of.",
    409: "The object changed or its state does not allow the act; both texts of a stale draft are in yours and stored.",
    411: "The body needs a Content-Length.",
    412: "The text you started from is no longer the stored one; both texts are in yours and stored.",
    413: "The body is too large.",
    415: "The media type is not taken.",
    416: "The range lies outside the file; Content-Range names its size.",
    422: "Fields are refused, a rule of law stops the act, or the idempotency key was used for another request.",
    428: "If-Match, or a version in the body, is needed.",
    429: "Too many requests; Retry-After names the seconds to wait.",
    500: "The node failed; fields.incident names the entry in its log.",
    503: "Something needed does not answer now; nothing is lost.",
    507: "The node's disk is nearly full; nothing was stored.",
}


def _example(status: int, code: str, title: str, step: str) -> Document:
    return {"type": f"urn:accord:error:{code}", "title": title, "status": status, "code": code, "next_step": step}


_EXAMPLES: Final[Mapping[int, Document]] = {
    401: _example(
        401,
        "officer.account-not-accepted",
        "The account is not accepted.",
        "Ask the administrator of this node for a new account.",
    ),
    403: _example(
        403,
        "officer.not-permitted",
        "This account may not do this: it needs the permission message.release.",
        "Ask an officer who holds the permission named, or ask the administrator for the role.",
    ),
    409: _example(
        409,
        "exchange.stale-draft",
        "A colleague saved this draft after you opened it.",
        "Compare the two texts and save again with the new version.",
    ),
    422: _example(
        422,
        "law.refuse",
        "The law gate answers refuse: The message has no statement of accuracy.",
        "Read the reasons: each names its rule, its citation and what would cure it.",
    ),
    429: _example(
        429,
        "api.rate-limited",
        "Too many requests were made with this account.",
        "Wait for the seconds in Retry-After, then repeat the same request.",
    ),
}

SECURITY_SCHEMES: Final[Document] = {
    "BearerToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token bound to an officer or a system, with a scope. Only its digest is kept by the node.",
    },
    "ClientCertificate": {
        "type": "mutualTLS",
        "description": "A TLS client certificate registered for an officer or a system, with a scope.",
    },
}

IDEMPOTENCY_PARAMETER: Final[Document] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new UUID for each new act. The same key with the same request is answered again and done once.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": IDEMPOTENCY_KEY_CHARACTERS_MAX,
        "pattern": r"^[\x21-\x7e]+$",
    },
}


def complete(document: Document) -> Document:
    """Completes a description that django-ninja generated, in place, and returns it."""
    components = document["components"]
    components["schemas"]["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = SECURITY_SCHEMES
    components["responses"] = {f"Problem{status}": _problem_answer(status) for status in _DESCRIPTIONS}
    _add_structs(document)
    for operation in _operations(document):
        _complete_operation(operation, OFFERED[operation["operationId"]])
    return document


def _operations(document: Document) -> Iterator[Document]:
    for methods in document["paths"].values():
        yield from methods.values()


def _problem_answer(status: int) -> Document:
    content: Document = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if status in _EXAMPLES:
        content["example"] = _EXAMPLES[status]
    answer: Document = {"description": _DESCRIPTIONS[status], "content": {PROBLEM_MEDIA_TYPE: content}}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}},
        }
    return answer


def _complete_operation(operation: Document, offered: Offered) -> None:
    operation["security"] = [{"BearerToken": []}, {"ClientCertificate": []}]
    needs = "any account" if isinstance(offered.permission, Everyone) else f"permission `{offered.permission.value}`"
    operation["description"] = f"{operation.get('description', '').strip()}\n\nNeeds {needs}.".strip()
    if offered.method == "POST":
        operation["parameters"].append(IDEMPOTENCY_PARAMETER)
    for status in _statuses(operation, offered):
        operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    operation["responses"] = {str(status): answer for status, answer in sorted(_by_number(operation["responses"]))}


def _by_number(responses: Mapping[Any, Document]) -> list[tuple[int, Document]]:  # Any: ninja keys them by int
    return [(int(status), answer) for status, answer in responses.items()]


def _statuses(operation: Document, offered: Offered) -> set[int]:
    found = {*ALWAYS, *offered.statuses}
    if operation["parameters"]:
        found |= {READS_A_QUERY, 400}
    if any(parameter["in"] == "path" for parameter in operation["parameters"]):
        found.add(HTTPStatus.NOT_FOUND)
    if offered.method != "GET":
        found |= set(HAS_A_BODY)
    return found


def _add_structs(document: Document) -> None:
    schemas = document["components"]["schemas"]
    found = struct_components([*STRUCTS.values(), OwnSide, ChannelHealth, MessageTimes])
    for name, schema in found.items():
        schemas.setdefault(name, schema)
    for struct in STRUCTS.values():
        schemas[draft_name(struct)] = draft_schema(found[struct.__name__])
    document["paths"] = _with_structs(document["paths"])
    document["components"]["schemas"] = _with_structs(schemas)


def _with_structs(node: Any) -> Any:  # Any: walks JSON of every shape
    if isinstance(node, dict):
        if STRUCT_MARK in node:
            return {"$ref": f"#/components/schemas/{node[STRUCT_MARK]}"}
        return {key: _with_structs(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_structs(item) for item in node]
    return node
