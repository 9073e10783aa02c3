"""What the columns of a manifest may be called, and which of them anybody reads.

The rules over words and numbers read six columns. What a flag keeps for the officer who looks at it is read only of
lines that are flagged. A column that is named nowhere here is carried and never read: the name of a person, a
nationality or an address is in none of them.

Source: 19 CFR 103.31 (bills of lading); UN/EDIFACT segments of the WCO data model, as papers name them.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from accord.workstreams.drugs.screening.errors import ManifestUnreadable
from accord.workstreams.drugs.screening.folding import normalised

__all__ = ["COLUMNS", "KEPT", "column_name", "columns_unread", "headings_of", "places_of", "tariff_place"]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "description": (
        *("description", "description_text", "goods_description", "description_of_goods", "goods_desc"),
        *("cargo_description", "commodity_description", "product_description", "item_description", "item_desc"),
        *("description_of_cargo", "description_of_commodity", "commodity", "product_name", "product", "goods", "cargo"),
        *("designation", "designation_des_marchandises", "description_des_marchandises", "marchandise", "marchandises"),
        *("nature_des_marchandises", "libelle_des_marchandises", "libelle", "description_du_produit", "produit"),
        *("विवरण", "माल_का_विवरण", "वस्तु_का_विवरण", "सामान_का_विवरण", "उत्पाद_का_विवरण"),
    ),
    "tariff": (
        *("tariff", "tariff_code", "hs_code", "hs", "harmonized_number"),
        *("hs_number", "tariff_number", "tariff_item", "tariff_heading", "customs_tariff_heading", "commodity_code"),
        *("harmonized_code", "harmonised_code", "harmonized_system_code", "harmonised_system_code"),
        *("classification_number", "tariff_classification", "hts", "hts_code", "hts_number"),
        *("hsn", "hsn_code", "cth", "ctsh", "ritc", "ritc_code", "itc_hs", "itc_hs_code"),
        *("code_sh", "sh", "code_tarifaire", "position_tarifaire", "numero_tarifaire"),
        *("code_du_sh", "code_hs", "numero_de_classement", "classement_tarifaire", "code_de_marchandise"),
        *("एचएस_कोड", "टैरिफ_कोड", "टैरिफ़_कोड", "प्रशुल्क_कोड", "एचएस", "एचएसएन", "एचएसएन_कोड", "टैरिफ_शीर्ष"),
    ),
    "cas": (
        *("cas", "cas_number", "cas_rn", "casrn", "cas_registry_number", "cas_reg_number", "cas_code", "cas_id"),
        *("registry_number", "chemical_abstracts_number", "chemical_abstracts_registry_number"),
        *("number_cas", "code_cas", "numero_de_registre_cas", "numero_d_enregistrement_cas"),
        *("सीएएस", "सीएएस_संख्या", "सीएएस_पंजीकरण_संख्या", "कैस", "कैस_संख्या", "पंजीकरण_संख्या_सीएएस"),
    ),
    "container": (
        *("container", "container_number", "container_id", "containers", "cntr", "cntr_number", "equipment_number"),
        *("conteneur", "numero_de_conteneur", "n°_de_conteneur", "conteneurs"),
        *("कंटेनर", "कंटेनर_संख्या"),
    ),
    "postal": (
        *("postal_item", "s10", "item_id", "postal_item_number", "postal_item_id", "s10_number", "tracking_number"),
        *("envoi_postal", "numero_de_l_envoi", "numero_de_suivi"),
        *("डाक_वस्तु", "डाक_वस्तु_संख्या"),
    ),
    "reference": (
        *("reference", "line_id", "identifier", "identifiant", "संदर्भ", "संदर्भ_संख्या"),
        *("reference_number", "ref", "ref_number", "our_reference", "cargo_control_number", "ccn"),
        *("bill_of_lading", "bill_of_lading_number", "bl", "bl_number", "bol", "bol_number"),
        *("house_bill_of_lading", "house_bill_of_lading_number", "house_bol_number", "house_bill", "hbl", "hbl_number"),
        *("master_bill_of_lading", "master_bill_of_lading_number", "master_bol_number", "mbl", "mbl_number"),
        *("air_waybill", "air_waybill_number", "airway_bill", "airway_bill_number", "awb", "awb_number", "waybill"),
        *("waybill_number", "shipping_bill", "shipping_bill_number", "sb_number", "bill_of_entry"),
        *("bill_of_entry_number", "be_number"),
        *(
            "numero_de_reference",
            "connaissement",
            "connaissement_number",
            "numero_de_connaissement",
            "lettre_de_transport_aerien",
        ),
        *("numero_de_controle_du_fret", "numero_de_lta", "lta"),
        *("लदान_पत्र", "लदान_पत्र_संख्या", "लदान_बिल", "लदान_बिल_संख्या", "शिपिंग_बिल_संख्या", "बिल_ऑफ_लेडिंग"),
    ),
}
"""What a column that every line is held against may be called in a header; the first that is there is read."""

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "edition": ("hs_edition", "tariff_edition", "edition", "edition_sh", "edition_du_sh", "संस्करण"),
    "packages": (
        *("packages", "piece_count", "package_count", "number_of_packages", "number_of_pieces", "number_of_pkgs"),
        *("pkgs", "pieces", "total_packages", "colis", "nombre_de_colis", "पैकेज", "पैकेजों_की_संख्या"),
    ),
    "gross": (
        *("gross_weight", "gross_weight_kg", "weight", "weight_kg", "harmonized_weight"),
        *("gross_wt", "gross_wt_kg", "gross_mass", "gross_mass_kg", "gross", "gross_kg"),
        *("poids_brut", "poids_brut_kg", "poids", "poids_kg", "masse_brute", "masse_brute_kg"),
        *("सकल_वज़न", "सकल_भार", "वज़न", "भार"),
    ),
    "net": (
        *("net_weight", "pure_quantity", "pure_weight", "quantity"),
        *("net_weight_kg", "net_wt", "net_wt_kg", "net_mass", "net_mass_kg", "net", "net_kg", "quantity_kg", "qty"),
        *("poids_net", "poids_net_kg", "masse_nette", "masse_nette_kg", "quantite_pure", "quantite"),
        *("शुद्ध_वज़न", "शुद्ध_भार", "मात्रा"),
    ),
    "unit": (
        *("weight_unit", "unit", "harmonized_weight_unit", "weight_uom", "unit_of_weight", "unit_of_measure", "uom"),
        *("uqc", "unite_de_poids", "unite", "unite_de_mesure", "वज़न_की_इकाई", "इकाई", "माप_की_इकाई"),
    ),
    "purity": ("purity", "purity_percent", "assay", "purete", "शुद्धता"),
    "shipper": (
        *("shipper", "shipper_name", "shipper_party_name", "exporter", "expediteur", "exportateur", "निर्यातक"),
        *("consignor", "consignor_name", "exporter_name", "sender", "sender_name"),
        *("nom_de_l_expediteur", "nom_de_l_exportateur", "प्रेषक", "परेषक", "निर्यातक_का_नाम", "प्रेषक_का_नाम"),
    ),
    "shipper_number": (
        *("shipper_number", "exporter_number", "exporter_registration", "numero_de_l_exportateur"),
        *("consignor_number", "exporter_iec", "exporter_registration_number", "numero_de_l_expediteur"),
    ),
    "consignee": (
        *("consignee", "consignee_name", "importer", "destinataire", "importateur", "आयातक"),
        *("consignee_party_name", "importer_name", "receiver", "receiver_name"),
        *("nom_du_destinataire", "nom_de_l_importateur", "परेषिती", "प्राप्तकर्ता", "आयातक_का_नाम", "परेषिती_का_नाम"),
    ),
    "consignee_number": (
        *("consignee_number", "importer_number", "importer_registration", "numero_de_l_importateur"),
        *("importer_iec", "importer_business_number", "importer_registration_number", "numero_du_destinataire"),
    ),
    "origin": (
        *("from", "origin", "country_of_export", "port_of_lading", "pays_d_exportation", "मूल_देश"),
        *("export_country", "exporting_country", "country_of_shipment", "country_of_origin", "origin_country"),
        *("country_of_consignment", "port_of_loading", "loading_port", "pol", "foreign_port_of_lading"),
        *("pays_exportateur", "pays_d_expedition", "pays_de_provenance", "provenance", "pays_d_origine", "origine"),
        *("port_de_chargement", "उद्गम_देश", "निर्यात_का_देश", "मूल_का_देश", "लदान_बंदरगाह"),
    ),
    "destination": (
        *("to", "destination", "country_of_import", "port_of_unlading", "pays_d_importation", "गंतव्य"),
        *("import_country", "importing_country", "country_of_destination", "destination_country", "final_destination"),
        *("port_of_discharge", "discharge_port", "pod", "port_of_unloading", "port_of_destination"),
        *("pays_de_destination", "pays_importateur", "port_de_dechargement", "गंतव्य_देश", "आयात_का_देश"),
    ),
    "route": (
        *("route", "via", "transit", "itineraire", "मार्ग", "routing", "transit_country", "transit_countries"),
        *("country_of_transit", "pays_de_transit", "पारगमन_देश"),
    ),
    "notice": (
        *("notice", "notice_reference", "pen_reference", "pre_export_notice", "notification_prealable"),
        *("notice_number", "pen", "pen_number", "pre_export_notification", "pre_export_notification_number"),
        *("numero_de_notification", "numero_de_notification_prealable"),
    ),
    "arrived": (
        *("arrived", "arrival_date", "actual_arrival_date", "date_d_arrivee", "आगमन_तिथि"),
        *("date_of_arrival", "date_arrived", "arrived_on", "आगमन_की_तिथि"),
    ),
}
"""What is kept of a flagged line beside what is read of every one."""

_COLUMNS_MAX: Final = 1_000
"""Columns of a header: the widest of the forms that are known has some hundred."""
_NAMED_MAX: Final = 5
"""Columns at fault that are named."""
_BETWEEN: Final = re.compile(r"[\s()\[\]./:_\u2019'-]+")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_NUMBER_SIGNS: Final = re.compile("#|№|\\bn[°º]", re.IGNORECASE)
_BILL: Final = re.compile(r"\bb[/.]l\b", re.IGNORECASE)
_NUKTA: Final = "\u093c"
_NUMBERS: Final = frozenset(
    ("no", "nos", "nr", "num", "nbr", "n", "number", "numbers", "numero", "नंबर", "नम्बर", "क्रमांक", "संख्या")
)
_SMALL: Final = frozenset(("of", "the", "de", "du", "des", "la", "le", "les", "d", "l", "का", "की", "के"))
"""Words that change nothing in the name of a column."""
UNREAD_MAX: Final = 50
"""Columns that are named as not read at most."""
_SHOWN_MAX: Final = 60
"""Characters of a name of a column that are shown."""
_SEQUENCE: Final = "description_sequence_number"
"""What tells the bills of lading of the US by their header."""


def column_name(written: str) -> str:
    """Returns the name of a column without capitals and accents, its words parted alike.

    “Poids brut (kg)” is poids_brut_kg.

    Args:
        written: As the header writes it.
    """
    plain = _ACCENTS.sub("", normalised("NFKD", written.lower()))
    return _BETWEEN.sub("_", plain).strip("_")


def _key(written: str) -> str:
    """The name of a column by which it is looked for: Container #, container no. and Container Number are one."""
    plain = _BILL.sub("bl", _NUMBER_SIGNS.sub(" number ", written)).replace("%", " ")
    words = column_name(plain).replace(_NUKTA, "").split("_")
    kept = ("number" if word in _NUMBERS else word for word in words if word not in _SMALL)
    return "_".join(kept) or column_name(written)


