from django.db import migrations


class Migration(migrations.Migration):
    """What a move says is computed from its stages. The former release still writes the column; a later one drops it."""

    dependencies = [
        ('deals', '0006_one_draft_each'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name='stagemove', name='content_hash')],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE deals_stagemove ALTER COLUMN content_hash SET DEFAULT ''",
                    "ALTER TABLE deals_stagemove ALTER COLUMN content_hash DROP DEFAULT",
                )
            ],
        ),
    ]
