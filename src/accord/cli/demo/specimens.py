"""What the story is about: a specimen consignment, specimen companies, a real substance, real codes, real law.

Every company, officer, reference, container and telephone number here is invented and marked as a specimen.
Real are only what authorities publish: the substance's name and registry number, its tariff code, its control.

Source: 1988 Convention, Table I, in force for 1-boc-4-piperidone since 3 December 2024 (INCB); Precursor Control
Regulations (SOR/2002-359) and Controlled Drugs and Substances Act, Schedule VI; Regulation of Controlled Substances
Order, Schedules B and C, G.S.R. 71(E) of 23 January 2025.
"""

import hashlib
from datetime import date, timedelta

__all__ = [
    "ARRANGEMENT_ID",
    "CASE_TITLE",
    "CATEGORIES",
    "COMPETENT_AGENCY",
    "INQUIRY_REPLY",
    "INQUIRY_TEXT",
    "answer_draft",
    "answer_own_side",
    "arrangement_toml",
    "cured_request",
    "first_request",
    "request_own_side",
    "risk_options",
]

CASE_TITLE = "SPECIMEN: consignment declared under HS 2933.39, possible 1-boc-4-piperidone"
COMPETENT_AGENCY = "CBN"
INQUIRY_TEXT = (
    "SPECIMEN. Does the consignor hold a registration or a no-objection certificate for Schedule B and C substances, "
    "and was a pre-export notice issued for this consignment?"
)
INQUIRY_REPLY = (
    "SPECIMEN. No no-objection certificate is on record for this consignor and no pre-export notice was issued. "
    "Whether a unique registration is held is still being checked with the zonal office."
)

ARRANGEMENT_ID = "SPECIMEN-PRECURSORS-1"
CATEGORIES = ["company", "consignment", "substance"]
SUBSTANCE_CAS = "79099-07-3"
SUBSTANCE_NAME = "1-boc-4-piperidone"
TABLE_ONE_FROM = date(2024, 12, 3)
RETENTION_DAYS = 5 * 365 - 1
"""Just below the default ceiling of five years (rule BI-12)."""


def _caveat(today: date, *, who: list[str]) -> dict[str, object]:
    return {
        "who_may_access": who,
        "permitted_uses": ["Lead information to find and stop diversion of precursors; not for use in court", "print"],
        "procedure_contact": "Liaison desk of the sender, by a message in this case",
        "expires_on": (today + timedelta(days=RETENTION_DAYS)).isoformat(),
    }


