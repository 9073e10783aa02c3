"""An error as a page tells it: in whose fields it lies, by their labels and with a way to them, why, and what next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.errors import AccordError
from accord.exchange.drafts import DraftIncomplete
from accord.node.desk.draft_form import errors_of
from accord.node.desk.kept_words import label_of
from accord.node.desk.said import said
from accord.release.errors import GateRefuses

__all__ = ["register"]

register = template.Library()


@dataclass(frozen=True, kw_only=True)
class Told:
    """An error in the words of a page.

    Args:
        title: What did not happen.
        sentences: Why.
        fields: Element (nothing where the page has none), label and words of each field that is wrong.
        next_step: What to do.
    """

    title: str
    sentences: tuple[str, ...]
    fields: tuple[tuple[str, str, str], ...]
    next_step: str


@register.simple_tag(takes_context=True)
def told(context: Mapping[str, Any], error: AccordError) -> Told:  # Any: a template's context
    """Returns an error in the words of the page on which it stands.

    A page says with ``field_errors`` what is wrong with the fields of its form; with ``error_names`` what its fields
    are called, by their names, and that their elements are called as they are, or how else.
    """
    given = context.get("field_errors")
    names: Mapping[str, Any] = context.get("error_names") or {}
    fields = tuple(given) if given else tuple(_named(names, path, words) for path, words in errors_of(error).items())
    if isinstance(error, DraftIncomplete):
        count = len(fields)
        return Told(
            title=_("It has not gone to a colleague yet"),
            sentences=(
                ngettext(
                    "%(count)s field is to be filled or mended:", "%(count)s fields are to be filled or mended:", count
                )
                % {"count": count},
            ),
            fields=fields,
            next_step=_("Follow each link to its field, then ask a colleague again."),
        )
    if isinstance(error, GateRefuses):
        return Told(
            title=_("The law does not let it leave as it stands"),
            sentences=_sentences(error),
            fields=(),
            next_step=_("What would let it pass, and who decides, stands in the card of the law gate."),
        )
    if fields:
        return Told(title=_("Not done"), sentences=(), fields=fields, next_step="")
    return Told(title=_("Not done"), sentences=(said(error.sentence),), fields=(), next_step=said(error.next_step))


def _sentences(error: GateRefuses) -> tuple[str, ...]:
    reasons = [one for one in error.decision.reasons if not one.outcome.lets_pass and not one.is_waived]
    found = dict.fromkeys(said(one.sentence) for one in reasons)
    return tuple(found) or (said(error.sentence),)


def _named(names: Mapping[str, Any], path: str, words: str) -> tuple[str, str, str]:
    name = path.rpartition(".")[2]
    if name in names:
        element, label = names[name] if isinstance(names[name], tuple) else (name, names[name])
        return element, str(label), words
    return "", label_of(path), words
