"""The plan on paper, and a brief of one page for a minister: A4, in the language that is asked for, as PDF.

Fonts and words come with Accord, so that Devanagari is shaped alike on every machine and nothing is fetched. Every text
reaches the printer as data and is never read as a command.
"""

import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import msgspec
import typst
from babel.dates import format_date

from accord.workplan.codes import LANGUAGES, Status, Unit
from accord.workplan.content import Indicator, Item, Plan, all_items, statuses

__all__ = ["brief_pdf", "plan_pdf", "print_words"]

_DUE_SHOWN: Final = 5
"""Items of a brief that are due next or past their day: what is read in a minute."""

_PILLARS_SHOWN: Final = 8
"""Pillars of a brief: one page holds no more beside the rest."""

_TITLE_SHOWN: Final = 80
"""Characters of a title in a brief: a line and a half of its column."""


class _Section(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    level: int = 1
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    language: str
    title: str
    mark: str
    lead: tuple[str, ...]
    footer: str
    standing: str
    sections: tuple[_Section, ...]
    size: float


@cache
def print_words(language: str) -> Mapping[str, str]:
    """Returns the words of printed pages in a language; the first where it is none of the plan's."""
    everything = tomllib.loads((files("accord.workplan.documents") / "print_words.toml").read_text("utf-8"))
    found: dict[str, str] = everything.get(language[:2], everything[LANGUAGES[0]])
    return found


def plan_pdf(plan: Plan, *, language: str, standing: str = "") -> bytes:
    """Returns the whole plan as PDF.

    Args:
        plan: The plan.
        language: Language of the words; a text that lacks it is printed in one that it has.
        standing: Whether it is signed, for the head and foot of every page.
    """
    return _printed(_plan_page(plan, language[:2], standing))


def brief_pdf(
    plan: Plan, *, language: str, on: date, measured: Mapping[str, str] | None = None, standing: str = ""
) -> bytes:
    """Returns a brief of one page: what stands where, what is due, what the indicators are to be.

    Args:
        plan: The plan.
        language: Language of the words.
        on: The day of which it tells.
        measured: What the indicators measured, by their codes, as it is to be printed.
        standing: Whether it is signed, for the head and foot of the page.
    """
    return _printed(_brief_page(plan, language[:2], on, measured or {}, standing))


def _printed(page: _Page) -> bytes:
    room = files("accord.workplan.documents")
    with as_file(room / "fonts") as fonts, as_file(room / "pages.typ") as form, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "page.typ").write_bytes(form.read_bytes())
        (place / "page.json").write_bytes(msgspec.json.encode(page))
        return bytes(
            typst.compile(
                str(place / "page.typ"), root=folder, font_paths=[str(fonts)], ignore_system_fonts=True, format="pdf"
            )
        )


def _day(day: date | None, words: Mapping[str, str]) -> str:
    return "" if day is None else format_date(day, format="medium", locale=words["locale"])


def _due(item: Item, words: Mapping[str, str]) -> str:
    again = words[item.recurrence.value]
    return f"{_day(item.due_on, words)}{f', {again}' if again else ''}"


def _owners(item: Item) -> str:
    return ", ".join(f"{owner.party} {owner.agency}" for owner in item.owners)


def _said(item: Item, language: str, words: Mapping[str, str]) -> str:
    verb = f" ({words[item.verb.value]})" if item.verb is not None else ""
    parts = [f"{item.title.in_language(language)}{verb}"]
    parts += [text.in_language(language) for text in (item.text, item.caveat) if text is not None]
    if item.source is not None and item.source.sentence:
        parts.append(f"[{item.source.sentence}]")
    return "\n".join(parts)


def _figure(figure: Decimal | None, item: Indicator, words: Mapping[str, str]) -> str:
    if figure is None:
        return ""
    said = f"{figure:f}"
    return words[item.aim.value].format(figure=words["percent"].format(n=said) if item.unit is Unit.PERCENT else said)


def _plan_page(plan: Plan, language: str, standing: str) -> _Page:
    words = print_words(language)
    parties = ", ".join(plan.parties)
    lead = [words["in_force"].format(day=_day(plan.in_force_on, words), parties=parties)]
    if plan.about is not None:
        lead.append(plan.about.in_language(language))
    lead.append(f"{words['caveat']}: {plan.caveat.in_language(language)}")
    return _Page(
        language=language,
        title=plan.title.in_language(language),
        mark=words["template"] if plan.is_template else "",
        lead=tuple(lead),
        footer=words["footer"].format(parties=parties),
        standing=standing,
        sections=tuple(_sections(plan, language, words)),
        size=9,
    )


def _sections(plan: Plan, language: str, words: Mapping[str, str]) -> Iterator[_Section]:
    above = _pillar_of(plan)
    for pillar in plan.pillars:
        yield _Section(
            title=f"{pillar.id} {pillar.title.in_language(language)}",
            lines=tuple(text.in_language(language) for text in (pillar.text,) if text is not None),
        )
        for part in ("priorities", "commitments", "actions", "deliverables", "milestones", "indicators"):
            rows = [item for item in getattr(plan, part) if above.get(item.id) == pillar.id]
            if rows:
                yield _items(part, rows, language, words)
    yield from _machine(plan, words)
    if plan.progress:
        yield _Section(
            title=words["progress"],
            head=(words["item"], words["status"], words["day"], words["reason"]),
            widths=(1, 2, 2, 6),
            rows=tuple(
                (row.item, words[row.status.value], _day(row.on, words), row.reason.in_language(language))
                for row in plan.progress
            ),
        )


