"""What stands in the register of substances, in the words in which an officer fills and reads it."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accord.workstreams.drugs.substances.content import Control, Substance
from accord.workstreams.drugs.substances.rows import Kind
from accord.workstreams.drugs.substances.status import Differing, Standing

__all__ = ["CHOICES", "DIFFERENCES", "HINTS", "KINDS", "NAMES", "ORDER", "STANDINGS", "STATES", "STRUCTS"]

# Any: lazy translations throughout this module.
STRUCTS: Final[Mapping[Kind, type[Any]]] = {Kind.SUBSTANCE: Substance, Kind.CONTROL: Control}

KINDS: Final[Mapping[Kind, Any]] = {Kind.SUBSTANCE: _("Substance"), Kind.CONTROL: _("Entry of control")}

ORDER: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SUBSTANCE: (
        *("id", "label", "names", "cas", "inchikey", "formula", "tariff", "parent", "relation", "source", "verified"),
        "originator_controlled",
    ),
    Kind.CONTROL: (
        *("id", "substances", "jurisdiction", "instrument", "class_", "item", "regime", "schedules", "includes"),
        *("threshold", "valid_from", "valid_to", "notification", "citation", "verified", "originator_controlled"),
    ),
}
"""Members of each kind of row in the order of form and page."""

NAMES: Final[Mapping[str, Any]] = {
    "cas": _("CAS numbers"),
    "citation": _("Where it is written"),
    "class": _("Schedule, table or class"),
    "class_": _("Schedule, table or class"),
    "code": _("Tariff code"),
    "edition": _("Edition of the Harmonized System"),
    "formula": _("Sum formula"),
    "id": _("Code in this register"),
    "inchikey": "InChIKey",
    "includes": _("What it includes beside the substance"),
    "instrument": _("Act, regulation or treaty"),
    "is_own": _("Does the code name this substance alone?"),
    "item": _("Item of the schedule"),
    "jurisdiction": _("Jurisdiction"),
    "kind": _("Kind of name"),
    "label": _("Short name"),
    "language": _("Language"),
    "names": _("Names"),
    "notification": _("Number of the notification"),
    "originator_controlled": _("Does its originator control it?"),
    "parent": _("Salt, hydrate or form of"),
    "regime": _("Under which rules"),
    "relation": _("What it is of its parent"),
    "schedules": _("Short codes of the schedules"),
    "script": _("Script"),
    "source": _("Source of the numbers"),
    "substances": _("Substances"),
    "tariff": _("Place in the Harmonized System"),
    "text": _("Name"),
    "threshold": _("Amount below which it does not apply"),
    "valid_from": _("First day of control"),
    "valid_to": _("Last day of control"),
    "verified": _("Was the source itself read?"),
}

_AS_WRITTEN: Final = _("As the text itself has it. What came with Accord is shown in each reader's language.")

HINTS: Final[Mapping[str, Any]] = {
    "cas": _("One a line, with hyphens; the check digit is looked at."),
    "citation": _AS_WRITTEN,
    "class_": _AS_WRITTEN,
    "id": _("Small letters, digits and hyphens, such as 4-piperidone. A code that stands there gets its next version."),
    "includes": _("Derivatives and analogues are a legal test of a chemist; nothing here decides it."),
    "instrument": _AS_WRITTEN,
    "jurisdiction": _("Two capital letters: a party, or UN for the Convention."),
    "language": _("Two letters, such as en, fr or hi."),
    "originator_controlled": _("It stays on this node: it is exported only where that is asked for, and never told."),
    "parent": _("The code of the substance of which this is a salt, a hydrate or another form."),
    "schedules": _("One a line, as the rules of that party compare them, such as B and C."),
    "script": _("Four letters, such as Latn or Deva."),
    "substances": _("Their codes, one a line."),
    "threshold": _("As the instrument writes it. It takes nothing out by itself."),
    "valid_from": _("Left empty where it is not known: nobody may then conclude from it."),
    "verified": _("Yes only where the text of the instrument, and not a report of it, was read."),
}

CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "relation": {"salt": _("a salt"), "hydrate": _("a hydrate"), "other": _("another form")},
    "includes": {"salts": _("salts"), "derivatives": _("derivatives"), "analogues": _("analogues")},
    "kind": {
        "systematic": _("systematic"),
        "common": _("common"),
        "inn": _("international non-proprietary name"),
        "trade": _("trade name"),
        "slang": _("slang"),
        "tariff": _("as in the tariff"),
        "abbreviation": _("abbreviation"),
    },
    "regime": {"precursor": _("as a precursor"), "drug": _("as a drug")},
}
"""What the codes of a row are called, by the field in which they stand."""

STANDINGS: Final[Mapping[Standing, tuple[str, Any]]] = {
    Standing.CONTROLLED: ("good", _("controlled")),
    Standing.NOT_YET: ("", _("not controlled on that day")),
    Standing.UNDATED: ("warn", _("listed, first day not known")),
    Standing.NO_ENTRY: ("", _("no entry found, which does not mean that it is not controlled")),
}
"""Tone and words of what the register says of a day."""

DIFFERENCES: Final[Mapping[Differing, Any]] = {
    Differing.ONE_SIDE: _("Controlled on one side only on that day."),
    Differing.UNDATED: _("Both list it; from which day on one side is not known here."),
    Differing.NOT_KNOWN: _("The standing of one side is not known here: ask before you rely on it."),
    Differing.OTHER_REGIME: _("A precursor on one side and a drug on the other: other permits and authorities."),
}

STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "proposed": ("warn", _("waits for a second person")),
    "agreed": ("good", _("agreed to")),
    "in-force": ("good", _("in force")),
    "refused": ("bad", _("refused")),
    "withdrawn": ("", _("withdrawn")),
    "replaced": ("", _("replaced by a later version")),
}
"""Tone and words of what became of a version."""
