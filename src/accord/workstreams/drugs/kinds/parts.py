"""What the kinds of this workstream share: goods with their quantities and tariff code, companies, permits.

Quantities are decimal numbers with a unit of a short list, so that ``kg``, ``KGS`` and a blank are never compared as
text. A tariff code bears the edition of the Harmonized System in which it was looked up, since codes change their
meaning between editions. Companies are named here; a natural person stands in ``persons`` alone.

Source: Precursor Control Regulations (SOR/2002-359), sections 25, 32 and 91; WCO Harmonized System, editions of 2012,
2017 and 2022; ISO 3166-1 (codes of countries).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from accord.exchange.kinds.decimals import is_plain
from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Line, Reference, Substance, cas_number_is_valid

__all__ = [
    "CasNumber",
    "Company",
    "Country",
    "Goods",
    "HsCode",
    "HsEdition",
    "Lines",
    "Measure",
    "MixturePart",
    "Part",
    "PenReference",
    "Quantity",
    "TimeOfDay",
    "TransportMode",
    "require_country_apart",
    "require_percent",
    "require_tariff",
]

AMOUNT_MAX: Final = Decimal(1_000_000_000)
"""The highest amount in any unit: a million tonnes in kilograms, more than any consignment weighs."""

AMOUNT_STEP: Final = Decimal("0.000001")
"""The smallest step of an amount: a microgram in grams, below what a laboratory reports."""

PERCENT_MAX: Final = Decimal(100)

EXPONENT_MAX: Final = 9
"""How far an amount or a share reaches from the point, either way: no more than it may be large."""

Country = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
PenReference = Reference
HsCode = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}(\.?[0-9]{2}){0,3}\Z")]
CasNumber = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{2,7}-[0-9]{2}-[0-9]\Z")]
TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)]


class Measure(StrEnum):
    """Unit in which a quantity is stated."""

    KILOGRAM = "kg"
    GRAM = "g"
    LITRE = "l"
    MILLILITRE = "ml"
    UNIT = "unit"


_KILOGRAMS: Final[Mapping[Measure, Decimal]] = {Measure.KILOGRAM: Decimal(1), Measure.GRAM: Decimal("0.001")}
_LITRES: Final[Mapping[Measure, Decimal]] = {Measure.LITRE: Decimal(1), Measure.MILLILITRE: Decimal("0.001")}
_PIECES: Final[Mapping[Measure, Decimal]] = {Measure.UNIT: Decimal(1)}


class HsEdition(StrEnum):
    """Edition of the Harmonized System in which a tariff code stands."""

    HS_2012 = "2012"
    HS_2017 = "2017"
    HS_2022 = "2022"


class TransportMode(StrEnum):
    """How goods travel; the codes group those of UN/CEFACT Recommendation 19."""

    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    AIR = "air"
    MAIL = "mail"
    COURIER = "courier"
    OTHER = "other-mode"
    UNKNOWN = "unknown-mode"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a message: frozen, and closed."""


