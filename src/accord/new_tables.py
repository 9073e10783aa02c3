"""Tables of an app that are made in one step of a migration.

Django draws every model anew that hangs together with one that a step makes. Here all hang together, through the
officers who act: 143 steps of a table each drew 9,900 models to make 143 tables, which took most of the time that it
took to make a node. One step for each app draws them some fifteen times.

Source: Django 5.2, ``ProjectState.reload_model`` and ``Migration.apply``.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation

__all__ = ["CreateModels"]


class CreateModels(Operation):
    """Does what its steps would do one after another, on models that are drawn once.

    A foreign key may name a table that a later step makes: databases look at keys when the migration ends.
    """

    serialization_expand_args: ClassVar[list[str]] = ["operations"]

    def __init__(self, operations: Sequence[CreateModel]) -> None:
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:  # Any: the shape that Django asks for
        """Returns how a migration writes this step."""
        return type(self).__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: Any) -> None:  # Any: ProjectState, whose models have no type
        """Adds the models to what is known, and lets Django draw all of them when it next needs one."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Makes the tables in the order of the steps."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Takes the tables away, the last one first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Returns what ``sqlmigrate`` and ``showmigrations`` say of this step."""
        return f"Create {len(self.operations)} models"
