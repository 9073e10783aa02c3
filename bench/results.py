"""What a run of the benchmarks leaves behind: one list of figures in one dated file.

Each row is ``{"name", "value", "unit", "peer", "ratio", "machine", "commit"}``; the schema is
``docs/schemas/bench.schema.json``. ``peer`` says in one sentence what the figure stands beside: the limit computed from
the primitives of the same run, another system measured in the same run, or a published number with its source.
``ratio`` is the figure divided by the peer's figure.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator

from bench.machine import Machine

__all__ = ["Figure", "Peer", "as_rows", "results_path", "write_results"]

BENCH = Path(__file__).resolve().parent
SCHEMA = BENCH.parent / "docs" / "schemas" / "bench.schema.json"
SIGNIFICANT_DIGITS = 4
"""More digits than this would claim a precision that no two runs share."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """What a figure is compared with.

    Args:
        name: The other system or the limit, in words.
        value: Its figure, in the unit of ours.
        source: Where its figure comes from: "same run", or a citation.
    """

    name: str
    value: float
    source: str

    def __str__(self) -> str:
        return f"{self.name}: {_rounded(self.value):g} ({self.source})"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured number.

    Args:
        name: Stable name, ``area.what``.
        value: The number.
        unit: Its unit.
        peer: What it stands beside, or none.
        target: The promise it is held against, for the reader of the terminal only.
    """

    name: str
    value: float
    unit: str
    peer: Peer | None = None
    target: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure divided by its peer's."""
        return None if self.peer is None or not self.peer.value else self.value / self.peer.value


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def as_rows(figures: Iterable[Figure], *, machine: Machine, commit: str) -> list[dict[str, object]]:
    """Returns the figures in the published shape."""
    return [
        {
            "name": figure.name,
            "value": _rounded(figure.value),
            "unit": figure.unit,
            "peer": None if figure.peer is None else str(figure.peer),
            "ratio": None if figure.ratio is None else _rounded(figure.ratio),
            "machine": str(machine),
            "commit": commit,
        }
        for figure in figures
    ]


def results_path(name: str, *, folder: Path | None = None) -> Path:
    """Returns the dated file of a run; a later run of the same day replaces it."""
    today = dt.datetime.now(tz=dt.UTC).date()
    return (folder or BENCH / "results") / f"{today.isoformat()}-{name}.json"


def write_results(name: str, rows: Sequence[dict[str, object]], *, folder: Path | None = None) -> Path:
    """Checks the rows against the schema, writes them and returns the path.

    Raises:
        jsonschema.ValidationError: A row does not have the published shape.
    """
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator(schema).validate(list(rows))
    path = results_path(name, folder=folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(rows), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path
