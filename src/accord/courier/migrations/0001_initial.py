import accord.new_tables
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Channel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='channel', to='parties.party')),
                        ('party_code', models.CharField(max_length=8)),
                        ('suite', models.PositiveSmallIntegerField(default=1)),
                        ('mode', models.CharField(choices=[('open', 'open'), ('recovering', 'fetching its own log from the peer'), ('frozen', 'frozen on proof of two histories'), ('suspended', 'suspended by an officer')], default='open', max_length=12)),
                        ('peer_url', models.CharField(blank=True, max_length=400)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('out_epoch', models.BigIntegerField(default=0)),
                        ('out_size', models.BigIntegerField(default=0)),
                        ('out_frontier', models.BinaryField(default=b'\xa2\x01\x00\x02\x80')),
                        ('out_checkpoint', models.BinaryField(null=True)),
                        ('out_receipt', models.BinaryField(null=True)),
                        ('out_receipted', models.BinaryField(default=b'\xa2\x01\x00\x02\x80')),
                        ('out_receipted_epoch', models.BigIntegerField(default=0)),
                        ('out_time_ms', models.BigIntegerField(default=0)),
                        ('out_receipted_size', models.BigIntegerField(default=0)),
                        ('in_epoch', models.BigIntegerField(default=0)),
                        ('in_size', models.BigIntegerField(default=0)),
                        ('in_frontier', models.BinaryField(default=b'\xa2\x01\x00\x02\x80')),
                        ('in_checkpoint', models.BinaryField(null=True)),
                        ('in_receipt', models.BinaryField(null=True)),
                        ('in_receipted', models.BinaryField(default=b'\xa2\x01\x00\x02\x80')),
                        ('in_receipted_epoch', models.BigIntegerField(default=0)),
                        ('in_time_ms', models.BigIntegerField(default=0)),
                        ('in_receipted_size', models.BigIntegerField(default=0)),
                        ('witness', models.BinaryField(null=True)),
                        ('peer_receipted', models.BigIntegerField(default=0)),
                        ('peer_holds_size', models.BigIntegerField(null=True)),
                        ('peer_out_size', models.BigIntegerField(null=True)),
                        ('last_contact_at', models.DateTimeField(null=True)),
                        ('last_failure_at', models.DateTimeField(null=True)),
                        ('last_failure_code', models.CharField(blank=True, max_length=64)),
                        ('failures_in_a_row', models.PositiveIntegerField(default=0)),
                        ('back_off_until', models.DateTimeField(null=True)),
                        ('clock_skew_ms', models.BigIntegerField(null=True)),
                        ('peer_suspended_at', models.DateTimeField(null=True)),
                        ('is_mode_untold', models.BooleanField(default=False)),
                    ],
                ),
                migrations.CreateModel(
                    name='Contradiction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contradictions', to='courier.channel')),
                        ('note_digest', models.BinaryField(max_length=32)),
                        ('proof', models.BinaryField()),
                        ('proven_at', models.DateTimeField()),
                        ('settled_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('channel', 'note_digest'), name='courier_contradiction_note')],
                    },
                ),
                migrations.CreateModel(
                    name='Alarm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='courier.channel')),
                        ('code', models.CharField(max_length=64)),
                        ('detail', models.CharField(max_length=400)),
                        ('evidence', models.BinaryField(null=True)),
                        ('raised_at', models.DateTimeField()),
                        ('last_seen_at', models.DateTimeField()),
                        ('count', models.PositiveIntegerField(default=1)),
                        ('acknowledged_at', models.DateTimeField(null=True)),
                        ('acknowledged_by', models.BigIntegerField(null=True)),
                    ],
                    options={
                        'ordering': ['-raised_at'],
                        'indexes': [models.Index(condition=models.Q(('acknowledged_at__isnull', True)), fields=['channel', 'code'], name='courier_alarm_open')],
                    },
                ),
                migrations.CreateModel(
                    name='ModeChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mode_changes', to='courier.channel')),
                        ('from_mode', models.CharField(choices=[('open', 'open'), ('recovering', 'fetching its own log from the peer'), ('frozen', 'frozen on proof of two histories'), ('suspended', 'suspended by an officer')], max_length=12)),
                        ('to_mode', models.CharField(choices=[('open', 'open'), ('recovering', 'fetching its own log from the peer'), ('frozen', 'frozen on proof of two histories'), ('suspended', 'suspended by an officer')], max_length=12)),
                        ('remedy', models.CharField(blank=True, choices=[('', 'none'), ('thaw', 'go on from what was co-signed'), ('give-up', 'give up entries that neither side holds any more'), ('begin-again', 'take the log that the peer co-signed in the place of ours')], default='', max_length=12)),
                        ('about', models.BinaryField(default=bytes, max_length=32)),
                        ('reason', models.CharField(max_length=400)),
                        ('proposed_at', models.DateTimeField()),
                        ('proposed_by', models.BigIntegerField(null=True)),
                        ('confirmed_at', models.DateTimeField(null=True)),
                        ('confirmed_by', models.BigIntegerField(null=True)),
                    ],
                    options={
                        'ordering': ['-id'],
                    },
                ),
                migrations.CreateModel(
                    name='Capsule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='capsules', to='courier.channel')),
                        ('capsule_id', models.BinaryField(max_length=16)),
                        ('data', models.BinaryField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('channel', 'capsule_id'), name='courier_capsule_id')],
                    },
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('position', models.BigIntegerField()),
                        ('envelope_id', models.UUIDField()),
                        ('recorded_at', models.DateTimeField()),
                        ('handled_at', models.DateTimeField(null=True)),
                        ('recovered', models.BooleanField(default=False)),
                        ('capsule_id', models.BinaryField(max_length=16)),
                        ('leaf', models.BinaryField(max_length=32)),
                        ('header', models.BinaryField()),
                        ('sealed', models.BinaryField()),
                    ],
                    options={
                        'ordering': ['channel_id', 'direction', 'position'],
                        'indexes': [models.Index(condition=models.Q(('direction', 'in'), ('handled_at__isnull', True)), fields=['channel', 'direction', 'position'], name='courier_entry_unhandled'), models.Index(condition=models.Q(('recovered', True)), fields=['channel', 'position'], name='courier_entry_recovered')],
                        'constraints': [models.UniqueConstraint(fields=('channel', 'direction', 'position'), name='courier_entry_position'), models.UniqueConstraint(fields=('channel', 'direction', 'envelope_id'), name='courier_entry_envelope')],
                    },
                ),
                migrations.CreateModel(
                    name='LogNode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('level', models.PositiveSmallIntegerField()),
                        ('index', models.BigIntegerField()),
                        ('hash', models.BinaryField(max_length=32)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('channel', 'direction', 'level', 'index'), name='courier_lognode_place')],
                    },
                ),
                migrations.CreateModel(
                    name='SignedCheckpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checkpoints', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('size', models.BigIntegerField()),
                        ('note', models.BinaryField()),
                        ('recorded_at', models.DateTimeField()),
                        ('receipt', models.BinaryField(null=True)),
                        ('receipted_at', models.DateTimeField(null=True)),
                        ('receipt_recorded_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['channel_id', 'direction', 'size'],
                        'constraints': [models.UniqueConstraint(fields=('channel', 'direction', 'size'), name='courier_checkpoint_size')],
                    },
                ),
                migrations.CreateModel(
                    name='ArchivedEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('position', models.BigIntegerField()),
                        ('envelope_id', models.UUIDField()),
                        ('recorded_at', models.DateTimeField()),
                        ('archived_at', models.DateTimeField()),
                        ('capsule_id', models.BinaryField(max_length=16)),
                        ('leaf', models.BinaryField(max_length=32)),
                        ('header', models.BinaryField()),
                        ('sealed', models.BinaryField()),
                    ],
                    options={
                        'ordering': ['channel_id', 'direction', 'archived_at', 'position'],
                    },
                ),
                migrations.CreateModel(
                    name='ArchivedCheckpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('size', models.BigIntegerField()),
                        ('note', models.BinaryField()),
                        ('recorded_at', models.DateTimeField()),
                        ('receipt', models.BinaryField(null=True)),
                        ('receipted_at', models.DateTimeField(null=True)),
                        ('archived_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['channel_id', 'direction', 'archived_at', 'size'],
                    },
                ),
                migrations.CreateModel(
                    name='ErasedEntry',
                    fields=[
                        ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='erased', serialize=False, to='courier.entry')),
                        ('sealed_digest', models.BinaryField(max_length=32)),
                        ('size_bytes', models.PositiveIntegerField()),
                        ('erased_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Outbox',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outbox', to='courier.channel')),
                        ('envelope_id', models.UUIDField(unique=True)),
                        ('lane', models.PositiveSmallIntegerField()),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('flushed', 'in our log'), ('withdrawn', 'withdrawn before it was sent'), ('expired', 'too old before it was sent'), ('blocked', 'held back by a fault of the gate')], default='queued', max_length=9)),
                        ('created_at', models.DateTimeField()),
                        ('not_after', models.DateTimeField()),
                        ('position', models.BigIntegerField(null=True)),
                        ('flushed_at', models.DateTimeField(null=True)),
                        ('kind', models.CharField(max_length=64)),
                        ('schema', models.PositiveIntegerField()),
                        ('handling', models.CharField(max_length=16)),
                        ('decision_digest', models.BinaryField(max_length=32)),
                        ('in_reply_to', models.UUIDField(null=True)),
                        ('attachment_root', models.BinaryField(max_length=32, null=True)),
                        ('size_bytes', models.PositiveIntegerField()),
                        ('payload', models.BinaryField()),
                    ],
                    options={
                        'verbose_name_plural': 'outbox',
                        'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['channel', 'lane', 'id'], name='courier_outbox_queue'), models.Index(condition=models.Q(('state', 'queued')), fields=['not_after'], name='courier_outbox_expiry')],
                        'constraints': [models.UniqueConstraint(fields=('channel', 'position'), name='courier_outbox_position')],
                    },
                ),
                migrations.CreateModel(
                    name='AttachmentTransfer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='courier.channel')),
                        ('direction', models.CharField(choices=[('out', 'ours'), ('in', "the peer's")], max_length=3)),
                        ('root', models.BinaryField(max_length=32)),
                        ('chunk_count', models.PositiveIntegerField(null=True)),
                        ('envelope_id', models.UUIDField()),
                        ('created_at', models.DateTimeField()),
                        ('completed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('channel', 'direction', 'root'), name='courier_transfer_root')],
                    },
                ),
            ],
        ),
    ]
