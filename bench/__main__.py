"""``python -m bench [--full] [--only NAME]...``: measure, print beside the limits, write ``bench/results/``."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.limit import limit_of
from bench.machine import Machine, commit_now, this_machine
from bench.primitives import measure_primitives
from bench.report import print_figures, print_heading
from bench.results import Figure, as_rows, write_results

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
    if asked.only == "pages":
        return _pages(asked, scratch, machine, commit)
    if asked.only == "logs":
        return _logs(scratch, machine, commit)
    if asked.only == "decisions":
        return _decisions(machine, commit)
    if asked.only == "refusals":
        return _refusals(scratch, machine, commit)
    if asked.only == "derived":
        from bench.derived import main as measure_derived

        return measure_derived()
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
    print_figures("The whole path", found)
    path = write_results("path", as_rows(found, machine=machine, commit=commit))
    print(f"written: {path}")
    return 0


def _pages(asked: argparse.Namespace, scratch: Path, machine: Machine, commit: str) -> int:
    from bench.pages import CASES, MESSAGES, measure_pages

    cases = asked.cases or CASES
    found = measure_pages(
        folder=scratch,
        cases=cases,
        messages=asked.messages or MESSAGES * cases // CASES,
        say=lambda words: print(f"... {words}", flush=True),
    )
    print_figures(f"Pages at {cases:,} cases", found)
    path = write_results("pages", as_rows(found, machine=machine, commit=commit))
    print(f"written: {path}")
    return 0


def _decisions(machine: Machine, commit: str) -> int:
    from bench.decisions import measure_decisions

    found = measure_decisions()
    print_figures("Decisions of the law gate, CPU time", found)
    path = write_results("decisions", as_rows(found, machine=machine, commit=commit))
    print(f"written: {path}")
    return 0


def _refusals(scratch: Path, machine: Machine, commit: str) -> int:
    from bench.refusals import measure_refusals

    found = measure_refusals(folder=scratch)
    print_figures("Refusals of what is another's, beside what was never there", found)
    path = write_results("refusals", as_rows(found, machine=machine, commit=commit))
    print(f"written: {path}")
    return 0


def _logs(scratch: Path, machine: Machine, commit: str) -> int:
    from bench.whole_logs import ENTRIES, measure_logs

    found = measure_logs(folder=scratch)
    print_figures(f"Checking a log of {ENTRIES:,} entries", found)
    path = write_results("logs", as_rows(found, machine=machine, commit=commit))
    print(f"written: {path}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"sustained over {FULL_MESSAGES:,} messages")
    parser.add_argument("--messages", type=int, help=f"sustained over this many (default {QUICK_MESSAGES:,})")
    parser.add_argument("--alone", type=int, default=500, help="messages sent one at a time (default 500)")
    parts = ("primitives", "path", "pages", "logs", "decisions", "derived", "refusals")
    parser.add_argument("--only", choices=parts, help="one part only")
    parser.add_argument("--cases", type=int, help="cases of the archive whose pages are measured (default 50,000)")
    parser.add_argument("--folder", help="where the nodes' homes and databases lie (default: the temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
