"""Licences on file: read from a table that an authority gives, kept, taken out and put back.

Every row is kept or refused with its line, column, value and mend; a broken row never stops the others. A row with a
number that is on file replaces what stood there.

Who works on cases (``message.draft``) keeps them; who reads cases (``case.read``) sees them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.text import first_refused
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workstreams.drugs.licences.rows import VALUE_CHARACTERS, read_licence_rows
from accord.workstreams.drugs.models import Licence
from accord.workstreams.drugs.screening.lines import RefusedLine
from accord.workstreams.drugs.screening.papers import decimal_of, kilograms
from accord.workstreams.drugs.substances.book import table_in_force

__all__ = ["Imported", "import_licences", "remove_licence", "restore_licence"]

CHARACTERS_MAX: Final[Mapping[str, int]] = {"jurisdiction": 16, "number": 64, "company": 200, "company_number": 64}
PURITY_MAX: Final = 100


@dataclass(kw_only=True, slots=True)
class Imported:
    """What became of a table.

    Args:
        added: Licences that were not on file.
        changed: Licences that were on file otherwise.
        unchanged: Licences that were on file so.
        refused: Rows that could not be read.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


class _Wrong(Exception):
    def __init__(self, column: str, mend: str) -> None:
        super().__init__(mend)
        self.column, self.mend = column, mend


@transaction.atomic
def import_licences(officer: Officer, content: bytes, *, now: datetime | None = None) -> Imported:
    """Takes a table of licences on file.

    Args:
        officer: Who brings it.
        content: CSV in UTF-8 whose header names :data:`~.licence_rows.LICENCE_COLUMNS`, in any order.
        now: The time.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: It is too large, not in UTF-8, or its header lacks a column.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    moment, told = now or timezone.now(), Imported()
    codes = _codes()
    held = {(one.jurisdiction, one.number): one for one in Licence.objects.select_for_update()}
    for line, row in read_licence_rows(content):
        if isinstance(row, RefusedLine):
            told.refused.append(row)
            continue
        try:
            values = _values(row, codes)
        except _Wrong as wrong:
            shown = (row.get(wrong.column) or "")[:VALUE_CHARACTERS]
            told.refused.append(RefusedLine(number=line, column=wrong.column, value=shown, mend=wrong.mend))
            continue
        known = held.get((values["jurisdiction"], values["number"]))
        if known is None:
            made = Licence.objects.create(**values, kept_by=officer, kept_at=moment)
            held[made.jurisdiction, made.number] = made
            told.added += 1
        elif known.removed_at is None and all(getattr(known, name) == value for name, value in values.items()):
            told.unchanged += 1
        else:
            for name, value in values.items():
                setattr(known, name, value)
            known.kept_by, known.kept_at, known.removed_at = officer, moment, None
            known.save()
            told.changed += 1
    note(officer, "import licences", officer, at=moment, detail={"rows": told.added + told.changed})
    return told


@transaction.atomic
def remove_licence(officer: Officer, licence: Licence, *, now: datetime | None = None) -> None:
    """Takes a licence out: it counts no more, and can be put back.

    Raises:
        NotPermitted: The officer may not work on cases.
    """
    _set_removed(officer, licence, now or timezone.now(), is_removed=True)


@transaction.atomic
def restore_licence(officer: Officer, licence: Licence, *, now: datetime | None = None) -> None:
    """Puts a licence back that was taken out.

    Raises:
        NotPermitted: The officer may not work on cases.
    """
    _set_removed(officer, licence, now or timezone.now(), is_removed=False)


def _set_removed(officer: Officer, licence: Licence, at: datetime, *, is_removed: bool) -> None:
    require(officer, Permission.MESSAGE_DRAFT)
    licence.removed_at = at if is_removed else None
    licence.kept_by, licence.kept_at = officer, at
    licence.save(update_fields=["removed_at", "kept_by", "kept_at"])
    note(officer, "remove licence" if is_removed else "restore licence", licence, at=at)


def _codes() -> Mapping[str, str]:
    """The code of each substance of the register by its code and its CAS numbers."""
    table = table_in_force()
    by_number = {number: one.id for one in table.substances for number in one.cas}
    return {**by_number, **{one.id: one.id for one in table.substances}}


def _values(row: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, Any]:  # Any: values of columns
    for name, most in CHARACTERS_MAX.items():
        text = row.get(name, "")
        if not text and name != "company_number":
            raise _Wrong(name, mend="The cell is empty: fill it.")
        if len(text) > most or first_refused(text) is not None:
            raise _Wrong(name, mend=f"Write at most {most} plain characters.")
    given = row.get("substances", "").replace(";", " ").split()
    unknown = [one for one in given if one not in codes]
    if unknown or not given:
        raise _Wrong(
            "substances", mend="Name substances by their code in the register or their CAS number, blanks between."
        )
    first, last = _day(row, "valid_from"), _day(row, "valid_to")
    if first is not None and last is not None and last < first:
        raise _Wrong("valid_to", mend="The last day lies before the first.")
    return {
        **{name: row.get(name, "") for name in CHARACTERS_MAX},
        "substances": list(dict.fromkeys(codes[one] for one in given)),
        "kilograms": _weight(row),
        "purity": _purity(row),
        "valid_from": first,
        "valid_to": last,
    }


def _weight(row: Mapping[str, str]) -> Decimal | None:
    text = row.get("kilograms", "")
    found = kilograms(text, "kg") if text else None
    if text and (found is None or found > Decimal(10) ** 11):
        raise _Wrong("kilograms", mend="Write a weight such as 1000.5; it is in kilograms.")
    return found


def _purity(row: Mapping[str, str]) -> Decimal | None:
    text = row.get("purity", "").rstrip("% ")
    found = decimal_of(text) if text else None
    if text and (found is None or found > PURITY_MAX):
        raise _Wrong("purity", mend="Write a share of a hundred, such as 98.5.")
    return found


def _day(row: Mapping[str, str], name: str) -> date | None:
    text = row.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _Wrong(name, mend="Write the day as 2026-02-07.") from error
