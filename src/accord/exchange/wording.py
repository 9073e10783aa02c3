"""Plain words for a refused field: its name as an officer reads it, what is wrong, what to do, and where it stands.

The library that converts messages speaks of types and expressions, for programmers. What it says is read here by its
form and said anew; a form that is not known becomes a general sentence, so that no word of the library, and no word of
the content, reaches an officer.

Source: RFC 6901 (JSON Pointer).
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import msgspec

__all__ = ["OWN_SIDE", "Refusal", "explain", "field_name", "named_fields", "pointer_of", "steps_of"]

_PLACE = re.compile(r"(?P<said>.*?)(?: - at `(?P<at>.*)`)?\Z", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_KEYED: Final = "..."
"""What stands in a path for a member whose name the sender chose."""

OWN_SIDE: Final = "own_side"
"""First step of the path of what our side states of a draft and never sends."""

_SINGULAR: Final = {
    "answered_items": "answered item",
    "caveats": "caveat",
    "items": "question",
    "legal_basis": "legal basis",
    "person_categories": "category of persons",
    "persons": "person",
    "refusals": "refused part",
    "special_categories": "special category",
    "substances": "substance",
}
"""What one item of a list is called, where the list's own name is not plain."""

_FORMS: Final = {
    "agency": "Write the agency's code, for example RCMP; the vocabulary lists the agencies of both parties.",
    "cas_number": "Write the CAS number with its hyphens, for example 79099-07-3.",
    "duty_phone": "Write the number in international form, for example +1 613 555 0100.",
    "hs_code": "Write four to ten digits, for example 2933.39.",
    "language": "Write the language's code, for example en, fr or hi.",
    "party": "Write the party's code, for example CA or IN.",
}
"""How a field of a fixed form is written."""

_TYPES: Final = {
    "array": "a list",
    "bool": "yes or no",
    "date": "a day",
    "decimal": "a number",
    "float": "a number",
    "int": "a whole number",
    "null": "nothing",
    "object": "a group of fields",
    "str": "a text",
}
_WRITTEN: Final = {
    "array": "Give a list, even of one: [ … ].",
    "bool": "Give true or false, without quotation marks.",
    "date": "Write the day as year-month-day, for example 2027-12-31.",
    "decimal": "Write the number as a text with a point, for example 12.5.",
    "int": "Give the number itself, without quotation marks.",
    "object": "Give the fields of this group: { … }.",
    "str": "Give a text in quotation marks.",
}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One refused field.

    Args:
        field: Path of the field, for example ``caveats[0].expires_on``.
        name: Its name in words, for example ``caveat 1, expires on``.
        pointer: JSON Pointer to it from the body of a draft, for example ``/fields/caveats/0/expires_on``.
        reason: What is wrong, without the content.
        next_step: What mends it.
    """

    field: str
    name: str
    pointer: str
    reason: str
    next_step: str


def steps_of(field: str) -> tuple[str, ...]:
    """Returns the steps of a path: ``caveats[0].expires_on`` has three."""
    return tuple(name or index for name, index in _STEP.findall(field if field.startswith(("[", ".")) else f".{field}"))


def field_name(steps: Sequence[str]) -> str:
    """Returns a field's name in words: ``caveat 1, expires on``."""
    words: list[str] = []
    for number, step in enumerate(steps):
        if step == _KEYED:
            continue
        if step.isdigit() and number:
            before = steps[number - 1]
            words[-1] = f"{_SINGULAR.get(before, before.replace('_', ' '))} {int(step) + 1}"
        else:
            words.append(step.replace("_", " "))
    return ", ".join(words)


def named_fields(sentence: str) -> str:
    """Returns a sentence in which each field's name is in words."""
    return _IDENTIFIER.sub(lambda found: found.group().replace("_", " "), sentence)


def pointer_of(field: str) -> str:
    """Returns the JSON Pointer of a field from the body of a draft, in which ``fields`` and ``own_side`` stand."""
    steps = [step for step in steps_of(field) if step != _KEYED]
    if not steps or steps[0] != OWN_SIDE:
        steps.insert(0, "fields")
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def explain(error: msgspec.ValidationError, struct: type[msgspec.Struct], *, under: str = "") -> Refusal:
    """Returns what is wrong with which field, in plain words.

    Args:
        error: What the conversion raised.
        struct: What was converted, or what the field belongs to.
        under: Path of what was converted, put before the path in the error.
    """
    found = _PLACE.fullmatch(str(error))
    said, at = (found["said"], found["at"] or "$") if found else ("", "$")
    path = f"{under}{at.partition('$')[2]}".lstrip(".")
    for form, explanation in _EXPLANATIONS:
        match = form.fullmatch(said)
        if match:
            field, reason, step = explanation(match, path, struct)
            break
    else:
        field, reason, step = (
            path,
            "this is not what belongs here",
            "Compare it with the schema of the kind of message.",
        )
    return Refusal(
        field=field, name=field_name(steps_of(field)), pointer=pointer_of(field), reason=reason, next_step=step
    )


