"""The kinds of message of the drugs workstream: one type each, version 1 of its schema."""

from typing import Final

from accord.exchange.kinds.particulars import Correspondence
from accord.workstreams.drugs.kinds.drug_incident import DrugIncident
from accord.workstreams.drugs.kinds.pre_export_notice import PreExportNotice
from accord.workstreams.drugs.kinds.pre_export_reply import PreExportReply
from accord.workstreams.drugs.kinds.shipment_outcome import ShipmentOutcome
from accord.workstreams.drugs.kinds.suspicious_transaction import SuspiciousTransaction

__all__ = [
    "DRUG_INCIDENT",
    "PRE_EXPORT_NOTICE",
    "PRE_EXPORT_REPLY",
    "SHIPMENT_OUTCOME",
    "STRUCTS",
    "SUSPICIOUS_TRANSACTION",
]

PRE_EXPORT_NOTICE: Final = "pre-export-notice"
PRE_EXPORT_REPLY: Final = "pre-export-reply"
SHIPMENT_OUTCOME: Final = "shipment-outcome"
DRUG_INCIDENT: Final = "drug-incident"
SUSPICIOUS_TRANSACTION: Final = "suspicious-transaction"

STRUCTS: dict[str, type[Correspondence]] = {
    PRE_EXPORT_NOTICE: PreExportNotice,
    PRE_EXPORT_REPLY: PreExportReply,
    SHIPMENT_OUTCOME: ShipmentOutcome,
    DRUG_INCIDENT: DrugIncident,
    SUSPICIOUS_TRANSACTION: SuspiciousTransaction,
}
"""The type of each kind that officers of this workstream write."""
