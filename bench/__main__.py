"""``python -m bench [--full] [--only NAME]...``: measure, print beside the limits, write ``bench/results/``."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.limit import limit_of
from bench.machine import Machine, commit_now, this_machine
from bench.primitives import measure_primitives
from bench.report import print_figures, print_heading
from bench.results import Figure, as_rows, write_results

Found = tuple[str, list[Figure]]
"""A heading, and what stands below it."""

FULL_MESSAGES = 100_000
"""The promise is made over this many messages; it takes minutes."""
QUICK_MESSAGES = 10_000
"""Enough for a steady rate; the default, so that a newcomer waits about a minute."""


def main() -> int:
    """Runs the benchmarks that were asked for and returns the exit code."""
    asked = _arguments()
    scratch = Path(asked.folder) if asked.folder else Path(tempfile.gettempdir())
    machine, commit = this_machine(scratch), commit_now()
    print_heading(machine, commit)
    if asked.only in ALONE:
        title, found = ALONE[asked.only](asked, scratch)
        return _written(asked.only, title, found, machine, commit)
    primitives = measure_primitives(scratch)
    limit = limit_of(primitives)
    figures: list[Figure] = [*primitives.figures(), *limit.figures()]
    print_figures("Primitives and the limit they set", figures)
    if asked.only in (None, "primitives"):
        path = write_results("primitives", as_rows(figures, machine=machine, commit=commit))
        print(f"written: {path}")
    if asked.only == "primitives":
        return 0
    from bench.path import measure_path
    from bench.peers.as4_cost import as4_cost

    def say(words: str) -> None:
        print(f"... {words}", flush=True)

    say("measuring AS4")
    as4 = as4_cost(scratch)
    found = measure_path(
        folder=scratch,
        limit=limit,
        messages=asked.messages or (FULL_MESSAGES if asked.full else QUICK_MESSAGES),
        alone=asked.alone,
        as4=as4,
        say=say,
    )
    found += as4.figures()
    return _written("path", "The whole path", found, machine, commit)


def _written(name: str, title: str, found: list[Figure], machine: Machine, commit: str) -> int:
    print_figures(title, found)
    print(f"written: {write_results(name, as_rows(found, machine=machine, commit=commit))}")
    return 0


def _pages(asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.pages import CASES, MESSAGES, measure_pages

    cases = asked.cases or CASES
    found = measure_pages(
        folder=scratch,
        cases=cases,
        messages=asked.messages or MESSAGES * cases // CASES,
        say=lambda words: print(f"... {words}", flush=True),
    )
    return f"Pages at {cases:,} cases", found


def _decisions(_asked: argparse.Namespace, _scratch: Path) -> Found:
    from bench.decisions import measure_decisions

    return "Decisions of the law gate, CPU time", measure_decisions()


def _refusals(_asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.refusals import measure_refusals

    return "Refusals of what is another's, beside what was never there", measure_refusals(folder=scratch)


def _logs(_asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.whole_logs import ENTRIES, measure_logs

    return f"Checking logs of up to {ENTRIES:,} entries", measure_logs(folder=scratch)


def _derived(_asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.derived import DERIVATIVES, STEPS, measure_derived

    return f"{DERIVATIVES:,} derivatives of one item among {STEPS:,} steps", measure_derived(folder=scratch)


def _search(asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.search import MESSAGES, measure_search

    messages = asked.messages or MESSAGES
    return f"Search over {messages:,} messages", measure_search(folder=scratch, messages=messages)


def _roster(_asked: argparse.Namespace, _scratch: Path) -> Found:
    from bench.roster import DAYS, SHIFTS, measure_roster

    return f"A duty roster of {SHIFTS} shifts over {DAYS} days, CPU time", measure_roster()


def _plan(_asked: argparse.Namespace, _scratch: Path) -> Found:
    from bench.plan import ACTIONS, measure_plan

    return f"A workplan of {ACTIONS:,} actions in three languages, CPU time", measure_plan()


def _plan_pages(_asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.plan_pages import measure_plan_pages

    return "Pages of a workplan of 2,000 actions, CPU time", measure_plan_pages(folder=scratch)


def _indicators(asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.indicators import ENTRIES, ENTRIES_REDUCED, INDICATORS, measure_indicators

    entries = asked.messages or (ENTRIES if asked.full else ENTRIES_REDUCED)
    found = measure_indicators(folder=scratch, entries=entries)
    return f"{INDICATORS:,} indicators over {entries:,} log entries", found


def _screening(asked: argparse.Namespace, scratch: Path) -> Found:
    from bench.screening import LINES, LINES_REDUCED, measure_screening

    lines = asked.messages or (LINES if asked.full else LINES_REDUCED)
    return f"Screening a manifest of {lines:,} lines", measure_screening(folder=scratch, lines=lines)


ALONE: Final[dict[str, Callable[[argparse.Namespace, Path], Found]]] = {
    "pages": _pages,
    "logs": _logs,
    "decisions": _decisions,
    "refusals": _refusals,
    "derived": _derived,
    "search": _search,
    "roster": _roster,
    "plan": _plan,
    "plan-pages": _plan_pages,
    "indicators": _indicators,
    "screening": _screening,
}
"""Parts that need no limit of the machine beside them."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"sustained over {FULL_MESSAGES:,} messages")
    parser.add_argument("--messages", type=int, help=f"sustained over this many (default {QUICK_MESSAGES:,})")
    parser.add_argument("--alone", type=int, default=500, help="messages sent one at a time (default 500)")
    parser.add_argument("--only", choices=("primitives", "path", *ALONE), help="one part only")
    parser.add_argument("--cases", type=int, help="cases of the archive whose pages are measured (default 50,000)")
    parser.add_argument("--folder", help="where the nodes' homes and databases lie (default: the temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
