import accord.new_tables
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('courier', '0001_initial'),
        ('exchange', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Reading',
                    fields=[
                        ('source', models.CharField(max_length=16, primary_key=True, serialize=False)),
                        ('looked_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Mail',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('address', models.CharField(max_length=254)),
                        ('language', models.CharField(max_length=8)),
                        ('is_urgent', models.BooleanField()),
                        ('made_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('dropped', 'Dropped'), ('failed', 'Failed')], default='queued', max_length=8)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('next_at', models.DateTimeField()),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('fault', models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['state', 'next_at'], name='mail_on_its_way'), models.Index(fields=['officer', 'made_at'], name='mail_of_officer')],
                    },
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(max_length=20)),
                        ('key', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('made_at', models.DateTimeField()),
                        ('is_urgent', models.BooleanField(default=False)),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.case')),
                        ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exchange.message')),
                        ('channel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courier.channel')),
                        ('subject', models.CharField(blank=True, max_length=80)),
                        ('read_at', models.DateTimeField(null=True)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('mail', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='notices.mail')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['kind', 'key'], name='notice_of_event'), models.Index(fields=['officer', '-id'], name='notice_of_officer'), models.Index(condition=models.Q(('read_at', None), ('settled_at', None)), fields=['officer', 'kind'], name='notice_waiting')],
                        'constraints': [models.UniqueConstraint(fields=('officer', 'kind', 'key'), name='one_notice_an_event')],
                    },
                ),
                migrations.CreateModel(
                    name='Choice',
                    fields=[
                        ('officer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='notice_choice', serialize=False, to=settings.AUTH_USER_MODEL)),
                        ('address', models.CharField(blank=True, max_length=254)),
                        ('agreed_at', models.DateTimeField(null=True)),
                        ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('mailed', models.JSONField(null=True)),
                        ('quiet_from', models.TimeField(null=True)),
                        ('quiet_until', models.TimeField(null=True)),
                        ('zone', models.CharField(blank=True, max_length=64)),
                        ('urgent_passes', models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Escalation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=20)),
                        ('key', models.CharField(max_length=120)),
                        ('step', models.PositiveSmallIntegerField()),
                        ('at', models.DateTimeField()),
                        ('told', models.PositiveSmallIntegerField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('kind', 'key', 'step'), name='one_escalation_a_step')],
                    },
                ),
            ],
        ),
    ]
