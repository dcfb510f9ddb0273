"""What searching stands on: trigrams of names, words of what people wrote. Made while people go on working."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper

from crm.models.words import SearchWords

WORDS = """
CREATE OR REPLACE FUNCTION search_words(VARIADIC texts text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 4000 AS $$
BEGIN
    RETURN to_tsvector('pg_catalog.simple', array_to_string(texts, ' '));
END $$
"""
"""Taking the words of a text costs as much as looking at hundreds of rows, which the planner does not know by itself."""


def trigrams(field, name):
    """Return an index of the trigrams of a column."""
    return GinIndex(OpClass(Upper(field), "gin_trgm_ops"), name=name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("crm", "0027_files_taken_out")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(WORDS, "DROP FUNCTION search_words(text[])"),
        AddIndexConcurrently("activity", GinIndex(SearchWords("subject", "body"), name="activity_by_words")),
        AddIndexConcurrently("comment", GinIndex(SearchWords("body"), name="comment_by_words")),
        AddIndexConcurrently("contact", trigrams("name", "contact_named")),
        AddIndexConcurrently("contact", trigrams("email", "contact_mailbox")),
        AddIndexConcurrently("organization", trigrams("name", "organization_named")),
        AddIndexConcurrently("organization", trigrams("domain", "organization_domain")),
    ]
