"""What the models say stands in a migration: a node that is brought up to date has every column that the code reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

import accord
from accord.new_tables import CreateModels
from accord.node.schema import SchemaDiffers, foreign_migrations, require_current_schema


def test_no_model_says_what_no_migration_makes(db: None) -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=2, stdout=said)
    except SystemExit:
        pytest.fail(f"models differ from their migrations:\n{said.getvalue()}")


def test_migrations_that_this_version_does_not_know_are_refused(db: None) -> None:
    require_current_schema()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES "
            "('courier', '0999_later', %s), ('taken_out', '0001_initial', %s)",
            ["2026-11-30 00:00:00+00:00"] * 2,
        )
    assert foreign_migrations() == ["courier.0999_later"]
    with pytest.raises(SchemaDiffers) as caught:
        require_current_schema()
    assert caught.value.fields == {"unknown": ["courier.0999_later"]}


def two_that_name_each_other() -> CreateModels:
    """Tables whose foreign keys go in a circle, the first one to what is made only after it."""
    key = ("id", models.BigAutoField(primary_key=True))
    return CreateModels(
        [
            migrations.CreateModel("First", [key, ("second", models.ForeignKey("courier.Second", models.CASCADE))]),
            migrations.CreateModel("Second", [key, ("first", models.ForeignKey("courier.First", models.CASCADE))]),
        ]
    )


def tables() -> set[str]:
    """The tables of the step that stand in the database."""
    return {"courier_first", "courier_second"} & set(connection.introspection.table_names())


@contextmanager
def changing() -> Iterator[Any]:
    """Django's own hand on the schema."""
    with connection.schema_editor() as editor:
        yield editor


@pytest.mark.django_db(transaction=True)
def test_several_tables_are_made_in_one_step_and_taken_away_again() -> None:
    step, before = two_that_name_each_other(), ProjectState()
    assert before.apps.get_models() == []  # drawn, as Django draws them before it applies anything
    after = before.clone()
    step.state_forwards("courier", after)
    with changing() as editor:
        step.database_forwards("courier", editor, before, after)
    assert tables() == {"courier_first", "courier_second"}
    with connection.cursor() as cursor:
        assert connection.introspection.get_relations(cursor, "courier_first").keys() == {"second_id"}
    with changing() as editor:
        step.database_backwards("courier", editor, after, before)
    assert tables() == set()


def test_a_step_of_several_tables_is_written_as_it_is_read() -> None:
    migration = type("Migration", (migrations.Migration,), {"operations": [two_that_name_each_other()]})
    text = MigrationWriter(migration("0001_initial", "courier"), include_header=False).as_string()
    known: dict[str, Any] = {}
    exec(compile(text, "0001_initial.py", "exec"), known)
    (step,) = known["Migration"].operations
    assert [(made.name, [name for name, _ in made.fields]) for made in step.operations] == [
        ("First", ["id", "second"]),
        ("Second", ["id", "first"]),
    ]


def test_each_app_makes_its_tables_in_one_step() -> None:
    for first in Path(accord.__file__).parent.rglob("migrations/0001_initial.py"):
        assert first.read_text("utf-8").count("CreateModels(") == 1, first
