"""Pipelines and stages that two administrators can change at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0014_deal_orders")]

    operations = [
        migrations.AddField("pipeline", "version", models.PositiveIntegerField(db_default=1, default=1)),
        migrations.AddField("stage", "version", models.PositiveIntegerField(db_default=1, default=1)),
    ]
