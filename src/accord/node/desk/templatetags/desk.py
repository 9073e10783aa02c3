"""Filters and tags of the desk's templates: times in both capitals, numbers, labels, marks, icons.

Numbers and dates go through Babel alone, so that lakh grouping and French spaces are right wherever they appear.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from accord.node.api import labels
from accord.node.desk.code_words import choice_label, happened_code, happened_words, known_words
from accord.node.desk.figures import (
    clock_seconds_of,
    clock_time_of,
    colon,
    day_minutes_of,
    day_month_of,
    day_of,
    distance_of,
    duration_of,
    number_of,
    size_of,
    stamp_of,
)
from accord.node.desk.said import marked
from accord.node.unseen import with_marks
from accord.parties.models import Party
from accord.parties.profile import Names

__all__ = ["register"]

register = template.Library()
register.simple_tag(colon)

ICONS: Final[Mapping[str, str]] = {
    "in": "M8 2v9M4 7l4 4 4-4M3 14h10",
    "out": "M8 11V2M4 6l4-4 4 4M3 14h10",
    "clock": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.5 2",
    "overdue": "M8 1.5 15 14H1L8 1.5ZM8 6v4M8 11.8v.4",
    "good": "M2.5 8.5 6 12l7.5-8",
    "warn": "M8 1.5 15 14H1L8 1.5ZM8 6v4M8 11.8v.4",
    "bad": "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5L5 1.5ZM5.5 5.5l5 5M10.5 5.5l-5 5",
    "lock": "M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3 7h10v7H3V7Z",
    "seal": (
        "M8 1.5 9.8 3.3l2.5-.3.4 2.5 2.1 1.4-1.2 2.1.6 2.5-2.4.6L10.6 14 8 13.2 5.4 "
        "14l-1.2-1.9-2.4-.6.6-2.5L1.2 6.9l2.1-1.4L3.7 3l2.5.3L8 1.5ZM5.5 8l2 2 3.2-3.6"
    ),
    "pen": "M2 14l1-4 8-8 3 3-8 8-4 1ZM10 3l3 3",
    "people": (
        "M6 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM1 14c0-3 2-4.5 5-4.5s5 1.5 5 4.5M11 3a2.5 2.5 0 0 1 0 "
        "5M12.5 9.8c1.7.5 2.5 2 2.5 4.2"
    ),
    "bell": "M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4ZM6.5 13.5a1.6 1.6 0 0 0 3 0",
    "pause": "M5 2.5v11M11 2.5v11",
    "scale": "M8 1.5v13M3 14.5h10M2 4.5h12M2 4.5 .5 9h4L2 4.5ZM14 4.5 11.5 9h4L14 4.5Z",
    "page": "M3 1.5h7l3 3v10H3v-13ZM10 1.5v3h3",
}
"""Paths of the icons on a grid of 16 by 16, drawn as lines; each stands beside a word."""


@register.filter
def number(value: float | None) -> str:
    """Returns a number as the reader writes it: 1 234 in French Canada, 12,34,567 in India."""
    return "" if value is None else number_of(value)


@register.filter
def size(value: int | None) -> str:
    """Returns a number of bytes in a unit that fits: 1.2 MB, 1,2 Mo."""
    return "" if value is None else size_of(value)


@register.filter
def day(value: date | datetime | str | None) -> str:
    """Returns a date with its weekday and year."""
    if not value:
        return ""
    return day_of(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


@register.filter
def day_month(value: date | None) -> str:
    """Returns a date without weekday and year, for charts."""
    return day_month_of(value) if value else ""


@register.filter
def clock_time(value: datetime) -> str:
    """Returns hours and minutes of an aware time in its own zone."""
    return clock_time_of(value)


@register.filter
def own_time(value: datetime | None) -> str:
    """Returns hours, minutes and seconds of a moment in our own capital's time, with its place."""
    if value is None:
        return ""
    name, zone = _capital(settings.ACCORD_PARTY)
    return f"{clock_seconds_of(value, zone)} {name}"


@register.filter
def element(path: object) -> str:
    """Returns a field's path as part of an element's identifier."""
    return str(path).replace(".", "-")


def _capital(code: str) -> tuple[str, ZoneInfo]:
    party = Party.objects.filter(code=code).first()
    if party is None:
        return "UTC", ZoneInfo("UTC")
    profile = party.described
    return profile.capital.in_language(get_language() or "en"), profile.zone


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime | None) -> SafeString:
    """Returns a moment in every capital's own time, ours first, each with its place; machine-readable, too."""
    if value is None:
        return format_html('<span class="a-absent">{}</span>', gettext("not yet"))
    capitals = context.get("capitals")
    places = [(one.capital, one.now.tzinfo) for one in capitals] if capitals else [_capital(settings.ACCORD_PARTY)]
    first, *others = [(name, stamp_of(value, zone)) for name, zone in places]
    also = format_html_join("", '<span class="a-moment__other">{} {}</span>', ((told, name) for name, told in others))
    return format_html(
        '<time class="a-moment" datetime="{}"><span class="a-moment__own">{} {}</span>{}</time>',
        value.isoformat(),
        first[1],
        first[0],
        also,
    )


