"""Forms made from the schemas of messages: one field for each member, in the order in which an officer thinks.

A message kind is a msgspec struct (``accord.exchange.kinds``). Here its members become fields with labels, and what a
browser posts becomes the JSON object that the services take. Nothing is judged here: an odd value is handed on as it
was written, the service says what is wrong with it, and the officer's words stay in the field.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import msgspec
from django.utils.translation import gettext
from msgspec import inspect

from accord.node.desk.code_words import choice_label
from accord.node.desk.field_words import HINTS, LABELS
from accord.node.desk.figures import number_of
from accord.node.unseen import with_marks

__all__ = ["Field", "Section", "fields_of", "posted_values"]

LONG_TEXT_CHARACTERS: Final = 200
"""A text that may be longer than this gets a field of several lines."""

GROUPS_MAX: Final = 50
"""Groups of one kind that a form shows; the schemas' own limits are lower or stand in the service's answer."""

COUNT: Final = ".count"
NONE: Final = ".none"
"""Behind the path of a needed list of codes: the officer says that none of them applies."""
TICKED: Final = ".ticked"
"""Behind the path of a list of lines: codes that were ticked beside it."""
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NOTHING: Final[Any] = object()


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form.

    Args:
        path: Its place in the message, such as ``caveats.0.expires_on``.
        widget: ``line``, ``text``, ``lines``, ``date``, ``number``, ``choice``, ``choices``, ``flag``, ``group`` or
            ``groups``.
        label: Its label.
        hint: What helps to fill it.
        value: What stands in it.
        options: Codes and labels to choose from.
        is_needed: Whether a message cannot leave without it.
        is_none: Whether the officer said that nothing of a needed list applies.
        error: What is wrong with it.
        parts: The fields of a group, or the groups of a list.
        limit: Characters that a text may have; nothing where it has no limit.
        is_asked: Whether the law gate asks for it as the draft stands.
        is_own: Whether it stays on our side, where the law gate alone asks.
        ticks: Codes that are offered beside lines in the officer's own words, with what they are called.
        ticked: Those of them that stand in it; the others are lines.
    """

    path: str
    widget: str
    label: Any
    hint: Any = ""
    value: Any = ""
    options: tuple[tuple[str, Any], ...] = ()
    is_needed: bool = False
    is_none: bool = False
    error: str = ""
    parts: tuple["Field", ...] = ()
    limit: int = 0
    is_asked: bool = False
    is_own: bool = False
    ticks: tuple[tuple[str, Any], ...] = ()
    ticked: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The element's identifier."""
        return f"field-{self.path.replace('.', '-')}"

    @property
    def has_value(self) -> bool:
        """Whether anything stands in it or in one of its parts."""
        return (
            any(part.has_value for part in self.parts)
            if self.parts
            else bool(self.value or self.ticked) or self.is_none
        )

    @property
    def unseen(self) -> str:
        """What stands in it with the names of unseen characters; empty where every character shows."""
        marked = with_marks(self.value) if isinstance(self.value, str) else ""
        return marked if marked != self.value else ""

    @property
    def input_type(self) -> str:
        """The kind of input: one for days shows a day alone, so that odd words need a line."""
        return "date" if self.widget == "date" and (not self.value or DAY.fullmatch(str(self.value))) else "text"

    @property
    def odd_choice(self) -> bool:
        """Whether something stands in it that is not in its list; it is shown all the same."""
        return bool(self.value) and self.value not in {code for code, _words in self.options}

    def with_errors(self, errors: Mapping[str, str]) -> "Field":
        """Returns the field with what is said of it and of its parts."""
        parts = tuple(part.with_errors(errors) for part in self.parts)
        error = errors.get(self.path, "")
        length = len(self.value) if self.limit and isinstance(self.value, str) else 0
        if error and length > self.limit:
            error = gettext("%(length)s characters, and at most %(limit)s fit. Shorten it, or put it into a file.") % {
                "length": number_of(length),
                "limit": number_of(self.limit),
            }
        return replace(self, parts=parts, error=error)

    def as_asked(self, paths: Collection[str]) -> "Field":
        """Returns the field, marked where it or a part of it is among the paths that the gate asks for."""
        parts = tuple(part.as_asked(paths) for part in self.parts)
        return replace(self, parts=parts, is_asked=self.path in paths)

    def flat(self) -> Iterator["Field"]:
        """Yields the field and all its parts."""
        yield self
        for part in self.parts:
            yield from part.flat()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a form under one heading.

    Args:
        title: The heading.
        fields: Its fields.
    """

    title: Any
    fields: tuple[Field, ...] = field(default=())


def fields_of(
    struct: type[msgspec.Struct], names: Sequence[str], values: Mapping[str, Any], *, more: Sequence[str] = ()
) -> tuple[Field, ...]:
    """Returns the fields for some members of a schema.

    Args:
        struct: The schema.
        names: Its members, in the order wanted; unknown ones are passed over.
        values: What the draft holds.
        more: Paths of lists that show one empty group more.
    """
    members = {one.name: one for one in inspect.type_info(struct).fields}  # type: ignore[attr-defined]
    return tuple(
        _field(members[name].type, name, name, values.get(name), needed=members[name].required, more=more)
        for name in names
        if name in members
    )


def _field(kind: inspect.Type, path: str, name: str, value: Any, *, needed: bool, more: Sequence[str]) -> Field:
    inner, may_miss = _without_none(kind)
    made = Field(
        path=path, widget="line", label=LABELS.get(name) or _plain(name), hint=HINTS.get(name, ""), is_needed=needed
    )
    if isinstance(inner, inspect.BoolType):
        known = {True: "yes", False: "no"}.get(value, "")
        return replace(made, widget="flag", value=known, is_needed=needed or may_miss)
    if isinstance(inner, inspect.EnumType | inspect.LiteralType):
        options = tuple((code, choice_label(name, code)) for code in _codes(inner))
        return replace(made, widget="choice", value="" if value is None else str(value), options=options)
    if isinstance(inner, inspect.StructType):
        held = value if isinstance(value, dict) else {}
        parts = tuple(
            _field(one.type, f"{path}.{one.name}", one.name, held.get(one.name), needed=one.required, more=more)
            for one in inner.fields
        )
        return replace(made, widget="group", parts=parts)
    if isinstance(inner, inspect.VarTupleType | inspect.ListType):
        return _list_field(made, inner.item_type, value, more=more)
    return _text_field(made, inner, value)


def _text_field(made: Field, inner: inspect.Type, value: Any) -> Field:
    if isinstance(inner, inspect.DateType):
        return replace(made, widget="date", value=value or "")
    if isinstance(inner, inspect.IntType | inspect.FloatType | inspect.DecimalType):
        return replace(made, widget="number", value="" if value is None else str(value))
    limit = (inner.max_length or 0) if isinstance(inner, inspect.StrType) else 0
    return replace(made, widget="text" if limit > LONG_TEXT_CHARACTERS else "line", value=value or "", limit=limit)


def _list_field(made: Field, item: inspect.Type, value: Any, *, more: Sequence[str]) -> Field:
    held = value if isinstance(value, list | tuple) else ()
    inner, _may_miss = _without_none(item)
    if isinstance(inner, inspect.EnumType | inspect.LiteralType):
        name = made.path.rpartition(".")[2]
        options = tuple((code, choice_label(name, code)) for code in _codes(inner))
        # An empty list that is needed is a statement: nothing of the list applies.
        is_none = made.is_needed and isinstance(value, list | tuple) and not held
        return replace(made, widget="choices", value=tuple(map(str, held)), options=options, is_none=is_none)
    if isinstance(inner, inspect.StructType):
        shown = [*held, *([{}] if made.path in more or (made.is_needed and not held) else [])]
        groups = tuple(
            replace(
                _field(inner, f"{made.path}.{place}", made.path, one, needed=False, more=more),
                label=made.label,
            )
            for place, one in enumerate(shown[:GROUPS_MAX])
        )
        return replace(made, widget="groups", parts=groups)
    return replace(made, widget="lines", value="\n".join(map(str, held)))


def _without_none(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        inner, _may_miss = _without_none(others[0])
        return inner, len(others) < len(kind.types)
    return kind, False


def _codes(kind: inspect.EnumType | inspect.LiteralType) -> list[str]:
    if isinstance(kind, inspect.EnumType):
        return [str(one.value) for one in kind.cls]
    return [str(one) for one in kind.values]


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def posted_values(
    struct: type[msgspec.Struct], names: Sequence[str], posted: Mapping[str, Any], *, prefix: str = ""
) -> dict[str, Any]:
    """Returns what a form holds as the JSON object that a service takes; what was left empty is left out.

    Args:
        struct: The schema.
        names: Members that the form showed.
        posted: The posted form (a ``QueryDict``).
        prefix: What stands before each path in the form.
    """
    members = {one.name: one for one in inspect.type_info(struct).fields}  # type: ignore[attr-defined]
    found = {name: _value(members[name].type, f"{prefix}{name}", posted) for name in names if name in members}
    return {name: value for name, value in found.items() if value is not NOTHING}


def _value(kind: inspect.Type, path: str, posted: Mapping[str, Any]) -> Any:
    inner, _may_miss = _without_none(kind)
    if isinstance(inner, inspect.StructType):
        found = {one.name: _value(one.type, f"{path}.{one.name}", posted) for one in inner.fields}
        kept = {name: value for name, value in found.items() if value is not NOTHING}
        return kept or NOTHING
    if isinstance(inner, inspect.VarTupleType | inspect.ListType):
        return _list_value(inner.item_type, path, posted)
    text = str(posted.get(path, "")).replace("\r\n", "\n")
    if not text.strip():
        return NOTHING
    if isinstance(inner, inspect.BoolType):
        return {"yes": True, "no": False}.get(text, NOTHING)
    if isinstance(inner, inspect.IntType | inspect.LiteralType | inspect.FloatType):
        return _number(text)
    return text.strip() if not isinstance(inner, inspect.StrType) else text


def _list_value(item: inspect.Type, path: str, posted: Mapping[str, Any]) -> Any:
    inner, _may_miss = _without_none(item)
    if isinstance(inner, inspect.StructType):
        count = str(posted.get(f"{path}{COUNT}", "0"))
        places = range(min(int(count), GROUPS_MAX) if count.isascii() and count.isdigit() else 0)
        taken_out = posted.get("remove", "")
        found = [_value(inner, f"{path}.{place}", posted) for place in places if taken_out != f"{path}.{place}"]
        return [one for one in found if one is not NOTHING] or NOTHING
    if isinstance(inner, inspect.EnumType | inspect.LiteralType):
        chosen = posted.getlist(path) if hasattr(posted, "getlist") else list(posted.get(path, ()))
        is_none = posted.get(f"{path}{NONE}", "") == "yes"
        return [one for one in chosen if one] or ([] if is_none else NOTHING)
    lines = [line.strip() for line in str(posted.get(path, "")).splitlines()]
    lines += posted.getlist(f"{path}{TICKED}") if hasattr(posted, "getlist") else []
    return list(dict.fromkeys(line for line in lines if line)) or NOTHING


def _number(text: str) -> object:
    try:
        return int(text.strip())
    except ValueError:
        pass
    try:
        return float(Decimal(text.strip()))
    except (ArithmeticError, ValueError):
        return text
