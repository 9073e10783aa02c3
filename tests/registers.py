"""Entries of the registers that are in force at once, for tests that are about something else."""

from datetime import date
from typing import Any

from accord.parties.models import RegisterEntry
from accord.parties.register_book import add_version
from accord.parties.registers import Register

__all__ = ["arranged", "assured", "profiled"]


def arranged(code: str, **terms: Any) -> RegisterEntry:
    """An arrangement that was agreed to."""
    stated = {
        "title": "Specimen arrangement",
        "parties": ["CA", "IN"],
        "agencies": ["RCMP", "NCB"],
        "categories": ["precursors"],
        "purposes": ["investigate", "prevent", "detect"],
        "valid_from": date(2026, 2, 7),
        **terms,
    }
    return add_version(Register.ARRANGEMENT, code, stated, text_digest=bytes(32), state=RegisterEntry.State.AGREED)


def profiled(party: str, *, assessed_on: date, **terms: Any) -> RegisterEntry:
    """A risk profile that was agreed to."""
    stated = {"baseline": "low", "residual": "low", "assessed_by": "risk-unit", "assessed_on": assessed_on, **terms}
    return add_version(Register.RISK, party, stated, state=RegisterEntry.State.AGREED)


def assured(code: str, **terms: Any) -> RegisterEntry:
    """An assurance that was agreed to."""
    stated = {
        "title": "Specimen assurance",
        "given_by": "Specimen ministry",
        "party": "IN",
        "covers": ["death-penalty"],
        "valid_from": date(2026, 2, 7),
        "valid_until": date(2030, 2, 7),
        "reviewed_by": "counsel-2",
        "reviewed_on": date(2026, 2, 7),
        "review": "Given by the office that can keep it.",
        **terms,
    }
    return add_version(Register.ASSURANCE, code, stated, text_digest=bytes(32), state=RegisterEntry.State.AGREED)
