"""Refused fields of a request in plain words, each with its name, its place, the reason and what mends it.

The framework names the faults of a body, a query or a path in words for programmers, and adds what was sent. Only the
sort of the fault and its limit are taken over.

Source: RFC 6901 (JSON Pointer).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from accord.exchange.wording import OWN_SIDE, field_name, pointer_of, steps_of

__all__ = ["refusals_of", "with_places"]

_CORRECT: Final = "Correct it as the API's description says."

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("it is needed and missing", "Fill it in."),
    "extra_forbidden": ("there is no field of this name", "Correct the name, or leave it out."),
    "string_type": ("a text is expected here", "Give a text in quotation marks."),
    "string_too_short": ("it is empty or too short", "Give at least {min_length} characters."),
    "string_too_long": ("it is too long", "Shorten it to {max_length} characters."),
    "string_pattern_mismatch": ("it is not in the form of such a code", _CORRECT),
    "enum": ("this is none of the codes of its list", "Take one of: {expected}."),
    "literal_error": ("this is none of the codes of its list", "Take one of: {expected}."),
    "int_type": ("a whole number is expected here", "Give the number itself, without quotation marks."),
    "int_parsing": ("a whole number is expected here", "Give a whole number."),
    "int_parsing_size": ("the number is out of its range", _CORRECT),
    "int_from_float": ("a whole number is expected here", "Give a whole number."),
    "greater_than_equal": ("the number is out of its range", "Give a number of at least {ge}."),
    "less_than_equal": ("the number is out of its range", "Give a number of at most {le}."),
    "bool_type": ("yes or no is expected here", "Give true or false, without quotation marks."),
    "bool_parsing": ("yes or no is expected here", "Give true or false."),
    "dict_type": ("a group of fields is expected here", "Give the fields of this group: { … }."),
    "model_attributes_type": ("a group of fields is expected here", "Give the fields of this group: { … }."),
    "model_type": ("a group of fields is expected here", "Give the fields of this group: { … }."),
    "list_type": ("a list is expected here", "Give a list, even of one: [ … ]."),
    "too_short": ("the list has too few entries", "Give at least {min_length}."),
    "too_long": ("the list has too many entries", "Give at most {max_length}."),
    "uuid_parsing": ("this is not the identifier of an object", "Give the identifier as this node gave it."),
    "uuid_type": ("this is not the identifier of an object", "Give the identifier as this node gave it."),
    "date_from_datetime_parsing": ("this is not a day of the calendar", "Write the day as year-month-day."),
    "date_parsing": ("this is not a day of the calendar", "Write the day as year-month-day."),
    "value_error": ("this is not a day or time of the calendar", "Write it as RFC 3339 has it, with its offset."),
}
_OTHERWISE: Final = ("this is not what belongs here", _CORRECT)


def refusals_of(errors: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    """Returns what is wrong with which field, without the value that was sent.

    Args:
        errors: Errors in the shape pydantic gives them.
    """
    return [_refusal(error) for error in errors]


def _refusal(error: Mapping[str, object]) -> dict[str, str]:
    location = error.get("loc", ())
    steps = [str(part) for part in location] if isinstance(location, tuple | list) else []
    place, steps = (steps[0], steps[1:]) if steps else ("body", [])
    # The framework puts the name of the function's argument before the fields of a body.
    steps = steps[1:] if place == "body" else steps
    reason, step = _WORDS.get(str(error.get("type")), _OTHERWISE)
    found = {"field": ".".join(steps) or place, "name": field_name(steps) or f"the {place}"}
    if place == "body":
        found["pointer"] = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in steps)
    else:
        found["parameter"] = ".".join(steps)
    return {**found, "reason": reason, "next_step": _filled(step, error.get("ctx"))}


def _filled(step: str, context: object) -> str:
    if "{" not in step or "{ " in step:
        return step
    try:
        return step.format_map(context if isinstance(context, Mapping) else {}).replace("'", "").replace(" or ", ", ")
    except (KeyError, ValueError):
        return _CORRECT


def with_places(fields: Mapping[str, object]) -> dict[str, object]:
    """Returns an error's fields, with name and JSON Pointer beside each path of a message's field in them."""
    found = dict(fields)
    if isinstance(found.get("field"), str):
        found |= _place(str(found["field"]))
    problems = found.get("problems")
    if isinstance(problems, list):
        found["problems"] = [{**item, **_place(str(item.get("field", "")))} for item in problems]
    return found


def _place(field: str) -> dict[str, object]:
    steps = steps_of(field)
    shown = steps[1:] if steps[:1] == (OWN_SIDE,) else steps
    return {"name": field_name(shown), "pointer": pointer_of(field)}
