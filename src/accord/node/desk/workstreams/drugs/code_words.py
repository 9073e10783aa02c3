"""What the codes of the drugs workstream are called at the desk, by the field in which they stand."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy

__all__ = ["CODES"]

# Any: lazy translations throughout this module.
_EDITIONS: Final[Mapping[str, Any]] = {
    "2012": pgettext_lazy("code", "edition of 2012"),
    "2017": pgettext_lazy("code", "edition of 2017"),
    "2022": pgettext_lazy("code", "edition of 2022"),
}

CODES: Final[Mapping[str, Mapping[str, Any]]] = {
    "measure": {
        "kg": pgettext_lazy("code", "kilograms"),
        "g": pgettext_lazy("code", "grams"),
        "l": pgettext_lazy("code", "litres"),
        "ml": pgettext_lazy("code", "millilitres"),
        "unit": pgettext_lazy("code", "pieces"),
    },
    "hs_edition": _EDITIONS,
    "declared_hs_edition": _EDITIONS,
    "transport_mode": {
        "sea": pgettext_lazy("code", "by sea"),
        "rail": pgettext_lazy("code", "by rail"),
        "road": pgettext_lazy("code", "by road"),
        "air": pgettext_lazy("code", "by air"),
        "mail": pgettext_lazy("code", "by post"),
        "courier": pgettext_lazy("code", "by courier"),
        "other-mode": pgettext_lazy("code", "in another way"),
        "unknown-mode": pgettext_lazy("code", "not known how"),
    },
    "reply_result": {
        "no-objection": pgettext_lazy("code", "no objection"),
        "objection": pgettext_lazy("code", "objection"),
        "refused": pgettext_lazy("code", "import refused"),
        "suspend-pending-check": pgettext_lazy("code", "suspended while it is checked"),
        "need-information": pgettext_lazy("code", "information is needed"),
        "quantity-changed": pgettext_lazy("code", "another quantity is allowed"),
    },
    "reason_code": {
        "importer-not-registered": pgettext_lazy("code", "the importer is not registered"),
        "consignee-unknown": pgettext_lazy("code", "the consignee is not known"),
        "authorisation-not-issued": pgettext_lazy("code", "the import authorisation was not issued"),
        "authorisation-ended": pgettext_lazy("code", "the import authorisation has ended"),
        "quantity-above-licence": pgettext_lazy("code", "the quantity is above the licence"),
        "end-use-doubtful": pgettext_lazy("code", "the stated use is doubtful"),
        "papers-doubtful": pgettext_lazy("code", "the papers are doubtful"),
        "route-unusual": pgettext_lazy("code", "the route is unusual"),
        "under-inquiry": pgettext_lazy("code", "an inquiry is under way"),
        "other-reason": pgettext_lazy("code", "another reason"),
    },
    "became": {
        "departed": pgettext_lazy("code", "it departed"),
        "not-sent": pgettext_lazy("code", "it was not sent"),
        "arrived": pgettext_lazy("code", "it arrived"),
        "released-at-entry": pgettext_lazy("code", "it was released at entry"),
        "stopped": pgettext_lazy("code", "it was stopped"),
        "seized": pgettext_lazy("code", "it was seized"),
        "returned": pgettext_lazy("code", "it was returned"),
        "not-known": pgettext_lazy("code", "it is not known"),
    },
    "incident_kind": {
        "seizure": pgettext_lazy("code", "seizure"),
        "stopped-shipment": pgettext_lazy("code", "stopped consignment"),
        "suspended-shipment": pgettext_lazy("code", "suspended consignment"),
        "diversion-attempt": pgettext_lazy("code", "attempted diversion"),
        "theft": pgettext_lazy("code", "theft"),
        "illicit-laboratory": pgettext_lazy("code", "illicit laboratory"),
    },
    "identified_by": {
        "label": pgettext_lazy("code", "by its label"),
        "field-test": pgettext_lazy("code", "by a field test"),
        "laboratory": pgettext_lazy("code", "by a laboratory"),
    },
    "identifier_kind": {
        "container": pgettext_lazy("code", "container"),
        "postal-item": pgettext_lazy("code", "postal item"),
        "seal": pgettext_lazy("code", "seal"),
        "vessel": pgettext_lazy("code", "vessel"),
        "flight": pgettext_lazy("code", "flight"),
        "vehicle": pgettext_lazy("code", "vehicle"),
        "other-identifier": pgettext_lazy("code", "another identifier"),
    },
    "transaction_kind": {
        "sale": pgettext_lazy("code", "sale"),
        "purchase": pgettext_lazy("code", "purchase"),
        "provision": pgettext_lazy("code", "provision"),
        "import-transaction": pgettext_lazy("code", "import"),
        "export-transaction": pgettext_lazy("code", "export"),
        "enquiry": pgettext_lazy("code", "enquiry"),
        "other-transaction": pgettext_lazy("code", "another transaction"),
    },
    "factors": {
        "properties": pgettext_lazy("code", "properties of the substance"),
        "quantity": pgettext_lazy("code", "quantity"),
        "stated-use": pgettext_lazy("code", "stated use"),
        "route-or-origin": pgettext_lazy("code", "route or origin"),
        "payment": pgettext_lazy("code", "way of payment"),
        "departure-from-pattern": pgettext_lazy("code", "departure from what was usual"),
    },
    "company_part": {
        "exporter": pgettext_lazy("code", "exporter"),
        "importer": pgettext_lazy("code", "importer"),
        "consignee": pgettext_lazy("code", "consignee"),
        "customs-broker": pgettext_lazy("code", "customs broker"),
        "named-in-incident": pgettext_lazy("code", "named in the papers of an incident"),
        "other-party": pgettext_lazy("code", "other party of a transaction"),
        "shipper": pgettext_lazy("code", "shipper"),
    },
    "notice_state": {
        "awaiting": pgettext_lazy("code", "a reply is awaited"),
        "silent": pgettext_lazy("code", "nobody replied"),
        "replied": pgettext_lazy("code", "replied to"),
        "settled": pgettext_lazy("code", "settled"),
        "ended": pgettext_lazy("code", "withdrawn or never taken in"),
    },
}
"""Words of the codes by the name of the field, or of the table, in which they stand."""