Explained = tuple[str, str, str]
Explanation = Callable[[re.Match[str], str, type[msgspec.Struct]], Explained]


def _missing(match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    return f"{path}.{match[1]}".lstrip("."), "it is needed and missing", "Fill it in."


def _unknown(match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    return f"{path}.{match[1][:64]}".lstrip("."), "there is no field of this name", "Correct the name, or leave it out."


def _not_a_code(_match: re.Match[str], path: str, struct: type[msgspec.Struct]) -> Explained:
    codes = _codes_at(struct, steps_of(path))
    step = f"Take one of: {', '.join(codes)}." if codes else "Take one of the codes that the vocabulary lists."
    return path, "this is none of the codes of its list", step


def _of_other_form(_match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    last = (steps_of(path) or ("",))[-1]
    return (
        path,
        "it is not in the form of such a code",
        _FORMS.get(last, "Use Latin letters, digits and . / _ : - only."),
    )


def _of_other_length(match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    sort, sign, number = match[1], match[2], int(match[3])
    what = "characters" if sort == "str" else "entries"
    if sign == ">=":
        return path, "it is empty" if number == 1 else f"it has fewer than {number} {what}", "Fill it in."
    return path, f"it has more than {number} {what}", f"Shorten it to {number} {what}."


def _out_of_range(match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    bound = "at least" if match[1] in {">=", ">"} else "at most"
    return path, "the number is out of its range", f"Give a number of {bound} {match[2]}."


def _of_other_type(match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    wanted = [word for word in match[1].split(" | ") if word != "null"]
    first = wanted[0] if wanted else ""
    reason = f"{_TYPES.get(first, 'something else')} is expected here"
    if match[2] == "null":
        return path, "it is empty", "Fill it in."
    return path, reason, _WRITTEN.get(first, "Compare it with the schema of the kind of message.")


def _no_day(_match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    return path, "this is not a day of the calendar", _WRITTEN["date"]


def _no_number(_match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    return path, "this is not a number", _WRITTEN["decimal"]


def _between_fields(match: re.Match[str], path: str, _struct: type[msgspec.Struct]) -> Explained:
    # What a struct says of its own fields begins with the name of the one to mend.
    first = match[1].split(" ", 1)[0].rstrip(":")
    return f"{path}.{first}".lstrip("."), named_fields(match[1]), "Bring these fields into line with each other."


_EXPLANATIONS: Final[Sequence[tuple[re.Pattern[str], Explanation]]] = (
    (re.compile(r"Object missing required field `([a-z0-9_]+)`"), _missing),
    (re.compile(r"Object contains unknown field `(.+)`", re.DOTALL), _unknown),
    (re.compile(r"Invalid enum value .*", re.DOTALL), _not_a_code),
    (re.compile(r"Expected `str` matching regex .*", re.DOTALL), _of_other_form),
    (re.compile(r"Expected `(str|array|object)` of length (>=|<=) (\d+)"), _of_other_length),
    (re.compile(r"Expected `(?:int|float|decimal)` (>=|<=|>|<) (-?[\d.]+)"), _out_of_range),
    (re.compile(r"Expected `([a-z| ]+)`, got `([a-z0-9]+)`"), _of_other_type),
    (re.compile(r"Invalid RFC3339 encoded .*"), _no_day),
    (re.compile(r"Invalid decimal string.*"), _no_number),
    (re.compile(r"([a-z_]+:? [^`'\"]+)"), _between_fields),
)


@cache
def _schema_of(struct: type[msgspec.Struct]) -> dict[str, Any]:  # Any: a JSON Schema is JSON of many shapes
    return msgspec.json.schema(struct)


def _codes_at(struct: type[msgspec.Struct], steps: Sequence[str]) -> tuple[str, ...]:
    schema = _schema_of(struct)
    node: dict[str, Any] = schema
    for step in (None, *(steps[1:] if steps[:1] == (OWN_SIDE,) else steps)):
        if step is not None:
            node = node.get("items", {}) if step.isdigit() else node.get("properties", {}).get(step, {})
        choices = [choice for choice in node.get("anyOf", [node]) if choice.get("type") != "null"]
        node = choices[0] if choices else {}
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return tuple(str(word) for word in node.get("enum", ()))
