import accord.new_tables
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('parties', '0001_initial'),
    ]

    operations = [
        accord.new_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Instrument',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                        ('type', models.CharField(max_length=32)),
                        ('is_ours', models.BooleanField()),
                        ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('agreed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='instruments.text')),
                        ('ends_on', models.DateField(null=True)),
                        ('ended_by_us', models.BooleanField(null=True)),
                        ('end_reason', models.CharField(blank=True, max_length=2000)),
                        ('end_envelope_id', models.UUIDField(null=True)),
                    ],
                    options={
                        'ordering': ['-began_at'],
                        'indexes': [models.Index(fields=['type', 'peer'], name='instruments_by_type')],
                    },
                ),
                migrations.CreateModel(
                    name='Text',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='instruments.instrument')),
                        ('number', models.PositiveIntegerField()),
                        ('is_ours', models.BooleanField()),
                        ('state', models.CharField(choices=[('prepared', 'Prepared'), ('offered', 'Offered'), ('accepted', 'Accepted'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('refused', 'Refused'), ('withdrawing', 'Withdrawing'), ('withdrawn', 'Withdrawn'), ('overtaken', 'Overtaken')], max_length=12)),
                        ('previous', models.BinaryField(max_length=32, null=True)),
                        ('digest', models.BinaryField(max_length=32)),
                        ('packed', models.BinaryField()),
                        ('size_bytes', models.PositiveIntegerField()),
                        ('note', models.CharField(blank=True, max_length=2000)),
                        ('prepared_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('prepared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('offered_at', models.DateTimeField(null=True)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('settled_reason', models.CharField(blank=True, max_length=2000)),
                        ('settled_code', models.CharField(blank=True, max_length=64)),
                        ('settling_envelope_id', models.UUIDField(null=True)),
                    ],
                    options={
                        'ordering': ['-number', '-prepared_at'],
                        'indexes': [models.Index(fields=['instrument', 'number', 'state'], name='texts_by_number')],
                    },
                ),
                migrations.CreateModel(
                    name='Signature',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='instruments.text')),
                        ('is_ours', models.BooleanField()),
                        ('at', models.DateTimeField()),
                        ('signed_as', models.CharField(max_length=120)),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('envelope_id', models.UUIDField(unique=True)),
                    ],
                    options={
                        'ordering': ['at'],
                        'constraints': [models.UniqueConstraint(fields=('text', 'is_ours'), name='instruments_one_signature_a_side')],
                    },
                ),
                migrations.CreateModel(
                    name='Remark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='instruments.text')),
                        ('is_ours', models.BooleanField()),
                        ('at', models.DateTimeField()),
                        ('signed_as', models.CharField(max_length=120)),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('words', models.CharField(max_length=2000)),
                        ('envelope_id', models.UUIDField(unique=True)),
                    ],
                    options={
                        'ordering': ['at', 'pk'],
                    },
                ),
            ],
        ),
    ]
