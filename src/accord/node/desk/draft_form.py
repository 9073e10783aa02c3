"""The form of a draft: what stands in it, in which sections, what is wrong where, and what it holds when it comes back.

A section shows the fields that matter now (needed, written in, wrong, or named by the gate) and keeps the others behind
*more fields*. What our own side states to its law is a section like the others; its members bear ``own.`` in the form.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.drafts import DraftIncomplete, FieldRefused
from accord.exchange.kinds import STRUCTS
from accord.exchange.models import Message
from accord.exchange.own_side import OwnSide
from accord.node.desk.error_words import reason_words, stopped
from accord.node.desk.field_words import COMMON, LABELS, OWN_SIDE, SECTIONS
from accord.node.desk.fields import Field, fields_of, posted_values
from accord.node.desk.registers import from_registers, in_rows, without_rows
from accord.node.desk.said import said
from accord.node.unseen import with_marks

__all__ = [
    "OWN",
    "FormSection",
    "errors_of",
    "later_fields",
    "names_of",
    "posted_fields",
    "posted_own",
    "prints_of",
    "sections_of",
    "stored_own",
    "top_of",
    "wire_path",
]

OWN: Final = "own."
"""What stands before the members of our own side in the form."""

OWN_WIRE: Final = "own_side."
GIST_CHARACTERS: Final = 90
PRINT_DIGITS: Final = 8


@dataclass(frozen=True, kw_only=True)
class FormSection:
    """A part of the form under one heading.

    Args:
        key: The element's identifier.
        title: The heading.
        fields: The fields that matter now.
        further: The fields that nobody needs yet.
        later: The fields that nobody needs yet and the gate does not ask for: they come when somebody unfolds them.
        to_mend: How many of its fields are to be filled or mended.
        gist: The first words that stand in it.
        is_own: Whether it stays on our side.
    """

    key: str
    title: Any  # Any: a lazy translation
    fields: tuple[Field, ...]
    further: tuple[Field, ...]
    to_mend: int
    gist: str
    is_own: bool = False
    later: tuple[Field, ...] = ()

    @property
    def folded(self) -> int:
        """How many fields are folded."""
        return len(self.further) + len(self.later)

    @property
    def later_mask(self) -> str:
        """Which fields of our own side come later: a bit for each place in the form, in hexadecimal."""
        left_out = {one.path.removeprefix(OWN) for one in self.later}
        return format(sum(1 << place for place, name in enumerate(OWN_SIDE) if name in left_out), "x")

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(one.has_value for one in (*self.fields, *self.further))


def names_of(kind: str) -> tuple[str, ...]:
    """Returns the members that the form of a kind shows, in their order."""
    found = [name for _title, names in (*SECTIONS.get(kind, ()), *COMMON) for name in names]
    return tuple(dict.fromkeys(found))


def stored_own(message: Message) -> dict[str, Any]:
    """Returns what our side stated of a draft, as a JSON object."""
    held = bytes(message.own_side)
    return _given(msgspec.json.decode(held)) if held else {}


def _given(value: Any) -> Any:
    """Returns a JSON value without its null members: what is null was not given."""
    if isinstance(value, dict):
        return {name: _given(inner) for name, inner in value.items() if inner is not None}
    return [_given(inner) for inner in value] if isinstance(value, list) else value


def as_stored(own: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what our side states as it would be stored; what a service will refuse stays as it was written."""
    try:
        stored: dict[str, Any] = _given(msgspec.json.decode(msgspec.json.encode(msgspec.convert(dict(own), OwnSide))))
    except msgspec.ValidationError:
        return dict(own)
    return stored


def posted_fields(message: Message, posted: QueryDict) -> dict[str, Any]:
    """Returns the fields that a form holds; what the form does not show stays as it is stored."""
    names = names_of(message.kind)
    kept = {name: value for name, value in message.fields.items() if name not in names}
    return {**kept, **without_rows(posted_values(STRUCTS[message.kind], names, posted))}


def posted_own(message: Message, posted: QueryDict) -> dict[str, Any]:
    """Returns what a form states for our own side; what the form does not show stays as it is stored."""
    kept = {name: value for name, value in stored_own(message).items() if name not in OWN_SIDE}
    return as_stored({**kept, **posted_values(OwnSide, OWN_SIDE, posted, prefix=OWN)})


def wire_path(field: str) -> str:
    """Returns the form's path of a field that a service names: ``own_side.substances[0].name`` and such."""
    path = field.strip("/").replace("/", ".").replace("[", ".").replace("]", "").lstrip(".")
    return f"{OWN}{path.removeprefix(OWN_WIRE)}" if path.startswith(OWN_WIRE) else path.removeprefix("fields.")


def top_of(path: str) -> str:
    """Returns the member of the message, or of our own side, in which a path lies: ``own.basis``, ``caveats``."""
    if path.startswith(OWN):
        return OWN + path.removeprefix(OWN).partition(".")[0]
    return path.partition(".")[0]


