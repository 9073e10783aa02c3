"""Notices and incidents of the other side, taken in as the courier brings them; every company in them is a specimen."""

from typing import Any

from accord.exchange.models import Message
from accord.release.intake import take_in
from accord.workstreams.drugs.flows.mentions import keep_flagged
from accord.workstreams.drugs.models import Flag, Screening
from tests.desk import Desk, dispositions, from_india
from tests.workstreams.drugs.told import INDIA, goods, incident_fields, outcome_fields, pen_fields, suspicion_fields

__all__ = ["company", "flagged", "incident", "mass", "notice", "outcome", "suspicion"]

CANADA = ("CA", "RCMP")


def _taken_in(desk: Desk, kind: str, fields: dict[str, Any], number: int) -> Message:
    case = f"IN-2026-{number:06d}"
    entry = desk.peer.send(kind, from_india(fields, case=case, number=1))
    assert take_in(desk.channel).filed == 1, dispositions(desk)
    return Message.objects.get(envelope_id=entry.envelope_id)


def company(name: str, country: str = "IN") -> dict[str, str]:
    """A company as a message names it."""
    return {"company_name": name, "country": country}


def mass(kilograms: str, **changed: Any) -> dict[str, Any]:
    """Goods of a mass."""
    return goods(gross={"amount": kilograms, "measure": "kg"}, pure=None, **changed)


def notice(desk: Desk, number: int, **changed: Any) -> Message:
    """A notice of theirs in a case of its own."""
    given = {"pen_reference": f"PEN-{number}", **changed}
    return _taken_in(desk, "pre-export-notice", pen_fields(INDIA, CANADA, **given), number)


def outcome(desk: Desk, of: Message, number: int, **changed: Any) -> Message:
    """What became of the consignment of a notice."""
    fields = outcome_fields(of.envelope_id, INDIA, CANADA, **changed)
    entry = desk.peer.send("shipment-outcome", from_india(fields, case=of.case.other_ref, number=number))
    assert take_in(desk.channel).filed == 1, dispositions(desk)
    return Message.objects.get(envelope_id=entry.envelope_id)


def incident(desk: Desk, number: int, **changed: Any) -> Message:
    """An incident of theirs in a case of its own."""
    return _taken_in(desk, "drug-incident", incident_fields(INDIA, CANADA, **changed), number)


def suspicion(desk: Desk, number: int, **changed: Any) -> Message:
    """A suspicious transaction of theirs in a case of its own."""
    return _taken_in(desk, "suspicious-transaction", suspicion_fields(INDIA, CANADA, **changed), number)


def flagged(desk: Desk, *, rules: tuple[str, ...] = ("name",), **papers: str) -> Flag:
    """A flagged line of a manifest that the liaison officer brought."""
    screening = Screening.objects.create(
        name="SPECIMEN.csv", form="csv", size_bytes=1, sha256=b"", key=b"", asked_by=desk.liaison, state="done"
    )
    flag = Flag.objects.create(
        screening=screening,
        line=2,
        score=90,
        description="SPECIMEN drum",
        reasons=[{"rule": rule, "words": {}} for rule in rules],
        rule_codes=f" {' '.join(rules)} ",
        papers=papers,
    )
    keep_flagged([flag])
    return flag
