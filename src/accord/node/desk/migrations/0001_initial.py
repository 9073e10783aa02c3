import accord.exchange.keys
import accord.new_tables
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exchange', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='SavedView',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('name', models.CharField(max_length=60)),
                        ('query', models.CharField(blank=True, max_length=600)),
                        ('saved_at', models.DateTimeField()),
                        ('removed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('officer', 'name'), name='view_named_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Preference',
                    fields=[
                        ('officer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                        ('after_act', models.CharField(choices=[('stay', 'Stay'), ('next', 'Next')], default='stay', max_length=4)),
                    ],
                ),
                migrations.CreateModel(
                    name='Look',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.case')),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('officer', 'case'), name='last_look')],
                    },
                ),
                migrations.CreateModel(
                    name='SentForm',
                    fields=[
                        ('key', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='UnsavedWords',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('words', models.BinaryField()),
                        ('at', models.DateTimeField(db_index=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('officer', 'message'), name='unsaved_words_once')],
                    },
                ),
                migrations.CreateModel(
                    name='HeldPlanFile',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parties.party')),
                        ('name', models.CharField(max_length=200)),
                        ('content', models.BinaryField()),
                        ('days', models.CharField(blank=True, max_length=12)),
                        ('at', models.DateTimeField(db_index=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('officer', 'peer'), name='held_plan_file_once')],
                    },
                ),
            ],
        ),
    ]
