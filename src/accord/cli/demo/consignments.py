"""Specimens of the drugs chapter: a manifest, a notice before export, the objection to it, and what became of it.

Every company, number and day is invented. Real is what authorities publish: names and numbers of substances, tariff
codes, controls.
"""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from accord.cli.demo import specimens

__all__ = [
    "FLAGGED_REFERENCE",
    "FURTHER",
    "further_notice",
    "no_objection",
    "notice",
    "objection",
    "own_side",
    "stopped",
    "write_manifest",
]

FLAGGED_REFERENCE: Final = "SPECIMEN-AWB-0042"
"""The line of the manifest that is the consignment of the first story."""

BROKEN_REFERENCE: Final = "SPECIMEN-AWB-0666"

FURTHER: Final = 4
"""Further notices to which nobody objects: with the one that is objected to, as many as a figure needs to be told."""

_ORDINARY: Final = (
    ("Ceramic floor tiles, glazed, in cartons", "690721", "1200"),
    ("Cotton bed linen, printed", "630221", "340"),
    ("Rice, semi-milled, in bags", "100630", "20000"),
    ("Pneumatic tyres for motor cars", "401110", "2600"),
    ("Polypropylene granules, industrial", "390210", "18000"),
    ("Centrifugal pumps, spare parts", "841391", "75"),
    ("Acetone, technical, in drums", "291411", "800"),
    ("Pigments for paints, titanium dioxide", "320611", "5000"),
    ("Tea, black, fermented, in packets", "090230", "150"),
    ("Stainless steel flanges", "730721", "910"),
)


def write_manifest(path: Path, *, lines: int) -> None:
    """Writes a specimen manifest: ordinary goods, the consignment of the first story, and one line that is broken.

    Args:
        path: Where it goes.
        lines: Lines in all, the first one with the names of the columns not counted; at least 1,000.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("reference", "description", "hs_code", "quantity", "unit"))
        for number in range(lines):
            text, code, kilograms = _ORDINARY[number % len(_ORDINARY)]
            row: tuple[str, ...] = (f"SPECIMEN-AWB-{number:04}", text, code, kilograms, "kg")
            if row[0] == FLAGGED_REFERENCE:
                # As such papers read: a zero for an O, and words that say nothing.
                row = (row[0], "Industrial intermediate 1-B0C-4-piperid0ne, sample", "293339", "25", "kg")
            elif row[0] == BROKEN_REFERENCE:
                row = (row[0], "", code, kilograms, "kg")
            writer.writerow(row)


def _common(today: date, *, sender: dict[str, str], recipient: dict[str, str], who: list[str]) -> dict[str, Any]:
    base = specimens.answer_draft(today) if sender["party"] == "IN" else specimens.cured_request(today)
    kept = (
        "liaison_contact", "duty_phone", "theme", "legal_basis", "arrangement_id", "handling", "classification",
        "retention_until", "review_on", "language", "evaluation", "accuracy", "person_categories",
    )  # fmt: skip
    caveat = {**base["caveats"][0], "who_may_access": who}  # type: ignore[index]  # a list of caveats
    return {
        **{name: base[name] for name in kept},
        "purpose": "prevent",
        "sender": sender,
        "recipient": recipient,
        "caveats": [caveat],
        "concerns_minor": False,
    }


_INDIA: Final = {"party": "IN", "agency": "NCB", "unit": "Liaison desk (specimen)"}
_CANADA: Final = {"party": "CA", "agency": "RCMP", "unit": "Federal Policing, liaison (specimen)"}


def notice(today: date) -> dict[str, Any]:
    """Returns the notice of the consignment that the first story asked about, as the exporting side follows it up."""
    return {
        **_common(today, sender=_INDIA, recipient={"party": "CA", "agency": "HC"}, who=["HC", "RCMP", "CBSA"]),
        "goods": {
            "name": specimens.SUBSTANCE_NAME,
            "cas_number": specimens.SUBSTANCE_CAS,
            "gross": {"amount": "25", "measure": "kg"},
            "pure": {"amount": "24.5", "measure": "kg"},
            "purity_percent": "98",
            "hs_code": "2933.39",
            "hs_edition": "2022",
        },
        "exporter": {"company_name": "Specimen Exports Private Limited (invented)", "country": "IN"},
        "importer": {"company_name": "Example Coatings Inc. (invented)", "country": "CA"},
        "origin_country": "IN",
        "destination_country": "CA",
        "end_use": "SPECIMEN. Declared as an intermediate for coatings.",
        "departure_on": (today + timedelta(days=30)).isoformat(),
        "arrival_on": (today + timedelta(days=33)).isoformat(),
        "pen_reference": "PEN-SPECIMEN-0001",
        "transport_mode": "air",
        "export_permit_number": "SPECIMEN-NOC-0001",
        "export_permit_until": (today + timedelta(days=170)).isoformat(),
        "risk_note": "SPECIMEN. The importer is not known to trade in this substance.",
    }


def further_notice(today: date, number: int) -> dict[str, Any]:
    """Returns a notice of an ordinary consignment."""
    return {
        **notice(today),
        "pen_reference": f"PEN-SPECIMEN-1{number:03}",
        "export_permit_number": f"SPECIMEN-NOC-1{number:03}",
        "importer": {"company_name": "Example Research Laboratories (invented)", "country": "CA"},
        "end_use": "SPECIMEN. Reference material for laboratories.",
        "risk_note": "SPECIMEN. None.",
    }


def _reply(today: date) -> dict[str, Any]:
    common = _common(today, sender=_CANADA, recipient={"party": "IN", "agency": "CBN"}, who=["CBN", "NCB", "DRI"])
    return {**common, "reply_authority": "Health Canada (specimen file)", "decided_on": today.isoformat()}


def objection(today: date) -> dict[str, Any]:
    """Returns the objection to the export."""
    return {
        **_reply(today),
        "reply_result": "objection",
        "reason_code": "authorisation-not-issued",
        "reply_words": "SPECIMEN. No import permit was issued to this importer for this substance.",
    }


def no_objection(today: date) -> dict[str, Any]:
    """Returns the reply that there is no objection."""
    return {**_reply(today), "reply_result": "no-objection"}


def stopped(today: date) -> dict[str, Any]:
    """Returns what became of the consignment: it was stopped before it left."""
    return {
        **_common(today, sender=_INDIA, recipient={"party": "CA", "agency": "HC"}, who=["HC", "RCMP", "CBSA"]),
        "became": "not-sent",
        "event_place": "Air cargo terminal (specimen)",
        "outcome_words": "SPECIMEN. The certificate was withdrawn after the objection; the goods did not leave.",
    }


def own_side(today: date, side: str) -> dict[str, Any]:
    """Returns what a side knows of a message of this chapter and keeps to itself.

    Args:
        today: Day of the specimen dates.
        side: Code of the party.
    """
    stated = specimens.answer_own_side(today) if side == "IN" else specimens.request_own_side()
    control = {
        **stated["substances"][0],  # type: ignore[index]  # a list of substances
        "movement": "proposed",
        "happened_on": today.isoformat(),
        "has_noc": True,
        "is_registered": True,
    }
    return {**stated, "substances": [control]}
