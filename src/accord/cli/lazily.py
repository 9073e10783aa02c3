"""A command group that loads a command's module only when that command runs.

``accord verify`` and ``accord law`` need neither Django nor a database, and must start at once; ``accord --help``
needs nothing at all. So the group knows the name and the one-line help of each command and imports the rest late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["LazyCommand", "lazy_group"]

COMPLETION: Final = ("install_completion", "show_completion")


@dataclass(frozen=True, kw_only=True)
class LazyCommand:
    """Where a command lives.

    Args:
        module: Module that holds a ``typer.Typer`` named ``app``.
        summary: One line of help, shown without importing the module.
    """

    module: str
    summary: str

    def load(self, name: str) -> Any:  # Any: the command classes of typer's inner click are private
        """Imports the module and returns its command under ``name``."""
        app: typer.Typer = import_module(self.module).app
        command = typer.main.get_command(app)
        command.name = name
        # Completion is offered once, by the outer command.
        command.params = [one for one in command.params if one.name not in COMPLETION]
        return command


def lazy_group(table: Mapping[str, LazyCommand]) -> type[TyperGroup]:
    """Returns a group class over the commands of ``table``, in the table's order."""

    class LazyGroup(TyperGroup):
        """Lists its commands from the table and loads the one that is run."""

        def __init__(self, **attributes: Any) -> None:  # Any: handed through to typer unchanged
            super().__init__(**attributes)
            for name, lazy in table.items():
                self.add_command(TyperCommand(name, help=lazy.summary), name)

        def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:  # Any: typer's inner click types
            name, command, rest = super().resolve_command(ctx, list(args))
            if name is not None and name in table:
                command = table[name].load(name)
            return name, command, rest

    return LazyGroup
