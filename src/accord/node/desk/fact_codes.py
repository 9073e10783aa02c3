"""Codes of the facts that the law gate is told, where no field of a message has them, and fields that share a list."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy

__all__ = ["FACT_CODES", "SAME_LIST"]

SAME_LIST: Final[Mapping[str, str]] = {
    "answer_outcome": "outcome",
    "baseline": "risk",
    "classification": "equivalent",
    "delay_reason": "reason",
    "info_eval": "information",
    "plan_classification": "equivalent",
    "plan_handling": "handling",
    "new_purpose": "purpose",
    "new_handling": "handling",
    "purposes": "purpose",
    "list_basis": "basis",
    "list_purpose": "purpose",
    "received_purpose": "purpose",
    "refusal_ground": "ground",
    "residual": "risk",
    "source_eval": "source",
    "topics": "theme",
    "use_act": "new_use",
    "use_purpose": "purpose",
}
"""Facts whose codes are those of another field."""

# Any: lazy translations.
FACT_CODES: Final[Mapping[str, Mapping[str, Any]]] = {
    "act_kind": {
        "interview": pgettext_lazy("code", "interview of a person"),
        "statement": pgettext_lazy("code", "taking of a statement"),
        "observation": pgettext_lazy("code", "observation"),
        "presence": pgettext_lazy("code", "presence at an act of the host"),
        "site-visit": pgettext_lazy("code", "visit of a site"),
        "handover": pgettext_lazy("code", "handing over or taking of an object"),
        "other": pgettext_lazy("code", "another act"),
    },
    "status": {
        "diplomatic": pgettext_lazy("code", "diplomatic"),
        "administrative": pgettext_lazy("code", "administrative and technical"),
        "consular": pgettext_lazy("code", "consular"),
        "non-diplomatic": pgettext_lazy("code", "without diplomatic status"),
    },
    "asked_by": {
        "central": pgettext_lazy("code", "a central body"),
        "state-police": pgettext_lazy("code", "the police of a state or province"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "correction_state": {
        "none": pgettext_lazy("code", "it stands as it came"),
        "corrected": pgettext_lazy("code", "its originator corrected it"),
        "restricted": pgettext_lazy("code", "its originator restricted it, and the draft does not say so"),
        "withdrawn": pgettext_lazy("code", "its originator withdrew it"),
        "erased": pgettext_lazy("code", "its originator had it erased"),
    },
    "covers": {
        "death-penalty": pgettext_lazy("code", "the death penalty"),
        "mistreatment": pgettext_lazy("code", "mistreatment"),
    },
    "customs_ground": {
        "arrangement": pgettext_lazy("code", "an arrangement in force"),
        "non-identifying": pgettext_lazy("code", "nobody is identified"),
        "life-or-safety": pgettext_lazy("code", "life, health or safety alone"),
    },
    "direction": {
        "domestic": pgettext_lazy("code", "within our own country"),
        "export": pgettext_lazy("code", "out of our country"),
        "import": pgettext_lazy("code", "into our country"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "evidence_needed": {
        "no": pgettext_lazy("code", "no, as a lead only"),
        "yes": pgettext_lazy("code", "yes, as evidence"),
        "will-go-mla": pgettext_lazy("code", "yes; the treaty's way is taken"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "kind": {
        "disposition": pgettext_lazy("code", "what became of a message"),
        "keyset": pgettext_lazy("code", "set of keys"),
        "withdrawal": pgettext_lazy("code", "withdrawal"),
    },
    "movement": {
        "none": pgettext_lazy("code", "no movement"),
        "proposed": pgettext_lazy("code", "proposed"),
        "reported": pgettext_lazy("code", "only reported"),
    },
    "possibly_from_mistreatment": {
        "no": pgettext_lazy("code", "no"),
        "possible": pgettext_lazy("code", "possible"),
        "likely": pgettext_lazy("code", "likely"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "records": {
        "ordinary": pgettext_lazy("code", "ordinary files"),
        "customs": pgettext_lazy("code", "customs records"),
        "dna": pgettext_lazy("code", "a DNA profile"),
        "fiu": pgettext_lazy("code", "financial intelligence"),
        "immigration": pgettext_lazy("code", "immigration records"),
        "intercept": pgettext_lazy("code", "an interception"),
        "laundering-case": pgettext_lazy("code", "a money-laundering case"),
        "precursor-register": pgettext_lazy("code", "registers of precursors"),
        "protected-witness": pgettext_lazy("code", "a witness protection file"),
        "provincial-immigration": pgettext_lazy("code", "a province's copy of immigration records"),
        "security-intelligence": pgettext_lazy("code", "security intelligence"),
        "signals-intelligence": pgettext_lazy("code", "signals intelligence"),
        "suspended": pgettext_lazy("code", "a suspended or discharged record"),
        "youth": pgettext_lazy("code", "the record of a child or young person"),
    },
    "risk": {
        "none": pgettext_lazy("risk", "none"),
        "low": pgettext_lazy("risk", "low"),
        "medium": pgettext_lazy("risk", "medium"),
        "substantial": pgettext_lazy("risk", "substantial"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "size_bucket": {
        "under-100": pgettext_lazy("code", "fewer than 100 entries"),
        "under-1000": pgettext_lazy("code", "fewer than 1,000 entries"),
        "under-10000": pgettext_lazy("code", "fewer than 10,000 entries"),
        "larger": pgettext_lazy("code", "10,000 entries or more"),
    },
    "use_effect": {
        "file": pgettext_lazy("code", "it is filed"),
        "lead": pgettext_lazy("code", "a lead for whoever gets it"),
        "evidence": pgettext_lazy("code", "it is used as evidence"),
        "deprive-of-rights": pgettext_lazy("code", "a person is deprived of rights by it"),
        "access-request": pgettext_lazy("code", "an applicant for access to information is given it"),
    },
}
"""Words of the facts' codes by the name of the fact."""