def _items(part: str, items: Sequence[Item], language: str, words: Mapping[str, str]) -> _Section:
    is_measured = part == "indicators"
    return _Section(
        title=words[part],
        level=2,
        head=(words["code"], words["what"], words["owners"], words["target" if is_measured else "due"]),
        widths=(0.8, 6, 2.4, 2),
        rows=tuple(
            (
                item.id,
                _said(item, language, words),
                _owners(item),
                _figure(item.target, item, words) if isinstance(item, Indicator) else _due(item, words),
            )
            for item in items
        ),
    )


def _machine(plan: Plan, words: Mapping[str, str]) -> Iterator[_Section]:
    if plan.clocks:
        yield _Section(
            title=words["clocks"],
            head=(words["urgency"], words["access"], words["limit"]),
            widths=(2, 2, 1),
            rows=tuple(
                (
                    words[row.urgency.value],
                    words[row.access.value],
                    words["hours"].format(n=f"{Decimal(row.seconds) / 3600:.4g}"),
                )
                for row in plan.clocks
            ),
        )
    if plan.ceilings or plan.lanes:
        lanes = words["lanes"].format(themes=", ".join(words[theme.value] for theme in plan.lanes))
        yield _Section(
            title=words["ceilings"],
            lines=(lanes,) if plan.lanes else (),
            head=(words["theme"], words["classification"], words["handling"]),
            widths=(2, 2, 1),
            rows=tuple(
                (words[row.theme.value], words[row.classification.value], row.handling.value) for row in plan.ceilings
            ),
        )


def _pillar_of(plan: Plan) -> dict[str, str]:
    """Returns the pillar of each item, by way of what it stands under."""
    under = {item.id: item.under for item in all_items(plan)}
    found: dict[str, str] = {}
    for code in under:
        above: str | None = code
        for _step in range(4):
            if above is None or above.startswith("P"):
                break
            above = under.get(above)
        if above is not None:
            found[code] = above
    return found


def _brief_page(plan: Plan, language: str, on: date, measured: Mapping[str, str], standing: str) -> _Page:
    words = print_words(language)
    parties = ", ".join(plan.parties)
    stands = {code: row.status for code, row in statuses(plan).items()}
    open_ = [
        item
        for item in (*plan.actions, *plan.deliverables, *plan.milestones)
        if item.due_on is not None and stands.get(item.id) not in {Status.DONE, Status.DROPPED}
    ]
    open_.sort(key=lambda item: (item.due_on or on, item.id))
    sections = [
        _by_pillar(plan, stands, language, words),
        _due_list(words["overdue"], [item for item in open_ if (item.due_on or on) < on], language, words),
        _due_list(words["next_due"], [item for item in open_ if (item.due_on or on) >= on], language, words),
        _Section(
            title=words["indicators"],
            head=(words["code"], words["what"], words["target"], words["measured"]),
            widths=(0.8, 6, 2, 2),
            rows=tuple(
                (
                    item.id,
                    _short(item, language),
                    _figure(item.target, item, words),
                    measured.get(item.id, ""),
                )
                for item in plan.indicators[:_DUE_SHOWN]
            ),
        ),
    ]
    return _Page(
        language=language,
        title=f"{words['brief']}: {_cut(plan.title.in_language(language))}",
        mark=words["template"] if plan.is_template else "",
        lead=(
            words["stands_on"].format(day=_day(on, words)),
            words["in_force"].format(day=_day(plan.in_force_on, words), parties=parties),
        ),
        footer=plan.caveat.in_language(language)[:240],
        standing=standing,
        sections=tuple(sections),
        size=8,
    )


def _short(item: Item, language: str) -> str:
    return _cut(item.title.in_language(language))


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE_SHOWN else f"{title[: _TITLE_SHOWN - 1].rstrip()}…"


def _by_pillar(plan: Plan, stands: Mapping[str, Status], language: str, words: Mapping[str, str]) -> _Section:
    above = _pillar_of(plan)
    shown = (Status.DONE, Status.UNDER_WAY, Status.LATE, Status.BLOCKED)
    rows: list[tuple[str, ...]] = []
    for pillar in plan.pillars[:_PILLARS_SHOWN]:
        actions = [item for item in plan.actions if above.get(item.id) == pillar.id]
        counts = Counter(stands.get(item.id, Status.PLANNED) for item in actions)
        name = f"{pillar.id} {_short(pillar, language)}"
        rows.append((name, str(len(actions)), *(str(counts[status]) for status in shown)))
    return _Section(
        title=words["actions"],
        head=(words["pillar"], words["all"], *(words[status.value] for status in shown)),
        widths=(6, 1.1, 1.1, 1.1, 1.2, 1.1),
        rows=tuple(rows),
    )


def _due_list(title: str, items: Iterable[Item], language: str, words: Mapping[str, str]) -> _Section:
    rows = tuple(
        (item.id, _short(item, language), _owners(item), _day(item.due_on, words)) for item in list(items)[:_DUE_SHOWN]
    )
    return _Section(
        title=title,
        lines=() if rows else (words["nothing"],),
        head=(words["code"], words["what"], words["owners"], words["due"]),
        widths=(0.8, 6, 2.4, 1.8),
        rows=rows,
    )
