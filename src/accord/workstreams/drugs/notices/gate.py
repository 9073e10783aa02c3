"""What the kinds of this workstream tell the law gate by themselves."""

from collections.abc import Mapping
from typing import Any, Final

from accord.exchange.kind_facts import KindTeller, register_kind_facts
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE, PRE_EXPORT_REPLY, SUSPICIOUS_TRANSACTION

__all__ = ["register_facts"]


def _of_notice(_given: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: fields and facts each have their type
    return {"is_shipment_notice": True}


def _of_reply(_given: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: fields and facts each have their type
    # The notice that it answers, named in the header, describes the consignment.
    return {"is_shipment_notice": True, "is_shipment_described": True}


def _of_suspicion(given: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: fields and facts each have their type
    # A dealer who is named is named, whatever was stated.
    is_named = given.get("dealer") is not None or given.get("dealer_contact") is not None
    return {"names_reporter": True} if is_named else {}


_TELLERS: Final[Mapping[str, KindTeller]] = {
    PRE_EXPORT_NOTICE: _of_notice,
    PRE_EXPORT_REPLY: _of_reply,
    SUSPICIOUS_TRANSACTION: _of_suspicion,
}


def register_facts() -> None:
    """Lets the kinds of the workstream tell the gate."""
    for kind, teller in _TELLERS.items():
        register_kind_facts(kind, teller)
