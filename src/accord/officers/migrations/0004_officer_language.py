"""Keeps the language that an officer chose with the account."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0003_four_eyes'),
    ]

    operations = [
        migrations.AddField(
            model_name='officer',
            name='language',
            field=models.CharField(blank=True, max_length=8),
        ),
    ]
