"""The items of a plan in HTML, as a page lists them: code, title, where it stands, who answers, when, and the rest.

They are written by functions and not by an included template, as the members of a message are: a page has fifty of
them, a printed plan two thousand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from accord.node.desk.figures import day_of, number_of
from accord.node.desk.plan_words import LANGUAGE_WORDS, PART_WORDS, STATUS_WORDS, word_of
from accord.node.desk.templatetags.desk import icon
from accord.node.unseen import with_marks
from accord.workplan.changing import part_of
from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Commitment, Indicator, Item, Owner, Pillar, Priority, Progress, Wording
from accord.workplan.finding import Place

__all__ = ["NOTHING", "RowLook", "item_rows", "owner_words", "status_chip", "worded"]

NOTHING = SafeString("")

_ICONS = {
    Status.PLANNED: "page",
    Status.UNDER_WAY: "pen",
    Status.DONE: "good",
    Status.LATE: "clock",
    Status.BLOCKED: "bad",
    Status.DROPPED: "pause",
}
"""A sign beside the word, so that a status is not told by its colour alone."""


@dataclass(frozen=True, kw_only=True)
class RowLook:
    """How the rows of a page are written.

    Args:
        told: What was said of where items stand, the latest of each.
        names: Names of the sides by code.
        agencies: Names of agencies by party and code.
        edit: Address under which the forms of items are, by their codes; empty where nobody edits.
        here: Codes that this page has, to which a link leads within it.
        away: Address of the page where other items are found, to which ``words=CODE`` is added.
        is_open: Whether what is folded is written out, as on paper.
    """

    told: Mapping[str, Progress]
    names: Mapping[str, str]
    agencies: Mapping[tuple[str, str], str]
    edit: str = ""
    here: frozenset[str] = field(default_factory=frozenset)
    away: str = ""
    is_open: bool = False


def worded(wording: Wording | None, tag: str = "span") -> SafeString:
    """Returns a text in the reader's language, or in the first that it has, with its language named."""
    if wording is None:
        return NOTHING
    language = get_language() or "en"
    shown = wording.shown_language(language)
    return format_html('<{} lang="{}" dir="auto">{}</{}>', tag, shown, with_marks(wording.in_language(language)), tag)


def status_chip(status: Status) -> SafeString:
    """Returns where something stands, as a word with a sign."""
    return _chip(status, get_language() or "en")


@lru_cache(maxsize=32)
def _chip(status: Status, language: str) -> SafeString:
    del language
    return format_html(
        '<span class="a-status a-status--{}">{} {}</span>',
        status,
        icon(_ICONS[status]),
        STATUS_WORDS[status],
    )


def owner_words(owner: Owner, agencies: Mapping[tuple[str, str], str]) -> SafeString:
    """Returns an agency with its function; the agency's whole name is told where it is pointed at."""
    name = agencies.get((owner.party, owner.agency), owner.agency)
    if name == owner.agency:
        return format_html("{} ({})", owner.agency, word_of(owner.function))
    return format_html('<abbr title="{}">{}</abbr> ({})', name, owner.agency, word_of(owner.function))


def item_rows(rows: Iterable[tuple[Place, bool]], look: RowLook) -> SafeString:
    """Returns a list of items.

    Args:
        rows: Places in their order, each with whether it was asked for; others are written as headings alone.
        look: How they are written.
    """
    return format_html(
        '<ol class="a-plan">{}</ol>',
        format_html_join("", "{}", ((_row(place, look, is_asked=is_asked),) for place, is_asked in rows)),
    )


def _row(place: Place, look: RowLook, *, is_asked: bool) -> SafeString:
    item = place.item
    part = part_of(item.id)
    head = format_html(
        '<span class="a-plan__code"><span class="govuk-visually-hidden">{} </span>{}</span> <b>{}</b>{}',
        PART_WORDS[part],
        item.id,
        worded(item.title),
        NOTHING if isinstance(item, Pillar | Priority | Indicator) or not is_asked else _standing(place),
    )
    classes = f"a-plan__item a-plan__item--{part}"
    if not is_asked:
        return format_html('<li class="{} a-plan__item--above"><div class="a-plan__head">{}</div></li>', classes, head)
    edit = (
        format_html(
            ' <a class="a-noprint a-plan__edit" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>',
            f"{look.edit}{item.id}/",
            gettext("Edit"),
            item.id,
        )
        if look.edit
        else NOTHING
    )
    return format_html(
        '<li class="{}" id="{}"><div class="a-plan__head">{}{}</div>{}{}{}</li>',
        classes,
        item.id,
        head,
        edit,
        _reason(item, look),
        _facts(place, look),
        _more(item, look),
    )


