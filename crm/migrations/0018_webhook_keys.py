"""Addresses that were given with a key are told no more than the key may read; the event of the giving says which it was."""

import django.db.models.deletion
from django.db import migrations, models

NAME_THE_KEYS = """
UPDATE crm_webhookendpoint AS endpoint
   SET key_id = event.by_key_id
  FROM crm_event AS event
 WHERE event.type = 'webhook_endpoint.created' AND event.subject_id = endpoint.id
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0017_delivery_to")]

    operations = [
        migrations.AddField(
            "webhookendpoint",
            "key",
            models.ForeignKey(
                "crm.apikey", django.db.models.deletion.PROTECT, null=True, blank=True, related_name="+"
            ),
        ),
        migrations.RunSQL(NAME_THE_KEYS, migrations.RunSQL.noop),
    ]
