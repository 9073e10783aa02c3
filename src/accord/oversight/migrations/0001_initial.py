import accord.new_tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('courier', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
        ('release', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Annotation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annotations', to='release.decisionrecord')),
                        ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField()),
                        ('finding', models.CharField(choices=[('in-order', 'in order'), ('question', 'a question is open'), ('not-in-order', 'not in order')], max_length=12)),
                        ('text', models.TextField()),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='LogCheck',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('run', models.UUIDField(db_index=True)),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('begun_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('state', models.CharField(choices=[('running', 'running'), ('holds', 'holds'), ('fails', 'does not hold')], default='running', max_length=7)),
                        ('size', models.BigIntegerField()),
                        ('done', models.BigIntegerField(default=0)),
                        ('progress', models.JSONField(default=dict)),
                    ],
                    options={
                        'ordering': ['-id'],
                    },
                ),
                migrations.CreateModel(
                    name='PublishedTimeliness',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_ours', models.BooleanField()),
                        ('first_day', models.DateField()),
                        ('last_day', models.DateField()),
                        ('as_of', models.DateTimeField()),
                        ('at', models.DateTimeField()),
                        ('envelope_id', models.UUIDField(unique=True)),
                        ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('received', models.JSONField()),
                        ('sent', models.JSONField()),
                    ],
                    options={
                        'ordering': ['-last_day', 'first_day', '-as_of', '-id'],
                        'indexes': [models.Index(fields=['peer', 'is_ours', '-last_day'], name='oversight_published')],
                    },
                ),
                migrations.CreateModel(
                    name='Witness',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100)),
                        ('keys', models.TextField()),
                        ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('added_at', models.DateTimeField()),
                        ('retired_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['name', 'id'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('name',), name='oversight_witness_in_use')],
                    },
                ),
                migrations.CreateModel(
                    name='Cosignature',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('witness', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='oversight.witness')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('size', models.BigIntegerField()),
                        ('root', models.BinaryField(max_length=32)),
                        ('note', models.BinaryField()),
                        ('cosigned_at', models.DateTimeField()),
                        ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('taken_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['-size', '-id'],
                        'constraints': [models.UniqueConstraint(fields=('witness', 'channel', 'direction', 'size'), name='oversight_cosignature_size')],
                    },
                ),
            ],
        ),
    ]
