"""What the pages of screening show: a manifest that was brought, screened, marked and in part not read.

It is made once at a node of a played story, however often it is asked for.
"""

from collections.abc import Mapping
from typing import Final

from accord.cli.demo.nodes import NodeProcess
from accord.cli.demo.playing import wait_for
from tests.screens.seat import Seat

__all__ = ["screened_places"]

LIST: Final = "/desk/drugs/screening/"
NAME: Final = "SPECIMEN-manifest.csv"
ROWS: Final = (
    "reference,shipper,consignee,from,to,packages,weight_kg,tariff,container,description",
    "SP-001,Specimen Exports,Example Coatings,IN,CA,1,25,2933.39,CSQU3054383,1-boc-4-piperidone 98 % purity",
    "SP-002,Specimen Exports,Example Foods,IN,CA,40,900,0902.10,,Green tea in bags",
    "SP-003,Specimen Trading,Example Pharma,IN,CA,2,50,2933.39,CSQU3054384,Chemical intermediate",
    "SP-004,Specimen Trading,Example Sweets,IN,CA,1,340,8474.80,,Rotary tablet press machine with dies",
    "SP-005,Specimen Labs,Example Labs,IN,CA,1,1,3822.19,,Reference kit 4-anilinopiperidin sample for HPLC",
    "SP-006,too,few",
    "SP-007,Specimen Labs,Example Labs,IN,CA,3,12,2933.39,,Sample CAS 79099-07-3 white powder",
    *(f"SP-{number:03},Specimen Mills,Example Shops,IN,CA,9,400,6109.10,,Cotton shirts" for number in range(8, 60)),
)

LICENCES: Final = "/desk/drugs/licences/"
LICENSED: Final = (
    "jurisdiction,number,company,company_number,substances,kilograms,purity,valid_from,valid_to",
    "CA,OKX-1,Example Labs Inc.,SPECIMEN-77,1-boc-4-piperidone,5,99,2025-01-01,2026-01-31",
    "CA,OKX-2,Example Coatings Inc.,SPECIMEN-78,79099-07-3,,,2025-01-01,",
)


def screened_places(nodes: Mapping[str, NodeProcess]) -> dict[str, str]:
    """Returns what stands in the addresses of the pages of screening.

    Args:
        nodes: Both nodes of a played story, running.
    """
    seat = Seat(nodes["CA"], "liaison")
    address = seat.found(LIST, rf'href="({LIST}[0-9a-f-]{{36}}/)"[^>]*>{NAME}')
    if not address:
        address = seat.bring(LIST, NAME, "\n".join(ROWS).encode())
        wait_for(lambda: "286" if "hx-trigger" not in _main(seat.read(address)) else "", "a manifest to be screened")
        flags = seat.found(address, r"name=\"flag\" value=\"([0-9a-f-]{36})\"")
        seat.send(address, {"act": "mark-true", "flag": flags}, to=f"{address}act")
    if "OKX-1" not in seat.read(LICENCES):
        seat.send(LICENCES, {"act": "import", "table": "\n".join(LICENSED)}, to=f"{LICENCES}act")
    flag = seat.found(address, r"/desk/drugs/screening/flags/([0-9a-f-]{36})/")
    return {"screening": address.rstrip("/").rpartition("/")[2], "flag": flag}


def _main(page: str) -> str:
    return page.partition("<main")[2]
