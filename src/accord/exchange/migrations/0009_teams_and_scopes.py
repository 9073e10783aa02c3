"""Cases name the agency of ours that they concern, may be kept to a team, and have one."""

import json
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accord.exchange.keys

CASES_AT_ONCE = 1_000


def name_agencies(apps: Any, schema_editor: Any) -> None:  # Any: Django's own types
    """Takes the agency of each case that stands from its first message: the one addressed, or the one that asks."""
    Case, Message = apps.get_model("exchange", "Case"), apps.get_model("exchange", "Message")
    changed = []
    for case in Case.objects.order_by("pk").iterator(chunk_size=CASES_AT_ONCE):
        first = Message.objects.filter(case=case).order_by("created_at", "id").values_list("direction", "content").first()
        case.agency = _agency(*first) if first is not None else ""
        changed.append(case)
        if len(changed) == CASES_AT_ONCE:
            Case.objects.bulk_update(changed, ["agency"])
            changed = []
    Case.objects.bulk_update(changed, ["agency"])


def _agency(direction: str, content: Any) -> str:  # Any: bytes of either database
    try:
        fields = json.loads(bytes(content or b"{}"))
        part = fields.get("recipient" if direction == "in" else "sender") or {}
        return str(part.get("agency") or "")[:48]
    except (ValueError, AttributeError):
        return ""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0008_assurances_by_their_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("case", "agency", models.CharField(blank=True, default="", max_length=48)),
        migrations.AddField("case", "is_team_only", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="CaseMember",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("member", "Member"), ("break-in", "Break In")], default="member", max_length=8
                    ),
                ),
                ("reason", models.CharField(max_length=2000)),
                ("added_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="exchange.case"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["added_at", "id"],
                "indexes": [models.Index(fields=["officer", "case"], name="member_by_officer")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("case", "officer", "kind"),
                        name="member_once",
                    )
                ],
            },
        ),
        migrations.RunPython(name_agencies, migrations.RunPython.noop, elidable=True),
    ]
