"""Accounts in words: what one may do, and what was done to one."""

from django import template

from accord.node.desk.account_words import ACTS, ALLOWED
from accord.node.desk.said import marked

__all__ = ["register"]

register = template.Library()


@register.filter
def allowed(code: str) -> object:
    """Returns what a permission allows, in words; one that is not known is shown as it is written."""
    return {str(one.value): words for one, words in ALLOWED.items()}.get(code) or marked(code)


@register.filter
def done_to_account(verb: str) -> object:
    """Returns an act on an account in words; one that is not known is shown as it is written."""
    return ACTS.get(verb) or marked(verb)
