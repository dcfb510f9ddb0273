from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower


def say_which(apps, _editor):
    """What was said so far was said about the domain that the client has."""
    domains = apps.get_model("crm", "Organization").objects.filter(pk=OuterRef("organization"))
    rooms = apps.get_model("crm", "Room").objects.filter(
        colleagues_welcomed_by__isnull=False, organization__isnull=False
    )
    rooms.update(welcomed_domain=Subquery(domains.values(lower=Lower("domain"))))


class Migration(migrations.Migration):
    dependencies = [("crm", "0031_versions_of_settings")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="welcomed_domain",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="The domain that was said about; of another one nobody comes in.",
                max_length=253,
            ),
        ),
        migrations.RunPython(say_which, migrations.RunPython.noop),
    ]
