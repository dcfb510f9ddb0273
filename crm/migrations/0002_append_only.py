"""The application's database role may add to the ledger and the event record, and change neither."""

from django.conf import settings
from django.db import migrations

APPEND_ONLY = ("crm_ledgerentry", "crm_event", "crm_feedposition")


def protect(apps, schema_editor):
    """Give the application's role what it needs on every table, now and later, and take change away from the record."""
    role = settings.DATABASE_APP_ROLE
    if not role:
        return
    name = schema_editor.quote_name(role)
    schema_editor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
    schema_editor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
    schema_editor.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name}"
    )
    schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {name}")
    for table in APPEND_ONLY:
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
