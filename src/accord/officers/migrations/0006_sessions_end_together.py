from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("officers", "0005_accounts_at_the_desk")]

    operations = [
        migrations.AddField("officer", "sessions_ended", models.PositiveIntegerField(default=0)),
    ]
