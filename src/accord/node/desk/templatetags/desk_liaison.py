"""What the pages of liaison say of the entries of a directory."""

from django import template

from accord.liaison.directory.kinds import Entry

__all__ = ["register"]

register = template.Library()


@register.filter
def named_in(entry: Entry, language: str) -> str:
    """Returns an entry's name in a language."""
    return entry.names.in_language(language)
