"""Values that a line bears and nobody can read: the line is screened without them, and each is said with its mend.

Every line is looked through, and most cells are good: a column with few values is asked value by value, one
with many in one go, and only where that fails its values one by one. A cell that says that there is nothing is none.

Source: ISO 6346:2022 (container codes), UPU S10-12 (postal items), editions of the Harmonized System (WCO).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from accord.workstreams.drugs.screening.papers import day_of, decimal_of, edition_of, is_unit, kilograms, percent_of

__all__ = ["UnreadValue", "unread_values"]

_NOTHING: Final = frozenset(
    (
        "",
        "-",
        "--",
        ".",
        "0",
        "N/A",
        "NA",
        "N.A.",
        "NIL",
        "NONE",
        "NULL",
        "UNKNOWN",
        "NC",
        "N/C",
        "BULK",
        "LOOSE",
        "LCL",
    )
)
"""What papers write where there is nothing to write, in capitals."""

_CONTAINER: Final = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_POSTAL: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_TARIFF: Final = re.compile(r"(?:HS|SH)?[\s:]*[0-9][0-9 .\-/]*", re.IGNORECASE)

_AMOUNTS: Final = re.compile(r"(?:[0-9]{0,12}+(?:[.,][0-9]{1,9})?+\n)*+")
_CODES: Final = re.compile(r"(?:(?:[0-9]{4}[0-9.]{0,10})?\n)*+")
_CONTAINERS: Final = re.compile(r"(?:(?:[A-Z]{3}[UJZ][0-9]{7})?\n)*+")
_POSTALS: Final = re.compile(r"(?:(?:[A-Z]{2}[0-9]{9}[A-Z]{2})?\n)*+")


def _plain(text: str) -> str:
    return text.replace(" ", "").replace("-", "").upper()


def _is_packages(text: str) -> bool:
    number = decimal_of(text)
    return number is not None and number == int(number)


_READS: Final[Mapping[str, Callable[[str], object]]] = {
    "tariff": _TARIFF.fullmatch,
    "container": lambda text: _CONTAINER.fullmatch(_plain(text)),
    "postal": lambda text: _POSTAL.fullmatch(_plain(text)),
    "edition": edition_of,
    "packages": _is_packages,
    "gross": lambda text: kilograms(text, "kg") is not None,
    "net": lambda text: kilograms(text, "kg") is not None,
    "unit": is_unit,
    "purity": lambda text: percent_of(text) is not None,
    "arrived": lambda text: day_of(text) is not None,
}
"""What says of each column whether a cell of it can be read."""

_AT_ONCE: Final[Mapping[str, re.Pattern[str]]] = {
    "tariff": _CODES,
    "gross": _AMOUNTS,
    "net": _AMOUNTS,
    "container": _CONTAINERS,
    "postal": _POSTALS,
}
"""Columns with many values, and the shape that nearly all of these have."""

_OWN_EACH: Final = frozenset({"gross", "net", "container", "postal"})
"""Those of them in which nearly every line has a value of its own."""

_MEND_SENTENCES: Final[Mapping[str, str]] = {
    "tariff": "It is no tariff code: write its digits alone, such as 2933.39.",
    "container": "It is no container number: write three letters, one of U, J and Z, and seven digits.",
    "postal": "It is no number of a postal item: write two letters, nine digits and two letters.",
    "edition": "The Harmonized System has no such edition: write its year, such as 2022.",
    "packages": "It is no number of packages: write a whole number, such as 12.",
    "gross": "It is no weight: write a number, with its unit beside it or in a column of its own, such as 100.5 kg.",
    "net": "It is no weight: write a number, with its unit beside it or in a column of its own, such as 100.5 kg.",
    "unit": "The unit is not known: write kg, g, lb or t.",
    "purity": "It is no purity: write a number of a hundred, from 0 to 100, such as 98.5.",
    "arrived": "It is no day: write it as 2026-02-07.",
}


_VALUE_MAX: Final = 64
"""Characters of a value that anything here can be; a longer one is not looked at."""
_SHOWN_MAX: Final = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadValue:
    """A value that could not be read; its line was screened without it.

    Args:
        place: Which of the rows.
        column: Which column, by the names of :mod:`~.columns`.
        value: What stands there, shortened.
        mend: What is wrong and what to do.
    """

    place: int
    column: str
    value: str
    mend: str


def unread_values(columns: Mapping[str, Sequence[str]]) -> list[UnreadValue]:
    """Returns the values that cannot be read, in the order of the rows.

    Args:
        columns: Cells of each known column, one a row, of lines that were read.
    """
    found: list[UnreadValue] = []
    for column in _READS:
        if column not in columns:
            continue
        given = columns[column]
        cells: Iterable[str] = given if column in _OWN_EACH else set(given)
        shape = _AT_ONCE.get(column)
        if shape is not None and shape.fullmatch("\n".join(cells) + "\n"):
            continue
        bad = {text for text in set(cells) if not _reads(column, text)}
        if bad:
            mend = _MEND_SENTENCES[column]
            found += [
                UnreadValue(place=place, column=column, value=text.strip()[:_SHOWN_MAX], mend=mend)
                for place, text in enumerate(given)
                if text in bad
            ]
    return sorted(found, key=lambda one: one.place)


def _reads(column: str, text: str) -> bool:
    plain = text.strip()
    return len(plain) <= _VALUE_MAX and _reads_short(column, plain)


@lru_cache(maxsize=65_536)
def _reads_short(column: str, plain: str) -> bool:
    return plain.upper() in _NOTHING or bool(_READS[column](plain))
