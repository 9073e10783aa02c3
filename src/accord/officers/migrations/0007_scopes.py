from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("officers", "0006_sessions_end_together")]

    operations = [
        migrations.AddField("officer", "scope_themes", models.JSONField(default=list)),
        migrations.AddField("officer", "scope_agencies", models.JSONField(default=list)),
    ]
