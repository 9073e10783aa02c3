import accord.new_tables
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('instruments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='DirectoryEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('content', models.JSONField()),
                        ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('removed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='PublishedDirectory',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_ours', models.BooleanField()),
                        ('number', models.PositiveIntegerField()),
                        ('entries', models.JSONField()),
                        ('at', models.DateTimeField()),
                        ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-number'],
                        'constraints': [models.UniqueConstraint(fields=('peer', 'is_ours', 'number'), name='liaison_directory_number')],
                    },
                ),
                migrations.CreateModel(
                    name='PingTest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ping', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_ours', models.BooleanField()),
                        ('function', models.CharField(max_length=32)),
                        ('is_planned', models.BooleanField(default=False)),
                        ('at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('envelope_id', models.UUIDField(null=True)),
                        ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reached_at', models.DateTimeField(null=True)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-at', '-pk'],
                        'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['is_ours', 'due_at'], name='pings_open')],
                        'constraints': [models.UniqueConstraint(fields=('peer', 'is_ours', 'ping'), name='liaison_one_ping')],
                    },
                ),
                migrations.CreateModel(
                    name='PingPlan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('function', models.CharField(max_length=32)),
                        ('every_days', models.PositiveSmallIntegerField()),
                        ('begins', models.TimeField()),
                        ('ends', models.TimeField()),
                        ('zone', models.CharField(max_length=64)),
                        ('next_at', models.DateTimeField()),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['function'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('peer', 'function'), name='liaison_one_ping_plan')],
                    },
                ),
                migrations.CreateModel(
                    name='PostingRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posting_records', to='instruments.instrument')),
                        ('number', models.PositiveIntegerField()),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('in-force', 'In Force'), ('replaced', 'Replaced'), ('refused', 'Refused')], max_length=8)),
                        ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posting_records', to=settings.AUTH_USER_MODEL)),
                        ('delegation', models.JSONField(default=dict)),
                        ('ceiling', models.CharField(choices=[('unclassified', 'unclassified'), ('protected', 'protected'), ('restricted', 'restricted'), ('confidential', 'confidential'), ('secret', 'secret'), ('top-secret', 'top-secret')], max_length=16)),
                        ('conflicts', models.TextField(blank=True)),
                        ('deputies', models.JSONField(default=list)),
                        ('training', models.TextField(blank=True)),
                        ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settled_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-number'],
                        'constraints': [models.UniqueConstraint(fields=('posting', 'number'), name='liaison_record_number'), models.UniqueConstraint(condition=models.Q(('state', 'in-force')), fields=('posting',), name='liaison_one_record_in_force'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('posting',), name='liaison_one_record_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='DutyPost',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('name', models.CharField(max_length=120)),
                        ('zone', models.CharField(max_length=64)),
                        ('minutes', models.PositiveSmallIntegerField(default=15)),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['name', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='DutyShift',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='liaison.dutypost')),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('begins', models.TimeField()),
                        ('ends', models.TimeField()),
                        ('weekdays', models.JSONField(default=list)),
                        ('first_on', models.DateField()),
                        ('last_on', models.DateField(null=True)),
                        ('rule', models.CharField(choices=[('no-matter', 'no-matter'), ('not-on', 'not-on'), ('also-on', 'also-on')], max_length=12)),
                        ('holidays_of', models.CharField(blank=True, max_length=8)),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made_at', models.DateTimeField()),
                        ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('last_on_before', models.DateField(null=True)),
                    ],
                    options={
                        'ordering': ['begins', 'pk'],
                        'indexes': [models.Index(fields=['post', 'last_on'], name='duty_shifts_by_post')],
                    },
                ),
                migrations.CreateModel(
                    name='Leave',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('starts_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField()),
                        ('reason', models.CharField(blank=True, max_length=500)),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made_at', models.DateTimeField()),
                        ('taken_back_at', models.DateTimeField(null=True)),
                        ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-starts_at', '-pk'],
                        'indexes': [models.Index(condition=models.Q(('taken_back_at', None)), fields=['ends_at'], name='leave_that_stands')],
                    },
                ),
                migrations.CreateModel(
                    name='WatchSwap',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps', to='liaison.dutyshift')),
                        ('day', models.DateField()),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('asked', 'Asked'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('taken-back', 'Taken Back'), ('passed-on', 'Passed On')], default='asked', max_length=10)),
                        ('settled_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-asked_at', '-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('shift', 'day'), name='watch_with_one_officer'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('shift', 'day'), name='watch_asked_of_one_officer')],
                    },
                ),
                migrations.CreateModel(
                    name='CallEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='liaison.dutypost')),
                        ('rank', models.CharField(choices=[('duty', 'Duty'), ('deputy', 'Deputy'), ('head', 'Head')], max_length=6)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('shown_as', models.CharField(max_length=120)),
                        ('telephone', models.CharField(blank=True, max_length=40)),
                        ('pager', models.CharField(blank=True, max_length=40)),
                        ('email', models.EmailField(blank=True, max_length=254)),
                        ('minutes', models.PositiveSmallIntegerField(default=10)),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made_at', models.DateTimeField()),
                        ('removed_at', models.DateTimeField(null=True)),
                        ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Handover',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='liaison.dutypost')),
                        ('content', models.BinaryField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('outgoing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('signed_at', models.DateTimeField()),
                        ('incoming', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('read_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('read_at', models.DateTimeField(null=True)),
                        ('withheld', models.PositiveSmallIntegerField(default=0)),
                        ('taken_back_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-signed_at'],
                        'indexes': [models.Index(condition=models.Q(('read_at', None), ('taken_back_at', None)), fields=['signed_at'], name='handover_that_waits')],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarFeed',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(choices=[('own', 'Own'), ('gaps', 'Gaps')], max_length=4)),
                        ('digest', models.BinaryField(max_length=32, unique=True)),
                        ('made_at', models.DateTimeField()),
                        ('opened_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-made_at'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('officer', 'kind'), name='one_feed_of_a_kind')],
                    },
                ),
            ],
        ),
    ]
