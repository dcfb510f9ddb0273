"""What searching for deals and their words stands on. Made while people go on working."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper

from crm.models.words import SearchWords


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("crm", "0028_search"), ("deals", "0012_endings")]

    operations = [
        AddIndexConcurrently("deal", GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="deal_titled")),
        AddIndexConcurrently(
            "problemstatement", GinIndex(SearchWords("text", "said_by"), name="statement_by_words")
        ),
        AddIndexConcurrently(
            "criterion",
            GinIndex(SearchWords("title", "counted_as", "assumptions"), name="criterion_by_words"),
        ),
    ]