_KNOWN: Final = {column: tuple(dict.fromkeys(map(_key, called))) for column, called in {**COLUMNS, **KEPT}.items()}


def places_of(header: Sequence[str]) -> Mapping[str, int]:
    """Returns where each known column stands.

    Args:
        header: The names of the columns as the file writes them.

    Raises:
        ManifestUnreadable: A column stands there twice, none describes the goods, or there are too many.
    """
    if len(header) > _COLUMNS_MAX:
        raise ManifestUnreadable(
            f"The header names {len(header):,} columns, more than {_COLUMNS_MAX:,}.",
            next_step="Leave out the columns that hold nothing, and screen the file again; nothing was screened.",
        )
    names = [column_name(name) for name in header]
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        raise ManifestUnreadable(f"The header names {_shown(twice)} twice: give each column a name of its own.")
    places = _places(header)
    if "description" not in places:
        known = ", ".join(COLUMNS["description"])
        raise ManifestUnreadable(f"No column of the header describes the goods. It may be called {known}.")
    if _SEQUENCE in names and "container" in places:
        places["is_ams"] = places["container"]
    weighed = places.get("gross", places.get("net", -1))
    if weighed >= 0 and names[weighed].endswith("_kg"):
        places["is_kg"] = weighed
    return places


def _places(header: Sequence[str]) -> dict[str, int]:
    at: dict[str, int] = {}
    for place, name in enumerate(header):
        at.setdefault(_key(name), place)
    found = ((column, next((at[name] for name in called if name in at), -1)) for column, called in _KNOWN.items())
    return {column: place for column, place in found if place >= 0}


