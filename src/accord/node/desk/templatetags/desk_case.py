"""Tags of a case's page: a moment in one line, and the key by which a form is done once."""

from datetime import datetime

from babel.dates import format_time
from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accord.node.desk.figures import locale_in_use, stamp_of
from accord.node.desk.once import NAME, new_form
from accord.node.desk.templatetags.desk import _capital

__all__ = ["register"]

register = template.Library()


@register.simple_tag(takes_context=True)
def instant(context: template.Context, value: datetime | None) -> SafeString:
    """Returns a moment in one line: the day and second in our capital, and the second in each other one."""
    if value is None:
        return SafeString("")
    capitals = context.get("capitals")
    places = [(one.capital, one.now.tzinfo) for one in capitals] if capitals else [_capital(settings.ACCORD_PARTY)]
    (name, zone), *others = places
    locale = locale_in_use()
    also = format_html_join(
        "",
        " · {} {}",
        ((format_time(value.astimezone(there), "HH:mm:ss", locale=locale), place) for place, there in others),
    )
    return format_html(
        '<time class="a-instant" datetime="{}">{} {}{}</time>', value.isoformat(), stamp_of(value, zone), name, also
    )


@register.simple_tag
def once() -> SafeString:
    """Returns the hidden field by which this form, sent twice, is done once."""
    return format_html('<input type="hidden" name="{}" value="{}">', NAME, new_form())
