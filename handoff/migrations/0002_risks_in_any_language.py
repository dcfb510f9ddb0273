"""Risks of a brief keep codes and names instead of a sentence in the language of whoever acted."""

from django.db import migrations, models


def forget_sentences(apps, schema_editor):
    """Put the person's name beside the code and drop the sentence. No risk is part of what the customer confirmed."""
    Contact = apps.get_model("crm", "Contact")
    risks = apps.get_model("handoff", "BriefItem").objects.filter(group="risks").exclude(title="")
    for item in risks.iterator(chunk_size=500):
        contact_id = item.content.get("contact_id")
        if contact_id:
            item.content["name"] = Contact.objects.values_list("name", flat=True).filter(pk=contact_id).first() or ""
        item.title = ""
        item.save(update_fields=["content", "title"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0004_room_codes"), ("handoff", "0001_initial")]

    operations = [
        migrations.AlterField("briefitem", "title", models.CharField(blank=True, max_length=200)),
        # Backwards nothing is undone: the former release shows such a risk by its kind and words.
        migrations.RunPython(forget_sentences, migrations.RunPython.noop, elidable=True),
    ]
