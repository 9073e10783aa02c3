from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_thaws(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every proposal so far was one to thaw."""
    apps.get_model("courier", "ModeChange").objects.filter(from_mode="frozen").update(remedy="thaw")


class Migration(migrations.Migration):
    """Three remedies need two officers, so a proposal says which one it is."""

    dependencies = [
        ("courier", "0003_suspension_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="modechange",
            name="remedy",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "none"),
                    ("thaw", "go on from what was co-signed"),
                    ("give-up", "give up entries that neither side holds any more"),
                    ("begin-again", "take the log that the peer co-signed in the place of ours"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.RunPython(name_thaws, migrations.RunPython.noop),
    ]
