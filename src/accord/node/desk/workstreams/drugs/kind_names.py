"""What the kinds of message of the drugs workstream are called, in each language of the interface."""

from typing import Final

from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    SUSPICIOUS_TRANSACTION,
)

__all__ = ["KIND_NAMES"]

KIND_NAMES: Final[tuple[tuple[str, str, str, str], ...]] = (
    (PRE_EXPORT_NOTICE, "pre-export notice", "préavis d\u2019exportation", "निर्यात-पूर्व सूचना"),
    (
        PRE_EXPORT_REPLY,
        "reply to a pre-export notice",
        "réponse à un préavis d\u2019exportation",
        "निर्यात-पूर्व सूचना का उत्तर",
    ),
    (SHIPMENT_OUTCOME, "shipment outcome", "suites d\u2019une expédition", "खेप का परिणाम"),
    (DRUG_INCIDENT, "drug incident", "incident lié aux drogues", "मादक पदार्थ घटना"),
    (SUSPICIOUS_TRANSACTION, "suspicious transaction", "opération suspecte", "संदिग्ध लेनदेन"),
)
"""Code, English, French, Hindi."""
