"""Keeps only the tests that touch a database: the others were run already and would say the same again."""

import os
from collections.abc import Sequence

import pytest

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"})
STORAGE_MARKERS = ("django_db", "postgres")


def pytest_configure(config: pytest.Config) -> None:
    """Refuses to run without the server: a green run on the wrong database would prove nothing."""
    if not os.environ.get("ACCORD_DATABASE_URL", "").startswith("postgres"):
        raise pytest.UsageError("run this through tests/postgres/server.py: ACCORD_DATABASE_URL names no server")


def touches_database(item: pytest.Item) -> bool:
    """Returns whether a test asks for a database, by marker or by fixture."""
    fixtures: Sequence[str] = getattr(item, "fixturenames", ())
    return bool(DATABASE_FIXTURES.intersection(fixtures)) or any(
        item.get_closest_marker(name) is not None for name in STORAGE_MARKERS
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what needs no database."""
    kept = [item for item in items if touches_database(item)]
    dropped = [item for item in items if not touches_database(item)]
    config.hook.pytest_deselected(items=dropped)
    items[:] = kept
