"""What stood in the two older tables becomes the first versions of the registers."""

import secrets
from typing import Any

from django.db import migrations


def _carry_over(apps: Any, _schema: Any) -> None:
    """Copies arrangements and risk profiles as versions that count; nobody is named as having proposed them.

    The residual risk of an older profile rested on its mitigations, so that each is carried over as taken.
    """
    entry = apps.get_model("parties", "RegisterEntry")
    for old in apps.get_model("parties", "Arrangement").objects.all():
        entry.objects.create(
            register="arrangement",
            code=old.code,
            version=1,
            state="agreed",
            terms={
                "title": old.title,
                "parties": sorted(old.parties.values_list("code", flat=True)),
                "agencies": old.agencies,
                "categories": old.categories,
                "purposes": old.purposes,
                "onward_rule": old.onward_rule,
                "valid_from": old.valid_from.isoformat(),
                "valid_until": old.valid_until.isoformat() if old.valid_until else None,
            },
            counts_from=old.valid_from,
            counts_until=old.valid_until,
            text_digest=bytes(old.text_digest),
        )
    for old in apps.get_model("parties", "RiskProfile").objects.all():
        entry.objects.create(
            register="risk",
            code=old.party_id,
            version=old.version,
            state="agreed",
            terms={
                "assessed_on": old.assessed_on.isoformat(),
                "baseline": old.baseline,
                "residual": old.residual,
                "mitigations": [{"measure": one, "is_taken": True} for one in old.mitigations],
                "assessed_by": old.assessed_by,
                "basis": "",
            },
            counts_from=old.assessed_on,
        )
    if entry.objects.exists():
        apps.get_model("parties", "RegisterStamp").objects.create(pk=1, value=secrets.token_bytes(16))


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_registers")]

    operations = [migrations.RunPython(_carry_over, migrations.RunPython.noop)]
