"""A draft names the assurance that it relies on by its code; what it covers is the register's to say."""

import json
from typing import Any

from django.db import migrations


def _name_by_code(apps: Any, _schema: Any) -> None:
    """Leaves of an assurance that a draft described itself its code alone."""
    messages = apps.get_model("exchange", "Message").objects.exclude(own_side=b"")
    for message in messages.only("own_side").iterator(chunk_size=500):
        own = bytes(message.own_side)
        if b'"assurance":{' not in own:
            continue
        said = json.loads(own)
        said["assurance"] = str(said["assurance"].get("id", ""))[:200]
        message.own_side = json.dumps(said, separators=(",", ":")).encode()
        message.save(update_fields=["own_side"])


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_languages_of_titles")]

    operations = [migrations.RunPython(_name_by_code, migrations.RunPython.noop)]
