"""What the register of substances holds: substances with their names and numbers, and dated entries of control.

Invariants:

* A row says whether its source was read (``verified``); what was not read is never shown as if it had been.
* A salt or hydrate is a row of its own that names its parent; the parent is no salt itself, so that a form is one step
  from what it is a form of.
* A row that is controlled by its originator, such as one of a list that an authority received in confidence, is marked
  on the row itself: whoever exports or tells must look at the row, and cannot forget a list kept apart.

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

__all__ = [
    "CONTROLS_MAX",
    "SUBSTANCES_MAX",
    "Control",
    "Extent",
    "Form",
    "Name",
    "NameKind",
    "Regime",
    "Substance",
    "SubstanceTable",
    "Tariff",
    "check_table",
    "decode_table",
]

Id = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=64)]
Text = Annotated[str, msgspec.Meta(pattern=r"\A\S(.*\S)?\Z", max_length=400)]
MaybeText = Annotated[str, msgspec.Meta(pattern=r"\A(\S(.*\S)?)?\Z", max_length=400)]
InChIKey = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{14}-[A-Z]{10}-[A-Z]\Z")]
Language = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{2,3}\Z")]
Script = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][a-z]{3}\Z")]
Jurisdiction = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
TariffCode = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6}\Z")]

SUBSTANCES_MAX: Final = 20_000
"""Most substances of one table: a hundred times what any list of precursors holds."""

CONTROLS_MAX: Final = 20_000
"""Most entries of control of one table."""


class NameKind(StrEnum):
    """What kind of name: an abbreviation means a substance only where the rest of the line speaks of chemistry."""

    SYSTEMATIC = "systematic"
    COMMON = "common"
    INN = "inn"
    TRADE = "trade"
    SLANG = "slang"
    TARIFF = "tariff"
    ABBREVIATION = "abbreviation"


class Extent(StrEnum):
    """What an entry includes beside the substance itself."""

    SALTS = "salts"
    DERIVATIVES = "derivatives"
    ANALOGUES = "analogues"


class Form(StrEnum):
    """What a substance is of its parent."""

    SALT = "salt"
    HYDRATE = "hydrate"
    OTHER = "other"


class Regime(StrEnum):
    """Under which rules an entry puts a substance: a precursor and a drug have other permits for the same molecule."""

    PRECURSOR = "precursor"
    DRUG = "drug"


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of a substance.

    Args:
        text: As it is published.
        language: ISO 639 code.
        kind: What kind of name.
        script: ISO 15924 code of its script.
    """

    text: Text
    language: Language
    kind: NameKind
    script: Script = "Latn"


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
        parent: Code of the substance of which this is a salt, a hydrate or another form.
        relation: Which of these.
        source: Where its numbers stand.
        verified: Whether that source was read for this row.
        originator_controlled: Whether it came in confidence: it stays on this node.
    """

    id: Id
    label: Text
    inchikey: InChIKey
    formula: Text
    cas: tuple[str, ...]
    tariff: Tariff
    names: tuple[Name, ...]
    parent: Id | None = None
    relation: Form | None = None
    source: MaybeText = ""
    verified: bool = False
    originator_controlled: bool = False


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One entry of control: an instrument that controls substances from a day.

    Args:
        id: Its code in this table.
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
        regime: Under which rules it puts them.
        schedules: Short codes of the schedules, where the rules of that party compare them (``B``, ``C``).
        notification: Number under which it was published, where it has one.
        originator_controlled: Whether it came in confidence: it stays on this node.
    """

    id: Id
    substances: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1)]
    jurisdiction: Jurisdiction
    instrument: Text
    class_: Text
    citation: Text
    verified: bool
    item: MaybeText = ""
    includes: tuple[Extent, ...] = ()
    threshold: MaybeText = ""
    valid_from: date | None = None
    valid_to: date | None = None
    regime: Regime = Regime.PRECURSOR
    schedules: tuple[Annotated[str, msgspec.Meta(pattern=r"\A[A-Z0-9][A-Z0-9-]{0,15}\Z")], ...] = ()
    notification: MaybeText = ""
    originator_controlled: bool = False


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
    controls: Annotated[tuple[Control, ...], msgspec.Meta(max_length=CONTROLS_MAX)] = ()

    def opened(self) -> "SubstanceTable":
        """Returns the table without what its originator controls: what may leave this node."""
        return msgspec.structs.replace(
            self,
            substances=tuple(one for one in self.substances if not one.originator_controlled),
            controls=tuple(one for one in self.controls if not one.originator_controlled),
        )

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
    check_table(table)
    return table


def check_table(table: SubstanceTable) -> None:
    """Refuses a table that contradicts itself.

    Raises:
        TableDamaged: A CAS number fails its check digit or belongs to two substances, a code is there twice, a form
            names no parent or a parent that is a form itself, an entry of control names a substance that is not there
            or ends before it begins, or an open row would give away one that its originator controls.
    """
    known = _known(table.substances)
    for substance in table.substances:
        _check_form(substance, known)
    seen: set[str] = set()
    for control in table.controls:
        if control.id in seen:
            raise TableDamaged(f"The entry of control {control.id} is in the table twice.")
        seen.add(control.id)
        for code in control.substances:
            if code not in known:
                raise TableDamaged(f"The entry of control {control.id} names {code}, which is not in the table.")
            if known[code].originator_controlled and not control.originator_controlled:
                raise TableDamaged(f"The open entry {control.id} names {code}, which its originator controls.")
        if control.valid_from is not None and control.valid_to is not None and control.valid_to < control.valid_from:
            raise TableDamaged(f"The entry of control {control.id} ends before it begins.")


def _known(substances: tuple[Substance, ...]) -> Mapping[str, Substance]:
    known: dict[str, Substance] = {}
    numbers: dict[str, str] = {}
    for substance in substances:
        if substance.id in known:
            raise TableDamaged(f"The substance {substance.id} is in the table twice.")
        known[substance.id] = substance
        for number in substance.cas:
            if not cas_number_is_valid(number):
                raise TableDamaged(f"{number}, a CAS number of {substance.id}, fails its check digit.")
            if number in numbers:
                raise TableDamaged(f"The CAS number {number} stands at {numbers[number]} and at {substance.id}.")
            numbers[number] = substance.id
    return known


def _check_form(substance: Substance, known: Mapping[str, Substance]) -> None:
    if (substance.parent is None) is not (substance.relation is None):
        raise TableDamaged(f"{substance.id} has a parent without its relation, or a relation without its parent.")
    if substance.parent is None:
        return
    parent = known.get(substance.parent)
    if parent is None:
        raise TableDamaged(f"{substance.id} is a form of {substance.parent}, which is not in the table.")
    if parent.parent is not None or parent.id == substance.id:
        raise TableDamaged(f"{substance.id} is a form of {parent.id}, which is a form itself.")
    if parent.originator_controlled and not substance.originator_controlled:
        raise TableDamaged(f"The open row {substance.id} is a form of {parent.id}, which its originator controls.")
