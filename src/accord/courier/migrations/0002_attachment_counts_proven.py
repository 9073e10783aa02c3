from django.db import migrations


class Migration(migrations.Migration):
    """A chunk proves the count it came with, so nobody needs to remember who said it."""

    dependencies = [
        ("courier", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="attachmenttransfer", name="is_count_live"),
    ]
