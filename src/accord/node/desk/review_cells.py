"""Cells of the reviewer's lists: codes in the reader's words, and what somebody wrote marked as such."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext

from accord.node.api import labels
from accord.node.desk.case_filters import FILTERS
from accord.node.desk.code_words import choice_label, known_words
from accord.node.desk.figures import day_of, number_of
from accord.node.desk.record_words import DETAILS, INTAKE, OBJECTS, REASONS, VALUES, VERBS
from accord.node.desk.said import marked
from accord.node.unseen import with_marks

__all__ = ["Cell", "cell_of"]

KEYS: Final = frozenset({"number", "object_id", "position", "decision", "officer", "note", "version"})
"""Numbers that name a thing and count nothing; they are not grouped."""

CODES: Final = frozenset({"code", "policy", "rules"})
"""Columns of codes that are cited as they are."""

WRITTEN: Final = frozenset({"reason"})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What stands in one cell.

    Args:
        sort: ``link``, ``moment``, ``flag``, ``written`` for an officer's own words, ``codes``, or ``words``.
        value: What it says; ``words`` may hold marked English.
        address: Where a link leads.
    """

    sort: str
    value: Any  # Any: as the sort says
    address: str = ""


def cell_of(name: str, column: str, value: Any) -> Cell:  # Any: each column has its own type
    """Returns a cell.

    Args:
        name: The list.
        column: The column.
        value: What the row holds in it.
    """
    if column == "number" and name == "decisions":
        return Cell(sort="link", value=value, address=reverse("desk:review-decision", args=[value]))
    if isinstance(value, datetime):
        return Cell(sort="moment", value=value)
    if isinstance(value, bool):
        return Cell(sort="flag", value=value)
    if column in WRITTEN:
        return Cell(sort="written", value=value or "")
    if column in CODES:
        return Cell(sort="codes", value=value if isinstance(value, list) else [value])
    is_empty = value in (None, "", [], {})
    return Cell(sort="words", value="" if is_empty else _words(name, column, value))


def _words(name: str, column: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _details(value)
    if isinstance(value, int):
        return str(value) if column in KEYS else number_of(value)
    text = str(value)
    if column == "state":
        return _label(labels.CLOCK_STATES, text) if name == "clocks" else INTAKE.get(text) or marked(text)
    told = _TOLD.get(column)
    return told(text) if told is not None else with_marks(text)


def _reason(code: str) -> Any:
    known = REASONS.get(code)
    return format_html("{} <code>{}</code>", known, code) if known else format_html("<code>{}</code>", code)


_TOLD: Final[Mapping[str, Callable[[str], Any]]] = {
    "action": lambda code: choice_label("action", code),
    "detail": marked,
    "kind": lambda code: choice_label("kind", code),
    "object_type": lambda code: OBJECTS.get(code) or marked(code),
    "outcome": lambda code: choice_label("decision", code),
    "reason_code": _reason,
    "urgency": lambda code: choice_label("urgency", code),
    "verb": lambda code: VERBS.get(code) or marked(code),
}
"""How the texts of a column are said."""


def _label(table: labels.Labels, code: str) -> str:
    found = table.get(code)
    return found.in_language(get_language() or "en") if found is not None else marked(code)


def _details(told: Mapping[str, Any]) -> Any:
    pairs = ((DETAILS.get(name) or marked(name), _detail(name, value)) for name, value in told.items())
    return format_html_join("; ", "{}: {}", pairs)


def _detail(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        return str(value) if name in KEYS else number_of(value)
    if value in (None, ""):
        return gettext("none")
    if name in {"filters", "refused", "roles"}:
        return format_html_join(", ", "{}", ((one,) for one in _listed(name, str(value).split(","))))
    if name in {"until", "expected_on"}:
        return _day(str(value))
    return _coded(name, str(value))


def _listed(name: str, codes: list[str]) -> Iterator[Any]:
    for code in codes:
        yield _label(labels.ROLES, code) if name == "roles" else FILTERS.get(code) or VALUES.get(code) or marked(code)


def _coded(name: str, code: str) -> Any:
    if name == "state":
        return _label(labels.MESSAGE_STATES, code)
    field = {"effect": "use_effect", "ground": "reason", "outcome": "decision"}.get(name, name)
    return known_words(field, code) or VALUES.get(code) or with_marks(code)


def _day(text: str) -> str:
    try:
        return day_of(date.fromisoformat(text[:10]))
    except ValueError:
        return text