def headings_of(header: Sequence[str]) -> Mapping[str, str]:
    """Returns what the file calls each column that is read.

    Args:
        header: The names of the columns as the file writes them.
    """
    return {column: header[place].strip()[:_SHOWN_MAX] for column, place in _places(header).items()}


def columns_unread(header: Sequence[str]) -> list[str]:
    """Returns the names of the columns that nobody reads, as the file writes them, :data:`UNREAD_MAX` at most.

    Args:
        header: The names of the columns as the file writes them.
    """
    read = set(_places(header).values())
    unread = (
        name.strip()[:_SHOWN_MAX]
        for place, name in enumerate(header)
        if place not in read and name.strip() and column_name(name) != _SEQUENCE
    )
    return list(islice(unread, UNREAD_MAX))


def _shown(names: Sequence[str]) -> str:
    """Some names of columns, so far as one can read them."""
    shown = [name if len(name) <= _SHOWN_MAX else f"{name[:_SHOWN_MAX]}…" for name in names[:_NAMED_MAX]]
    return ", ".join([*shown, "…"] if len(names) > _NAMED_MAX else shown)


def tariff_place(header: Sequence[str]) -> int:
    """Returns where the column of the tariff code stands; -1 where there is none.

    Args:
        header: The names of the columns as the file writes them.
    """
    return _places(header).get("tariff", -1)
