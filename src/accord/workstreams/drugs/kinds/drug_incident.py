"""The drug incident: a seizure, a stopped consignment, a theft, a laboratory, told to the other side in hours.

The fields are those that are publicly described of PICS, the Board's system for precursor incidents.

Source: INCB and UNODC, public descriptions of PICS (Precursors Incident Communication System).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX, SUBSTANCES_MAX
from accord.exchange.kinds.particulars import (
    Disclosure,
    EnvelopeId,
    Line,
    Narrative,
    Sentence,
    Substance,
    cas_number_is_valid,
)
from accord.workstreams.drugs.kinds.parts import (
    CasNumber,
    Company,
    Country,
    HsCode,
    HsEdition,
    Lines,
    Part,
    PenReference,
    Quantity,
    TimeOfDay,
    TransportMode,
    require_percent,
)
from accord.workstreams.drugs.screening.numbers import container_fails, postal_fails

__all__ = ["DrugIncident", "Finding", "IdentifiedBy", "Identifier", "IdentifierKind", "IncidentKind"]


class IncidentKind(StrEnum):
    """What happened."""

    SEIZURE = "seizure"
    STOPPED = "stopped-shipment"
    SUSPENDED = "suspended-shipment"
    DIVERSION_ATTEMPT = "diversion-attempt"
    THEFT = "theft"
    LABORATORY = "illicit-laboratory"


class IdentifiedBy(StrEnum):
    """How a substance was identified, from the weakest to the strongest."""

    LABEL = "label"
    FIELD_TEST = "field-test"
    LABORATORY = "laboratory"


class IdentifierKind(StrEnum):
    """What a number on a consignment identifies."""

    CONTAINER = "container"
    POSTAL_ITEM = "postal-item"
    SEAL = "seal"
    VESSEL = "vessel"
    FLIGHT = "flight"
    VEHICLE = "vehicle"
    OTHER = "other-identifier"


class Finding(Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A substance that was found.

    Args:
        name: What it was identified as.
        identified_by: How.
        cas_number: CAS registry number, where it is known.
        quantity: How much.
        purity_percent: Share of the substance by mass.
    """

    name: Line
    identified_by: IdentifiedBy
    cas_number: CasNumber | None = None
    quantity: Quantity | None = None
    purity_percent: Decimal | None = None

    def __post_init__(self) -> None:
        if self.cas_number is not None and not cas_number_is_valid(self.cas_number):
            raise ValueError("cas_number has a wrong check digit")
        require_percent("purity_percent", self.purity_percent)

    @property
    def as_substance(self) -> Substance:
        """The same as the law gate reads it."""
        grams = self.quantity.grams if self.quantity is not None else None
        return Substance(name=self.name, cas_number=self.cas_number, quantity_grams=grams)


class Identifier(Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number that the consignment bore.

    Args:
        identifier_kind: What it identifies.
        identifier_number: The number.
        is_as_found: Whether a number that fails its check digit stood there so; a false one is a finding.
    """

    identifier_kind: IdentifierKind
    identifier_number: Line
    is_as_found: bool = False

    def __post_init__(self) -> None:
        fails = {IdentifierKind.CONTAINER: container_fails, IdentifierKind.POSTAL_ITEM: postal_fails}
        check = fails.get(self.identifier_kind)
        if check is not None and check(self.identifier_number) and not self.is_as_found:
            raise ValueError("identifier_number has a wrong check digit; say so if it was found like that")


class DrugIncident(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One incident.

    Args:
        incident_kind: What happened.
        happened_on: The day.
        place_country: The country.
        place_region: The place as far as anybody may know it: a province, a port, a city.
        findings: What was found, and how it was identified.
        description: The incident in words, for regulators and police alike.
        happened_at: The time of day, UTC.
        place_exact: The exact place, where it may be told.
        declared_as: What the papers called it.
        declared_hs_code: The tariff code in the papers.
        declared_hs_edition: Its edition of the Harmonized System.
        packaging: How it was packed.
        origin_country: Where it came from.
        transit_countries: What it passed through.
        destination_country: Where it was to go.
        transport_mode: How it travelled.
        concealment: How it was concealed.
        companies: Companies in the papers.
        transport_documents: Numbers of the papers.
        identifiers: Numbers of containers, items, seals.
        equipment: Equipment that was found: presses, dies, glassware.
        notice: Envelope identifier of the notice that announced it, where there was one.
        pen_reference: Reference of that notice in PEN Online.
    """

    incident_kind: IncidentKind
    happened_on: date
    place_country: Country
    place_region: Line
    findings: Annotated[tuple[Finding, ...], msgspec.Meta(max_length=SUBSTANCES_MAX)]
    description: Narrative
    happened_at: TimeOfDay | None = None
    place_exact: Line | None = None
    declared_as: Line | None = None
    declared_hs_code: HsCode | None = None
    declared_hs_edition: HsEdition | None = None
    packaging: Sentence | None = None
    origin_country: Country | None = None
    transit_countries: Annotated[tuple[Country, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    destination_country: Country | None = None
    transport_mode: TransportMode | None = None
    concealment: Sentence | None = None
    companies: Annotated[tuple[Company, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    transport_documents: Lines = ()
    identifiers: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    equipment: Lines = ()
    notice: EnvelopeId | None = None
    pen_reference: PenReference | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if not self.findings and not self.equipment and self.incident_kind is not IncidentKind.DIVERSION_ATTEMPT:
            raise ValueError("findings or equipment are needed unless a diversion was only attempted")
        if (self.declared_hs_code is None) != (self.declared_hs_edition is None):
            raise ValueError("declared_hs_edition is needed with a tariff code, and only there")
        if self.destination_country is not None and self.destination_country in self.transit_countries:
            raise ValueError("transit_countries name the destination; it is not passed through")
        if self.origin_country is not None and self.origin_country in self.transit_countries:
            raise ValueError("transit_countries name the origin; it is not passed through")

    @property
    def subject(self) -> str:
        """What it is about, in names alone: the title of a case that it opens at the other side."""
        named = ", ".join(one.name for one in self.findings[:2])
        return f"{named or ', '.join(self.equipment[:2])}: {self.place_region}, {self.happened_on.isoformat()}"