def errors_of(error: AccordError | None) -> dict[str, str]:
    """Returns what is wrong with each field, by its path in the form."""
    # Any: the members that the errors of drafts document.
    if isinstance(error, FieldRefused) and error.fields.get("refused"):
        refused: Any = error.fields["refused"]
        return {wire_path(one["field"]): f"{stopped(said(one['reason']))} {said(one['next_step'])}" for one in refused}
    if isinstance(error, DraftIncomplete):
        problems: Any = error.fields.get("problems", ())
        return {wire_path(one["field"]): f"{said(one['sentence'])} {said(one['next_step'])}" for one in problems}
    if error is not None and error.fields.get("field"):
        return {wire_path(str(error.fields["field"])): reason_words(error)}
    return {}


def prints_of(fields: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, str]:
    """Returns a short digest of each member as it was shown, so that it can be told later who changed what."""
    members = {**fields, **{f"{OWN}{name}": value for name, value in own.items()}}
    return {
        name: hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:PRINT_DIGITS]
        for name, value in members.items()
    }


def sections_of(
    message: Message,
    fields: Mapping[str, Any],
    own: Mapping[str, Any],
    *,
    more: Sequence[str] = (),
    errors: Mapping[str, str] | None = None,
    named: Collection[str] = (),
    asked: Collection[str] = (),
    own_read: Collection[str] | None = None,
    is_whole: bool = True,
) -> tuple[FormSection, ...]:
    """Returns the form of a draft.

    Args:
        message: The draft.
        fields: What stands in its fields.
        own: What our side states.
        more: Paths of lists that show one empty group more.
        errors: What is wrong with each field, by path.
        named: Members that the gate or the check names, by path.
        asked: Members by which the gate can be satisfied, by path: they are not called optional.
        own_read: Members of our own side that our law reads; all of them where nothing is given.
        is_whole: Whether the form holds every field, and none comes later.
    """
    wrong = errors or {}
    mending = [*wrong, *named]
    sections = _sections(message.kind, in_rows(message, fields), more)
    made = [(title, from_registers(message, fields_made)) for title, fields_made in sections]
    ours = fields_of(OwnSide, OWN_SIDE, own, more=[path.removeprefix(OWN) for path in more if path.startswith(OWN)])
    read = [one for one in ours if own_read is None or one.path in own_read or one.has_value]
    made.append((_("For our own side only"), tuple(_of_own_side(one) for one in read)))
    return tuple(
        _section(
            place,
            title,
            [one.as_asked(asked) for one in fields_made],
            wrong=wrong,
            mending=mending,
            is_own=place == len(made),
            asked=None if is_whole else asked,
        )
        for place, (title, fields_made) in enumerate(made, 1)
        if fields_made
    )


def _sections(kind: str, fields: Mapping[str, Any], more: Sequence[str]) -> Iterator[tuple[Any, tuple[Field, ...]]]:
    seen: set[str] = set()
    for title, names in (*SECTIONS.get(kind, ()), *COMMON):
        fresh = [name for name in names if name not in seen]
        seen.update(fresh)
        yield title, fields_of(STRUCTS[kind], fresh, fields, more=more)


def _of_own_side(made: Field) -> Field:
    # A part of a group is needed where the group is there at all; the group itself the law asks for.
    parts = tuple(replace(_of_own_side(part), is_needed=part.is_needed) for part in made.parts)
    path = f"{OWN}{made.path}"
    return replace(made, path=path, label=LABELS.get(path) or made.label, parts=parts, is_needed=False, is_own=True)


def _section(
    place: int,
    title: Any,
    made: Sequence[Field],
    *,
    wrong: Mapping[str, str],
    mending: Sequence[str],
    is_own: bool,
    asked: Collection[str] | None,
) -> FormSection:
    told = [one.with_errors(wrong) for one in made]
    tops = {top_of(path) for path in mending}
    shown = [one for one in told if one.is_needed or one.has_value or one.widget == "groups" or one.path in tops]
    folded = [one for one in told if one not in shown]
    later = [one for one in folded if is_own and asked is not None and one.path not in asked]
    return FormSection(
        key=f"section-{place}",
        title=title,
        fields=tuple(shown),
        further=tuple(one for one in folded if one not in later),
        later=tuple(later),
        to_mend=sum(one.path in tops for one in told),
        gist=_gist(told),
        is_own=is_own,
    )


def later_fields(own: Mapping[str, Any], mask: str) -> tuple[Field, ...]:
    """Returns the fields of our own side that a form left out, which it names by their places."""
    digits = mask if mask.isascii() and mask.isalnum() and len(mask) <= len(OWN_SIDE) else ""
    try:
        places = int(digits, 16)
    except ValueError:
        return ()
    names = [name for place, name in enumerate(OWN_SIDE) if places >> place & 1]
    return tuple(_of_own_side(one) for one in fields_of(OwnSide, names, own))


def _gist(made: Sequence[Field]) -> str:
    for one in made:
        for part in one.flat():
            if part.widget in {"text", "line", "lines"} and part.value:
                first = with_marks(" ".join(str(part.value).split()))
                return first if len(first) <= GIST_CHARACTERS else f"{first[: GIST_CHARACTERS - 1].rstrip()}…"
    return ""
