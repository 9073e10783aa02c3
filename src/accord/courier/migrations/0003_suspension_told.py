from django.db import migrations, models


class Migration(migrations.Migration):
    """A suspension, and its end, is told to the other side and shown there."""

    dependencies = [
        ("courier", "0002_attachment_counts_proven"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="peer_suspended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="is_mode_untold",
            field=models.BooleanField(default=False),
        ),
    ]
