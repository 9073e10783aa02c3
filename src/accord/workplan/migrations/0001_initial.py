import accord.new_tables
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exchange', '0001_initial'),
        ('instruments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='PlanDraft',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('peer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('started_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='instruments.text')),
                    ],
                ),
                migrations.CreateModel(
                    name='DraftSave',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saves', to='workplan.plandraft')),
                        ('version', models.PositiveIntegerField()),
                        ('restores', models.PositiveIntegerField(null=True)),
                        ('why', models.CharField(choices=[('template', 'Template'), ('agreed', 'Agreed'), ('theirs', 'Theirs'), ('merged', 'Merged'), ('file', 'File'), ('edited', 'Edited'), ('undone', 'Undone')], max_length=12)),
                        ('note', models.CharField(blank=True, max_length=200)),
                        ('packed', models.BinaryField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-version'],
                        'constraints': [models.UniqueConstraint(fields=('draft', 'version'), name='workplan_one_save_a_version')],
                    },
                ),
                migrations.CreateModel(
                    name='Observation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.case')),
                        ('subject', models.UUIDField()),
                        ('envelope_id', models.UUIDField(null=True)),
                        ('family', models.CharField(max_length=24)),
                        ('code', models.CharField(blank=True, max_length=32)),
                        ('is_ours', models.BooleanField()),
                        ('theme', models.CharField(blank=True, max_length=32)),
                        ('urgency', models.CharField(blank=True, max_length=16)),
                        ('day', models.DateField()),
                        ('at', models.DateTimeField()),
                        ('due_at', models.DateTimeField(null=True)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('is_met', models.BooleanField(default=False)),
                        ('whole', models.BigIntegerField(default=1)),
                        ('part', models.BigIntegerField(default=1)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['peer', 'day'], name='workplan_observed'), models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='workplan_falls_due')],
                        'constraints': [models.UniqueConstraint(fields=('subject', 'family', 'code'), name='workplan_observed_once')],
                    },
                ),
                migrations.CreateModel(
                    name='CountedPeriod',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_quarter', models.BooleanField()),
                        ('first_day', models.DateField()),
                        ('family', models.CharField(max_length=24)),
                        ('code', models.CharField(blank=True, max_length=32)),
                        ('theme', models.CharField(blank=True, max_length=32)),
                        ('urgency', models.CharField(blank=True, max_length=16)),
                        ('made', models.PositiveIntegerField()),
                        ('due', models.PositiveIntegerField()),
                        ('met', models.PositiveIntegerField()),
                        ('whole', models.BigIntegerField()),
                        ('part', models.BigIntegerField()),
                        ('spread', models.JSONField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('peer', 'is_quarter', 'first_day', 'family', 'code', 'theme', 'urgency'), name='workplan_counted_once')],
                    },
                ),
                migrations.CreateModel(
                    name='StaleDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('day', models.DateField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('peer', 'day'), name='workplan_stale_once')],
                    },
                ),
                migrations.CreateModel(
                    name='AwaitedCase',
                    fields=[
                        ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='exchange.case')),
                    ],
                ),
                migrations.CreateModel(
                    name='CountCursor',
                    fields=[
                        ('id', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                        ('version', models.CharField(blank=True, max_length=64)),
                        ('changed_at', models.DateTimeField(null=True)),
                        ('case_key', models.UUIDField(null=True)),
                        ('pass_began_at', models.DateTimeField(null=True)),
                        ('due_until', models.DateTimeField(null=True)),
                        ('counted_at', models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='PublishedIndicators',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_ours', models.BooleanField()),
                        ('plan_number', models.PositiveIntegerField()),
                        ('plan_digest', models.BinaryField(max_length=32)),
                        ('first_day', models.DateField()),
                        ('last_day', models.DateField()),
                        ('as_of', models.DateTimeField()),
                        ('at', models.DateTimeField()),
                        ('envelope_id', models.UUIDField(unique=True)),
                        ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('rows', models.JSONField()),
                    ],
                    options={
                        'ordering': ['-last_day', '-as_of', '-id'],
                        'indexes': [models.Index(fields=['peer', 'is_ours', '-last_day'], name='workplan_published')],
                    },
                ),
                migrations.CreateModel(
                    name='IndicatorDispute',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('indicator', models.CharField(max_length=64)),
                        ('first_day', models.DateField()),
                        ('last_day', models.DateField()),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='workplan.publishedindicators')),
                        ('ours', models.CharField(max_length=40)),
                        ('theirs', models.CharField(max_length=40)),
                        ('words', models.CharField(max_length=2000)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('settled', 'Settled')], default='open', max_length=8)),
                        ('opened_at', models.DateTimeField()),
                        ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settled_words', models.CharField(blank=True, max_length=2000)),
                    ],
                    options={
                        'ordering': ['-opened_at', '-id'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('peer', 'indicator', 'first_day', 'last_day'), name='workplan_one_open_dispute')],
                    },
                ),
            ],
        ),
    ]
