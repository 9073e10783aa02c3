"""The bell of the frame: how many notices wait for the officer who looks."""

from typing import Any

from django import template

from accord.node.notices.services import Bell, bell_of
from accord.officers.models import Officer

__all__ = ["register"]

register = template.Library()


@register.simple_tag(takes_context=True)
def bell(context: template.Context) -> Bell | None:
    """Returns what the bell says, for one statement; nothing where no officer in post is signed in."""
    officer: Any = context.get("user")  # Any: an anonymous user has another class
    return bell_of(officer) if isinstance(officer, Officer) and officer.is_posted() else None
