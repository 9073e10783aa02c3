"""The form of one item of a plan: its fields with what stands in them, and what was written into it as an item.

Nothing of the sense of a plan is judged here: a code that is none, a day that is none, a number that is none keep an
item from being read, and are said beside their fields; all else is stored in the draft and told there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _

from accord.node.desk.numbers import whole
from accord.node.desk.plan_words import word_of
from accord.workplan.checking import ABOVE
from accord.workplan.codes import LANGUAGES, Status
from accord.workplan.content import CHARACTERS_MAX, Indicator, Item, Plan, Progress, Wording
from accord.workplan.versions import Problem

__all__ = [
    "Written",
    "codes_of",
    "day_of_form",
    "errors_by_field",
    "options_of",
    "owner_rows",
    "parents",
    "progress_of_form",
    "values_of",
    "wording_of_form",
    "written",
]

OWNERS_MORE: Final = 2
"""Empty rows for owners behind those that are there."""
OWNERS_MAX: Final = 20

_CODE: Final = re.compile(r"\A[PRCADMI][1-9][0-9]{0,4}\Z")
_TEXTS: Final = ("title", "text", "caveat")
_DAYS: Final = ("starts_on", "due_on", "recurs_until")
_CODES: Final = ("depends_on", "serves")
_CHOICES: Final = ("under", "verb", "recurrence", "legal_effect", "side", "unit", "aim", "theme", "urgency")
_NUMBERS: Final = ("baseline", "target")


@dataclass(kw_only=True)
class Written:
    """What was written into a form.

    Args:
        item: The item; ``None`` where something in it cannot be read.
        errors: What is wrong, by the name of the field.
    """

    item: Item | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, words: str) -> None:
        """Keeps what is wrong with a field."""
        self.errors.setdefault(name, []).append(words)


def values_of(item: Item) -> dict[str, Any]:  # Any: texts, and lists of codes
    """Returns what stands in the fields of an item's form."""
    found: dict[str, Any] = {}  # Any: as before
    for name in _TEXTS:
        wording = getattr(item, name)
        found |= {f"{name}.{code}": wording.of(code) if wording is not None else "" for code in LANGUAGES}
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if name in _CODES:
            found[name] = ", ".join(value)
        elif name == "themes":
            found[name] = tuple(map(str, value))
        elif name not in _TEXTS and name not in {"owners", "source"}:
            found[name] = "" if value is None else str(value)
    for number, owner in enumerate(item.owners):
        found[f"owner.{number}"] = f"{owner.party}/{owner.agency}"
        found[f"function.{number}"] = str(owner.function)
    if item.source is not None:
        found |= {
            "source.statement": item.source.statement,
            "source.on": item.source.on.isoformat(),
            "source.sentence": item.source.sentence,
            "source.language": str(item.source.language),
        }
    return found


def owner_rows(values: Mapping[str, Any], plan: Plan) -> list[dict[str, Any]]:  # Any: what a template reads
    """Returns the rows for owners: those that are there, one for each side that has none, and some empty ones."""
    there = [
        number for number in range(OWNERS_MAX) if values.get(f"owner.{number}") or values.get(f"function.{number}")
    ]
    count = min(max(len(plan.parties), (there[-1] + 1 if there else 0)) + OWNERS_MORE, OWNERS_MAX)
    return [
        {
            "number": number,
            "owner": values.get(f"owner.{number}", ""),
            "function": values.get(f"function.{number}", ""),
        }
        for number in range(count)
    ]


def parents(plan: Plan, kind: type[Item]) -> list[Item]:
    """Returns what an item of a kind may belong to."""
    rows: Iterable[Item] = (*plan.pillars, *plan.commitments, *plan.actions)
    return [item for item in rows if isinstance(item, ABOVE[kind])]


def codes_of(text: str) -> list[str]:
    """Returns the codes in a line, parted by commas or blanks."""
    return list(dict.fromkeys(text.upper().replace(",", " ").split()))


def day_of_form(posted: Mapping[str, str], name: str, result: Written) -> str | None:
    """Returns a day as it is written in a plan; what is none is kept as wrong."""
    text = posted.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        result.wrong(name, _("This is no day. Write it as year, month, day: 2026-03-31."))
        return None


def wording_of_form(posted: Mapping[str, str], name: str, result: Written, *, is_needed: bool) -> dict[str, str] | None:
    """Returns a text in the languages in which it was written."""
    texts = {str(code): posted.get(f"{name}.{code}", "").replace("\r\n", "\n").strip() for code in LANGUAGES}
    for code, text in texts.items():
        if len(text) > CHARACTERS_MAX:
            result.wrong(
                f"{name}.{code}", _("It has more than %(count)s characters. Shorten it.") % {"count": CHARACTERS_MAX}
            )
    found = {code: text for code, text in texts.items() if text}
    if not found and is_needed:
        result.wrong(f"{name}.en", _("Write it in at least one language."))
    return found or None


