"""Reading a JSON body: strict, so that two readers can never see two meanings.

Refused besides what JSON itself refuses: another media type, bytes that are not UTF-8, a member that stands twice,
the words NaN and Infinity, half of a surrogate pair, and nesting beyond the limit.

Source: RFC 8259, sections 4, 6 and 8; RFC 7493 (I-JSON).
"""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from accord.node.api.limits import JSON_DEPTH_MAX
from accord.node.api.problems import Malformed, UnsupportedMediaType

__all__ = ["StrictJsonParser", "read_json"]

JSON_MEDIA_TYPE = "application/json"


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("A member stands twice in one JSON object.")
    return members


def _no_constant(_word: str) -> NoReturn:
    raise Malformed("NaN and Infinity are not JSON.")


def _depth_is_within_limit(text: str) -> bool:
    depth = 0
    is_in_string = is_escaped = False
    for character in text:
        if is_in_string:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                is_in_string = False
        elif character == '"':
            is_in_string = True
        elif character in "[{":
            depth += 1
            if depth > JSON_DEPTH_MAX:
                return False
        elif character in "]}":
            depth -= 1
    return True


def read_json(body: bytes) -> Any:  # Any: what JSON holds is only known once its schema has been applied
    """Returns the value a JSON text stands for.

    Raises:
        Malformed: The text is not strict JSON.
    """
    try:
        text = body.decode("utf-8")
        # Counting costs a pass over the text; a text with few brackets cannot be deep.
        if text.count("[") + text.count("{") > JSON_DEPTH_MAX and not _depth_is_within_limit(text):
            raise Malformed(f"The JSON is nested deeper than {JSON_DEPTH_MAX} levels.")
        value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise Malformed("The body is not UTF-8, or holds half of a surrogate pair.") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON.") from error
    return value


class StrictJsonParser(Parser):
    """The API's body parser."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:  # Any: see read_json
        """Returns the body's value.

        Raises:
            UnsupportedMediaType: The body is not declared as JSON.
            Malformed: It is not strict JSON.
        """
        if request.content_type != JSON_MEDIA_TYPE:
            raise UnsupportedMediaType("The body must be application/json.")
        value: dict[str, Any] = read_json(request.body)
        return value
