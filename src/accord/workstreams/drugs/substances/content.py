"""What the register of substances holds: substances with their names and numbers, and dated entries of control.

Source: UN Convention against Illicit Traffic in Narcotic Drugs and Psychotropic Substances, 1988, article 12; CAS
registry numbers with their check digit; IUPAC InChIKey.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from accord.exchange.kinds.particulars import cas_number_is_valid
from accord.workstreams.drugs.substances.errors import TableDamaged

__all__ = ["Control", "Extent", "Name", "NameKind", "Substance", "SubstanceTable", "Tariff", "decode_table"]

Id = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=64)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
InChIKey = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{14}-[A-Z]{10}-[A-Z]\Z")]
Language = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{2,3}\Z")]
TariffCode = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6}\Z")]

SUBSTANCES_MAX: Final = 20_000


class NameKind(StrEnum):
    """What kind of name: an abbreviation means a substance only where the rest of the line speaks of chemistry."""

    SYSTEMATIC = "systematic"
    COMMON = "common"
    TRADE = "trade"
    ABBREVIATION = "abbreviation"


class Extent(StrEnum):
    """What an entry includes beside the substance itself."""

    SALTS = "salts"
    DERIVATIVES = "derivatives"
    ANALOGUES = "analogues"


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of a substance.

    Args:
        text: As it is published.
        language: ISO 639 code.
        kind: What kind of name.
    """

    text: Text
    language: Language
    kind: NameKind


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the Harmonized System puts a substance.

    Args:
        code: Six digits.
        edition: Year of the edition of the Harmonized System.
        is_own: Whether the code names this substance alone; else it is a basket of many.
        verified: Whether the text of that edition was read for this row.
    """

    code: TariffCode
    edition: Annotated[int, msgspec.Meta(ge=1988, le=2100)]
    is_own: bool
    verified: bool


class Substance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One substance.

    Args:
        id: Its code in this table.
        label: The short name that people use.
        inchikey: Its InChIKey.
        formula: Its sum formula.
        cas: CAS registry numbers, with hyphens.
        tariff: Its place in the Harmonized System.
        names: Its names.
    """

    id: Id
    label: Text
    inchikey: InChIKey
    formula: Text
    cas: tuple[str, ...]
    tariff: Tariff
    names: tuple[Name, ...]


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One entry of control: an instrument that controls substances from a day.

    Args:
        substances: Codes of the substances.
        jurisdiction: Code of the party, or UN for the Convention.
        instrument: The Act, regulation or treaty.
        class_: Schedule, table or class.
        citation: Where it stands.
        verified: Whether the text of the instrument was read for this row.
        item: Item of the schedule.
        includes: What it includes beside the substance.
        threshold: Amount below which the entry does not apply, as the instrument writes it.
        valid_from: First day of control; nothing where the table does not know it.
        valid_to: Last day of control; nothing while it lasts.
    """

    substances: tuple[Id, ...]
    jurisdiction: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
    instrument: Text
    class_: Text
    citation: Text
    verified: bool
    item: str = ""
    includes: tuple[Extent, ...] = ()
    threshold: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class SubstanceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of the register.

    Args:
        version: Its name.
        title: What it holds.
        substances: Its substances.
        controls: Its entries of control.
    """

    version: Text
    title: Text
    substances: Annotated[tuple[Substance, ...], msgspec.Meta(max_length=SUBSTANCES_MAX)]
    controls: tuple[Control, ...] = ()

    def by_id(self) -> Mapping[str, Substance]:
        """Returns the substances by their codes."""
        return {one.id: one for one in self.substances}


def decode_table(text: str) -> SubstanceTable:
    """Reads a table in TOML, and refuses one that contradicts itself.

    Raises:
        TableDamaged: It is no TOML of this form, a CAS number fails its check digit, a code is there twice, or an entry
            of control names a substance that is not there or ends before it begins.
    """
    try:
        table = msgspec.toml.decode(text, type=SubstanceTable)
    except (msgspec.DecodeError, ValueError) as error:
        raise TableDamaged(f"The table of substances cannot be read: {error}.") from error
    known: set[str] = set()
    for substance in table.substances:
        if substance.id in known:
            raise TableDamaged(f"The substance {substance.id} is in the table twice.")
        known.add(substance.id)
        for number in substance.cas:
            if not cas_number_is_valid(number):
                raise TableDamaged(f"{number}, a CAS number of {substance.id}, fails its check digit.")
    for control in table.controls:
        for code in control.substances:
            if code not in known:
                raise TableDamaged(f"{control.citation} names {code}, which is not in the table.")
        if control.valid_from is not None and control.valid_to is not None and control.valid_to < control.valid_from:
            raise TableDamaged(f"{control.citation} ends before it begins.")
    return table