def _standing(place: Place) -> SafeString:
    overdue = (
        format_html(' <span class="a-status a-status--over">{} {}</span>', icon("overdue"), gettext("day past"))
        if place.is_overdue
        else NOTHING
    )
    return format_html(" {}{}", status_chip(place.status), overdue)


def _reason(item: Item, look: RowLook) -> SafeString:
    row = look.told.get(item.id)
    if row is None:
        return NOTHING
    return format_html(
        '<p class="a-plan__reason">{} ({}, {})</p>',
        worded(row.reason, "q"),
        look.names.get(row.by, row.by),
        day_of(row.on),
    )


def _facts(place: Place, look: RowLook) -> SafeString:
    item = place.item
    facts: list[tuple[str, SafeString | str]] = []
    for side in sorted({owner.party for owner in item.owners}):
        owners = format_html_join(
            ", ", "{}", ((owner_words(one, look.agencies),) for one in item.owners if one.party == side)
        )
        facts.append((look.names.get(side, side), owners))
    if isinstance(item, Priority):
        facts.append((gettext("Whose priority"), look.names.get(item.side, item.side)))
    if item.verb is not None:
        facts.append((gettext("Promised"), word_of(item.verb)))
    if item.due_on is not None:
        facts.append((gettext("Due"), _due_words(place)))
    if item.depends_on:
        facts.append((gettext("Depends on"), _links(item.depends_on, look)))
    serves = getattr(item, "serves", ())
    if serves:
        facts.append((gettext("Serves"), _links(serves, look)))
    if isinstance(item, Indicator):
        facts.append((gettext("Target"), _target(item)))
    if not facts:
        return NOTHING
    return format_html(
        '<dl class="a-plan__facts">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", facts)
    )


def _due_words(place: Place) -> str:
    item = place.item
    if item.recurrence is Recurrence.ONCE or place.due is None:
        return day_of(item.due_on) if item.due_on else ""
    told = f"{day_of(place.due)}, {word_of(item.recurrence)}"
    if item.recurs_until is None:
        return told
    return gettext("%(day)s, until %(last)s") % {"day": told, "last": day_of(item.recurs_until)}


def _target(item: Indicator) -> str:
    if item.target is None:
        return gettext("none set")
    return f"{word_of(item.aim)} {number_of(item.target)} ({word_of(item.unit)})"


def _links(codes: Iterable[str], look: RowLook) -> SafeString:
    def target(code: str) -> str:
        joint = "&" if "?" in look.away else "?"
        return f"#{code}" if code in look.here else f"{look.away}{joint}words={code}"

    return format_html_join(", ", '<a href="{}">{}</a>', ((target(code), code) for code in codes))


def _more(item: Item, look: RowLook) -> SafeString:
    told: list[tuple[str, SafeString | str]] = []
    if item.text is not None:
        told.append((gettext("What it says"), worded(item.text)))
    if item.caveat is not None:
        told.append((gettext("Legal caveat"), worded(item.caveat)))
    if isinstance(item, Commitment):
        told.append((gettext("Legal effect"), word_of(item.legal_effect)))
    if item.source is not None:
        told.append(
            (
                gettext("Source sentence"),
                format_html(
                    '<q lang="{}" dir="auto">{}</q> <span class="a-absent">{}, {}, {}</span>',
                    item.source.language,
                    with_marks(item.source.sentence),
                    with_marks(item.source.statement),
                    day_of(item.source.on),
                    LANGUAGE_WORDS[item.source.language],
                ),
            )
        )
    if not told:
        return NOTHING
    listed = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", told)
    if look.is_open:
        return format_html('<dl class="a-plan__more">{}</dl>', listed)
    return format_html(
        '<details class="a-plan__fold"><summary>{}<span class="govuk-visually-hidden"> {}</span></summary>'
        '<dl class="a-plan__more">{}</dl></details>',
        gettext("Caveat and source") if item.text is None else gettext("Text, caveat and source"),
        item.id,
        listed,
    )
