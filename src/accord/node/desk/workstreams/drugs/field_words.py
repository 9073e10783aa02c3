"""What the fields of the kinds of the drugs workstream are called at the desk."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

__all__ = ["FIELDS_OF_FACT", "HINTS", "LABELS", "READ", "SECTIONS"]

# Any: lazy translations throughout this module.
_SPEAKS_OF: Final = (_("What it speaks of"), ("persons", "person_categories", "concerns_minor"))

SECTIONS: Final[dict[str, tuple[tuple[Any, tuple[str, ...]], ...]]] = {
    "pre-export-notice": (
        (_("What is to be exported"), ("goods", "end_use", "pen_reference", "risk_note")),
        (_("Who sends it, who receives it"), ("exporter", "importer", "consignee", "customs_broker")),
        (
            _("Its way"),
            (
                *("origin_country", "destination_country", "transit_countries", "departure_on", "arrival_on"),
                *("has_departed", "transport_mode", "carrier", "transport_documents", "exit_port", "entry_port"),
            ),
        ),
        (
            _("Permits"),
            (
                *("export_permit_number", "export_permit_until", "import_authorisation_number"),
                *("import_authorisation_until", "applied_on"),
            ),
        ),
        _SPEAKS_OF,
    ),
    "pre-export-reply": (
        (
            _("What we say to it"),
            (
                *("reply_result", "reason_code", "reply_words", "reply_conditions", "changed_quantity"),
                *("information_needed", "further_answer_on", "reply_authority", "decided_on"),
                *("import_authorisation_number", "import_authorisation_until"),
            ),
        ),
        _SPEAKS_OF,
    ),
    "shipment-outcome": (
        (
            _("What became of it"),
            (
                *("became", "departed_on", "arrived_on", "quantity_sent", "quantity_arrived", "variance_reason"),
                *("declared_on", "declared_quantity", "declaration_number", "event_place", "outcome_words"),
                "pen_reference",
            ),
        ),
        _SPEAKS_OF,
    ),
    "drug-incident": (
        (
            _("What happened"),
            (
                *("incident_kind", "happened_on", "happened_at", "place_country", "place_region", "place_exact"),
                "description",
            ),
        ),
        (_("What was found"), ("findings", "equipment", "packaging", "concealment")),
        (
            _("What the papers say"),
            (
                *("declared_as", "declared_hs_code", "declared_hs_edition", "companies", "transport_documents"),
                *("identifiers", "pen_reference"),
            ),
        ),
        (_("Its way"), ("origin_country", "transit_countries", "destination_country", "transport_mode")),
        _SPEAKS_OF,
    ),
    "suspicious-transaction": (
        (
            _("The transaction"),
            ("transaction_kind", "transaction_on", "transaction_at", "was_completed", "goods", "payment_method"),
        ),
        (_("Why it is suspicious"), ("factors", "suspicion_reasons", "pen_reference")),
        (_("Between whom"), ("other_party", "dealer", "dealer_contact")),
        _SPEAKS_OF,
    ),
}

LABELS: Final[dict[str, Any]] = {
    "goods": _("Substance and quantity"),
    "gross": _("Gross quantity"),
    "pure": _("Quantity of the pure substance"),
    "amount": _("Amount"),
    "measure": _("Unit of measure"),
    "salt": _("Salt or hydrate"),
    "purity_percent": _("Purity, in per cent"),
    "mixture": _("Components of the mixture"),
    "percent": _("Share, in per cent"),
    "hs_edition": _("Edition of the tariff"),
    "end_use": _("Declared use"),
    "pen_reference": _("Reference in PEN Online"),
    "risk_note": _("What makes it worth a second look"),
    "exporter": _("Exporter"),
    "importer": _("Importer"),
    "consignee": _("Ultimate consignee"),
    "customs_broker": _("Customs broker"),
    "company_name": _("Name of the company"),
    "address": _("Address"),
    "country": _("Country"),
    "registration_number": _("Licence or registration number"),
    "business_number": _("Business number"),
    "origin_country": _("Country of origin"),
    "destination_country": _("Country of destination"),
    "transit_countries": _("Countries of transit, one a line"),
    "departure_on": _("Departure"),
    "arrival_on": _("Expected arrival"),
    "has_departed": _("Has it departed already?"),
    "transport_mode": _("How it travels"),
    "carrier": _("Carrier"),
    "transport_documents": _("Numbers of transport documents, one a line"),
    "exit_port": _("Port of exit"),
    "entry_port": _("Port of entry"),
    "export_permit_number": _("Export permit"),
    "export_permit_until": _("Last day of the export permit"),
    "import_authorisation_number": _("Import authorisation"),
    "import_authorisation_until": _("Last day of the import authorisation"),
    "applied_on": _("Export applied for on"),
    "reply_result": _("What the authority says"),
    "reply_authority": _("Authority that decided"),
    "decided_on": _("Decided on"),
    "reason_code": _("On which ground?"),
    "reply_words": _("The ground in words"),
    "reply_conditions": _("Conditions, one a line"),
    "changed_quantity": _("Quantity that may come"),
    "information_needed": _("What is to be told, one point a line"),
    "notice": _("Envelope of the notice"),
    "became": _("What became of it"),
    "departed_on": _("Departed on"),
    "arrived_on": _("Arrived on"),
    "quantity_sent": _("Quantity that left"),
    "quantity_arrived": _("Quantity that arrived"),
    "variance_reason": _("Reason of the difference"),
    "declared_on": _("Declared at entry on"),
    "declared_quantity": _("Quantity declared at entry"),
    "declaration_number": _("Number of the declaration"),
    "event_place": _("Where it was stopped, seized or returned"),
    "outcome_words": _("What is to be said of it"),
    "incident_kind": _("Kind of incident"),
    "happened_on": _("Happened on"),
    "happened_at": _("Time of day, UTC"),
    "place_country": _("Country in which it happened"),
    "place_region": _("Province, port or city"),
    "place_exact": _("Exact place, where it may be told"),
    "description": _("The incident in words"),
    "findings": _("What was found"),
    "identified_by": _("How it was identified"),
    "quantity": _("Quantity"),
    "equipment": _("Equipment, one piece a line"),
    "packaging": _("How it was packed"),
    "concealment": _("How it was concealed"),
    "declared_hs_code": _("Declared tariff code (HS)"),
    "declared_hs_edition": _("Edition of that tariff"),
    "companies": _("Companies in the papers"),
    "identifiers": _("Numbers on the consignment"),
    "identifier_kind": _("What it identifies"),
    "identifier_number": _("Number as it stands there"),
    "is_as_found": _("Was it found so, though its check digit is wrong?"),
    "transaction_kind": _("Kind of transaction"),
    "transaction_on": _("Day of the transaction"),
    "transaction_at": _("Time of day of the transaction, UTC"),
    "was_completed": _("Did it take place?"),
    "payment_method": _("How it was paid"),
    "factors": _("What made it suspicious"),
    "suspicion_reasons": _("The reasons in detail"),
    "other_party": _("Company on the other side"),
    "dealer": _("Dealer who reported it"),
    "dealer_contact": _("Whom to ask there"),
}

HINTS: Final[dict[str, Any]] = {
    "pure": _("At most the gross quantity."),
    "hs_edition": _("A code changes its meaning between editions."),
    "pen_reference": _("The notice in PEN Online stays what it is; this names it."),
    "country": _("In two letters, such as CA or IN."),
    "origin_country": _("In two letters, such as CA or IN."),
    "destination_country": _("In two letters, such as CA or IN."),
    "transit_countries": _("In two letters each, in the order of the way, without the first and the last."),
    "place_country": _("In two letters, such as CA or IN."),
    "company_name": _("Companies alone; a natural person stands among the persons."),
    "departure_on": _("A day that has passed only where it has departed already."),
    "reply_result": _("Only what the authority said. That nobody answered is no answer, and is never written here."),
    "happened_at": _("Such as 14:30. Left empty, the alert counts from the beginning of the day."),
    "place_exact": _("Left empty where it could show a source or a method."),
    "dealer": _("Left empty unless your law lets the dealer be named: the gate refuses it otherwise."),
    "applied_on": _("Where your side counts its days from the application."),
}

READ: Final[dict[str, Any]] = {
    "equipment": _("Equipment"),
    "information_needed": _("What is to be told"),
    "reply_conditions": _("Conditions"),
    "transit_countries": _("Countries of transit"),
    "transport_documents": _("Numbers of transport documents"),
}
"""Names for the reader, where those of the form speak to the writer."""

FIELDS_OF_FACT: Final[dict[str, tuple[str, ...]]] = {"shipment_described": ("goods",)}
"""Fields of these kinds that cure what a rule of law reads, by the name of the fact."""
