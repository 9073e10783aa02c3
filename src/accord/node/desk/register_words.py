"""What stands in the registers, in the words in which an officer fills and reads it."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accord.parties.registers import Register

__all__ = ["HINTS", "NAMES", "ORDER", "STATES", "TITLES"]

# Any: lazy translations throughout this module.
TITLES: Final[Mapping[Register, Any]] = {
    Register.ARRANGEMENT: _("Arrangements"),
    Register.RISK: _("Risk profiles"),
    Register.ASSURANCE: _("Assurances"),
}

ORDER: Final[Mapping[Register, tuple[str, ...]]] = {
    Register.ARRANGEMENT: (
        "title",
        "parties",
        "agencies",
        "categories",
        "purposes",
        "onward_rule",
        "valid_from",
        "valid_until",
    ),
    Register.RISK: ("assessed_on", "assessed_by", "baseline", "mitigations", "residual", "basis"),
    Register.ASSURANCE: (
        "title",
        "given_by",
        "party",
        "covers",
        "valid_from",
        "valid_until",
        "reviewed_by",
        "reviewed_on",
        "review",
    ),
}
"""Members of the terms in the order of form and page; the scores of a risk stand apart, its measures between them."""

NAMES: Final[Mapping[str, Any]] = {
    "agencies": _("Agencies that may exchange under it"),
    "assessed_by": _("Who assessed it"),
    "assessed_on": _("Assessed on"),
    "baseline": _("Risk before any measure"),
    "basis": _("On what the scores rest"),
    "categories": _("Categories of data"),
    "covers": _("What it promises will not happen"),
    "given_by": _("Who gave it: office and state"),
    "is_taken": _("Was it really taken?"),
    "measure": _("Measure"),
    "mitigations": _("Measures against the risk"),
    "onward_rule": _("What it says of giving on"),
    "parties": _("Parties that it binds"),
    "party": _("Party that is bound"),
    "purposes": _("Purposes that it covers"),
    "residual": _("Risk after the measures that were taken"),
    "review": _("What the review found"),
    "reviewed_by": _("Who reviewed whether relying on it is reasonable"),
    "reviewed_on": _("Reviewed on"),
    "title": _("Title"),
    "valid_from": _("First day (UTC)"),
    "valid_until": _("Last day (UTC)"),
}

HINTS: Final[Mapping[str, Any]] = {
    "assessed_by": _("User name or unit. Who assessed it does not agree to it."),
    "categories": _("One a line, in the words of the text."),
    "baseline": _("Nothing lowers it: neither a measure nor an assurance."),
    "mitigations": _("A measure that was only named lowers nothing."),
    "residual": _("Never above the risk before. Below it only where a measure was really taken."),
    "reviewed_by": _("User name or unit. Who reviewed it does not agree to it."),
    "valid_until": _("Blank while it is open. The day itself is included."),
}

STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "in-force": ("good", _("in force")),
    "stale": ("bad", _("too old")),
    "later": ("warn", _("agreed, not begun")),
    "proposed": ("warn", _("waits for a second person")),
    "replaced": ("", _("replaced")),
    "over": ("", _("over")),
    "ended": ("bad", _("ended")),
    "refused": ("", _("refused")),
}
"""How a version stands on a day, each with its tone."""
