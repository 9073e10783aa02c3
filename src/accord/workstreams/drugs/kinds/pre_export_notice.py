"""The pre-export notice: an export is proposed, and the authority of the country of import may object."""

from datetime import date
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Disclosure, Line, Sentence
from accord.workstreams.drugs.kinds.parts import (
    Company,
    Country,
    Goods,
    Lines,
    PenReference,
    TransportMode,
    require_country_apart,
)

__all__ = ["PreExportNotice"]


class PreExportNotice(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One proposed export of one substance.

    The notice beside this one, in the Board's PEN Online, stays what it is: here stand its reference and what follows.

    Args:
        goods: The substance and its quantity.
        exporter: Who sends it.
        importer: Who receives it by the papers.
        origin_country: Country of export.
        destination_country: Country of import.
        end_use: What it is declared to be used for.
        departure_on: Day of departure, expected or, with ``has_departed``, actual.
        pen_reference: Reference of the notice in PEN Online.
        consignee: Who receives it in the end, where it is not the importer.
        customs_broker: Who clears it.
        transit_countries: Countries that it passes through, in their order.
        transport_mode: How it travels.
        carrier: Who carries it.
        transport_documents: Numbers of bills of lading, airway bills, containers.
        exit_port: Where it leaves.
        entry_port: Where it enters.
        arrival_on: Expected day of arrival.
        has_departed: Whether it has left already.
        export_permit_number: Number of the export permit.
        export_permit_until: Last day of that permit.
        import_authorisation_number: Number of the import authorisation, permit or certificate.
        import_authorisation_until: Last day of that authorisation.
        applied_on: Day on which the export was applied for, where the exporting side counts from it.
        risk_note: What makes it worth a second look.

    Source: Convention of 1988, article 12(10)(a); Precursor Control Regulations (SOR/2002-359), sections 32 and 91;
    Regulation of Controlled Substances Order 2013 (G.S.R. 191(E)), Form J.
    """

    goods: Goods
    exporter: Company
    importer: Company
    origin_country: Country
    destination_country: Country
    end_use: Sentence
    departure_on: date
    pen_reference: PenReference | None = None
    consignee: Company | None = None
    customs_broker: Company | None = None
    transit_countries: Annotated[tuple[Country, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    transport_mode: TransportMode | None = None
    carrier: Line | None = None
    transport_documents: Lines = ()
    exit_port: Line | None = None
    entry_port: Line | None = None
    arrival_on: date | None = None
    has_departed: bool = False
    export_permit_number: Line | None = None
    export_permit_until: date | None = None
    import_authorisation_number: Line | None = None
    import_authorisation_until: date | None = None
    applied_on: date | None = None
    risk_note: Sentence | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        require_country_apart(self.origin_country, self.destination_country, self.transit_countries)
        if self.arrival_on is not None and self.arrival_on < self.departure_on:
            raise ValueError("arrival_on lies before the departure")
        if (self.export_permit_number is None) and self.export_permit_until is not None:
            raise ValueError("export_permit_number is needed where its last day is stated")
        if (self.import_authorisation_number is None) and self.import_authorisation_until is not None:
            raise ValueError("import_authorisation_number is needed where its last day is stated")
        if self.export_permit_until is not None and self.export_permit_until < self.departure_on:
            raise ValueError("export_permit_until lies before the departure")
        needed = self.arrival_on or self.departure_on
        if self.import_authorisation_until is not None and self.import_authorisation_until < needed:
            raise ValueError("import_authorisation_until lies before the arrival; without one, before the departure")

    @property
    def subject(self) -> str:
        """What it is about, in numbers and names alone: the title of a case that it opens at the other side."""
        gross = self.goods.gross
        route = f"{self.origin_country} → {self.destination_country}"
        return f"{self.goods.name}, {gross.amount:f} {gross.measure}, {route}"
