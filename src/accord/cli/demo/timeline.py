"""The story's timeline: what happened, whether it was verified, how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.text import Text

from accord.errors import AccordError

__all__ = ["Step", "Timeline"]


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
        """Prints one indented line of particulars."""
        self.console.print(Text(f"            {words}", style="dim"))

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
            mark = Text("  ok  ", style="black on green") if step.ok else Text(" FAIL ", style="white on red")
            self.console.print(Text.assemble(mark, f" {step.ms:7.0f} ms  ", (title, "bold" if not step.ok else "")))
            if step.detail:
                self.say(step.detail)