class Quantity(Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An amount in a unit.

    Args:
        amount: More than nothing, at most a milliard, in steps of a millionth.
        measure: The unit.
    """

    amount: Decimal
    measure: Measure

    def __post_init__(self) -> None:
        if not is_plain(self.amount, exponent_max=EXPONENT_MAX) or not 0 < self.amount <= AMOUNT_MAX:
            raise ValueError("amount must be more than nothing and at most 1000000000")
        if self.amount != self.amount.quantize(AMOUNT_STEP):
            raise ValueError("amount has more than six decimal places")

    @property
    def kilograms(self) -> Decimal | None:
        """The mass in kilograms; ``None`` where volume or pieces are stated."""
        return self._in(_KILOGRAMS)

    @property
    def grams(self) -> Decimal | None:
        """The mass in grams; ``None`` where volume or pieces are stated."""
        mass = self.kilograms
        return None if mass is None else mass * 1000

    def minus(self, other: "Quantity") -> Decimal | None:
        """Returns how much more it is than another, in kilograms, litres or pieces; ``None`` where both differ."""
        for scale in (_KILOGRAMS, _LITRES, _PIECES):
            mine, theirs = self._in(scale), other._in(scale)  # noqa: SLF001 - of the same class
            if mine is not None and theirs is not None:
                return mine - theirs
        return None

    def _in(self, scale: Mapping[Measure, Decimal]) -> Decimal | None:
        factor = scale.get(self.measure)
        return None if factor is None else self.amount * factor


def require_percent(name: str, value: Decimal | None) -> None:
    """Raises where a share is given that is no number from 0 to 100."""
    if value is not None and not (is_plain(value, exponent_max=EXPONENT_MAX) and 0 <= value <= PERCENT_MAX):
        raise ValueError(f"{name} must lie between 0 and 100")


def _require_cas(number: str | None) -> None:
    if number is not None and not cas_number_is_valid(number):
        raise ValueError("cas_number has a wrong check digit")


class MixturePart(Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One component of a mixture, with its share by mass."""

    name: Line
    percent: Decimal
    cas_number: CasNumber | None = None

    def __post_init__(self) -> None:
        require_percent("percent", self.percent)
        _require_cas(self.cas_number)


def require_tariff(hs_code: str | None, hs_edition: HsEdition | None) -> None:
    """Raises where a tariff code stands without its edition, or an edition without a code."""
    if (hs_code is None) != (hs_edition is None):
        raise ValueError("hs_edition is needed with a tariff code, and only there")


class Goods(Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A substance in trade: what it is, how much of it, how pure.

    Args:
        name: Its name as the papers have it.
        gross: Quantity with the packaging, or of the whole mixture.
        cas_number: CAS registry number, with hyphens and check digit.
        salt: The salt or hydrate, where it is one.
        pure: Quantity of the substance alone; at most the gross one.
        purity_percent: Share of the substance by mass.
        mixture: Components, where it is a mixture; together at most 100 per cent.
        hs_code: Tariff code of four, six, eight or ten digits.
        hs_edition: Its edition of the Harmonized System.
    """

    name: Line
    gross: Quantity
    cas_number: CasNumber | None = None
    salt: Line | None = None
    pure: Quantity | None = None
    purity_percent: Decimal | None = None
    mixture: Annotated[tuple[MixturePart, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    hs_code: HsCode | None = None
    hs_edition: HsEdition | None = None

    def __post_init__(self) -> None:
        _require_cas(self.cas_number)
        require_percent("purity_percent", self.purity_percent)
        if self.pure is not None:
            more = self.pure.minus(self.gross)
            if more is None:
                raise ValueError("pure must be in a unit that can be compared with that of the gross quantity")
            if more > 0:
                raise ValueError("pure is more than gross; were the two exchanged?")
        if sum((part.percent for part in self.mixture), Decimal(0)) > PERCENT_MAX:
            raise ValueError("mixture has parts of more than 100 per cent together")
        require_tariff(self.hs_code, self.hs_edition)

    @property
    def as_substance(self) -> Substance:
        """The same as the law gate reads it."""
        return Substance(
            name=self.name,
            cas_number=self.cas_number,
            hs_code=self.hs_code,
            quantity_grams=(self.pure or self.gross).grams,
        )


class Company(Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A company or another body; never a natural person.

    Args:
        company_name: Its name.
        address: Its address.
        country: Where it is.
        registration_number: Licence, unique registration number, or number of the registered dealer.
        business_number: Number in the register of companies or of taxes.
    """

    company_name: Line
    address: Line | None = None
    country: Country | None = None
    registration_number: Line | None = None
    business_number: Line | None = None


def require_country_apart(origin: str, destination: str, transit: Iterable[str]) -> None:
    """Raises where a consignment goes nowhere, or passes through a country from which or to which it goes."""
    if origin == destination:
        raise ValueError("destination_country is the same as the origin")
    passed = list(transit)
    if destination in passed:
        raise ValueError("transit_countries name the destination; it is not passed through")
    if origin in passed:
        raise ValueError("transit_countries name the origin; it is not passed through")
    if len(set(passed)) < len(passed):
        raise ValueError("transit_countries name a country twice")
