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
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='KeptAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('key', models.CharField(max_length=128)),
                        ('request_digest', models.BinaryField(max_length=32)),
                        ('status', models.PositiveSmallIntegerField(null=True)),
                        ('media_type', models.CharField(blank=True, max_length=80)),
                        ('body', models.BinaryField(blank=True, default=b'')),
                        ('created_at', models.DateTimeField(db_index=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('officer', 'key'), name='one_answer_a_key')],
                    },
                ),
                migrations.CreateModel(
                    name='Upload',
                    fields=[
                        ('id', models.UUIDField(default=accord.exchange.keys.new_key, editable=False, primary_key=True, serialize=False)),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.message')),
                        ('name', models.CharField(max_length=200)),
                        ('media_type', models.CharField(max_length=120)),
                        ('size_bytes', models.PositiveBigIntegerField()),
                        ('sha256', models.BinaryField(max_length=32)),
                        ('key', models.BinaryField(max_length=32)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='UploadPart',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='api.upload')),
                        ('offset_bytes', models.PositiveBigIntegerField()),
                        ('sha256', models.BinaryField(max_length=32)),
                    ],
                    options={
                        'ordering': ['offset_bytes'],
                        'constraints': [models.UniqueConstraint(fields=('upload', 'offset_bytes'), name='one_part_a_place')],
                    },
                ),
            ],
        ),
    ]
