"""Messages of the drugs workstream as an officer types them; every company in them is a specimen."""

from typing import Any

from tests.desk import caveat, days, notice_fields

__all__ = [
    "incident_fields",
    "outcome_fields",
    "pen_fields",
    "reply_fields",
    "suspicion_fields",
]

KNOWN: dict[str, Any] = {
    "evaluation": {"source": "A", "information": "1", "evaluated_on": days(-1)},
    "accuracy": {"statement": "Read in the application for the permit.", "as_of": days(-1)},
    "person_categories": [],
    "concerns_minor": False,
}
CANADA = ("CA", "HC")
INDIA = ("IN", "CBN")
Office = tuple[str, str]


def _fields(sender: Office, recipient: Office, changed: dict[str, Any], **own: Any) -> dict[str, Any]:
    # What is disclosed may be used to prevent diversion, and is said so in the caveat.
    return notice_fields(
        sender, recipient, **{**KNOWN, "purpose": "prevent", "caveats": [caveat(recipient[1])], **own, **changed}
    )


def goods(**changed: Any) -> dict[str, Any]:
    """Five kilograms of 1-boc-4-piperidone."""
    made = {
        "name": "1-boc-4-piperidone",
        "cas_number": "79099-07-3",
        "gross": {"amount": "5", "measure": "kg"},
        "pure": {"amount": "4900", "measure": "g"},
        "purity_percent": "98",
        "hs_code": "2933.39",
        "hs_edition": "2022",
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


def pen_fields(sender: Office = CANADA, recipient: Office = INDIA, **changed: Any) -> dict[str, Any]:
    """A notice before export, such that the gate lets it pass."""
    return _fields(
        sender,
        recipient,
        changed,
        purpose="regulate",
        goods=goods(),
        exporter={"company_name": "SPECIMEN Chemicals Ltd.", "country": sender[0], "registration_number": "L-1"},
        importer={"company_name": "SPECIMEN Pharma Pvt. Ltd.", "country": recipient[0], "registration_number": "URN-1"},
        origin_country=sender[0],
        destination_country=recipient[0],
        end_use="Synthesis of a medicine.",
        departure_on=days(30),
        arrival_on=days(40),
        pen_reference="PEN-2026-0001",
        transit_countries=["AE"],
        transport_mode="sea",
        export_permit_number="EP-1",
        export_permit_until=days(60),
        import_authorisation_number="IA-1",
        import_authorisation_until=days(60),
    )


def reply_fields(sender: Office = CANADA, recipient: Office = INDIA, **changed: Any) -> dict[str, Any]:
    """A reply without an objection."""
    return _fields(
        sender,
        recipient,
        changed,
        purpose="regulate",
        reply_result="no-objection",
        reply_authority="SPECIMEN Authority",
        decided_on=days(0),
    )


def outcome_fields(notice: object, sender: Office = CANADA, recipient: Office = INDIA, **changed: Any) -> Any:
    """That a consignment arrived."""
    return _fields(
        sender,
        recipient,
        changed,
        purpose="regulate",
        notice=str(notice),
        became="arrived",
        departed_on=days(-10),
        arrived_on=days(-1),
        quantity_sent={"amount": "5", "measure": "kg"},
        quantity_arrived={"amount": "4800", "measure": "g"},
    )


def incident_fields(sender: Office = CANADA, recipient: Office = INDIA, **changed: Any) -> dict[str, Any]:
    """A consignment that was seized at a port."""
    return _fields(
        sender,
        recipient,
        changed,
        incident_kind="seizure",
        happened_on=days(-1),
        happened_at="09:30",
        place_country="CA",
        place_region="Vancouver",
        findings=[
            {
                "name": "1-boc-4-piperidone",
                "identified_by": "field-test",
                "cas_number": "79099-07-3",
                "quantity": {"amount": "2", "measure": "kg"},
            }
        ],
        description="A drum among household goods.",
        declared_as="Household goods",
        declared_hs_code="9403",
        declared_hs_edition="2022",
        identifiers=[{"identifier_kind": "container", "identifier_number": "CSQU3054383"}],
    )


def suspicion_fields(sender: Office = CANADA, recipient: Office = INDIA, **changed: Any) -> dict[str, Any]:
    """An order that fits no customer of its kind."""
    return _fields(
        sender,
        recipient,
        changed,
        transaction_on=days(-2),
        transaction_kind="enquiry",
        was_completed=False,
        goods=[goods()],
        factors=["quantity", "stated-use"],
        suspicion_reasons="Asked for ten times the usual amount, for cleaning.",
        other_party={"company_name": "SPECIMEN Trading FZE", "address": "1 Specimen Road", "country": "AE"},
    )
