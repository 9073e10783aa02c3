"""Examples in the API's description: one request and its answer, with specimen persons and companies.

The substance, the customs heading and the law are real: 1-boc-4-piperidone (CAS 79099-07-3) stands in Table I of the
1988 Convention since 3 December 2024, and is traded under HS 2933.39.
"""

from typing import Any, Final

__all__ = ["ANSWER_FIELDS", "ANSWER_OWN_SIDE", "DRAFT_REQUEST", "NEW_CASE", "OWN_SIDE", "REQUEST_FIELDS"]

Example = dict[str, Any]  # Any: an example is JSON of many types

NEW_CASE: Final[Example] = {
    "peer": "IN",
    "theme": "precursors",
    "title": "Consignment under HS 2933.39, Specimen Chemicals Ltd",
}


def _caveat(agency: str, contact: str) -> Example:
    return {
        "who_may_access": [agency],
        "permitted_uses": ["Investigation of the diversion of the consignment named", "print"],
        "procedure_contact": contact,
        "expires_on": "2027-12-31",
    }


REQUEST_FIELDS: Final[Example] = {
    "sender": {"party": "CA", "agency": "RCMP"},
    "recipient": {"party": "IN", "agency": "NCB"},
    "liaison_contact": "Specimen liaison officer",
    "duty_phone": "+1 613 555 0100",
    "theme": "precursors",
    "purpose": "investigate",
    "legal_basis": ["Privacy Act (R.S.C. 1985, c. P-21), s. 8(2)(f)"],
    "handling": "H2",
    "caveats": [_caveat("NCB", "Liaison officer, Specimen Desk, Ottawa")],
    "classification": {"own": "Protected A", "equivalent": "protected"},
    "retention_until": "2028-12-31",
    "language": "en",
    "offence": {"own_law": "Controlled Drugs and Substances Act (S.C. 1996, c. 19), s. 6", "max_penalty_months": 120},
    "evaluation": {"source": "B", "information": "2", "evaluated_on": "2026-11-20"},
    "accuracy": {"statement": "Read from the customs declaration; the content was not sampled.", "as_of": "2026-11-20"},
    "person_categories": [],
    "concerns_minor": False,
    "specification": "Maker, exporter and licence of the consignment named in the facts.",
    "facts": "A consignment declared as an industrial intermediate may be 1-boc-4-piperidone.",
    "items": [
        {"item": 1, "question": "Who made the substance, and under which licence?"},
        {"item": 2, "question": "Was a pre-export notification made?"},
    ],
    "reason_held": "The papers name an Indian manufacturer, whose licence the addressed agency keeps.",
    "urgency": "normal",
    "requested_by": "RCMP, Specimen Unit",
    "access_class": "indirect",
    "evidence_needed": "no",
    "substances": [
        {
            "name": "1-boc-4-piperidone",
            "cas_number": "79099-07-3",
            "hs_code": "2933.39",
            "schedule": "1988 Convention, Table I",
            "controlled_from": "2024-12-03",
            "declared_as": "industrial intermediate",
        }
    ],
}

OWN_SIDE: Final[Example] = {
    "has_personal_data": False,
    "asks_about_person": False,
    "exposure": "none",
    "names_source": False,
    "is_compelled": False,
    "has_safeguarded_information": False,
    "has_third_party_origin": False,
    "records": ["ordinary"],
    "has_trade_secret": False,
    "asks_for_powers": False,
}

DRAFT_REQUEST: Final[Example] = {"fields": REQUEST_FIELDS, "own_side": OWN_SIDE}

ANSWER_OWN_SIDE: Final[Example] = {
    **OWN_SIDE,
    "authorising_law": "Narcotic Drugs and Psychotropic Substances Act, 1985, section 9A",
    "has_security_safeguards": True,
    "dpdp_head": "17(1)(c)",
    "release_authority": "Specimen order 1/2026",
    "substances": [
        {
            "name": "79099-07-3",
            "schedules": ["B", "C"],
            "controlled_on": "2025-01-23",
            "happened_on": "2026-11-18",
            "movement": "reported",
            "direction": "export",
            "notification": "G.S.R. 71(E)",
        }
    ],
}

ANSWER_FIELDS: Final[Example] = {
    "sender": {"party": "IN", "agency": "NCB"},
    "recipient": {"party": "CA", "agency": "RCMP"},
    "liaison_contact": "Specimen duty officer",
    "duty_phone": "+91 11 5555 0100",
    "theme": "precursors",
    "purpose": "investigate",
    "legal_basis": ["NDPS Act, 1985, s. 4"],
    "handling": "H1",
    "caveats": [_caveat("RCMP", "Duty officer, Specimen Desk, New Delhi")],
    "classification": {"own": "Restricted", "equivalent": "restricted"},
    "retention_until": "2028-12-31",
    "language": "en",
    "outcome": "partial",
    "text": "The manufacturer is licensed; the licence does not name the substance.",
    "evaluation": {"source": "A", "information": "1", "evaluated_on": "2026-11-22"},
    "accuracy": {"statement": "Read from the register of licences.", "as_of": "2026-11-22"},
    "person_categories": [],
    "concerns_minor": False,
    "answered_items": [
        {"item": 1, "state": "answered", "text": "Specimen Intermediates Pvt Ltd, under a licence of 2023."},
        {"item": 2, "state": "deferred"},
    ],
    "refusals": [
        {
            "ground": "c",
            "part_refused": "Pre-export papers",
            "cured_by": "A judicial authorisation is being obtained",
        }
    ],
    "updates_expected_on": "2026-12-06",
}
