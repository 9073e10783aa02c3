"""What the columns of a manifest may be called, and which of them anybody reads.

The rules over words and numbers read five columns. What a flag keeps for the officer who looks at it is read only of
lines that are flagged. A column that is named nowhere here is carried and never read: the name of a person, a
nationality or an address is in none of them.

Source: 19 CFR 103.31 (bills of lading); UN/EDIFACT segments of the WCO data model, as papers name them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from accord.workstreams.drugs.screening.errors import ManifestUnreadable

__all__ = ["COLUMNS", "KEPT", "places_of"]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "description": ("description", "description_text", "goods_description"),
    "tariff": ("tariff", "tariff_code", "hs_code", "hs", "harmonized_number"),
    "container": ("container", "container_number"),
    "postal": ("postal_item", "s10", "item_id"),
    "reference": ("reference", "line_id", "identifier"),
}
"""What a column that every line is held against may be called in a header; the first that is there is read."""

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "edition": ("hs_edition", "tariff_edition", "edition"),
    "packages": ("packages", "piece_count", "package_count"),
    "gross": ("gross_weight", "weight", "weight_kg", "harmonized_weight"),
    "net": ("net_weight", "pure_quantity", "pure_weight", "quantity"),
    "unit": ("weight_unit", "unit", "harmonized_weight_unit", "weight_uom"),
    "purity": ("purity", "purity_percent"),
    "shipper": ("shipper", "shipper_name", "shipper_party_name", "exporter"),
    "shipper_number": ("shipper_number", "exporter_number", "exporter_registration"),
    "consignee": ("consignee", "consignee_name", "importer"),
    "consignee_number": ("consignee_number", "importer_number", "importer_registration"),
    "origin": ("from", "origin", "country_of_export", "port_of_lading"),
    "destination": ("to", "destination", "country_of_import", "port_of_unlading"),
    "route": ("route", "via", "transit"),
    "notice": ("notice", "notice_reference", "pen_reference", "pre_export_notice"),
    "arrived": ("arrived", "arrival_date", "actual_arrival_date"),
}
"""What is kept of a flagged line beside what is read of every one."""


def places_of(header: Sequence[str]) -> Mapping[str, int]:
    """Returns where each known column stands.

    Args:
        header: The names of the columns as the file writes them.

    Raises:
        ManifestUnreadable: A column stands there twice, or none describes the goods.
    """
    names = [name.strip().lower().replace(" ", "_") for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ManifestUnreadable(f"The header names {', '.join(twice)} twice: give each column a name of its own.")
    places = {}
    for column, called in {**COLUMNS, **KEPT}.items():
        for name in called:
            if name in names:
                places[column] = names.index(name)
                break
    if "description" not in places:
        known = ", ".join(COLUMNS["description"])
        raise ManifestUnreadable(f"No column of the header describes the goods. It may be called {known}.")
    if "description_sequence_number" in names and "container" in places:
        places["is_ams"] = places["container"]
    if "gross" in places and names[places["gross"]].endswith("_kg"):
        places["is_kg"] = places["gross"]
    return places
