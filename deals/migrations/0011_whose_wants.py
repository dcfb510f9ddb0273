"""What somebody wants belongs to the side that wrote it, once it is quoted. Of older words it is known where no guest touched them."""

from django.db import migrations, models

OURS = """
UPDATE deals_stakeholder SET wants_by_side = by_side WHERE wants <> '' AND by_side = 'seller' AND NOT EXISTS (
    SELECT 1 FROM crm_event WHERE subject_id = deals_stakeholder.id AND subject_type = 'stakeholder' AND by_contact_id IS NOT NULL
)
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0010_products")]

    operations = [
        migrations.AddField(
            model_name="stakeholder",
            name="wants_by_side",
            field=models.CharField(
                blank=True,
                choices=[("seller", "Seller"), ("buyer", "Buyer"), ("partner", "Partner")],
                db_default="",
                help_text="Whose side wrote down what they want.",
                max_length=8,
            ),
        ),
        migrations.RunSQL(OURS, migrations.RunSQL.noop, elidable=True),
    ]
