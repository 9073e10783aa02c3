"""Why conduct predominates is a record of its own, which another officer decides on, and no word of the draft."""

import json
from typing import Any

from django.db import migrations


def _leave_out(apps: Any, _schema: Any) -> None:
    """Takes out of each draft what its drafter stated alone."""
    messages = apps.get_model("exchange", "Message").objects.exclude(own_side=b"")
    for message in messages.only("own_side").iterator(chunk_size=500):
        own = bytes(message.own_side)
        if b'"predominance_test":' not in own:
            continue
        said = json.loads(own)
        del said["predominance_test"]
        message.own_side = json.dumps(said, separators=(",", ":")).encode()
        message.save(update_fields=["own_side"])


class Migration(migrations.Migration):
    dependencies = [("exchange", "0009_teams_and_scopes")]

    operations = [migrations.RunPython(_leave_out, migrations.RunPython.noop)]
