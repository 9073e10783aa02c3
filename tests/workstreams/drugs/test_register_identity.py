"""A row beside the structure that its editor enters: what agrees, what does not, and what is missing without RDKit.

RDKit itself is no dependency of the tests (250 MB); what is asked of it stands in a small chemistry of two molecules.
"""

import sys

import pytest
from msgspec import structs

from accord.workstreams.drugs.substances import identity as identities
from accord.workstreams.drugs.substances.content import Form, SubstanceTable
from accord.workstreams.drugs.substances.identity import (
    ChemistryMissing,
    Identity,
    StructureUnreadable,
    compared,
    identity_of,
    installed_chemistry,
)
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.workstreams.drugs.rows import substance

BASE = "BASEBASEBASEBA-UHFFFAOYSA-N"
SALT = "SALTSALTSALTSA-UHFFFAOYSA-N"


class Small:
    """A chemistry that knows a base and its salt."""

    def read(self, structure: str) -> Identity | None:
        known = {"B": (BASE, "B"), "B.Cl": (SALT, "BCl")}
        if structure not in known:
            return None
        inchikey, formula = known[structure]
        return Identity(inchikey=inchikey, formula=formula, parent_inchikey=BASE)


def table(*rows: object) -> SubstanceTable:
    return structs.replace(shipped_table(), substances=tuple(rows), controls=())


ROW = substance("base", inchikey=BASE, formula="B")
SALT_ROW = substance("salt", inchikey=SALT, formula="BCl", parent="base", relation=Form.SALT)


def test_a_row_that_is_what_its_structure_says_agrees() -> None:
    rows = table(ROW, SALT_ROW)
    assert compared(ROW, identity_of("B", Small()), rows) == ()
    assert compared(SALT_ROW, identity_of(" B.Cl ", Small()), rows) == ()


def test_another_inchikey_is_told_with_both() -> None:
    (said,) = compared(ROW, identity_of("B.Cl", Small()), table(ROW, SALT_ROW))[:1]
    assert BASE in said
    assert SALT in said


def test_another_formula_is_told() -> None:
    (said,) = compared(structs.replace(ROW, formula="B2"), identity_of("B", Small()), table(ROW))
    assert "B2" in said


def test_a_salt_without_its_parent_is_told_whose_it_is() -> None:
    alone = structs.replace(SALT_ROW, parent=None, relation=None)
    (said,) = compared(alone, identity_of("B.Cl", Small()), table(ROW, alone))
    assert "of base" in said
    (said,) = compared(alone, identity_of("B.Cl", Small()), table(alone))
    assert "not in the table" in said


def test_a_salt_of_another_parent_is_told() -> None:
    other = substance("other", inchikey="OTHEROTHEROTHE-UHFFFAOYSA-N")
    (said,) = compared(structs.replace(SALT_ROW, parent="other"), identity_of("B.Cl", Small()), table(other, SALT_ROW))
    assert "Its parent other" in said


def test_a_form_that_is_neither_salt_nor_hydrate_is_not_held_to_its_parent() -> None:
    form = structs.replace(SALT_ROW, relation=Form.OTHER)
    assert compared(form, identity_of("B.Cl", Small()), table(ROW, form)) == ()


@pytest.mark.parametrize("structure", ["", "  ", "X", "B B", "B" * 1_001])
def test_what_is_no_structure_is_refused(structure: str) -> None:
    with pytest.raises(StructureUnreadable):
        identity_of(structure, Small())


def test_without_rdkit_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdkit.Chem", None)
    with pytest.raises(ChemistryMissing) as missing:
        installed_chemistry()
    assert "accord[identity]" in missing.value.next_step


class _Molecule:
    def __init__(self, atoms: int) -> None:
        self.atoms = atoms

    def GetNumAtoms(self) -> int:  # noqa: N802 - RDKit's name
        return self.atoms


class _Blocked:
    def __enter__(self) -> None: ...

    def __exit__(self, *_error: object) -> None: ...


class _Library:
    """The few functions of RDKit that are called, under its names."""

    BlockLogs = _Blocked

    @staticmethod
    def MolFromSmiles(text: str) -> _Molecule | None:  # noqa: N802
        return {"bad": None, "nothing": _Molecule(0)}.get(text, _Molecule(2))

    @staticmethod
    def ChargeParent(molecule: _Molecule) -> _Molecule:  # noqa: N802
        return _Molecule(1)

    @staticmethod
    def MolToInchiKey(molecule: _Molecule) -> str:  # noqa: N802
        return {1: BASE, 2: SALT}[molecule.atoms]

    @staticmethod
    def CalcMolFormula(molecule: _Molecule) -> str:  # noqa: N802
        return "BCl"


def test_rdkit_is_asked_for_key_formula_and_charge_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "import_module", lambda _name: _Library)
    chemistry = installed_chemistry()
    assert chemistry.read("B.Cl") == Identity(inchikey=SALT, formula="BCl", parent_inchikey=BASE)
    assert (chemistry.read("bad"), chemistry.read("nothing")) == (None, None)
