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
    "purposes": "purpose",
    "received_purpose": "purpose",
    "refusal_ground": "ground",
    "residual": "risk",
    "source_eval": "source",
    "use_purpose": "purpose",
}
"""Facts whose codes are those of another field."""

# Any: lazy translations.
FACT_CODES: Final[Mapping[str, Mapping[str, Any]]] = {
    "covers": {
        "death-penalty": pgettext_lazy("code", "the death penalty"),
        "mistreatment": pgettext_lazy("code", "mistreatment"),
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
    "risk": {
        "none": pgettext_lazy("risk", "none"),
        "low": pgettext_lazy("risk", "low"),
        "medium": pgettext_lazy("risk", "medium"),
        "substantial": pgettext_lazy("risk", "substantial"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "use_effect": {
        "file": pgettext_lazy("code", "it is filed"),
        "lead": pgettext_lazy("code", "it is used as a lead"),
        "evidence": pgettext_lazy("code", "it is used as evidence"),
        "deprive-of-rights": pgettext_lazy("code", "a person is deprived of rights by it"),
    },
}
"""Words of the facts' codes by the name of the fact."""
