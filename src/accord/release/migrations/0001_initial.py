import accord.new_tables
import accord.release.models
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('courier', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='DecisionRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('action', models.CharField(max_length=16)),
                        ('kind', models.CharField(max_length=48)),
                        ('party', models.CharField(max_length=16)),
                        ('peer', models.CharField(max_length=16)),
                        ('description', models.CharField(blank=True, max_length=200)),
                        ('facts', models.BinaryField()),
                        ('facts_digest', models.BinaryField(max_length=32)),
                        ('pack_digest', models.BinaryField(max_length=32)),
                        ('outcome', models.CharField(max_length=16)),
                        ('decision', models.JSONField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('salt', models.BinaryField(default=accord.release.models._salt, max_length=32)),
                        ('commitment', models.BinaryField(max_length=32)),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [models.Index(fields=['action', 'facts_digest'], name='decision_by_facts'), models.Index(fields=['at'], name='decision_by_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Approval',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('subject_type', models.CharField(max_length=32)),
                        ('subject_id', models.CharField(max_length=64)),
                        ('kind', models.CharField(max_length=48)),
                        ('payload', models.BinaryField()),
                        ('payload_digest', models.BinaryField(max_length=32)),
                        ('state', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('returned', 'Returned'), ('lapsed', 'Lapsed'), ('used', 'Used')], default='pending', max_length=12)),
                        ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('requested_at', models.DateTimeField()),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('expires_at', models.DateTimeField()),
                        ('reason', models.CharField(blank=True, max_length=2000)),
                        ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='release.decisionrecord')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='approval_by_subject')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'approved'])), fields=('subject_type', 'subject_id'), name='one_open_approval')],
                    },
                ),
                migrations.CreateModel(
                    name='ApprovalSight',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sights', to='release.approval')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('seen_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('approval', 'officer'), name='one_sight_an_officer')],
                    },
                ),
                migrations.CreateModel(
                    name='ReleasedMessage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('outbox', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='courier.outbox')),
                        ('envelope_id', models.UUIDField(db_index=True)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('kind', models.CharField(max_length=48)),
                        ('schema', models.PositiveSmallIntegerField()),
                        ('payload_digest', models.BinaryField(max_length=32)),
                        ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='release.decisionrecord')),
                        ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='released', to='release.approval')),
                        ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('released_at', models.DateTimeField()),
                        ('in_reply_to', models.UUIDField(null=True)),
                        ('idempotency_key', models.CharField(max_length=100, null=True, unique=True)),
                        ('delivered_at', models.DateTimeField(null=True)),
                        ('unsent_reason', models.CharField(blank=True, max_length=16)),
                        ('outcome', models.CharField(blank=True, max_length=16)),
                        ('outcome_code', models.CharField(blank=True, max_length=64)),
                        ('outcome_rule', models.CharField(blank=True, max_length=64)),
                        ('outcome_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [models.Index(condition=models.Q(('delivered_at', None), ('unsent_reason', '')), fields=['id'], name='released_undelivered')],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryCursor',
                    fields=[
                        ('channel', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='courier.channel')),
                        ('noted_size', models.BigIntegerField(default=0)),
                        ('unsent_looked_at', models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='ReceivedMessage',
                    fields=[
                        ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='received', serialize=False, to='courier.entry')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('envelope_id', models.UUIDField(db_index=True)),
                        ('position', models.BigIntegerField()),
                        ('kind', models.CharField(blank=True, max_length=48)),
                        ('schema', models.PositiveIntegerField(null=True)),
                        ('state', models.CharField(choices=[('filed', 'Filed'), ('refused', 'Refused'), ('parked', 'Parked'), ('expired', 'Expired')], max_length=8)),
                        ('reason_code', models.CharField(blank=True, max_length=64)),
                        ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='received', to='release.decisionrecord')),
                        ('received_at', models.DateTimeField()),
                        ('handled_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'parked')), fields=['handled_at'], name='received_parked')],
                    },
                ),
            ],
        ),
    ]
