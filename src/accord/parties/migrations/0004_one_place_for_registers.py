"""The two older tables go: the registers hold what they held."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_first_entries")]

    operations = [
        migrations.DeleteModel(name="Arrangement"),
        migrations.DeleteModel(name="RiskProfile"),
    ]
