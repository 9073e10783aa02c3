"""What arrived is read soon after its filing: what waits for it stands in a table of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0011_search")]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_urgent", models.BooleanField(default=False)),
                ("needs_search", models.BooleanField(default=True)),
                ("needs_marks", models.BooleanField(default=True)),
                ("needs_notice", models.BooleanField(default=True)),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="exchange.message",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("needs_search", True)), fields=["id"], name="arrival_for_search"
                    ),
                    models.Index(condition=models.Q(("needs_marks", True)), fields=["id"], name="arrival_for_marks"),
                    models.Index(
                        condition=models.Q(("needs_notice", True)),
                        fields=["-is_urgent", "id"],
                        name="arrival_for_notice",
                    ),
                ],
            },
        ),
    ]