def written(posted: QueryDict, kind: type[Item], code: str, before: Item | None) -> Written:
    """Returns what a form says as an item.

    Args:
        posted: The form.
        kind: Kind of the item.
        code: Its code.
        before: The item as it was; what the form does not show of it stays.
    """
    result = Written()
    names = set(kind.__struct_fields__)
    data: dict[str, Any] = {"id": code}  # Any: JSON
    for name in _TEXTS:
        data[name] = wording_of_form(posted, name, result, is_needed=name == "title")
    data |= {name: day_of_form(posted, name, result) for name in _DAYS}
    data |= {name: posted.get(name, "") or None for name in _CHOICES if name in names}
    data |= {name: _codes(posted, name, result) for name in _CODES if name in names}
    if "themes" in names:
        data["themes"] = posted.getlist("themes")
    data["owners"] = list(_owners(posted, result))
    data["source"] = _source(posted, result, before)
    if kind is Indicator:
        data |= _measure(posted, result)
    if result.errors:
        return result
    try:
        result.item = msgspec.convert({name: one for name, one in data.items() if one is not None}, kind)
    except msgspec.ValidationError as error:
        place = re.search(r"\$\.([a-z_]+)", str(error))
        result.wrong(place[1] if place else "id", str(error))
    return result


def _codes(posted: QueryDict, name: str, result: Written) -> list[str]:
    codes = codes_of(posted.get(name, ""))
    for code in codes:
        if not _CODE.match(code):
            result.wrong(name, _("%(code)s is no code of an item, such as A12.") % {"code": code})
    return codes


def _owners(posted: QueryDict, result: Written) -> Iterator[dict[str, str]]:
    for number in range(OWNERS_MAX):
        owner, function = posted.get(f"owner.{number}", ""), posted.get(f"function.{number}", "")
        if not owner and not function:
            continue
        if not owner or not function:
            result.wrong("owners", _("Choose the agency and its function together."))
            continue
        party, _slash, agency = owner.partition("/")
        yield {"party": party, "agency": agency, "function": function}


def _source(posted: QueryDict, result: Written, before: Item | None) -> dict[str, str] | None:
    statement, sentence = posted.get("source.statement", "").strip(), posted.get("source.sentence", "").strip()
    if not statement and not sentence and not posted.get("source.on", ""):
        return None
    day = day_of_form(posted, "source.on", result)
    if not (statement and sentence and day) and "source.on" not in result.errors:
        result.wrong("source.statement", _("A source needs its statement, its day and its sentence."))
        return None
    found = {
        "statement": statement,
        "sentence": sentence.replace("\r\n", "\n"),
        "on": day or "",
        "language": posted.get("source.language", "") or "en",
    }
    # The register of the dialogue names the commitment; the form does not show it.
    if before is not None and before.source is not None and before.source.commitment:
        found["commitment"] = before.source.commitment
    return found


def _measure(posted: QueryDict, result: Written) -> dict[str, Any]:  # Any: JSON
    data: dict[str, Any] = {"definition": posted.get("definition", "").strip()}  # Any: as before
    if not data["definition"]:
        result.wrong("definition", _("Give the code of the definition by which both nodes compute it."))
    if not posted.get("unit"):
        result.wrong("unit", _("Choose a unit."))
    for name in _NUMBERS:
        text = posted.get(name, "").strip()
        if text:
            try:
                data[name] = str(Decimal(text.replace(",", ".")))
            except InvalidOperation:
                result.wrong(name, _("This is no number."))
    cell = whole(posted.get("min_cell", "").strip(), 9)
    if cell is None:
        result.wrong("min_cell", _("This is no whole number."))
    else:
        data["min_cell"] = cell
    return data


def progress_of_form(posted: Mapping[str, str], code: str, by: str, today: date, result: Written) -> Progress | None:
    """Returns what a form says of where an item stands; nothing where no state was chosen."""
    state = posted.get("status", "")
    if state not in set(Status):
        return None
    day = day_of_form(posted, "on", result) or today.isoformat()
    reason = wording_of_form(posted, "reason", result, is_needed=True)
    if result.errors or reason is None:
        return None
    return Progress(
        item=code, status=Status(state), on=date.fromisoformat(day), by=by, reason=msgspec.convert(reason, Wording)
    )


def errors_by_field(problems: Sequence[Problem], said: Any) -> dict[str, list[str]]:  # Any: a function of the desk
    """Returns what is wrong with an item by the names of its form's fields.

    Args:
        problems: What was found.
        said: How a sentence of a service is told in the reader's language.
    """
    found: dict[str, list[str]] = {}
    names = {"owners": "owners", "progress": "reason", "id": "id"}
    for one in problems:
        name = names.get(one.field, one.field)
        place = f"{name}.{one.language}" if one.language else name
        found.setdefault(place, []).append(f"{said(one.sentence)} {said(one.next_step)}")
    return found


def options_of(codes: Iterable[Any]) -> list[tuple[str, str]]:  # Any: one of the lists of codes
    """Returns codes with their words."""
    return [(str(code), word_of(code)) for code in codes]
