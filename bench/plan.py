"""What the workplan costs: two revisions of 2,000 actions compared, merged, checked, and taken in and out of files.

The promise is the comparison under 300 ms with every action changed and the words of every change marked. The plan has
three languages, two sentences of each a text.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

import msgspec
from tests.workplan.plans import large_plan

from accord.instruments.canonical import canonical_bytes, read_canonical
from accord.workplan.checking import problems_of
from accord.workplan.content import Plan
from accord.workplan.differing import difference
from accord.workplan.documents.due_days import calendar_of
from accord.workplan.documents.printed import brief_pdf
from accord.workplan.documents.word import document_of, read_document
from accord.workplan.documents.workbook import read_workbook, workbook_of
from accord.workplan.merging import merged
from bench.results import Figure

__all__ = ["ACTIONS", "measure_plan"]

ACTIONS: Final = 2_000
ROUNDS: Final = 3


def measure_plan() -> list[Figure]:
    """Returns the CPU time of each part, milliseconds, and the size of the text, bytes."""
    before = large_plan(actions=ACTIONS)
    after, other = _changed(before, "section"), _changed(before, "chapter", every=7)
    content = canonical_bytes(before)

    def compared() -> None:
        for change in difference(before, after).changes:
            for field in change.fields:
                if not field.marks:
                    raise RuntimeError(change.key)

    workbook, document = workbook_of(before), document_of(before)
    parts: list[tuple[str, Callable[[], object], str]] = [
        ("diff.2000_actions", compared, "under 300 ms"),
        ("merge.2000_actions", lambda: merged(before, after, other), ""),
        ("check.2000_actions", lambda: problems_of(before), ""),
        ("read.2000_actions", lambda: read_canonical(content, Plan), ""),
        ("xlsx.out.2000_actions", lambda: workbook_of(before), ""),
        ("xlsx.in.2000_actions", lambda: read_workbook(workbook), ""),
        ("docx.out.2000_actions", lambda: document_of(before), ""),
        ("docx.in.2000_actions", lambda: read_document(document), ""),
        ("calendar.2000_actions", lambda: calendar_of(before, language="en", at=datetime.now(UTC)), ""),
        ("brief.2000_actions", lambda: brief_pdf(before, language="hi", on=date(2026, 6, 1)), ""),
    ]
    figures = [
        Figure(name=f"plan.{name}", value=_milliseconds(act), unit="ms", target=target) for name, act, target in parts
    ]
    return [*figures, Figure(name="plan.text.2000_actions", value=len(content), unit="bytes", target="16 MiB")]


def _changed(plan: Plan, word: str, *, every: int = 1) -> Plan:
    rows = [
        row
        if number % every
        else msgspec.structs.replace(row, title=msgspec.structs.replace(row.title, en=f"Lists, {word} {number}"))
        for number, row in enumerate(plan.actions)
    ]
    half = len(rows) // 2
    return msgspec.structs.replace(plan, actions=(*rows[half:], *rows[:half]) if every == 1 else tuple(rows))


def _milliseconds(act: Callable[[], object]) -> float:
    taken = []
    for _round in range(ROUNDS):
        began = time.process_time()
        act()
        taken.append((time.process_time() - began) * 1000)
    return min(taken)
