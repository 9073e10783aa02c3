"""The members of a message, as either side reads them, in HTML.

They are written by functions and not by an included template: a page of a case shows hundreds of them in groups within
groups, and the includes alone were a third of its cost.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accord.node.desk.reading import Part

__all__ = ["register"]

register = template.Library()

NOTHING = SafeString("")


@register.simple_tag
def members(parts: Iterable[Part]) -> SafeString:
    """Returns a list of members with their labels, groups within groups.

    Args:
        parts: What :func:`accord.node.desk.reading.parts_of` returned; all of their texts are escaped here.
    """
    rows = ((part.label, _said(part)) for part in parts)
    listed = format_html_join("", '<div class="a-parts__row"><dt>{}</dt><dd>{}</dd></div>', rows)
    return format_html('<dl class="a-parts">{}</dl>', listed)


def _said(part: Part) -> SafeString:
    if part.groups:
        groups = ((members(group),) for group in part.groups)
        return format_html_join("", '<div class="a-parts__group">{}</div>', groups)
    language = format_html(' dir="auto" lang="{}"', part.language) if part.is_written else NOTHING
    if part.items:
        items = format_html_join(
            "", "<li{}>{}</li>", (("" if item in part.told else language, item) for item in part.items)
        )
        return format_html("<ul>{}</ul>", items)
    return format_html('<span class="a-words"{}>{}</span>', language, part.text)
