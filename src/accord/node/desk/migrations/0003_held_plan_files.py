import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accord.exchange.models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0002_unsaved_words'),
        ('parties', '0005_agreed_terms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldPlanFile',
            fields=[
                ('id', models.UUIDField(default=accord.exchange.models.new_key, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('days', models.CharField(blank=True, max_length=12)),
                ('at', models.DateTimeField(db_index=True)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parties.party')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('officer', 'peer'), name='held_plan_file_once')],
            },
        ),
    ]