@register.simple_tag(takes_context=True)
def own_moment(context: template.Context, value: datetime) -> str:
    """Returns a moment in our own capital's time alone, with its place, where a row has no room for every capital's."""
    capitals = context.get("capitals")
    name, zone = (capitals[0].capital, capitals[0].now.tzinfo) if capitals else _capital(settings.ACCORD_PARTY)
    return f"{day_minutes_of(value, zone)} {name}"


@register.filter
def left(value: timedelta) -> str:
    """Returns how much time is left, or by how much it is over, in the two largest units."""
    return duration_of(value)


@register.simple_tag
def clock_units() -> SafeString:
    """Returns attributes with the units of :func:`left` for the script that goes on with a clock, one and several."""
    units = {
        "day": ngettext("%(count)d day", "%(count)d days", 1),
        "days": ngettext("%(count)d day", "%(count)d days", 2),
        "hour": ngettext("%(count)d h", "%(count)d h", 1),
        "hours": ngettext("%(count)d h", "%(count)d h", 2),
        "minute": ngettext("%(count)d min", "%(count)d min", 1),
        "minutes": ngettext("%(count)d min", "%(count)d min", 2),
    }
    told = ((name, words.replace("%(count)d", "{}")) for name, words in units.items())
    return format_html_join("", ' data-{}="{}"', told)


@register.filter
def ago(value: datetime | None) -> str:
    """Returns how long ago something was, in one unit."""
    return gettext("never") if value is None else distance_of(value)


@register.filter
def short_day(value: object) -> str:
    """Returns day and month of a date, short enough to stand under a bar; any other label as it is."""
    return day_month(value) if isinstance(value, date) else str(value)


@register.filter
def day_or_words(value: object) -> str:
    """Returns a date with its weekday and year; any other label as it is."""
    return day(value) if isinstance(value, date) else str(value)


@register.filter
def until(value: datetime) -> str:
    """Returns in how long something will be, in one unit; a past moment reads as one."""
    return ago(value)


@register.filter
def choice(code: object, field: str) -> str:
    """Returns what a code of a field's closed list is called, for example of ``handling``; else marked as English."""
    return str(choice_label(field, str(code)))


@register.filter
def named(name: str, names: Mapping[str, str]) -> str:
    """Returns what an officer is called, by the name under which they sign in; any other name as it is."""
    return names.get(name, name)


@register.filter
def happened(what: str) -> str:
    """Returns what a timeline says that happened, in the reader's language."""
    return happened_words(what)


@register.filter
def happened_code_words(code: str) -> str:
    """Returns what a code of an act is called, such as the use that was asked for; nothing where no table has it."""
    return str(happened_code(code) or "")


@register.filter
def permitted_words(use: str) -> str:
    """Returns what a use that a caveat permits is called; nothing where it is in the originator's own words."""
    return str(known_words("permitted_uses", use) or "")


@register.filter
def label(code: object, table: str) -> str:
    """Returns what a code is called in the reader's language; what no table has is marked as English.

    Args:
        code: The code.
        table: Name of the table in ``accord.node.api.labels``, in small letters: ``kinds``, ``message_states`` ...
    """
    names = getattr(labels, table.upper())
    found = names.get(str(code))
    return found.in_language(get_language() or "en") if found is not None else marked(code)


@register.filter
def party_name(code: str) -> str:
    """Returns the name of a party in the reader's language, by its code; the code where the party is unknown."""
    party = Party.objects.filter(code=code).first()
    return in_language(party.described.names) if party is not None else code


@register.simple_tag
@lru_cache(maxsize=64)
def icon(name: str) -> SafeString:
    """Returns a line icon; it is decoration, so the word must stand beside it."""
    return format_html(
        '<svg class="a-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        ICONS[name],
    )


@register.filter
def said(text: object) -> SafeString:
    """Returns what a service or the law says in English in the reader's language, else marked as English."""
    return marked(text)


@register.filter
def shown(text: object) -> str:
    """Returns a text whose unseen characters show as their names."""
    return with_marks(str(text))


@register.simple_tag
@lru_cache(maxsize=64)
def written(language: str = "") -> SafeString:
    """Returns the attributes of an element that holds what somebody wrote: its direction and its language.

    Args:
        language: The language, where it is known. Where it is not, the attribute is empty, which says just that: a
            screen reader must not take an officer's words for the language of the page.
    """
    return format_html('dir="auto" lang="{}"', language)


@register.filter
def hexadecimal(value: bytes | memoryview) -> str:
    """Returns bytes as hexadecimal digits."""
    return bytes(value).hex()


@register.filter
def unlocalized(value: float) -> str:
    """Returns a number as drawings want it, with a point."""
    return f"{value:g}"


@register.filter
def words(text: str) -> list[str]:
    """Returns the words of a text of the template's own."""
    return text.split()


@register.filter
def in_language(names: Names) -> str:
    """Returns a name of a party's profile in the reader's language."""
    return names.in_language(get_language() or "en")


@register.filter
def with_class(field: BoundField, name: str) -> SafeString:
    """Returns a form's field with a class of the design, and its hint and error named for a screen reader."""
    attributes: dict[str, str | bool] = {"class": name}
    if field.errors:
        attributes["aria-invalid"] = "true"
        hint = f"{field.id_for_label}_helptext " if field.help_text else ""
        attributes["aria-describedby"] = f"{hint}{field.id_for_label}_error"
    return field.as_widget(attrs=attributes)


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """Returns a mapping's value for a key that a template computed."""
    return mapping.get(key, "")
