"""Rows that many tests begin with: made once a process by the services, and put back from then on as they were."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

__all__ = ["KeptRows"]

CLOCK_MAY_DIFFER = timedelta(seconds=5)


class KeptRows:
    """What a function writes into the database.

    Args:
        make: Writes it, by the services that an administrator uses.
    """

    def __init__(self, make: Callable[[], None]) -> None:
        self._make = make
        self._kept: list[tuple[type[models.Model], bytes]] = []

    def put(self) -> None:
        """Writes the rows: by the function at first, and then with the same keys and times."""
        if self._kept:
            with transaction.atomic():
                for model, rows in self._kept:
                    model._base_manager.bulk_create(pickle.loads(rows))
                self._count_on()
            return
        before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in _tables()}
        self._make()
        # A test that turned the clock would leave its times to all others.
        if abs(timezone.now() - datetime.now(UTC)) < CLOCK_MAY_DIFFER:
            self._keep(before)

    def _count_on(self) -> None:
        """Lets new keys follow the ones put back, where a database counts apart from its rows."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _ in self._kept]):
                cursor.execute(statement)

    def _keep(self, before: dict[type[models.Model], set[object]]) -> None:
        for model, known in before.items():
            rows = list(model._base_manager.exclude(pk__in=known))
            if rows:
                self._kept.append((model, pickle.dumps(rows)))


def _tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
