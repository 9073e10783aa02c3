"""What an officer wrote into a form as a value of its struct, or the one field that is wrong in plain words."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from accord.exchange.text import check_written
from accord.exchange.wording import explain
from accord.liaison.errors import LiaisonRefused
from accord.parties.models import Party
from accord.release.gate import our_party

__all__ = ["require_our_agency", "value_of"]

_Struct = TypeVar("_Struct", bound=msgspec.Struct)

_ITEM: Final = re.compile(r"\[[0-9]+\]\Z")
"""A line of a list of lines: a form has one field for the whole list."""

_OF_ITSELF: Final = re.compile(r"([a-z_]+): (.+)", re.DOTALL)


def value_of(struct: type[_Struct], fields: Mapping[str, Any]) -> _Struct:  # Any: JSON types, checked here
    """Returns the value of a form.

    Raises:
        TextRefused: A text holds a refused character.
        LiaisonRefused: A field is missing or wrong.
    """
    check_written({name: value for name, value in fields.items() if value not in ("", None)})
    try:
        return msgspec.convert(dict(fields), struct)
    except msgspec.ValidationError as error:
        refusal = explain(error, struct)
        said = _OF_ITSELF.fullmatch(refusal.reason)
        reason = said[2] if said else refusal.reason
        raise LiaisonRefused(
            f"{reason[:1].upper()}{reason[1:]}.",
            code="liaison.field-refused",
            next_step=refusal.next_step,
            fields={"field": _ITEM.sub("", refusal.field).replace("[", ".").replace("]", "")},
        ) from error


def require_our_agency(code: str) -> None:
    """Raises unless our own profile has an agency of this code.

    Raises:
        LiaisonRefused: It has none.
    """
    if code not in {agency.code for agency in Party.objects.get(code=our_party()).described.agencies}:
        raise LiaisonRefused(
            "Our profile has no such agency.",
            code="liaison.unknown-agency",
            next_step="Choose from the list.",
            fields={"field": "agency"},
        )
