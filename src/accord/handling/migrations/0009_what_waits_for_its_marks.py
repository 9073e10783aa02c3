"""What was received and not marked yet waits among the arrivals; what was marked needs no row that says so."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import Exists, Max, OuterRef

TOLD_AFTER = timedelta(minutes=10)
"""Longer than a message that was filed waited for its notices; of what was told nobody is told again."""


def _let_wait(apps: Any, _schema: Any) -> None:
    """Has everything received and not marked wait for it, and the newest of it for its notices; all of it is indexed."""
    read = apps.get_model("handling", "Read").objects.filter(message_id=OuterRef("pk"))
    arrival = apps.get_model("exchange", "Arrival")
    received = apps.get_model("exchange", "Message").objects.filter(direction="in", received_at__isnull=False)
    newest = received.aggregate(at=Max("received_at"))["at"]
    unread = received.filter(~Exists(read)).order_by("pk").values_list("pk", "received_at")
    arrival.objects.bulk_create(
        [
            arrival(message_id=key, needs_search=False, needs_notice=at >= newest - TOLD_AFTER)
            for key, at in unread.iterator(chunk_size=2_000)
        ],
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_arrivals"), ("handling", "0008_own_copies")]

    operations = [
        migrations.RunPython(_let_wait, migrations.RunPython.noop),
        migrations.DeleteModel("Read"),
    ]
