"""Who is addressed with what: by function, and never by country, since each side has several authorities for drugs.

The agency is the one that the other side published for the function in its directory. Where it published none, the
entries that come with Accord stand in. What comes out is a proposal in a form; the officer may address another.

Source: Convention of 1988, article 17(7), as a model of authorities made known to the other party.
"""

from functools import cache
from importlib.resources import files

import msgspec

from accord.liaison.directory.functions import FunctionCode, first_entries
from accord.liaison.directory.kinds import Entry
from accord.liaison.models import PublishedDirectory

__all__ = ["Route", "agency_for", "function_for"]


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One route.

    Args:
        kind: Kind of message.
        function: Code of the function that is addressed with it.
        variants: Kinds of incident for which it counts; every one where none is named.
    """

    kind: str
    function: FunctionCode
    variants: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    routes: tuple[Route, ...]


@cache
def _routes() -> tuple[Route, ...]:
    return msgspec.toml.decode(files(__package__).joinpath("routing.toml").read_text("utf-8"), type=_File).routes


def function_for(kind: str, variant: str = "") -> str | None:
    """Returns the function that is addressed with a message; ``None`` where no route fits.

    Args:
        kind: Kind of message.
        variant: Kind of incident, where it is one.
    """
    fitting = (one for one in _routes() if one.kind == kind and (not one.variants or variant in one.variants))
    return next((one.function for one in fitting), None)


def agency_for(peer: str, kind: str, variant: str = "") -> str | None:
    """Returns the agency of the other side that is proposed for a message; ``None`` where none is known.

    Args:
        peer: Code of the other party.
        kind: Kind of message.
        variant: Kind of incident, where it is one.
    """
    function = function_for(kind, variant)
    if function is None:
        return None
    held = PublishedDirectory.objects.filter(peer_id=peer, is_ours=False).first()
    published = msgspec.convert(held.entries, tuple[Entry, ...]) if held is not None else ()
    named = next((one.agency for one in published if function in one.functions), None)
    return named or next((one.agency for one in first_entries(peer) if function in one.functions), None)
