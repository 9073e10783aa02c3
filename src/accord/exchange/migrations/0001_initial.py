import accord.exchange.keys
import accord.new_tables
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('officers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
        ('release', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Case',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('own_ref', models.CharField(max_length=48, unique=True)),
                        ('other_ref', models.CharField(blank=True, max_length=48)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('is_ours', models.BooleanField()),
                        ('theme', models.CharField(max_length=32)),
                        ('agency', models.CharField(blank=True, default='', max_length=48)),
                        ('is_team_only', models.BooleanField(default=False)),
                        ('title', models.CharField(max_length=200)),
                        ('title_language', models.CharField(blank=True, default='', max_length=35)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=8)),
                        ('waiting_on', models.CharField(choices=[('us', 'Us'), ('them', 'Them'), ('gate', 'Gate'), ('nobody', 'Nobody')], default='us', max_length=8)),
                        ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('taken_at', models.DateTimeField(null=True)),
                        ('outcome', models.CharField(blank=True, choices=[('acted', 'Acted'), ('no-action', 'No Action')], max_length=16)),
                        ('opened_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-changed_at'],
                        'indexes': [models.Index(fields=['peer', 'other_ref'], name='case_by_other_ref'), models.Index(fields=['state', 'waiting_on', 'changed_at'], name='case_queue'), models.Index(fields=['state', 'changed_at'], name='case_by_state'), models.Index(fields=['changed_at'], name='case_by_change'), models.Index(condition=models.Q(('holder__isnull', True), ('is_ours', False), ('state', 'open')), fields=['changed_at'], name='case_unheld')],
                    },
                ),
                migrations.CreateModel(
                    name='CaseNote',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='exchange.case')),
                        ('text', models.CharField(max_length=4000)),
                        ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('written_at', models.DateTimeField()),
                        ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='exchange.casenote')),
                    ],
                    options={
                        'ordering': ['written_at', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='CaseLink',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='exchange.case')),
                        ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_here', to='exchange.case')),
                        ('kind', models.CharField(choices=[('linked', 'Linked'), ('joined', 'Joined')], max_length=8)),
                        ('reason', models.CharField(max_length=2000)),
                        ('linked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('linked_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['linked_at', 'id'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case', 'other'), name='linked_once')],
                    },
                ),
                migrations.CreateModel(
                    name='CaseMember',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='exchange.case')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(choices=[('member', 'Member'), ('break-in', 'Break In')], default='member', max_length=8)),
                        ('reason', models.CharField(max_length=2000)),
                        ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('added_at', models.DateTimeField()),
                        ('until', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['added_at', 'id'],
                        'indexes': [models.Index(fields=['officer', 'case'], name='member_by_officer')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case', 'officer', 'kind'), name='member_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='exchange.case')),
                        ('direction', models.CharField(choices=[('out', 'Out'), ('in', 'In')], max_length=3)),
                        ('kind', models.CharField(max_length=48)),
                        ('schema', models.PositiveSmallIntegerField(default=1)),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('approved', 'Approved'), ('released', 'Released'), ('blocked', 'Blocked'), ('delivered', 'Delivered'), ('filed', 'Filed'), ('acted', 'Acted'), ('refused', 'Refused'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded'), ('received', 'Received')], max_length=10)),
                        ('reference', models.CharField(blank=True, max_length=64)),
                        ('handling', models.CharField(blank=True, max_length=4)),
                        ('content', models.BinaryField()),
                        ('own_side', models.BinaryField(default=bytes)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('in_reply_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='exchange.message')),
                        ('envelope_id', models.UUIDField(db_index=True, null=True)),
                        ('attachment_root', models.BinaryField(max_length=32, null=True)),
                        ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('approval', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='release.approval')),
                        ('held_for', models.JSONField(null=True)),
                        ('release_at', models.DateTimeField(null=True)),
                        ('release_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('released', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='message', to='release.releasedmessage')),
                        ('released_at', models.DateTimeField(null=True)),
                        ('delivered_at', models.DateTimeField(null=True)),
                        ('receipt_stated_at', models.DateTimeField(null=True)),
                        ('recalled_at', models.DateTimeField(null=True)),
                        ('disposed_at', models.DateTimeField(null=True)),
                        ('disposed_code', models.CharField(blank=True, max_length=64)),
                        ('disposed_rule', models.CharField(blank=True, max_length=64)),
                        ('return_reason', models.CharField(blank=True, max_length=2000)),
                        ('received', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='message', to='release.receivedmessage')),
                        ('received_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['created_at', 'id'],
                        'indexes': [models.Index(fields=['state', 'saved_at'], name='message_by_state'), models.Index(condition=models.Q(('release_at__isnull', False), ('state', 'approved')), fields=['state', 'release_at'], name='message_scheduled'), models.Index(condition=models.Q(('held_for__isnull', False), ('state', 'draft')), fields=['state', 'saved_at'], name='message_held'), models.Index(condition=models.Q(('drafted_by__isnull', False), ('released__isnull', True)), fields=['case', 'drafted_by', 'saved_by'], name='message_unsent')],
                    },
                ),
                migrations.CreateModel(
                    name='Arrival',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('is_urgent', models.BooleanField(default=False)),
                        ('needs_search', models.BooleanField(default=True)),
                        ('needs_marks', models.BooleanField(default=True)),
                        ('needs_notice', models.BooleanField(default=True)),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [models.Index(condition=models.Q(('needs_search', True)), fields=['id'], name='arrival_for_search'), models.Index(condition=models.Q(('needs_marks', True)), fields=['id'], name='arrival_for_marks'), models.Index(condition=models.Q(('needs_notice', True)), fields=['-is_urgent', 'id'], name='arrival_for_notice')],
                    },
                ),
                migrations.CreateModel(
                    name='SearchEntry',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('subject', models.CharField(choices=[('case', 'Case'), ('message', 'Message'), ('note', 'Note'), ('inquiry', 'Inquiry')], max_length=8)),
                        ('key', models.UUIDField(unique=True)),
                        ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.case')),
                        ('message', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('at', models.DateTimeField()),
                        ('words', models.TextField()),
                        ('sounds', models.TextField(blank=True)),
                    ],
                    options={
                        'verbose_name_plural': 'search entries',
                        'ordering': ['-id'],
                    },
                ),
                migrations.CreateModel(
                    name='Clock',
                    fields=[
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='clock', serialize=False, to='exchange.message')),
                        ('table', models.CharField(max_length=48)),
                        ('urgency', models.CharField(max_length=16)),
                        ('limit_seconds', models.PositiveIntegerField()),
                        ('started_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('running', 'Running'), ('paused', 'Paused'), ('ended', 'Ended')], default='running', max_length=8)),
                        ('paused_at', models.DateTimeField(null=True)),
                        ('pause_reason', models.CharField(blank=True, max_length=32)),
                        ('expected_on', models.DateField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', 'due_at'], name='clock_due')],
                    },
                ),
                migrations.CreateModel(
                    name='AgencyInquiry',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='exchange.case')),
                        ('agency', models.CharField(max_length=32)),
                        ('question', models.TextField()),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField()),
                        ('reply', models.TextField(blank=True)),
                        ('holds_information', models.BooleanField(null=True)),
                        ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('replied_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'verbose_name_plural': 'agency inquiries',
                        'ordering': ['asked_at'],
                    },
                ),
                migrations.CreateModel(
                    name='HoldAnswer',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hold_answers', to='exchange.message')),
                        ('policy', models.CharField(max_length=64)),
                        ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField()),
                        ('reason', models.TextField()),
                        ('bound_to', models.BinaryField(max_length=32)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('message', 'policy'), name='one_answer_a_hold')],
                    },
                ),
                migrations.CreateModel(
                    name='Reason',
                    fields=[
                        ('act', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reason', serialize=False, to='officers.act')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='exchange.case')),
                        ('text', models.CharField(max_length=2000)),
                    ],
                ),
                migrations.CreateModel(
                    name='EmergencyReview',
                    fields=[
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='emergency_review', serialize=False, to='exchange.message')),
                        ('due_at', models.DateTimeField()),
                        ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reviewed_at', models.DateTimeField(null=True)),
                        ('outcome', models.CharField(blank=True, choices=[('justified', 'Justified'), ('not-justified', 'Not Justified')], max_length=16)),
                        ('reason', models.CharField(blank=True, max_length=2000)),
                    ],
                    options={
                        'ordering': ['due_at'],
                        'indexes': [models.Index(condition=models.Q(('reviewed_at', None)), fields=['due_at'], name='emergency_review_open')],
                    },
                ),
                migrations.CreateModel(
                    name='Attachment',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='exchange.message')),
                        ('name', models.CharField(max_length=200)),
                        ('media_type', models.CharField(max_length=120)),
                        ('size_bytes', models.PositiveBigIntegerField()),
                        ('sha256', models.BinaryField(max_length=32)),
                        ('key', models.BinaryField(max_length=32)),
                        ('root', models.BinaryField(max_length=32, null=True)),
                        ('first_chunk', models.PositiveIntegerField(default=0)),
                        ('chunk_count', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
            ],
        ),
    ]
