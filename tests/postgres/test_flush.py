"""What a test committed is gone after it, although only tables with rows are looked into."""

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection

from accord.exchange.search.entries import SearchEntry
from accord.officers.models import Officer
from tests.desk import Desk, received_request

pytestmark = pytest.mark.django_db(transaction=True)


def rows(tables: list[str]) -> dict[str, int]:
    """How many rows stand in each table that has any."""
    with connection.cursor() as cursor:
        counted = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counted[table] = cursor.fetchone()[0]
    return {table: count for table, count in counted.items() if count}


def test_a_flush_leaves_what_django_makes_and_nothing_else(transactional_db: None, desk: Desk) -> None:
    received_request(desk)
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    assert {"officers_officer", "exchange_message", "exchange_searchentry"} <= rows(tables).keys()
    permissions = Permission.objects.count()
    call_command("flush", verbosity=0, interactive=False)
    assert rows(tables).keys() == {"auth_permission", "django_content_type"}
    assert Permission.objects.count() == permissions
    # The next rows stand where the first ones would.
    assert Officer.objects.create(username="first").pk == 1
    assert not SearchEntry.objects.exists()
