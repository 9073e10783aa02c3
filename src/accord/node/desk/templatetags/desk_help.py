"""The tag that puts help in context on a page."""

from typing import Any

from django import template
from django.http import HttpRequest

from accord.node.desk.help_words import GENERAL, HELP
from accord.officers.models import Officer

__all__ = ["register"]

register = template.Library()


@register.inclusion_tag("components/help_panel.html", takes_context=True)
def help_panel(context: template.Context) -> dict[str, Any]:  # Any: what a template reads
    """Shows the help of the page that is open; nothing to who is not signed in."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not isinstance(getattr(request, "user", None), Officer):
        return {}
    match = request.resolver_match
    name = match.url_name if match is not None and match.namespace == "desk" else ""
    # What an act refused is shown on the page of the act.
    known = HELP.get(name or "") or HELP.get((name or "").removesuffix("-act"), GENERAL)
    return {"help": known, "name": name}
