"""AS4 (Peppol profile) beside Accord: measured in the same run when its environment can be made, cited otherwise."""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from bench.results import Figure

__all__ = ["As4Cost", "as4_cost"]

PACKAGE = "as4==0.2.0"
PROGRAM = Path(__file__).resolve().parent / "as4_program.py"
INSTALL_LIMIT_SECONDS = 180
RUN_LIMIT_SECONDS = 120
ENVIRONMENT_VARIABLE = "ACCORD_BENCH_AS4_PYTHON"
"""Names an interpreter that already has the package, for machines without a package index."""


@dataclass(frozen=True, kw_only=True)
class As4Cost:
    """CPU time of both sides and bytes of one AS4 message with its signed receipt.

    Args:
        both_sides_ms: Build, parse with signed receipt, verify the receipt.
        wire_bytes: The message with its HTTP headers, and the receipt.
        source: Where the figures come from.
    """

    both_sides_ms: float
    wire_bytes: float
    source: str

    def figures(self) -> list[Figure]:
        """Returns the peer's own figures, without a comparison."""
        return [
            Figure(name="peer.as4.cpu_both_sides", value=self.both_sides_ms, unit="ms"),
            Figure(name="peer.as4.wire_per_message", value=self.wire_bytes, unit="B"),
        ]


PUBLISHED = As4Cost(
    both_sides_ms=5.7,
    wire_bytes=13_348 + 5_684,
    source="as4 0.2.0, measured earlier with Python 3.11 on 2 cores",
)
"""Used where the package cannot be installed: an earlier measurement of the same program."""


def as4_cost(folder: Path) -> As4Cost:
    """Returns what AS4 costs here.

    Args:
        folder: Where an environment for the package may be made.
    """
    python = os.environ.get(ENVIRONMENT_VARIABLE) or _environment(folder)
    if not python:
        return PUBLISHED
    done = subprocess.run(
        [python, str(PROGRAM)], capture_output=True, text=True, check=False, timeout=RUN_LIMIT_SECONDS
    )
    if done.returncode != 0:
        print(f"as4 did not run: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return PUBLISHED
    found = json.loads(done.stdout)
    return As4Cost(
        both_sides_ms=found["send_ms"] + found["receive_ms"] + found["confirm_ms"],
        wire_bytes=found["message_bytes"] + found["receipt_bytes"],
        source="as4 0.2.0, same run; no HTTP, database, retry or duplicate detection",
    )


def _environment(folder: Path) -> str:
    place = folder / "accord-bench-as4"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE],
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_LIMIT_SECONDS,
    )
    return str(python) if done.returncode == 0 else ""
