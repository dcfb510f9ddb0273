"""The words of what people wrote, as full-text search takes them."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func


class SearchWords(Func):
    """The words of some columns, found through an index on the same expression.

    `search_words` is the database's own `to_tsvector` under another name (migration 0020). It tells the planner what taking
    the words of a text really costs, so that it never does so with all rows to find a few.
    """

    function = "search_words"
    output_field = SearchVectorField()
