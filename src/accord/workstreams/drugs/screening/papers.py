"""What the papers of one line say beside the goods: how much, how pure, which companies, which way, which notice.

Only lines that other rules speak of are read so. A company is known by its registration number; where the papers have
none, by its name in one form, and only where the name bears the legal form of a company (Ltd, Inc, Pvt). The name of a
person bears none, so that it is never looked up, whatever it is. Of a name nothing but this equality is ever asked.

Weights are written as 1,000.5, 1 000,5 or 1000.5, in kg, KGS, g, lb or t; one without a unit is not compared.

Source: UN/ECE Recommendation 20 (units of measure); international pound of 1959.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec

from accord.workstreams.drugs.screening.company_names import NAME_CHARACTERS_MAX, bears_form, company_key

__all__ = [
    "EDITIONS",
    "Papers",
    "company_id",
    "day_of",
    "decimal_of",
    "edition_of",
    "is_unit",
    "kilograms",
    "named_company",
    "percent_of",
    "read_papers",
]

EDITIONS: Final = frozenset({1988, 1992, 1996, 2002, 2007, 2012, 2017, 2022, 2028})
"""Editions of the Harmonized System, by their years."""


_UNITS: Final[Mapping[str, Decimal]] = {
    **dict.fromkeys(("KG", "KGS", "KGM", "K", "KILO", "KILOS", "KILOGRAM", "KILOGRAMS"), Decimal(1)),
    **dict.fromkeys(("G", "GR", "GRM", "GRAM", "GRAMS"), Decimal("0.001")),
    **dict.fromkeys(("LB", "LBS", "LBR", "POUND", "POUNDS"), Decimal("0.45359237")),
    **dict.fromkeys(("T", "MT", "TNE", "TON", "TONS", "TONNE", "TONNES"), Decimal(1000)),
}
# Blanks are taken out before, so that no two parts can share a sign and a hostile cell costs no more than its length.
_AMOUNT: Final = re.compile(r"([0-9][0-9.,]*)%?([A-Za-z]*)\.?")
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,9})?")
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f']")
_AMOUNT_MAX: Final = 64
"""Characters of a cell that says an amount; a longer one says none."""
_NUMBER_MAX: Final = 64
"""Characters of the number of a company; a longer text is none."""

_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_COUNTRY: Final = re.compile(r"(?<![A-Z])[A-Z]{2}(?![A-Z])")
_PERCENT_MAX: Final = 100
_THOUSAND_DIGITS: Final = 3


class Papers(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the papers of one line say.

    Args:
        gross: Weight in kilograms, packaging included.
        net: Weight or quantity of the substance alone, in kilograms.
        packages: How many packages.
        purity: Of a hundred.
        edition: Edition of the Harmonized System, its year; 0 where it is not stated.
        shipper: Identity of the company that sends, as :func:`company_id` gives it.
        consignee: Identity of the company that receives.
        consignee_name: Its name, to be said in a reason, and its number where the name may be a person's; compared
            with nothing.
        receiver: Its identity where its name bears a legal form too.
        ways: Codes of the countries that the goods leave, pass and reach.
        destination: The last of them, where the papers say it.
        notice: Reference of a pre-export notice, in capitals.
        arrived: The day.
    """

    gross: Decimal | None = None
    net: Decimal | None = None
    packages: int | None = None
    purity: Decimal | None = None
    edition: int = 0
    shipper: str = ""
    consignee: str = ""
    consignee_name: str = ""
    receiver: str = ""
    ways: tuple[str, ...] = ()
    destination: str = ""
    notice: str = ""
    arrived: date | None = None


