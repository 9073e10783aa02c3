"""Rows of the register of substances, for tests; their texts are SPECIMENs."""

from collections.abc import Sequence
from typing import Any

from accord.workstreams.drugs.substances.content import Control, Substance, Tariff

__all__ = ["control", "substance"]


def substance(code: str, **fields: Any) -> Substance:
    """A substance whose numbers are of the right form and nobody's."""
    given: dict[str, Any] = {
        "label": "SPECIMEN",
        "inchikey": "AAAAAAAAAAAAAA-UHFFFAOYSA-N",
        "formula": "C",
        "cas": (),
        "tariff": Tariff(code="293339", edition=2022, is_own=False, verified=False),
        "names": (),
        **fields,
    }
    return Substance(id=code, **given | {"cas": tuple(given["cas"])})


def control(code: str, substances: Sequence[str], **fields: Any) -> Control:
    """An entry of control of an instrument that is none."""
    given: dict[str, Any] = {
        "jurisdiction": "XX",
        "instrument": "SPECIMEN order",
        "class_": "Schedule",
        "citation": "SPECIMEN gazette",
        "verified": False,
        **fields,
    }
    return Control(id=code, substances=tuple(substances), **given)
