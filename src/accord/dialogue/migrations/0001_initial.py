import accord.new_tables
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
        ('release', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Statement',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_ours', models.BooleanField()),
                        ('began_at', models.DateTimeField()),
                        ('began_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('is_open', models.BooleanField(default=False)),
                        ('signed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-began_at'],
                    },
                ),
                migrations.CreateModel(
                    name='StatementMember',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='dialogue.statement')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('since', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('statement', 'officer'), name='dialogue_one_membership')],
                    },
                ),
                migrations.CreateModel(
                    name='Clause',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clauses', to='dialogue.statement')),
                        ('began_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['began_at', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='ClauseDraft',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('clause', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='dialogue.clause')),
                        ('place', models.PositiveSmallIntegerField()),
                        ('texts', models.JSONField(default=dict)),
                        ('leaves_out', models.BooleanField(default=False)),
                        ('comment', models.CharField(blank=True, max_length=2000)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('saved_at', models.DateTimeField()),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name='ClauseAct',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('clause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='dialogue.clause')),
                        ('is_ours', models.BooleanField()),
                        ('act', models.CharField(max_length=8)),
                        ('content', models.JSONField(null=True)),
                        ('digest', models.BinaryField(default=bytes, max_length=32)),
                        ('comment', models.CharField(blank=True, max_length=2000)),
                        ('is_stale', models.BooleanField(default=False)),
                        ('at', models.DateTimeField()),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('envelope_id', models.UUIDField(unique=True)),
                        ('released', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='release.releasedmessage')),
                    ],
                    options={
                        'ordering': ['at', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='Commitment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='dialogue.statement')),
                        ('clause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dialogue.clause')),
                        ('sentence', models.PositiveSmallIntegerField()),
                        ('texts', models.JSONField()),
                        ('verb', models.CharField(max_length=11)),
                        ('our_lead', models.CharField(blank=True, max_length=120)),
                        ('their_lead', models.CharField(blank=True, max_length=120)),
                        ('due_on', models.DateField(null=True)),
                        ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('confirmed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['-statement__signed_at', 'id'],
                        'constraints': [models.UniqueConstraint(fields=('clause', 'sentence'), name='dialogue_one_commitment_a_sentence')],
                    },
                ),
                migrations.CreateModel(
                    name='MeetingSeries',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('names', models.JSONField()),
                        ('level', models.CharField(choices=[('ministers', 'Ministers'), ('advisers', 'Advisers'), ('senior-officials', 'Senior Officials'), ('officials', 'Officials'), ('experts', 'Experts')], max_length=16)),
                        ('began_at', models.DateTimeField()),
                        ('began_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-began_at'],
                    },
                ),
                migrations.CreateModel(
                    name='Meeting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='dialogue.meetingseries')),
                        ('starts_at', models.DateTimeField()),
                        ('place', models.CharField(max_length=120)),
                        ('our_chair', models.CharField(blank=True, max_length=120)),
                        ('their_chair', models.CharField(blank=True, max_length=120)),
                        ('our_delegation', models.TextField(blank=True)),
                        ('their_delegation', models.TextField(blank=True)),
                        ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held'), ('cancelled', 'Cancelled')], default='planned', max_length=9)),
                        ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dialogue.statement')),
                        ('changed_at', models.DateTimeField()),
                        ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'ordering': ['-starts_at'],
                    },
                ),
                migrations.CreateModel(
                    name='MeetingItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='dialogue.meeting')),
                        ('sort', models.CharField(choices=[('agenda', 'Agenda'), ('decision', 'Decision'), ('action', 'Action')], max_length=8)),
                        ('text', models.CharField(max_length=1000)),
                        ('owner', models.CharField(blank=True, choices=[('ours', 'Ours'), ('theirs', 'Theirs'), ('both', 'Both')], max_length=6)),
                        ('due_on', models.DateField(null=True)),
                        ('done_on', models.DateField(null=True)),
                        ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='MeetingPaper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='dialogue.meeting')),
                        ('name', models.CharField(max_length=120)),
                        ('content', models.BinaryField()),
                        ('size_bytes', models.PositiveIntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('added_at', models.DateTimeField()),
                        ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='ReadOut',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='read_outs', to='dialogue.statement')),
                        ('is_ours', models.BooleanField()),
                        ('language', models.CharField(max_length=3)),
                        ('text', models.TextField()),
                        ('published_on', models.DateField(null=True)),
                        ('url', models.URLField(blank=True, max_length=500)),
                        ('digest', models.BinaryField(max_length=32)),
                        ('recorded_at', models.DateTimeField()),
                        ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-recorded_at', '-id'],
                        'indexes': [models.Index(fields=['statement', 'is_ours', 'language'], name='dialogue_read_outs')],
                    },
                ),
                migrations.CreateModel(
                    name='ReadOutLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('read_out', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='dialogue.readout')),
                        ('sentence', models.PositiveSmallIntegerField()),
                        ('clause', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dialogue.clause')),
                        ('clause_sentence', models.PositiveSmallIntegerField(default=0)),
                        ('tag', models.CharField(max_length=10)),
                        ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('confirmed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['sentence'],
                        'constraints': [models.UniqueConstraint(fields=('read_out', 'sentence'), name='dialogue_one_link_a_sentence')],
                    },
                ),
            ],
        ),
    ]