def read_papers(kept: Mapping[str, str]) -> Papers:
    """Returns what the papers of a line say; what cannot be read is left out, and no rule holds for it.

    Args:
        kept: Cells by the names of :mod:`~.columns`.
    """
    unit = kept.get("unit", "")
    packages = decimal_of(kept.get("packages", ""))
    ways = tuple(
        dict.fromkeys(
            code for name in ("origin", "route", "destination") for code in _COUNTRY.findall(kept.get(name, "").upper())
        )
    )
    destination = _COUNTRY.fullmatch(kept.get("destination", "").upper())
    called = kept.get("consignee", "")
    return Papers(
        gross=kilograms(kept.get("gross", ""), unit),
        net=kilograms(kept.get("net", ""), unit),
        packages=int(packages) if packages is not None and packages == int(packages) else None,
        purity=percent_of(kept.get("purity", "")),
        edition=edition_of(kept.get("edition", "")),
        shipper=company_id(kept.get("shipper_number", ""), kept.get("shipper", "")),
        consignee=company_id(kept.get("consignee_number", ""), kept.get("consignee", "")),
        consignee_name=called if bears_form(called) else _as_number(kept.get("consignee_number", "")),
        receiver=named_company(kept.get("consignee_number", ""), called),
        ways=ways,
        destination=destination.group(0) if destination else "",
        notice=kept.get("notice", "").upper(),
        arrived=day_of(kept.get("arrived", "")),
    )


def company_id(number: str, name: str) -> str:
    """Returns the identity of a company: by its registration number first, else by a name that bears a legal form.

    Args:
        number: Registration, licence or business number; empty where the papers have none.
        name: Its name.

    Returns:
        An empty text where neither says which company it is, as for every person.
    """
    folded = "".join(filter(str.isalnum, _as_number(number))).upper()
    if folded:
        return f"number {folded}"
    key = company_key(name) if bears_form(name) else ""
    return f"name {key}" if key else ""


def named_company(number: str, name: str) -> str:
    """Returns the identity of a company whose name bears a legal form.

    A number alone may be a person's who trades under their own.

    Args:
        number: Registration, licence or business number; empty where the papers have none.
        name: Its name.
    """
    # What is too long is never a key of the store: some thousand lines would fill the memory.
    return _named_company(_as_number(number), name) if len(name) <= NAME_CHARACTERS_MAX else ""


@lru_cache(maxsize=32_768)
def _named_company(number: str, name: str) -> str:
    return company_id(number, name) if bears_form(name) else ""


def _as_number(text: str) -> str:
    return text if len(text) <= _NUMBER_MAX else ""


def kilograms(text: str, unit: str = "") -> Decimal | None:
    """Returns a weight in kilograms; nothing where it cannot be read, or neither cell says its unit.

    Args:
        text: The cell of the weight, which may bear its unit.
        unit: The cell of the unit.
    """
    match = _AMOUNT.fullmatch(_BLANKS.sub("", text)) if len(text) <= _AMOUNT_MAX else None
    if match is None:
        return None
    factor = _UNITS.get((match.group(2) or unit).strip().rstrip(".").upper())
    amount = decimal_of(match.group(1))
    return None if factor is None or amount is None else amount * factor


def decimal_of(text: str) -> Decimal | None:
    """Returns a number as papers write it: of two different signs the last parts the fraction, as a lone one does.

    A lone comma or apostrophe before three digits parts thousands. At most fifteen digits before the fraction and nine
    of it: an exponent, or more, is no amount of goods.
    """
    if len(text) > _AMOUNT_MAX:
        return None
    plain = _BLANKS.sub("", text)
    if "," in plain and "." in plain:
        thousands = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(thousands, "")
    elif plain.count(",") > 1 or (plain.count(",") == 1 and len(plain.split(",")[1]) == _THOUSAND_DIGITS):
        plain = plain.replace(",", "")
    elif plain.count(".") > 1:
        plain = plain.replace(".", "")
    plain = plain.replace(",", ".")
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def percent_of(text: str) -> Decimal | None:
    """Returns a purity, of a hundred; nothing where it is no number or more than all."""
    number = decimal_of(text.rstrip("% "))
    return number if number is not None and number <= _PERCENT_MAX else None


def edition_of(text: str) -> int:
    """Returns the edition of the Harmonized System that a cell names, its year; 0 where it names none."""
    year = _YEAR.search(text)
    return int(year.group()) if year and int(year.group()) in EDITIONS else 0


def is_unit(text: str) -> bool:
    """Whether a cell names a unit of weight that is known here."""
    return text.strip().rstrip(".").upper() in _UNITS


def day_of(text: str) -> date | None:
    """Returns the day that a cell begins with; nothing where it begins with none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
