import accord.new_tables
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='RegisterEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('register', models.CharField(choices=[('arrangement', 'arrangement'), ('risk', 'risk'), ('assurance', 'assurance')], max_length=16)),
                        ('code', models.CharField(max_length=64)),
                        ('version', models.PositiveIntegerField()),
                        ('terms', models.JSONField()),
                        ('state', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('refused', 'Refused')], default='proposed', max_length=16)),
                        ('counts_from', models.DateField()),
                        ('counts_until', models.DateField(null=True)),
                        ('text_digest', models.BinaryField(max_length=32, null=True)),
                        ('why', models.CharField(blank=True, max_length=2000)),
                        ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('settled_why', models.CharField(blank=True, max_length=2000)),
                        ('ended_on', models.DateField(null=True)),
                        ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('ended_why', models.CharField(blank=True, max_length=2000)),
                    ],
                    options={
                        'ordering': ['register', 'code', '-version'],
                        'constraints': [models.UniqueConstraint(fields=('register', 'code', 'version'), name='parties_register_version'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('register', 'code'), name='parties_register_one_waits')],
                    },
                ),
                migrations.CreateModel(
                    name='RegisterText',
                    fields=[
                        ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='parties.registerentry')),
                        ('name', models.CharField(max_length=200)),
                        ('content', models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name='RegisterStamp',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('value', models.BinaryField(max_length=16)),
                    ],
                ),
                migrations.CreateModel(
                    name='Party',
                    fields=[
                        ('code', models.CharField(max_length=8, primary_key=True, serialize=False)),
                        ('profile', models.JSONField()),
                        ('is_self', models.BooleanField(default=False)),
                        ('root_public', models.BinaryField(null=True)),
                        ('pinned_at', models.DateTimeField(null=True)),
                        ('fingerprint_confirmed_by', models.CharField(blank=True, max_length=150)),
                    ],
                    options={
                        'verbose_name_plural': 'parties',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('is_self', True)), fields=('is_self',), name='parties_one_self')],
                    },
                ),
                migrations.CreateModel(
                    name='AgreedTerms',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('source', models.CharField(max_length=64)),
                        ('version', models.CharField(max_length=48)),
                        ('number', models.PositiveIntegerField()),
                        ('in_force_on', models.DateField()),
                        ('ends_on', models.DateField(null=True)),
                        ('agreed_at', models.DateTimeField()),
                        ('limits', models.JSONField(default=list)),
                        ('ceilings', models.JSONField(default=list)),
                        ('lanes', models.JSONField(default=list)),
                    ],
                    options={
                        'verbose_name_plural': 'agreed terms',
                        'indexes': [models.Index(fields=['source'], name='parties_terms_source')],
                        'constraints': [models.UniqueConstraint(fields=('peer', 'version'), name='parties_one_terms_a_version')],
                    },
                ),
                migrations.CreateModel(
                    name='Keyset',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keysets', to='parties.party')),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keysets_towards', to='parties.party')),
                        ('serial', models.PositiveIntegerField()),
                        ('signed', models.BinaryField()),
                        ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('in_force_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['serial'],
                        'constraints': [models.UniqueConstraint(fields=('party', 'peer', 'serial'), name='parties_keyset_serial')],
                    },
                ),
            ],
        ),
    ]
