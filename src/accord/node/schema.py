"""Whether the database is the one that this version of the software expects: applied migrations, and what is there.

That every migration is marked as applied proves only that somebody ran files of those names.
So the tables and columns are looked at, too: a database made by a draft of the same migration lacks one of them.
"""

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accord.errors import OurFault

__all__ = [
    "MigrationsMissing",
    "SchemaDiffers",
    "foreign_migrations",
    "require_current_schema",
    "require_known_migrations",
    "schema_gaps",
    "waiting_migrations",
]


class MigrationsMissing(OurFault):
    """The database is of an older version of the software."""

    code = "node.migrations-missing"
    default_next_step = "Back the database up and run `accord init --upgrade` on this home."


class SchemaDiffers(OurFault):
    """The database has migrations that are not ours, or not every table and column: another software made it."""

    code = "node.schema-differs"
    default_next_step = (
        "Put back a backup that this version made, or ask the developers; `accord doctor` lists what lacks."
    )


def waiting_migrations() -> list[str]:
    """Returns the migrations that are not applied, as ``app.name``, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def foreign_migrations() -> list[str]:
    """Returns the migrations that were applied and that this version does not know, as ``app.name``, in order.

    Those of a workstream that the configuration does not name are not looked at: its tables may stay.
    """
    loader = MigrationLoader(connection)
    ours = {config.label for config in apps.get_app_configs()}
    applied = {key for key in loader.applied_migrations if key[0] in ours}
    return [f"{label}.{name}" for label, name in sorted(applied - set(loader.disk_migrations))]


def schema_gaps() -> list[str]:
    """Returns what the models need and the database lacks: names of tables, or ``table.column``."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        gaps: list[str] = []
        for model in apps.get_models(include_auto_created=True):
            options = model._meta  # noqa: SLF001 - Django's public name for it
            if not options.managed or options.proxy:
                continue
            if options.db_table not in tables:
                gaps.append(options.db_table)
                continue
            described = connection.introspection.get_table_description(cursor, options.db_table)
            held = {column.name for column in described}
            gaps += [
                f"{options.db_table}.{field.column}"
                for field in options.local_concrete_fields
                if field.column not in held
            ]
    return sorted(gaps)


def require_known_migrations() -> None:
    """Raises where another version made the database: nothing that this one applies to it would fit.

    Raises:
        SchemaDiffers: A migration was applied that this version does not know.
    """
    foreign = foreign_migrations()
    if foreign:
        raise SchemaDiffers(
            f"Another version made this database: {', '.join(foreign[:5])} of its migrations are not known here.",
            fields={"unknown": foreign[:20]},
            next_step="Run the version that made it, or put back a backup that this version made.",
        )


def require_current_schema() -> None:
    """Raises unless exactly the migrations of this version are applied and every table and column is there.

    Raises:
        MigrationsMissing: A migration waits.
        SchemaDiffers: A migration is not known here, or a table or column is missing all the same.
    """
    require_known_migrations()
    waiting = waiting_migrations()
    if waiting:
        raise MigrationsMissing(f"{len(waiting)} migrations of the database are missing: {', '.join(waiting[:5])}.")
    gaps = schema_gaps()
    if gaps:
        raise SchemaDiffers(
            f"The database calls itself up to date, but lacks {', '.join(gaps[:5])}.", fields={"missing": gaps[:20]}
        )