def first_request(today: date) -> dict[str, object]:
    """Returns the liaison officer's first draft: no accuracy statement and no caveat yet."""
    return {
        "sender": {"party": "CA", "agency": "RCMP", "unit": "Federal Policing, liaison (specimen)"},
        "recipient": {"party": "IN", "agency": "NCB", "unit": "Liaison desk (specimen)"},
        "liaison_contact": "Liaison officer (specimen), Ottawa desk",
        "duty_phone": "+1 613 555 0100",
        "theme": "precursors",
        "purpose": "investigate",
        "legal_basis": [
            "Privacy Act, s. 8(2)(f)",
            "Controlled Drugs and Substances Act, Schedule VI, Part 1, item 27(1)",
            "1988 Convention, art. 9 and 12",
        ],
        "arrangement_id": ARRANGEMENT_ID,
        "handling": "H2",
        "classification": {"own": "Protected B", "equivalent": "protected"},
        "retention_until": (today + timedelta(days=RETENTION_DAYS)).isoformat(),
        "review_on": (today + timedelta(days=365)).isoformat(),
        "language": "en",
        "offence": {"own_law": "CDSA, s. 6 (importing a Schedule VI substance)", "max_penalty_months": 120},
        "evaluation": {"source": "B", "information": "2", "evaluated_on": today.isoformat()},
        "person_categories": [],
        "concerns_minor": False,
        "substances": [
            {
                "name": SUBSTANCE_NAME,
                "cas_number": SUBSTANCE_CAS,
                "hs_code": "2933.39",
                "schedule": "CDSA Schedule VI Part 1 item 27(1); 1988 Convention Table I",
                "controlled_from": TABLE_ONE_FROM.isoformat(),
                "quantity_grams": "25000",
                "declared_as": "industrial intermediate",
            }
        ],
        "specification": (
            "Whether the consignor was authorised to export the goods, and whether a pre-export notice was issued."
        ),
        "facts": (
            "SPECIMEN. A consignment of 25 kg from Specimen Exports Private Limited (invented) to Example Coatings "
            "Inc. (invented) is declared under HS 2933.39. The papers call it an industrial intermediate. The "
            "product code on the commercial invoice is one under which 1-boc-4-piperidone (CAS 79099-07-3) is offered. "
            "Air waybill 000-00000000 (specimen)."
        ),
        "items": [
            {"item": 1, "question": "Does the consignor hold a registration for this substance?"},
            {"item": 2, "question": "Is a no-objection certificate on record for this consignment?"},
            {"item": 3, "question": "Was a pre-export notice issued for it?"},
        ],
        "reason_held": (
            "Export of a Schedule B substance needs a no-objection certificate of the competent authority, "
            "so the authority of export holds the record."
        ),
        "urgency": "urgent",
        "urgency_ground": "losing-relevance",
        "urgency_text": "The consignment is expected to be presented for release within days.",
        "requested_by": "Canada Border Services Agency (specimen file)",
        "access_class": "indirect",
        "evidence_needed": "no",
        "consequences_if_late": "The goods may be released before the answer is known.",
    }


def cured_request(today: date) -> dict[str, object]:
    """Returns the same draft with what the gate asked for: an accuracy statement and a caveat."""
    return first_request(today) | {
        "accuracy": {
            "statement": (
                "Read from the commercial invoice and air waybill by an officer; the substance itself was not sampled. "
                "The link from product code to substance rests on the supplier's published catalogue."
            ),
            "as_of": today.isoformat(),
        },
        "caveats": [_caveat(today, who=["NCB", "CBN", "DRI"])],
    }


def answer_draft(today: date) -> dict[str, object]:
    """Returns India's partial answer."""
    return {
        "sender": {"party": "IN", "agency": "NCB", "unit": "Liaison desk (specimen)"},
        "recipient": {"party": "CA", "agency": "RCMP", "unit": "Federal Policing, liaison (specimen)"},
        "liaison_contact": "Duty officer (specimen), New Delhi desk",
        "duty_phone": "+91 11 5550 0100",
        "theme": "precursors",
        "purpose": "investigate",
        "legal_basis": [
            "NDPS Act 1985, s. 9A",
            "NDPS (Regulation of Controlled Substances) Order 2013, Schedules B and C; G.S.R. 71(E) of 23 January 2025",
            "1988 Convention, art. 9 and 12",
        ],
        "arrangement_id": ARRANGEMENT_ID,
        "handling": "H2",
        "classification": {"own": "Restricted", "equivalent": "restricted"},
        "retention_until": (today + timedelta(days=RETENTION_DAYS)).isoformat(),
        "review_on": (today + timedelta(days=365)).isoformat(),
        "language": "en",
        "evaluation": {"source": "A", "information": "1", "evaluated_on": today.isoformat()},
        "accuracy": {
            "statement": "Read from the register of certificates by the competent authority on the day of the answer.",
            "as_of": today.isoformat(),
        },
        "caveats": [_caveat(today, who=["RCMP", "CBSA", "HC"])],
        "person_categories": [],
        "concerns_minor": False,
        "substances": [
            {
                "name": SUBSTANCE_NAME,
                "cas_number": SUBSTANCE_CAS,
                "hs_code": "2933.39",
                "schedule": "RCS Order Schedules B and C, G.S.R. 71(E)",
                "controlled_from": date(2025, 1, 23).isoformat(),
            }
        ],
        "outcome": "partial",
        "text": (
            "No no-objection certificate is on record for the consignor and no pre-export notice was issued for the "
            "consignment. Whether the consignor holds a unique registration is being checked by the Mumbai zonal "
            "office; a further answer follows."
        ),
        "answered_items": [
            {"item": 1, "state": "deferred", "text": "Being checked with the zonal office."},
            {"item": 2, "state": "answered", "text": "No certificate is on record."},
            {"item": 3, "state": "answered", "text": "No pre-export notice was issued."},
        ],
        "updates_expected_on": (today + timedelta(days=3)).isoformat(),
        "is_feedback_requested": True,
    }


