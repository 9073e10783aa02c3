"""What is different between two plans, and what two people or two sides wrote in one place, in HTML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accord.node.desk.figures import colon
from accord.node.desk.plan_words import PARTS_WORDS, field_words, value_words
from accord.node.unseen import with_marks
from accord.workplan.content import ClockRow, Item, Plan, Progress, Wording
from accord.workplan.differing import Change, FieldChange, ItemChange
from accord.workplan.entries import OWN, fields_of, parted
from accord.workplan.merging import Choice, Conflict

__all__ = ["CHANGE_WORDS", "ConflictRow", "change_rows", "conflict_rows"]

# Any: lazy translations.
CHANGE_WORDS: Final[Mapping[Change, Any]] = {
    Change.ADDED: _("added"),
    Change.REMOVED: _("taken out"),
    Change.CHANGED: _("changed"),
    Change.MOVED: _("moved"),
}

NOTHING: Final = SafeString("")


@dataclass(frozen=True, kw_only=True)
class ConflictRow:
    """What was written twice, to be chosen from.

    Args:
        name: Its name in the form.
        label: Where it stands, in words.
        base: What stood there before.
        ours: What we wrote.
        theirs: What they, or a colleague, wrote.
        chosen: What was chosen so far.
    """

    name: str
    label: str
    base: SafeString
    ours: SafeString
    theirs: SafeString
    chosen: str


def change_rows(changes: Iterable[ItemChange]) -> SafeString:
    """Returns a list of entries that are different, each with its fields in words."""
    return format_html(
        '<dl class="a-changes">{}</dl>', format_html_join("", "{}", ((_change(one),) for one in changes))
    )


def _change(change: ItemChange) -> SafeString:
    moved = (
        format_html(' <span class="a-chip">{}</span>', CHANGE_WORDS[Change.MOVED])
        if (change.is_moved and change.change is not Change.MOVED)
        else NOTHING
    )
    return format_html(
        '<div class="a-changes__one"><dt>{} <span class="a-chip a-chip--{}">{}</span>{}</dt><dd>{}</dd></div>',
        entry_label(change.part, change.key, change.after if change.after is not None else change.before),
        change.change,
        CHANGE_WORDS[change.change],
        moved,
        _body(change),
    )


def entry_label(part: str, key: str, entry: msgspec.Struct | None) -> SafeString:
    """Returns what an entry is called: its code with its title, or the row of its table."""
    language = get_language() or "en"
    if isinstance(entry, Item):
        return format_html(
            '{} <span lang="{}" dir="auto">{}</span>',
            key,
            entry.title.shown_language(language),
            with_marks(entry.title.in_language(language)),
        )
    if isinstance(entry, ClockRow):
        urgency, access = value_words("urgency", entry.urgency), value_words("access", entry.access)
        return format_html("{}{} {}, {}", PARTS_WORDS[part], colon(), urgency, access)
    if part == OWN:
        return format_html("{}", PARTS_WORDS[OWN])
    if part == "ceilings":
        return format_html("{}{} {}", PARTS_WORDS[part], colon(), value_words("theme", key))
    if isinstance(entry, Progress):
        return format_html("{}{} {} ({})", PARTS_WORDS[part], colon(), entry.item, entry.by)
    return format_html("{}{} {}", PARTS_WORDS.get(part, part), colon(), key)


def _body(change: ItemChange) -> SafeString:
    if change.change is Change.CHANGED:
        return format_html_join("", "{}", ((_field(one),) for one in change.fields))
    if change.change is Change.MOVED:
        return format_html("<p>{}</p>", gettext("It stands at another place."))
    entry, tag = (change.after, "ins") if change.after is not None else (change.before, "del")
    if entry is None:
        return NOTHING
    told = gettext("put in:") if tag == "ins" else gettext("taken out:")
    return format_html_join(
        "",
        '<p><span class="a-absent">{}</span> <{}{}><span class="govuk-visually-hidden">{} </span>{}</{}></p>',
        (
            (field_words(name), SafeString(tag), _written(name), told, _plain(name, value), SafeString(tag))
            for name, value in _told(entry)
        ),
    )


def _told(entry: msgspec.Struct) -> Iterable[tuple[str, Any]]:  # Any: a field has the type of its struct
    """Yields the fields of an entry that say something; where it is and what it is called stand before it."""
    hidden = {"id", "item"}
    return (
        (name, value) for name, value in fields_of(entry).items() if value not in (None, "", ()) and name not in hidden
    )


def _written(name: str) -> SafeString:
    language = parted(name)[1]
    return format_html(' lang="{}" dir="auto"', language) if language else NOTHING


def _plain(name: str, value: Any) -> str:  # Any: as before
    return with_marks(value) if parted(name)[1] else value_words(name, value)


def _field(change: FieldChange) -> SafeString:
    label = format_html('<span class="a-absent">{}</span> ', field_words(change.field))
    if change.language:
        return format_html("<p>{}<span{}>{}</span></p>", label, _written(change.field), _marks(change))
    return format_html(
        '<p>{}<del><span class="govuk-visually-hidden">{} </span>{}</del> '
        '<ins><span class="govuk-visually-hidden">{} </span>{}</ins></p>',
        label,
        gettext("taken out:"),
        value_words(change.field, change.before),
        gettext("put in:"),
        value_words(change.field, change.after),
    )


def _marks(change: FieldChange) -> SafeString:
    language = get_language() or "en"
    tags = {Change.REMOVED: ("del", gettext("taken out:")), Change.ADDED: ("ins", gettext("put in:"))}
    pieces: list[SafeString | str] = []
    for mark in change.marks:
        if mark.change is Change.SAME:
            pieces.append(with_marks(mark.text))
            continue
        tag, told = tags[mark.change]
        pieces.append(
            format_html(
                '<{}><bdi class="govuk-visually-hidden" lang="{}">{} </bdi>{}</{}>',
                SafeString(tag),
                language,
                told,
                with_marks(mark.text),
                SafeString(tag),
            )
        )
    return format_html_join("", "{}", ((one,) for one in pieces))


def conflict_rows(conflicts: Sequence[Conflict], chosen: Mapping[str, Choice], *, ours: Plan) -> list[ConflictRow]:
    """Returns what was written twice, with both texts.

    Args:
        conflicts: What was found.
        chosen: What was chosen so far, by name.
        ours: Our plan, for the titles of items.
    """
    titles = {
        item.id: item
        for part in ("pillars", "priorities", "commitments", "actions", "deliverables", "milestones", "indicators")
        for item in getattr(ours, part)
    }
    return [
        ConflictRow(
            name=one.name,
            label=_conflict_label(one, titles),
            base=_side(one.field, one.base),
            ours=_side(one.field, one.ours),
            theirs=_side(one.field, one.theirs),
            chosen=str(chosen.get(one.name, "")),
        )
        for one in conflicts
    ]


def _conflict_label(conflict: Conflict, titles: Mapping[str, Item]) -> str:
    where = str(PARTS_WORDS.get(conflict.part, conflict.part)) if conflict.key in ("", OWN) else conflict.key
    item = titles.get(conflict.key)
    if item is not None:
        where = f"{conflict.key} {item.title.in_language(get_language() or 'en')}"
    return f"{where}{colon()} {field_words(conflict.field)}"


def _side(field: str, value: Any) -> SafeString:  # Any: a field has the type of its struct
    if isinstance(value, msgspec.Struct) and not isinstance(value, Wording) and not field:
        return format_html(
            "<dl>{}</dl>",
            format_html_join(
                "",
                "<div><dt>{}</dt><dd{}>{}</dd></div>",
                ((field_words(name), _written(name), _plain(name, one)) for name, one in _told(value)),
            ),
        )
    if value is None and not field:
        return format_html('<span class="a-absent">{}</span>', gettext("taken out"))
    return format_html('<span class="a-words"{}>{}</span>', _written(field), _plain(field, value) or gettext("nothing"))
