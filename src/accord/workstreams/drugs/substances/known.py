"""Our register's code of what a message names."""

from collections.abc import Mapping
from functools import cache

from accord.workstreams.drugs.substances.shipped import shipped_table

__all__ = ["code_of"]


@cache
def _by_cas() -> Mapping[str, str]:
    return {number: substance.id for substance in shipped_table().substances for number in substance.cas}


def code_of(cas_number: str | None) -> str:
    """Returns the code of a substance by its CAS number; an empty text where the register does not know it."""
    return _by_cas().get(cas_number or "", "")
