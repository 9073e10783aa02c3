"""Tags and filters of the pages of the plan: texts, states and owners in the reader's language, and rows of a table."""

from collections.abc import Iterable, Mapping
from datetime import date

from babel.dates import format_date
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accord.node.desk.figures import day_of, locale_in_use, month_of
from accord.node.desk.plan_rows import NOTHING, owner_words, status_chip, worded
from accord.node.desk.plan_words import LANGUAGE_WORDS, STATUS_WORDS, duration_words, field_words, word_of
from accord.workplan.codes import Language, Recurrence, Status
from accord.workplan.content import Item, Wording
from accord.workplan.finding import Place

__all__ = ["register"]

register = template.Library()

_Agencies = Mapping[tuple[str, str], str]


@register.simple_tag
def wording(text: Wording | None, tag: str = "span") -> SafeString:
    """Returns a text of a plan in the reader's language, or in the first that it has, with its language named."""
    return worded(text, tag)


@register.simple_tag
def status_mark(status: Status) -> SafeString:
    """Returns where something stands, as a word with a sign."""
    return status_chip(status)


@register.filter
def status_words(status: Status) -> str:
    """Returns where something stands, as a word."""
    return str(STATUS_WORDS[status])


@register.filter
def language_words(code: str) -> str:
    """Returns what a language is called."""
    return str(LANGUAGE_WORDS[Language(code)])


@register.filter
def duration(seconds: int) -> str:
    """Returns a time limit in words."""
    return duration_words(seconds)


@register.filter
def month_year(value: date) -> str:
    """Returns a month with its year."""
    return month_of(value)


@register.filter
def weekday(value: date) -> str:
    """Returns the short name of a day's weekday."""
    return str(format_date(value, "EEE", locale=locale_in_use()))


@register.simple_tag
def field_name(field: str, language: str = "") -> str:
    """Returns what a field of a plan is called, with its language where it has one."""
    return field_words(f"{field}.{language}" if language else field)


@register.simple_tag
def path(base: str, name: str) -> str:
    """Returns the name of a field within another."""
    return f"{base}.{name}"


@register.simple_tag
def owners(item: Item, agencies: _Agencies) -> SafeString:
    """Returns who answers for an item on each side, in one line."""
    return _owners(item, agencies)


def _owners(item: Item, agencies: _Agencies) -> SafeString:
    sides = sorted({one.party for one in item.owners})
    return format_html_join(
        " · ",
        "{} {}",
        (
            (
                side,
                format_html_join(
                    ", ", "{}", ((owner_words(one, agencies),) for one in item.owners if one.party == side)
                ),
            )
            for side in sides
        ),
    )


@register.simple_tag
def timeline_rows(places: Iterable[Place], agencies: _Agencies) -> SafeString:
    """Returns the rows of the table beside the drawing."""
    labels = (
        gettext("Who answers for it"),
        gettext("Starts on"),
        gettext("Due"),
        gettext("Status"),
        gettext("Depends on"),
    )
    return format_html_join("", "{}", ((_timeline_row(one, agencies, labels),) for one in places))


def _timeline_row(place: Place, agencies: _Agencies, labels: tuple[str, ...]) -> SafeString:
    item = place.item
    due = day_of(place.due) if place.due is not None else ""
    if item.recurrence is not Recurrence.ONCE:
        due = f"{due}, {word_of(item.recurrence)}"
    over = format_html(" {}", gettext("day past")) if place.is_overdue else NOTHING
    cells = (
        _owners(item, agencies),
        day_of(item.starts_on) if item.starts_on is not None else "",
        due,
        format_html("<span>{}{}</span>", status_chip(place.status), over),
        ", ".join(item.depends_on),
    )
    return format_html(
        '<tr class="govuk-table__row"><th class="govuk-table__cell" scope="row">{} {}</th>{}</tr>',
        item.id,
        worded(item.title),
        format_html_join(
            "",
            '<td class="govuk-table__cell" data-label="{}"><span>{}</span></td>',
            zip(labels, cells, strict=True),
        ),
    )
