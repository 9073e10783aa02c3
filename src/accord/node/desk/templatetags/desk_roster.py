"""Hours of the roster in words: in every capital's time, each with its place."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accord.liaison.roster.coverage import Span
from accord.node.desk.figures import clock_time_of, day_of, locale_in_use
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["register"]

register = template.Library()


def _places(context: template.Context) -> Sequence[tuple[str, tzinfo | None]]:
    return [(one.capital, one.now.tzinfo) for one in context.get("capitals") or ()]


def _between(start: datetime, end: datetime, *, with_day: bool) -> str:
    """Returns hours in one zone: the day where it is wanted, and the other day where they end on one.

    A whole day is called so: 00:00 to 00:00 looks like nothing.
    """
    begins, ends = clock_time_of(start), clock_time_of(end)
    if begins == ends and start.date() != end.date() and not with_day:
        at_midnight = not (start.hour or start.minute)
        return gettext("all day") if at_midnight else gettext("24 hours from %(time)s") % {"time": begins}
    if with_day:
        begins = f"{day_of(start)}, {begins}"
    if start.date() != end.date() and (end - start).total_seconds() > 0 and with_day:
        ends = f"{day_of(end)}, {ends}"
    return f"{begins} – {ends}"  # noqa: RUF001 - the dash between two hours is this one


def _listed(context: template.Context, span: Span, *, with_day: bool) -> SafeString:
    told = (
        (_between(span.start.astimezone(zone), span.end.astimezone(zone), with_day=with_day), name)
        for name, zone in _places(context)
    )
    return format_html_join("", '<span class="r-hours__one">{} <span class="r-hours__place">{}</span></span>', told)


@register.simple_tag(takes_context=True)
def hours(context: template.Context, span: Span) -> SafeString:
    """Returns hours without their day, in every capital's time."""
    return format_html('<span class="r-hours">{}</span>', _listed(context, span, with_day=False))


@register.simple_tag(takes_context=True)
def dated_hours(context: template.Context, span: Span) -> SafeString:
    """Returns hours with their day, in every capital's time."""
    return format_html('<span class="r-hours">{}</span>', _listed(context, span, with_day=True))


@register.simple_tag(takes_context=True)
def nobody(context: template.Context, span: Span) -> str:
    """Returns the sentence of a gap: from when to when in each capital."""
    parts = [
        gettext("from %(start)s to %(end)s in %(capital)s")
        % {
            "start": f"{day_of(begins)}, {clock_time_of(begins)}",
            "end": clock_time_of(ends) if begins.date() == ends.date() else f"{day_of(ends)}, {clock_time_of(ends)}",
            "capital": name,
        }
        for name, zone in _places(context)
        for begins, ends in [(span.start.astimezone(zone), span.end.astimezone(zone))]
    ]
    return gettext("Nobody is on duty %(when)s.") % {"when": " / ".join(parts)}


@register.simple_tag(takes_context=True)
def own_day(context: template.Context, value: datetime) -> str:
    """Returns the day of a moment in our capital."""
    places = _places(context)
    return day_of(value.astimezone(places[0][1]) if places else value)


@register.filter
def weekday_names(days: Sequence[int]) -> str:
    """Returns the names of days of the week, Monday is 0."""
    if len(set(days)) == 7:
        return gettext("every day")
    names = locale_in_use().days["stand-alone"]["abbreviated"]
    return ", ".join(str(names[day]) for day in sorted(days)) or gettext("on public holidays only")


@register.filter
def weekday_name(day: int) -> str:
    """Returns the name of a day of the week, Monday is 0."""
    return str(locale_in_use().days["stand-alone"]["wide"][day])


@register.filter
def iso(value: date | None) -> str:
    """Returns a day as fields of forms want it."""
    return value.isoformat() if value else ""


@register.filter
def officer_of(officers: dict[int, Officer], key: int | None) -> Any:  # Any: an officer or a text
    """Returns the officer of that key, of those that the roster names."""
    return officers.get(key) if key is not None else None


@register.filter
def get(words: Mapping[str, Any], code: str) -> Any:  # Any: lazy translations
    """Returns the words of a code in a table of the page."""
    return words.get(code, code)


@register.simple_tag(takes_context=True)
def reads_cases(context: template.Context) -> bool:
    """Returns whether the officer may read cases, and so has notes to open."""
    officer = context["request"].user
    return isinstance(officer, Officer) and officer.may(Permission.CASE_READ)
