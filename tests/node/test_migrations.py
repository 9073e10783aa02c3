"""What the models say stands in a migration: a node that is brought up to date has every column that the code reads."""

from io import StringIO

import pytest
from django.core.management import call_command


def test_no_model_says_what_no_migration_makes(db: None) -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=2, stdout=said)
    except SystemExit:
        pytest.fail(f"models differ from their migrations:\n{said.getvalue()}")
