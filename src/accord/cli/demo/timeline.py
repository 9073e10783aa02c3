"""The story's timeline: what happened, whether it was verified, how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from accord.errors import AccordError

__all__ = ["Step", "Timeline"]

INDENT = 19
"""Columns before particulars, so that they stand below the step's title."""


@dataclass(kw_only=True)
class Step:
    """One verified step of the story.

    Args:
        name: Stable short name.
        ok: Whether every check of the step held.
        ms: Duration in milliseconds.
        detail: What was seen, in plain words.
    """

    name: str
    ok: bool = False
    ms: float = 0.0
    detail: str = ""


@dataclass(kw_only=True)
class Timeline:
    """Collects steps and prints each as it ends.

    Args:
        console: Where to print; silent for ``--json``.
        steps: Steps so far.
    """

    console: Console
    steps: list[Step] = field(default_factory=list)
    _particulars: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the story has steps and every one of them was verified."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    def to_json(self) -> dict[str, object]:
        """Returns the surface documented in ``docs/schemas/demo.schema.json``."""
        return {"ok": self.ok, "steps": [asdict(step) | {"ms": round(step.ms, 1)} for step in self.steps]}

    def heading(self, words: str) -> None:
        """Prints a heading between chapters."""
        self.console.print()
        self.console.print(Text(words, style="bold"))

    def say(self, words: str) -> None:
        """Notes one line of particulars; it is printed below the step that runs, once that has ended."""
        self._particulars.append(words)

    def _print(self, step: Step, title: str) -> None:
        mark = Text("  ok  ", style="black on green") if step.ok else Text(" FAIL ", style="white on red")
        self.console.print(Text.assemble(mark, f" {step.ms:7.0f} ms  ", (title, "" if step.ok else "bold")))
        for words in filter(None, (step.detail, *self._particulars)):
            self.console.print(Padding(Text(words, style="dim"), (0, 0, 0, INDENT)))
        self._particulars.clear()

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[Callable[[str], None]]:
        """Runs one step; an ``AccordError`` or a failed check inside marks it not verified and ends the story."""
        step = Step(name=name)
        began = time.perf_counter()

        def saw(detail: str) -> None:
            step.detail = f"{step.detail} {detail}".strip()

        try:
            yield saw
            step.ok = True
        except AccordError as error:
            step.detail = f"{step.detail} {error.sentence}".strip()
            raise
        finally:
            step.ms = (time.perf_counter() - began) * 1000
            self.steps.append(step)
            self._print(step, title)
