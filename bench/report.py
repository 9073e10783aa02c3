"""How the figures are shown on a terminal: each beside its peer and its promise."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.machine import Machine
from bench.results import Figure

__all__ = ["print_figures", "print_heading"]

console = Console(width=None)


def print_heading(machine: Machine, commit: str) -> None:
    """Prints what the figures depend on."""
    console.print(f"[bold]Accord benchmarks[/bold], commit {commit}")
    console.print(str(machine), highlight=False)


def print_figures(title: str, figures: Sequence[Figure]) -> None:
    """Prints one table; columns that no figure fills are left out."""
    table = Table(title=title, title_justify="left")
    table.add_column("name")
    table.add_column("value", justify="right")
    table.add_column("unit")
    has_target = any(figure.target for figure in figures)
    has_peer = any(figure.peer for figure in figures)
    if has_target:
        table.add_column("promise")
    if has_peer:
        table.add_column("beside")
        table.add_column("ratio", justify="right")
    for figure in figures:
        row = [figure.name, _shown(figure.value), figure.unit]
        if has_target:
            row.append(figure.target)
        if has_peer:
            row.append("" if figure.peer is None else str(figure.peer))
            row.append("" if figure.ratio is None else f"{figure.ratio:.2f}")
        table.add_row(*row)
    console.print(table)


def _shown(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}"
