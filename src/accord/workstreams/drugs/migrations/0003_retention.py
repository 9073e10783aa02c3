import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drugs', '0002_unreplied_by_end'),
        ('exchange', '0002_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='trader',
            name='last_on',
            # Of companies on file already nobody knows when they stood in a manifest last: their period begins anew.
            field=models.DateField(db_index=True, default=datetime.date.today),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='MarkTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('rule_codes', models.CharField(blank=True, max_length=400)),
                ('is_true', models.BooleanField()),
                ('is_apart', models.BooleanField()),
                ('lines', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['-month', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('month', 'rule_codes', 'is_true', 'is_apart'), name='drugs_tallied_once')],
            },
        ),
        migrations.CreateModel(
            name='FlagFollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='drugs.flag')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drug_flags', to='exchange.message')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('flag', 'message'), name='drugs_followed_once')],
            },
        ),
    ]
