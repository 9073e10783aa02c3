"""Drafts: incomplete messages, checked field by field, so that an officer hears of every fault at once.

A field that is given must be right from the first save (type, limit, characters); a field may be missing until the
draft is submitted. So the gate can already be asked about half a draft, and what is missing is told by name.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from accord.errors import OfficerCanMend
from accord.exchange.kinds import SCHEMA, STRUCTS
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.text import check_written
from accord.exchange.wording import Refusal, explain

__all__ = [
    "SERVICE_FIELDS",
    "DraftIncomplete",
    "FieldProblem",
    "FieldRefused",
    "OwnSideRefused",
    "StaleDraft",
    "complete",
    "given_values",
    "problems_of",
    "require_none",
    "with_service_fields",
]

SERVICE_FIELDS = frozenset(
    {"schema_version", "message_ref", "case_ref_own", "case_ref_other", "attachments", "clock_table"}
)
"""Fields the services fill; an officer who sends one is refused, so that nobody can claim another's reference."""


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field.

    Args:
        field: Path of the field.
        sentence: What is wrong, without the content.
        next_step: What mends it.
    """

    field: str
    sentence: str
    next_step: str = "Fill or mend the field, then try again."


class FieldRefused(OfficerCanMend):
    """A field is unknown, of the wrong type, over its limit, or filled by the services."""

    code = "exchange.field-refused"

    @classmethod
    def of(cls, refusals: Sequence[Refusal]) -> "FieldRefused":
        """Returns the error that names every refused field; its sentence and next step are of the first."""
        first = refusals[0]
        more = f" {len(refusals) - 1} more are refused." if len(refusals) > 1 else ""
        return cls(
            f"The field {first.name!a} is refused: {first.reason}.{more}",
            next_step=first.next_step,
            fields={"field": first.field, "refused": [msgspec.to_builtins(one) for one in refusals]},
        )


class OwnSideRefused(FieldRefused):
    """A field of what our side states of a draft is unknown, of the wrong type, or over its limit."""

    code = "exchange.own-side-refused"


class DraftIncomplete(OfficerCanMend):
    """Fields are missing or do not fit together; each is named in ``fields["problems"]``."""

    code = "exchange.draft-incomplete"
    default_next_step = "Fill the fields named, then submit again."


class StaleDraft(OfficerCanMend):
    """A colleague saved the draft meanwhile; nothing was overwritten, and both texts are here.

    Args:
        yours: The fields that were to be saved.
        stored: The fields as stored.
        your_version: Version the officer started from.
        stored_version: Version stored.
        saved_by: Name of the colleague who saved last.

    ``yours`` and ``stored`` are attributes for the form that shows both; they are not in the error's fields, which
    may be logged.
    """

    code = "exchange.stale-draft"
    default_next_step = "Compare the two texts, then save again on the stored version."
    http_status = 409

    def __init__(
        self,
        *,
        yours: Mapping[str, object],
        stored: Mapping[str, object],
        your_version: int,
        stored_version: int,
        saved_by: str,
    ) -> None:
        super().__init__(
            f"{saved_by or 'A colleague'} saved this draft meanwhile; your text was not saved and is not lost.",
            fields={"your_version": your_version, "stored_version": stored_version, "saved_by": saved_by},
        )
        self.yours = dict(yours)
        self.stored = dict(stored)
        self.your_version = your_version
        self.stored_version = stored_version
        self.saved_by = saved_by


def _converted(kind: str, name: str, value: object) -> Any:  # Any: the field's own type
    return msgspec.convert(value, _fields_of(kind)[name].type)


@cache
def _fields_of(kind: str) -> Mapping[str, msgspec.structs.FieldInfo]:
    # Reading a struct's annotations costs some 200 microseconds; they are the same for the life of the process.
    return {item.name: item for item in msgspec.structs.fields(STRUCTS[kind])}


def _check_name(kind: str, name: str) -> None:
    if name in SERVICE_FIELDS:
        raise FieldRefused(f"The field {name} is filled by the node.", fields={"field": name})
    if name not in STRUCTS[kind].__struct_fields__:
        raise FieldRefused("The message has no such field.", fields={"field": name[:64]})


def given_values(
    kind: str, fields: Mapping[str, object], *, by_officer: bool = True, is_well_written: bool = False
) -> dict[str, Any]:
    """Returns the given fields as values of their types.

    Args:
        kind: Kind of message.
        fields: JSON object of the fields given so far; a null field counts as not given.
        by_officer: Whether fields that services fill are refused.
        is_well_written: Whether the texts were found to be so by :func:`~accord.exchange.text.looks_well_written`.

    Raises:
        FieldRefused: A field is unknown, of the wrong type, or over its limit.
        TextRefused: A text holds a refused character.
    """
    if not is_well_written:
        check_written(fields)
    values: dict[str, Any] = {}  # Any: each field has its own type
    refused: list[Refusal] = []
    for name, value in fields.items():
        if by_officer:
            _check_name(kind, name)
        if value is None:
            continue
        try:
            values[name] = _converted(kind, name, value)
        except msgspec.ValidationError as error:
            refused.append(explain(error, STRUCTS[kind], under=name))
    if refused:
        raise FieldRefused.of(refused)
    return values


def problems_of(kind: str, fields: Mapping[str, object]) -> tuple[FieldProblem, ...]:
    """Returns what still keeps the draft from being a message; empty when it is one."""
    struct = STRUCTS[kind]
    missing = [
        FieldProblem(field=item.name, sentence="This field is needed.", next_step="Fill it in.")
        for item in _fields_of(kind).values()
        if item.required and fields.get(item.name) is None
    ]
    if missing:
        return tuple(missing)
    try:
        msgspec.convert({name: value for name, value in fields.items() if value is not None}, struct)
    except msgspec.ValidationError as error:
        refusal = explain(error, struct)
        sentence = f"{refusal.reason[:1].upper()}{refusal.reason[1:]}."
        return (FieldProblem(field=refusal.field, sentence=sentence, next_step=refusal.next_step),)
    return ()


def require_none(problems: tuple[FieldProblem, ...]) -> None:
    """Raises when there is anything to mend.

    Raises:
        DraftIncomplete: With each field, what is wrong with it and what to do.
    """
    if problems:
        raise DraftIncomplete(
            f"The draft is not complete: {len(problems)} to mend, the first is {problems[0].field}.",
            fields={"problems": [msgspec.to_builtins(problem) for problem in problems]},
        )


def complete(kind: str, fields: Mapping[str, object]) -> Correspondence:
    """Returns the whole message.

    Raises:
        DraftIncomplete: Fields are missing or do not fit together.
    """
    require_none(problems_of(kind, fields))
    return msgspec.convert({name: value for name, value in fields.items() if value is not None}, STRUCTS[kind])


def with_service_fields(fields: Mapping[str, object], **filled: object) -> dict[str, object]:
    """Returns the fields with those the services fill."""
    return {**fields, "schema_version": SCHEMA, **{name: value for name, value in filled.items() if value is not None}}
