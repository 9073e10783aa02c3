"""The functions for which authorities are named, and the first entries of a party's directory; both are data."""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

import msgspec

from accord.liaison.errors import LiaisonRefused
from accord.parties.profile import Names

__all__ = [
    "FirstEntry",
    "Function",
    "FunctionCode",
    "first_entries",
    "function_names",
    "functions",
    "require_functions",
]

FunctionCode = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9-]{0,31}\Z")]


class Function(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A function, by its code on the wire.

    Args:
        code: The code.
        names: What it is called.
    """

    code: FunctionCode
    names: Names


class FirstEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry that comes with Accord: an agency of the profile, and its functions.

    Args:
        agency: Code of the agency in the party's profile.
        functions: Codes of its functions.
    """

    agency: str
    functions: tuple[str, ...]


@lru_cache(maxsize=1)
def functions() -> tuple[Function, ...]:
    """Returns the functions in the order of the page."""
    text = (files("accord.liaison.directory") / "functions.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["functions"], tuple[Function, ...])


def require_functions(codes: Iterable[str], *, field: str) -> None:
    """Raises unless each code is one of a function.

    Raises:
        LiaisonRefused: One is not; it lies in the named field.
    """
    if set(codes) - {one.code for one in functions()}:
        raise LiaisonRefused(
            "There is no such function.",
            code="liaison.unknown-function",
            next_step="Choose from the list.",
            fields={"field": field},
        )


def function_names(code: str, language: str) -> str:
    """Returns what a function is called; its code where this node does not know it."""
    return next((one.names.in_language(language) for one in functions() if one.code == code), code)


def first_entries(party: str) -> tuple[FirstEntry, ...]:
    """Returns the first entries of a party; none where none are shipped."""
    file = files("accord.liaison.directory") / "first" / f"{party}.toml"
    if not file.is_file():
        return ()
    return msgspec.convert(tomllib.loads(file.read_text("utf-8"))["entries"], tuple[FirstEntry, ...])
