"""Whether the database is the one that this version of the software expects: applied migrations, and what is there.

That every migration is marked as applied proves only that somebody ran files of those names.
So the tables and columns are looked at, too: a database made by a draft of the same migration lacks one of them.
"""

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accord.errors import OurFault

__all__ = ["MigrationsMissing", "SchemaDiffers", "require_current_schema", "schema_gaps", "waiting_migrations"]


class MigrationsMissing(OurFault):
    """The database is of an older version of the software."""

    code = "node.migrations-missing"
    default_next_step = "Back the database up and run `accord init --upgrade` on this home."


class SchemaDiffers(OurFault):
    """The database has every migration and yet not every table and column: another software made it."""

    code = "node.schema-differs"
    default_next_step = (
        "Put back a backup that this version made, or ask the developers; `accord doctor` lists what lacks."
    )


def waiting_migrations() -> list[str]:
    """Returns the migrations that are not applied, as ``app.name``, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


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


def require_current_schema() -> None:
    """Raises unless every migration is applied and every table and column is there.

    Raises:
        MigrationsMissing: A migration waits.
        SchemaDiffers: A table or column is missing all the same.
    """
    waiting = waiting_migrations()
    if waiting:
        raise MigrationsMissing(f"{len(waiting)} migrations of the database are missing: {', '.join(waiting[:5])}.")
    gaps = schema_gaps()
    if gaps:
        raise SchemaDiffers(
            f"The database calls itself up to date, but lacks {', '.join(gaps[:5])}.", fields={"missing": gaps[:20]}
        )
