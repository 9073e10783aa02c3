"""A case's title that was taken from a message keeps the language of that message."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the language of a title; that of the titles that stand already is not known."""

    dependencies = [("exchange", "0006_drafts_that_the_gate_holds")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="title_language",
            field=models.CharField(blank=True, default="", max_length=35),
        ),
    ]
