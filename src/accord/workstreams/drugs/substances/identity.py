"""The identity of a row beside a structure that its editor enters: InChIKey, sum formula, and parent of a salt.

It is for whoever edits the list and is never asked by a node at work, which needs the compiled table alone. The
chemistry is RDKit's, an optional extra (``identity``) of 250 MB; without it this module says how to install it. The
structure is computed with and not kept.

What it does not do: a hydrate that is drawn as a diol does not lead to its ketone, and a name is never turned into a
structure. Where structure and row disagree a person decides; nothing is changed here.

Source: IUPAC InChI; RDKit ``MolStandardize`` (charge parent: largest fragment, neutral).
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol

import msgspec

from accord.errors import OfficerCanMend
from accord.workstreams.drugs.substances.content import Form, Substance, SubstanceTable

__all__ = [
    "Chemistry",
    "ChemistryMissing",
    "Identity",
    "StructureUnreadable",
    "compared",
    "identity_of",
    "installed_chemistry",
]

CHARACTERS_MAX = 1_000
"""Longest structure, in characters: ten times what any substance of a control list needs."""


class ChemistryMissing(OfficerCanMend):
    """RDKit is not installed, and nothing computes identities."""

    code = "drugs.no-chemistry"
    default_next_step = "Install it where the list is edited: pip install 'accord[identity]'. No node needs it."


class StructureUnreadable(OfficerCanMend):
    """A structure cannot be read, or has no InChIKey."""

    code = "drugs.structure-unreadable"
    default_next_step = "Write the structure as SMILES, as an authority or a public register prints it."


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a structure is.

    Args:
        inchikey: Its InChIKey.
        formula: Its sum formula.
        parent_inchikey: InChIKey of what is left without acid, water and charge; the same for what is no salt.
    """

    inchikey: str
    formula: str
    parent_inchikey: str

    @property
    def is_form(self) -> bool:
        """Whether it is a salt or hydrate of something else."""
        return self.inchikey != self.parent_inchikey


class Chemistry(Protocol):
    """Computes identities."""

    def read(self, structure: str) -> Identity | None:
        """Returns the identity of a structure in SMILES; nothing where it cannot be read."""


class _RDKit:
    """The chemistry of RDKit."""

    def __init__(self) -> None:
        try:
            # Any throughout: the library is not there when types are checked.
            self._chem: Any = import_module("rdkit.Chem")
            self._standardize: Any = import_module("rdkit.Chem.MolStandardize.rdMolStandardize")
            self._descriptors: Any = import_module("rdkit.Chem.rdMolDescriptors")
            self._log: Any = import_module("rdkit.rdBase")
        except ImportError as error:
            raise ChemistryMissing("RDKit is not installed here.") from error

    def read(self, structure: str) -> Identity | None:
        """Returns the identity of a structure in SMILES; nothing where it cannot be read."""
        with self._log.BlockLogs():
            molecule = self._chem.MolFromSmiles(structure)
            if molecule is None or not molecule.GetNumAtoms():
                return None
            parent = self._standardize.ChargeParent(molecule)
            inchikey, parent_inchikey = self._chem.MolToInchiKey(molecule), self._chem.MolToInchiKey(parent)
            if not inchikey or not parent_inchikey:
                return None
            formula = self._descriptors.CalcMolFormula(molecule)
        return Identity(inchikey=inchikey, formula=formula, parent_inchikey=parent_inchikey)


def installed_chemistry() -> Chemistry:
    """Returns the chemistry that is installed.

    Raises:
        ChemistryMissing: None is.
    """
    return _RDKit()


def identity_of(structure: str, chemistry: Chemistry) -> Identity:
    """Returns the identity of a structure.

    Args:
        structure: The structure in SMILES.
        chemistry: What computes it.

    Raises:
        StructureUnreadable: It is empty, too long, or no structure.
    """
    text = structure.strip()
    if not text or len(text) > CHARACTERS_MAX or len(text.split()) > 1:
        raise StructureUnreadable(f"A structure is one word of at most {CHARACTERS_MAX} characters.")
    found = chemistry.read(text)
    if found is None:
        raise StructureUnreadable("This is no structure that can be read.")
    return found


def compared(row: Substance, identity: Identity, table: SubstanceTable) -> tuple[str, ...]:
    """Returns in what a row disagrees with the identity of a structure, in sentences; nothing where it agrees.

    Args:
        row: The row.
        identity: What was computed.
        table: The table, in which the parent stands.
    """
    return tuple(_disagreements(row, identity, table))


def _disagreements(row: Substance, identity: Identity, table: SubstanceTable) -> Iterator[str]:
    if row.inchikey != identity.inchikey:
        yield f"The row has the InChIKey {row.inchikey}, the structure {identity.inchikey}."
    if row.formula != identity.formula and row.inchikey == identity.inchikey:
        yield f"The row has the sum formula {row.formula}, the structure {identity.formula}."
    parent, stripped = table.by_id().get(row.parent or ""), identity.parent_inchikey
    if parent is not None and row.relation in {Form.SALT, Form.HYDRATE} and parent.inchikey != stripped:
        yield f"Its parent {parent.id} has the InChIKey {parent.inchikey}, that of the structure {stripped}."
    if row.parent is None and identity.is_form:
        of = next((one.id for one in table.substances if one.inchikey == identity.parent_inchikey), "")
        known = (
            f": of {of}, by its InChIKey" if of else f", whose parent {identity.parent_inchikey} is not in the table"
        )
        yield f"The structure is a salt or hydrate{known}; the row names no parent."
