"""What the parts, fields and codes of a workplan are called at the desk, and how their values are told in words."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accord.instruments.models import Text
from accord.node.desk.code_words import choice_label
from accord.node.desk.figures import day_of, number_of
from accord.node.desk.text_readings import TextReading, register_reading
from accord.node.page_words import LANGUAGES
from accord.workplan.codes import Aim, Function, Language, LegalEffect, Recurrence, Status, Unit, Verb
from accord.workplan.content import Owner, Source
from accord.workplan.finding import Due
from accord.workplan.models import DraftSave
from accord.workplan.reading import TYPE, plan_of_text

__all__ = [
    "DUE_WORDS",
    "FIELDS",
    "LANGUAGE_WORDS",
    "PARTS_WORDS",
    "PART_WORDS",
    "SAVE_WORDS",
    "STATUS_WORDS",
    "duration_words",
    "field_words",
    "value_words",
    "word_of",
]

# Any: lazy translations throughout this module.
PARTS_WORDS: Final[Mapping[str, Any]] = {
    "plan": _("The plan itself"),
    "pillars": _("Pillars"),
    "priorities": _("Priorities of each side"),
    "commitments": _("Commitments"),
    "actions": _("Actions"),
    "deliverables": _("Deliverables"),
    "milestones": _("Milestones"),
    "indicators": _("Indicators"),
    "clocks": _("Time limits"),
    "ceilings": _("Ceilings"),
    "progress": _("Where it stands"),
}

PART_WORDS: Final[Mapping[str, Any]] = {
    "pillars": _("Pillar"),
    "priorities": _("Priority"),
    "commitments": _("Commitment"),
    "actions": _("Action"),
    "deliverables": _("Deliverable"),
    "milestones": _("Milestone"),
    "indicators": _("Indicator"),
}

STATUS_WORDS: Final[Mapping[Status, Any]] = {
    Status.PLANNED: pgettext_lazy("plan", "planned"),
    Status.UNDER_WAY: pgettext_lazy("plan", "under way"),
    Status.DONE: pgettext_lazy("plan", "done"),
    Status.LATE: pgettext_lazy("plan", "late"),
    Status.BLOCKED: pgettext_lazy("plan", "blocked"),
    Status.DROPPED: pgettext_lazy("plan", "dropped"),
}

LANGUAGE_WORDS: Final[Mapping[Language, Any]] = {
    Language.EN: _("English"),
    Language.FR: _("French"),
    Language.HI: _("Hindi"),
}

DUE_WORDS: Final[Mapping[Due, Any]] = {
    Due.OVERDUE: _("overdue"),
    Due.SOON: _("within 30 days"),
    Due.QUARTER: _("within 90 days"),
    Due.NO_DAY: _("without a day"),
}

SAVE_WORDS: Final[Mapping[str, Any]] = {
    DraftSave.Why.TEMPLATE: _("started from the template"),
    DraftSave.Why.AGREED: _("started from the signed revision"),
    DraftSave.Why.THEIRS: _("their offer taken as the base"),
    DraftSave.Why.MERGED: _("merged with their offer"),
    DraftSave.Why.FILE: _("taken from a file"),
    DraftSave.Why.EDITED: _("edited"),
    DraftSave.Why.UNDONE: _("an earlier version brought back"),
}

_CODES: Final[Mapping[type[StrEnum], Mapping[str, Any]]] = {
    Status: {str(code): words for code, words in STATUS_WORDS.items()},
    Language: {str(code): words for code, words in LANGUAGE_WORDS.items()},
    Verb: {
        "shall": pgettext_lazy("verb", "shall"),
        "will": pgettext_lazy("verb", "will"),
        "intend": pgettext_lazy("verb", "intend to"),
        "explore": pgettext_lazy("verb", "explore"),
        "continue": pgettext_lazy("verb", "continue"),
        "acknowledge": pgettext_lazy("verb", "acknowledge"),
    },
    LegalEffect: {
        "none": pgettext_lazy("plan", "no legal effect"),
        "arrangement": pgettext_lazy("plan", "an arrangement"),
        "treaty": pgettext_lazy("plan", "a treaty"),
    },
    Recurrence: {
        "once": pgettext_lazy("plan", "once"),
        "weekly": pgettext_lazy("plan", "every week"),
        "monthly": pgettext_lazy("plan", "every month"),
        "quarterly": pgettext_lazy("plan", "every quarter"),
        "half-yearly": pgettext_lazy("plan", "every half-year"),
        "yearly": pgettext_lazy("plan", "every year"),
    },
    Function: {
        "head": pgettext_lazy("function", "head"),
        "policy": pgettext_lazy("function", "policy"),
        "liaison": pgettext_lazy("function", "liaison"),
        "operations": pgettext_lazy("function", "operations"),
        "duty": pgettext_lazy("function", "duty office"),
        "analysis": pgettext_lazy("function", "analysis"),
        "regulatory": pgettext_lazy("function", "regulation"),
        "legal": pgettext_lazy("function", "legal"),
        "privacy": pgettext_lazy("function", "privacy"),
        "technical": pgettext_lazy("function", "technical"),
        "training": pgettext_lazy("function", "training"),
    },
    Unit: {
        "percent": pgettext_lazy("unit", "percent"),
        "count": pgettext_lazy("unit", "number"),
        "minutes": pgettext_lazy("unit", "minutes"),
        "hours": pgettext_lazy("unit", "hours"),
        "days": pgettext_lazy("unit", "days"),
    },
    Aim: {
        "at-least": pgettext_lazy("plan", "at least"),
        "at-most": pgettext_lazy("plan", "at most"),
    },
}

FIELDS: Final[Mapping[str, Any]] = {
    "id": _("Code"),
    "title": _("Title"),
    "text": _("Text"),
    "about": _("What the plan is"),
    "under": _("Belongs to"),
    "verb": _("How strongly it is promised"),
    "owners": _("Who answers for it"),
    "starts_on": _("Starts on"),
    "due_on": _("Due on"),
    "recurrence": _("How often"),
    "recurs_until": _("Recurs until"),
    "depends_on": _("Depends on"),
    "caveat": _("Legal caveat"),
    "source": _("Source"),
    "themes": _("Subjects"),
    "side": _("Whose priority"),
    "legal_effect": _("Legal effect"),
    "serves": _("Serves the priorities"),
    "definition": _("Definition"),
    "unit": _("Unit"),
    "aim": _("Aim"),
    "baseline": _("Baseline"),
    "target": _("Target"),
    "min_cell": _("Fewest cases that are told"),
    "theme": _("Subject"),
    "urgency": _("Urgency"),
    "access": _("Access"),
    "seconds": _("Time allowed"),
    "classification": _("Highest classification"),
    "handling": _("Most restrictive handling"),
    "item": _("Item"),
    "status": _("Status"),
    "on": _("On which day"),
    "by": _("Said by"),
    "reason": _("Why"),
    "progress": _("Where it stands"),
    "is_template": _("Template"),
    "in_force_on": _("In force from"),
    "languages": _("Languages"),
    "lanes": _("Open subjects"),
    "clocks": _("Time limits"),
    "ceilings": _("Ceilings"),
    "parties": _("The two sides"),
    "order": _("Order"),
    "": _("The whole entry"),
}

_CHOICES: Final[Mapping[str, str]] = {
    "theme": "theme",
    "themes": "theme",
    "lanes": "theme",
    "urgency": "urgency",
    "access": "access_class",
    "classification": "equivalent",
    "handling": "handling",
}


def word_of(code: StrEnum) -> str:
    """Returns what a code of a plan is called."""
    return str(_CODES[type(code)][str(code)])


def field_words(path: str) -> str:
    """Returns what a field is called, with its language where it has one: ``title.fr`` is "Title (French)"."""
    name, _dot, language = path.partition(".")
    label = str(FIELDS.get(name, name))
    return f"{label} ({LANGUAGE_WORDS[Language(language)]})" if language else label


def duration_words(seconds: int) -> str:
    """Returns a time limit in the largest unit that leaves a whole number: 3 days, 8 hours, 30 minutes."""
    if seconds % 86_400 == 0:
        return _counted(seconds // 86_400, ngettext("%(count)s day", "%(count)s days", seconds // 86_400))
    if seconds % 3_600 == 0:
        return _counted(seconds // 3_600, ngettext("%(count)s hour", "%(count)s hours", seconds // 3_600))
    if seconds % 60 == 0:
        return _counted(seconds // 60, ngettext("%(count)s minute", "%(count)s minutes", seconds // 60))
    return _counted(seconds, ngettext("%(count)s second", "%(count)s seconds", seconds))


def _counted(count: int, words: str) -> str:
    return words % {"count": number_of(count)}


def value_words(field: str, value: Any) -> str:
    """Returns a value of a field as it is read; "nothing" where there is none."""
    name = field.partition(".")[0]
    if value in (None, "", ()):
        return gettext("nothing")
    if isinstance(value, tuple):
        return ", ".join(value_words(name, one) for one in value)
    if name in _CHOICES:
        return str(choice_label(_CHOICES[name], str(value)))
    if name == "seconds":
        return duration_words(value)
    tell: Callable[[Any], str] = next((one for kind, one in _TOLD if isinstance(value, kind)), str)
    return tell(value)


def _flag(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def _code(value: StrEnum) -> str:
    return word_of(value) if type(value) in _CODES else str(value)


def _owner(value: Owner) -> str:
    return f"{value.party} {value.agency} ({word_of(value.function)})"


def _source(value: Source) -> str:
    return f"{value.statement}, {day_of(value.on)}: {value.sentence}"


_TOLD: Final[tuple[tuple[Any, Callable[[Any], str]], ...]] = (
    (bool, _flag),
    (StrEnum, _code),
    (date, day_of),
    ((int, Decimal), number_of),
    (Owner, _owner),
    (Source, _source),
)
"""How the values of a type are told; the first type that fits counts, so that a flag is no number."""


def _title(text: Text) -> str:
    return plan_of_text(text).title.in_language(get_language() or "en")


def _home(text: Text) -> str:
    return f"{reverse('desk:plan', args=[text.instrument.peer_id])}?of={text.pk}"


_NAMES: Final[Mapping[str, Any]] = {**LANGUAGES, **PARTS_WORDS, **FIELDS}

register_reading(TYPE, TextReading(name=_("Workplan"), names=_NAMES, title=_title, home=_home, is_long=True))
