"""Rows of the register as the desk shows them: in words, with what changed, and a row's whole history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from accord.node.desk.changes import Change as ChangedField
from accord.node.desk.changes import changes_between
from accord.node.desk.figures import day_of, locale_in_use
from accord.node.desk.reading import Part, parts_of
from accord.node.desk.workstreams.drugs.register_texts import OF_LAW, is_told, jurisdiction_name, told_text
from accord.node.desk.workstreams.drugs.substance_words import CHOICES, NAMES, ORDER, STATES
from accord.workstreams.drugs.models import SubstanceProposal, SubstanceVersion
from accord.workstreams.drugs.substances.book import book
from accord.workstreams.drugs.substances.proposing import versions_of
from accord.workstreams.drugs.substances.rows import Kind, Row, rows_of
from accord.workstreams.drugs.substances.shipped import shipped_table

__all__ = [
    "HistoryRow",
    "ProposedRow",
    "history_of",
    "kind_of",
    "parts_of_row",
    "proposed_rows",
    "row_changes",
    "terms_of",
]


def kind_of(row: Row) -> Kind:
    """Returns the kind of a row."""
    return Kind.CONTROL if hasattr(row, "jurisdiction") else Kind.SUBSTANCE


_OF_DESK: Final = frozenset({"includes", "jurisdiction", "originator_controlled", "regime", "relation", "tariff"}) | {
    *("valid_from", "valid_to", "verified"),
}
"""Members whose values the desk says in its own words."""


def _of_law(*rows: Row | None) -> frozenset[str]:
    """Returns the members that say where something is written and that are known in the reader's language in each row.

    Where an officer wrote one of two texts both are shown as they are: a change of one figure would else look as if all
    had been written anew.
    """
    given = [row for row in rows if row is not None]
    return frozenset(
        name for name in OF_LAW if all(not (text := getattr(row, name, "")) or is_told(text) for row in given)
    )


def _told(row: Row | None, known: frozenset[str]) -> dict[str, Any]:  # Any: texts and lists of texts
    """Returns the members of a row in words, in their order; what is empty is left out."""
    if row is None:
        return {}
    terms = {name: getattr(row, name) for name in ORDER[kind_of(row)]}
    found: dict[str, Any] = {}
    for name, value in terms.items():
        if name == "names":
            found[name] = [f"{one.text} ({_language(one.language)}, {CHOICES['kind'][one.kind]})" for one in value]
        elif name == "tariff":
            found[name] = _tariff(value)
        elif name == "jurisdiction":
            found[name] = jurisdiction_name(value)
        elif name in known:
            found[name] = told_text(value) or value
        else:
            found[name] = _value(name, value)
    return found


def _language(code: str) -> str:
    """Returns the name of a language, as CLDR has it."""
    return str(locale_in_use().languages.get(code, code))


def _tariff(tariff: Any) -> list[str]:  # Any: a Tariff
    own = _("this substance alone") if tariff.is_own else _("a basket of many substances")
    read = _("read") if tariff.verified else _("not read in the original")
    code = _("%(code)s, Harmonized System of %(edition)s") % {"code": tariff.code, "edition": tariff.edition}
    return [code, own, read]


def _value(name: str, value: Any) -> Any:  # Any: a member of a row
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "isoformat"):
        return day_of(value)
    if isinstance(value, tuple):
        return [str(CHOICES.get(name, {}).get(one, one)) for one in value]
    return "" if value is None else str(CHOICES.get(name, {}).get(value, value))


def parts_of_row(row: Row) -> tuple[Part, ...]:
    """Returns the members of a row as they are read."""
    known = _of_law(row)
    return parts_of(_told(row, known), names=NAMES, told=_OF_DESK | known)


def row_changes(before: Row | None, after: Row | None) -> tuple[ChangedField, ...]:
    """Returns what changed between two versions of a row, in words."""
    known = _of_law(before, after)
    return changes_between(_told(before, known), _told(after, known), names=NAMES, told=_OF_DESK | known)


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One version of a row, or the row as it came with Accord.

    Args:
        version: The version; nothing for the row as it came.
        state: A key of the table of states.
        changes: What changed from the one before that counted.
        is_out: Whether it takes the row out.
    """

    version: SubstanceVersion | None
    state: str
    changes: tuple[ChangedField, ...]
    is_out: bool = False

    @property
    def tone(self) -> str:
        """The tone of the state."""
        return STATES[self.state][0]

    @property
    def words(self) -> Any:  # Any: a lazy translation
        """The state in words."""
        return STATES[self.state][1]


def history_of(kind: Kind, code: str) -> list[HistoryRow]:
    """Returns the versions of a row, the newest first, and at the end the row as it came with Accord."""
    return list(_history(kind, code))


def _history(kind: Kind, code: str) -> Iterator[HistoryRow]:
    versions, ships = list(versions_of(kind, code)), rows_of(shipped_table(), kind).get(code)
    stands = book().versions.get((kind, code))
    for place, version in enumerate(versions):
        older = (one for one in versions[place + 1 :] if one.proposal.state == SubstanceProposal.State.AGREED)
        before = next(older, None)
        yield HistoryRow(
            version=version,
            state=_state(version, stands),
            changes=row_changes(ships if before is None else before.stated, version.stated),
            is_out=version.terms is None,
        )
    if ships is not None:
        yield HistoryRow(version=None, state="in-force" if stands is None else "replaced", changes=())


def _state(version: SubstanceVersion, stands: int | None) -> str:
    if version.proposal.state != SubstanceProposal.State.AGREED:
        return str(version.proposal.state)
    return "in-force" if version.version == stands else "replaced"


@dataclass(frozen=True, kw_only=True)
class ProposedRow:
    """One row of a proposal.

    Args:
        version: The version.
        sort: Whether it is ``new``, ``changed`` or taken ``out``.
        changes: What it changes of the row that stands, or once stood before it.
    """

    version: SubstanceVersion
    sort: str
    changes: tuple[ChangedField, ...]


def proposed_rows(proposal: SubstanceProposal) -> list[ProposedRow]:
    """Returns the rows of a proposal, each beside what it was proposed to replace.

    Args:
        proposal: The proposal.
    """
    found = []
    for version in proposal.versions.order_by("kind", "code"):
        before = _before(version)
        sort = "out" if version.terms is None else "new" if before is None else "changed"
        found.append(ProposedRow(version=version, sort=sort, changes=row_changes(before, version.stated)))
    return found


def _before(version: SubstanceVersion) -> Row | None:
    earlier = SubstanceVersion.objects.filter(
        kind=version.kind,
        code=version.code,
        version__lt=version.version,
        proposal__state=SubstanceProposal.State.AGREED,
    )
    last = earlier.order_by("-version").first()
    return rows_of(shipped_table(), Kind(version.kind)).get(version.code) if last is None else last.stated


def terms_of(row: Row) -> Mapping[str, Any]:  # Any: JSON types
    """Returns a row in JSON types under the names of its members, as a form holds it."""
    terms: dict[str, Any] = msgspec.to_builtins(row)
    return {("class_" if name == "class" else name): value for name, value in terms.items()}
