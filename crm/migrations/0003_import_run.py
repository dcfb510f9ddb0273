"""Runs of imports, and what an import wrote field by field."""

import crm.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='importedrow',
            name='values',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=crm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('loading', 'Loading'), ('finished', 'Finished'), ('interrupted', 'Interrupted')], default='loading', max_length=11)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('report', models.JSONField(default=dict)),
                ('is_demo', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-started_at', '-id'],
                'indexes': [models.Index(fields=['-started_at'], name='import_run_newest')],
            },
        ),
    ]
