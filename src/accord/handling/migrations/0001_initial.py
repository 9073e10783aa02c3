import accord.exchange.keys
import accord.new_tables
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exchange', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
        ('release', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='MistreatmentAssessment',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('written_at', models.DateTimeField()),
                        ('bound_to', models.BinaryField(max_length=32)),
                        ('decision', models.CharField(choices=[('open', 'Open'), ('agreed', 'Agreed'), ('returned', 'Returned'), ('escalated', 'Escalated'), ('allowed', 'Allowed'), ('denied', 'Denied')], default='open', max_length=16)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decided_why', models.CharField(blank=True, max_length=2000)),
                        ('reference', models.CharField(max_length=24, unique=True)),
                        ('answers', models.JSONField()),
                        ('measures', models.JSONField(default=list)),
                        ('outcome', models.CharField(max_length=24)),
                        ('reasons', models.CharField(max_length=4000)),
                        ('override_ground', models.CharField(blank=True, max_length=24)),
                        ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('settled_why', models.CharField(blank=True, max_length=2000)),
                    ],
                    options={
                        'ordering': ['-written_at', '-pk'],
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PredominanceTest',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('written_at', models.DateTimeField()),
                        ('bound_to', models.BinaryField(max_length=32)),
                        ('decision', models.CharField(choices=[('open', 'Open'), ('agreed', 'Agreed'), ('returned', 'Returned'), ('escalated', 'Escalated'), ('allowed', 'Allowed'), ('denied', 'Denied')], default='open', max_length=16)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decided_why', models.CharField(blank=True, max_length=2000)),
                        ('conduct', models.CharField(max_length=2000)),
                        ('expression', models.CharField(max_length=2000)),
                        ('predominates', models.CharField(max_length=16)),
                        ('why', models.CharField(max_length=4000)),
                    ],
                    options={
                        'ordering': ['-written_at', '-pk'],
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Derivation',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('source_type', models.CharField(choices=[('message', 'Message'), ('inquiry', 'Inquiry'), ('export', 'Export'), ('print', 'Print'), ('forward', 'Forward')], default='message', max_length=8)),
                        ('source_id', models.UUIDField()),
                        ('derived_type', models.CharField(choices=[('message', 'Message'), ('inquiry', 'Inquiry'), ('export', 'Export'), ('print', 'Print'), ('forward', 'Forward')], max_length=8)),
                        ('derived_id', models.UUIDField(default=accord.exchange.keys.new_key)),
                        ('way', models.CharField(choices=[('quote', 'Quote'), ('file', 'File'), ('file-part', 'File Part'), ('reply', 'Reply'), ('inquiry', 'Inquiry'), ('export', 'Export'), ('print', 'Print'), ('forward', 'Forward')], max_length=10)),
                        ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made_at', models.DateTimeField()),
                        ('detail', models.JSONField(default=dict)),
                    ],
                    options={
                        'ordering': ['made_at', 'id'],
                        'indexes': [models.Index(fields=['derived_id'], name='handling_derivation_up')],
                        'constraints': [models.UniqueConstraint(fields=('source_id', 'derived_id', 'way'), name='handling_derivation_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Passage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('mark', models.BigIntegerField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['mark', 'message'], name='handling_passage_mark'), models.Index(fields=['message'], name='handling_passage_message')],
                    },
                ),
                migrations.CreateModel(
                    name='FileMark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('sha256', models.BinaryField(max_length=32)),
                        ('is_part', models.BooleanField(default=False)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('sha256', 'message'), name='handling_file_mark_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Correction',
                    fields=[
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='exchange.message')),
                        ('action', models.CharField(max_length=8)),
                        ('is_ours', models.BooleanField()),
                        ('position', models.BigIntegerField(null=True)),
                        ('at', models.DateTimeField()),
                        ('found', models.PositiveIntegerField(null=True)),
                        ('applied_at', models.DateTimeField(null=True)),
                        ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exchange.message')),
                    ],
                    options={
                        'ordering': ['at'],
                        'indexes': [models.Index(condition=models.Q(('applied_at', None), ('is_ours', False)), fields=['at'], name='handling_correction_open')],
                    },
                ),
                migrations.CreateModel(
                    name='CorrectedMessage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('correction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='handling.correction')),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('correction', 'message'), name='handling_corrected_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Effect',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('correction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='handling.correction')),
                        ('thing', models.CharField(choices=[('message', 'Message'), ('inquiry', 'Inquiry'), ('export', 'Export'), ('print', 'Print'), ('forward', 'Forward')], max_length=8)),
                        ('thing_id', models.UUIDField()),
                        ('way', models.CharField(choices=[('quote', 'Quote'), ('file', 'File'), ('file-part', 'File Part'), ('reply', 'Reply'), ('inquiry', 'Inquiry'), ('export', 'Export'), ('print', 'Print'), ('forward', 'Forward')], max_length=10)),
                        ('detail', models.JSONField(default=dict)),
                        ('recipient', models.CharField(blank=True, max_length=16)),
                        ('reference', models.CharField(blank=True, max_length=64)),
                        ('state', models.CharField(choices=[('done', 'Done'), ('task', 'Task'), ('not-done', 'Not Done')], max_length=8)),
                        ('deed', models.CharField(choices=[('governed', 'Governed'), ('stopped', 'Stopped'), ('taken-out', 'Taken Out'), ('mend', 'Mend'), ('tell', 'Tell'), ('withdrawn', 'Withdrawn'), ('held-by-them', 'Held By Them'), ('nothing-held', 'Nothing Held'), ('retrieve', 'Retrieve'), ('ask-agency', 'Ask Agency'), ('own-copy', 'Own Copy'), ('erase-ours', 'Erase Ours')], max_length=12)),
                        ('reason', models.CharField(blank=True, max_length=24)),
                        ('has_note', models.BooleanField(default=False)),
                        ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('done_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [models.Index(condition=models.Q(('state', 'task')), fields=['correction'], name='handling_effect_tasks')],
                        'constraints': [models.UniqueConstraint(fields=('correction', 'thing_id'), name='handling_effect_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Grant',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='exchange.message')),
                        ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='grant_asked', to='exchange.message')),
                        ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='grant_given', to='exchange.message')),
                        ('is_ours', models.BooleanField()),
                        ('use', models.CharField(max_length=32)),
                        ('recipient', models.CharField(max_length=200)),
                        ('purpose', models.CharField(max_length=32)),
                        ('result', models.CharField(max_length=32)),
                        ('conditions', models.JSONField(default=list)),
                        ('permitted_until', models.DateField(null=True)),
                        ('used_once', models.BooleanField(default=False)),
                        ('answered_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['answered_at', 'id'],
                        'indexes': [models.Index(fields=['item', 'use'], name='grant_by_act')],
                    },
                ),
                migrations.CreateModel(
                    name='Keeping',
                    fields=[
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='keeping', serialize=False, to='exchange.message')),
                        ('keep_until', models.DateField()),
                        ('review_on', models.DateField(null=True)),
                        ('reviewed_at', models.DateTimeField(null=True)),
                        ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('need', models.CharField(blank=True, max_length=2000)),
                        ('erased_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['keep_until'],
                        'indexes': [models.Index(condition=models.Q(('erased_at', None)), fields=['keep_until'], name='keeping_due'), models.Index(condition=models.Q(('erased_at', None)), fields=['review_on'], name='keeping_review'), models.Index(fields=['erased_at'], name='keeping_erased')],
                    },
                ),
                migrations.CreateModel(
                    name='LegalHold',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legal_holds', to='exchange.case')),
                        ('reason', models.CharField(max_length=2000)),
                        ('placed_at', models.DateTimeField()),
                        ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lifted_at', models.DateTimeField(null=True)),
                        ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lift_reason', models.CharField(blank=True, max_length=2000)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('case',), name='one_legal_hold')],
                    },
                ),
                migrations.CreateModel(
                    name='ErasureClaim',
                    fields=[
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='erasure_claim', serialize=False, to='exchange.message')),
                        ('claimed_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='ObjectionMade',
                    fields=[
                        ('message', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='objection_made', serialize=False, to='exchange.message')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='exchange.message')),
                        ('is_ours', models.BooleanField()),
                        ('level', models.CharField(choices=[('agency', 'agency'), ('ministry', 'ministry'), ('minister', 'minister')], max_length=12)),
                        ('reply_due_on', models.DateField()),
                        ('made_at', models.DateTimeField()),
                        ('escalates', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='escalated_by', to='handling.objectionmade')),
                        ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.message')),
                        ('outcome', models.CharField(blank=True, choices=[('remedied', 'remedied'), ('contested', 'contested'), ('under-inquiry', 'under-inquiry')], max_length=16)),
                        ('answered_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['made_at'],
                        'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['reply_due_on'], name='objection_open')],
                    },
                ),
                migrations.CreateModel(
                    name='LaneSuspension',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('theme', models.CharField(max_length=32)),
                        ('is_ours', models.BooleanField()),
                        ('objection', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='handling.objectionmade')),
                        ('suspended_at', models.DateTimeField()),
                        ('suspended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('suspend_reason', models.CharField(blank=True, max_length=2000)),
                        ('we_resume_at', models.DateTimeField(null=True)),
                        ('we_resume_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('resume_reason', models.CharField(blank=True, max_length=2000)),
                        ('they_resume_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-suspended_at'],
                        'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['peer', 'theme'], name='lane_suspended')],
                    },
                ),
                migrations.CreateModel(
                    name='Outcome',
                    fields=[
                        ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='outcome_reported', serialize=False, to='exchange.message')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='exchange.case')),
                        ('is_ours', models.BooleanField()),
                        ('results', models.JSONField(default=list)),
                        ('usefulness', models.PositiveSmallIntegerField(null=True)),
                        ('reported_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['reported_at'], name='outcome_by_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Use',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='exchange.message')),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exchange.attachment')),
                        ('use', models.CharField(max_length=32)),
                        ('recipient', models.CharField(max_length=200)),
                        ('handed_to', models.CharField(blank=True, max_length=200)),
                        ('purpose', models.CharField(max_length=32)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField()),
                        ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='use', to='release.decisionrecord')),
                        ('is_permitted', models.BooleanField()),
                        ('grant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='handling.grant')),
                        ('mark', models.CharField(choices=[('none', 'None'), ('page', 'Page'), ('cover', 'Cover'), ('headers', 'Headers')], default='none', max_length=8)),
                    ],
                    options={
                        'ordering': ['at', 'id'],
                        'indexes': [models.Index(fields=['item', 'at'], name='use_of_item'), models.Index(fields=['at'], name='use_by_time')],
                    },
                ),
            ],
        ),
    ]
