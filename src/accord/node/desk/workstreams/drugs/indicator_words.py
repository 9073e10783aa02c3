"""What the observations of this workstream are called beside a figure."""

from typing import Any, Final

from django.utils.translation import gettext_lazy

__all__ = ["FAMILIES"]

FAMILIES: Final[dict[str, Any]] = {
    "pre-export-objection": gettext_lazy("objection to an export"),
    "flagged-consignment": gettext_lazy("flagged consignment"),
    "drug-incident": gettext_lazy("incident with precursors"),
}
