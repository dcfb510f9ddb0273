"""The nightly check of the ledger, facts of sign-ins kept apart, and what the application's role may not change any more."""

import crm.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INSERT_ONLY = ("crm_ledgercheck",)
NEVER_CHANGED = ("crm_ledgerpayload", "crm_signinfacts")  # erased as a whole, or left alone


def protect(apps, schema_editor):
    """Take change away from the application's role; of a revision it may only empty the content."""
    if not settings.DATABASE_APP_ROLE:
        return
    name = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    for table in INSERT_ONLY:
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
    for table in NEVER_CHANGED:
        schema_editor.execute(f"REVOKE UPDATE, TRUNCATE ON {table} FROM {name}")
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON crm_revision FROM {name}")
    schema_editor.execute(f"GRANT UPDATE (content, erased_at) ON crm_revision TO {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0008_comment_threads'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerCheck',
            fields=[
                ('id', models.UUIDField(default=crm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('took_ms', models.PositiveIntegerField()),
                ('rooms', models.PositiveIntegerField()),
                ('entries', models.PositiveIntegerField()),
                ('erased', models.PositiveIntegerField()),
                ('faults', models.JSONField(default=list)),
                ('compared_with', models.CharField(blank=True, max_length=200)),
                ('checkpoint', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SignInFacts',
            fields=[
                ('payload', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='facts', serialize=False, to='crm.ledgerpayload')),
                ('salt', models.BinaryField(max_length=32)),
                ('content', models.JSONField()),
            ],
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', False), ('erased_at', None)), models.Q(('content__isnull', True), ('erased_at__isnull', False)), _connector='OR'), name='revision_erased_whole'),
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
