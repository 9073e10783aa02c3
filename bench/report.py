"""How the figures are shown on a terminal: each beside its peer and its promise, one figure a line, its peer below."""

import sys
from collections.abc import Sequence

from bench.machine import Machine
from bench.results import Figure

__all__ = ["print_figures", "print_heading"]

NAME_WIDTH = 36
VALUE_WIDTH = 12
UNIT_WIDTH = 13


def print_heading(machine: Machine, commit: str) -> None:
    """Prints what the figures depend on."""
    _line(f"Accord benchmarks, commit {commit}")
    _line(str(machine))


def print_figures(title: str, figures: Sequence[Figure]) -> None:
    """Prints the figures, each with what it stands beside."""
    _line("")
    _line(title)
    for figure in figures:
        promise = f"promise {figure.target}" if figure.target else ""
        row = f"  {figure.name:{NAME_WIDTH}}{_shown(figure.value):>{VALUE_WIDTH}} {figure.unit:{UNIT_WIDTH}}{promise}"
        _line(row.rstrip())
        if figure.peer is not None and figure.ratio is not None:
            _line(f"{'':{NAME_WIDTH + 2}}{_shown(figure.ratio):>{VALUE_WIDTH}} of {figure.peer}")


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _shown(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.3g}"