_OWN_SIDE: dict[str, object] = {
    "has_personal_data": False,
    "asks_about_person": False,
    "is_in_custody": False,
    "basis": ["conduct"],
    "is_victim_of_intimidation": False,
    "has_death_penalty_exposure": False,
    "names_source": False,
    "categories": CATEGORIES,
    "exposure": "none",
    "is_compelled": False,
    "has_safeguarded_information": False,
    "has_third_party_origin": False,
    "has_measures_taken": True,
    "records": ["ordinary"],
    "has_trade_secret": False,
    "names_reporter": False,
    "asks_for_powers": False,
    "legitimate_aim": "SPECIMEN. To find and stop the diversion of a controlled precursor.",
    "proportionality": "SPECIMEN. One consignment, one substance, no person; nothing less would answer the question.",
}


def request_own_side() -> dict[str, object]:
    """Returns what Canada's side knows of the request and keeps to itself."""
    return _OWN_SIDE | {
        "authorising_law": "Royal Canadian Mounted Police Act, section 18",
        "substances": [
            {
                "name": SUBSTANCE_CAS,
                "schedules": ["VI"],
                "controlled_on": TABLE_ONE_FROM.isoformat(),
                "movement": "reported",
                "direction": "import",
            }
        ],
    }


def answer_own_side(today: date) -> dict[str, object]:
    """Returns what India's side knows of the answer and keeps to itself."""
    return _OWN_SIDE | {
        "authorising_law": "Narcotic Drugs and Psychotropic Substances Act, 1985, section 9A",
        "dpdp_head": "17(1)(c)",
        "has_security_safeguards": True,
        "release_authority": "Narcotics Control Bureau, release order (specimen)",
        "substances": [
            {
                "name": SUBSTANCE_CAS,
                "schedules": ["B", "C"],
                "controlled_on": date(2025, 1, 23).isoformat(),
                "happened_on": (today - timedelta(days=2)).isoformat(),
                "movement": "reported",
                "direction": "export",
                "notification": "G.S.R. 71(E)",
            }
        ],
    }


def arrangement_toml(today: date) -> str:
    """Returns the specimen arrangement as ``accord peer arrangement`` reads it."""
    text = b"SPECIMEN arrangement on information about fentanyl precursors. The work of neither government."
    return f"""\
# SPECIMEN: invented for the demonstration; the work of neither government.
code = "{ARRANGEMENT_ID}"
title = "Specimen arrangement on fentanyl precursors"
parties = ["CA", "IN"]
agencies = ["RCMP", "CBSA", "HC", "NCB", "CBN", "DRI"]
categories = {CATEGORIES}
purposes = ["prevent", "detect", "investigate", "protect-life"]
valid_from = {today - timedelta(days=365)}
valid_until = {today + timedelta(days=730)}
text_sha256 = "{hashlib.sha256(text).hexdigest()}"
onward_rule = "No third state without the originator's permission"
"""


def risk_options(today: date) -> list[str]:
    """Returns the options of ``accord peer risk`` for a specimen risk profile: two scores, never merged."""
    assessed_on = (today - timedelta(days=60)).isoformat()
    return [
        *("--assessed-on", assessed_on, "--assessed-by", "risk-unit (specimen)"),
        *("--baseline", "medium", "--residual", "low", "--mitigation", "caveat"),
    ]
