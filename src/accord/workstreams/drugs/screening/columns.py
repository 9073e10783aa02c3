"""What the columns of a manifest may be called, and which of them anybody reads.

The rules over words and numbers read five columns. What a flag keeps for the officer who looks at it is read only of
lines that are flagged. A column that is named nowhere here is carried and never read: the name of a person, a
nationality or an address is in none of them.

Source: 19 CFR 103.31 (bills of lading); UN/EDIFACT segments of the WCO data model, as papers name them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from accord.workstreams.drugs.screening.errors import ManifestUnreadable

__all__ = ["COLUMNS", "KEPT", "column_name", "places_of", "tariff_place"]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "description": (
        *("description", "description_text", "goods_description", "description_of_goods"),
        *("designation", "designation_des_marchandises", "description_des_marchandises", "marchandise", "marchandises"),
        *("विवरण", "माल_का_विवरण", "वस्तु_का_विवरण"),
    ),
    "tariff": (
        *("tariff", "tariff_code", "hs_code", "hs", "harmonized_number"),
        *("code_sh", "sh", "code_tarifaire", "position_tarifaire", "numero_tarifaire"),
        *("एचएस_कोड", "टैरिफ_कोड", "टैरिफ़_कोड", "प्रशुल्क_कोड"),
    ),
    "container": (
        "container",
        "container_number",
        "conteneur",
        "numero_de_conteneur",
        "n°_de_conteneur",
        "कंटेनर",
        "कंटेनर_संख्या",
    ),
    "postal": ("postal_item", "s10", "item_id", "envoi_postal", "डाक_वस्तु"),
    "reference": ("reference", "line_id", "identifier", "identifiant", "संदर्भ", "संदर्भ_संख्या"),
}
"""What a column that every line is held against may be called in a header; the first that is there is read."""

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "edition": ("hs_edition", "tariff_edition", "edition", "edition_sh", "edition_du_sh", "संस्करण"),
    "packages": ("packages", "piece_count", "package_count", "colis", "nombre_de_colis", "पैकेज", "पैकेजों_की_संख्या"),
    "gross": (
        *("gross_weight", "gross_weight_kg", "weight", "weight_kg", "harmonized_weight"),
        *("poids_brut", "poids_brut_kg", "poids", "poids_kg"),
        *("सकल_वज़न", "सकल_भार", "वज़न", "भार"),
    ),
    "net": (
        *("net_weight", "pure_quantity", "pure_weight", "quantity"),
        *("poids_net", "quantite_pure", "quantite"),
        *("शुद्ध_वज़न", "शुद्ध_भार", "मात्रा"),
    ),
    "unit": (
        *("weight_unit", "unit", "harmonized_weight_unit", "weight_uom"),
        *("unite_de_poids", "unite", "वज़न_की_इकाई", "इकाई"),
    ),
    "purity": ("purity", "purity_percent", "purete", "शुद्धता"),
    "shipper": ("shipper", "shipper_name", "shipper_party_name", "exporter", "expediteur", "exportateur", "निर्यातक"),
    "shipper_number": ("shipper_number", "exporter_number", "exporter_registration", "numero_de_l_exportateur"),
    "consignee": ("consignee", "consignee_name", "importer", "destinataire", "importateur", "आयातक"),
    "consignee_number": ("consignee_number", "importer_number", "importer_registration", "numero_de_l_importateur"),
    "origin": ("from", "origin", "country_of_export", "port_of_lading", "pays_d_exportation", "मूल_देश"),
    "destination": ("to", "destination", "country_of_import", "port_of_unlading", "pays_d_importation", "गंतव्य"),
    "route": ("route", "via", "transit", "itineraire", "मार्ग"),
    "notice": ("notice", "notice_reference", "pen_reference", "pre_export_notice", "notification_prealable"),
    "arrived": ("arrived", "arrival_date", "actual_arrival_date", "date_d_arrivee", "आगमन_तिथि"),
}
"""What is kept of a flagged line beside what is read of every one."""

_BETWEEN: Final = re.compile(r"[\s()\[\]./:_\u2019'-]+")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")


def column_name(written: str) -> str:
    """Returns the name of a column without capitals and accents, its words parted alike.

    “Poids brut (kg)” is poids_brut_kg.

    Args:
        written: As the header writes it.
    """
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", written.lower()))
    return _BETWEEN.sub("_", plain).strip("_")


_KNOWN: Final = {column: tuple(map(column_name, called)) for column, called in {**COLUMNS, **KEPT}.items()}


def places_of(header: Sequence[str]) -> Mapping[str, int]:
    """Returns where each known column stands.

    Args:
        header: The names of the columns as the file writes them.

    Raises:
        ManifestUnreadable: A column stands there twice, or none describes the goods.
    """
    names = [column_name(name) for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ManifestUnreadable(f"The header names {', '.join(twice)} twice: give each column a name of its own.")
    places = {}
    for column, called in _KNOWN.items():
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


def tariff_place(header: Sequence[str]) -> int:
    """Returns where the column of the tariff code stands; -1 where there is none.

    Args:
        header: The names of the columns as the file writes them.
    """
    names = [column_name(name) for name in header]
    return next((names.index(name) for name in _KNOWN["tariff"] if name in names), -1)
