"""Searching: names by trigrams, so that a slip of the finger still finds them; what people wrote by its words.

Every provider gives rows that the actor may see. What is asked of the database is bounded, so that a common word costs
little more than a rare one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper

from crm.actors import Actor
from crm.models.words import SearchWords
from crm.rules.search import MISSPELLABLE, Query, fit, missing, parse
from crm.search import Found, SearchProvider, search_providers

CANDIDATES = 100
"""Rows of one kind that are looked at to find the best of them."""
SLIPS = 30
"""Rows with one of the words, or one that is nearly the same, that are looked at when none has them all."""
ALIKE = 300
"""Rows with something like a word among which the nearest are looked for: comparing takes longer than finding."""
NEAR = 0.33
"""How much of its trigrams a word shares with a part of a name to be looked at."""

Spelled = tuple[QuerySet[Any], str]
"""Rows, and the column in which a name is looked for."""


@dataclass(frozen=True)
class Finds:
    """What was found of one kind; `has_more` when there is more than is shown."""

    provider: SearchProvider
    found: Sequence[Found]
    has_more: bool


def search(actor: Actor, typed: str, *, limit: int, kinds: Collection[str] = ()) -> list[Finds]:
    """Return what the actor finds, up to `limit` of each kind; kinds with nothing, or that a key may not read, are left out."""
    query = parse(typed)
    asked = [one for one in search_providers() if actor.has_scope(one.scope) and (not kinds or one.kind in kinds)]
    if not query.words:
        return []
    with transaction.atomic():
        _accept_slips()
        finds = [(provider, provider.find(actor, query, limit + 1)) for provider in asked]
    return [Finds(provider, found[:limit], len(found) > limit) for provider, found in finds if found]


def _accept_slips() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(NEAR)])


def named(places: Sequence[Spelled], query: Query, limit: int, shows: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows whose name fits, best first, each with `pk`, `sought` (the name that fits) and the columns `shows`.

    Where no name has all words, those with some of them are returned; a word that is nowhere may be a slip.
    """
    found = _union([part for place in places for part in _holding(place, query)], shows) or _partly(
        places, query, shows
    )
    once: dict[Any, dict[str, Any]] = {}
    for row in sorted(found, key=lambda row: (*fit(row["sought"], query), len(row["sought"]), row["sought"])):
        once.setdefault(row["pk"], row)
    return list(once.values())[:limit]


def worded(rows: QuerySet[Any], words: SearchWords, query: Query, limit: int) -> QuerySet[Any]:
    """Return the newest rows with all words of the query, or words that begin so, among their `words`.

    Found first and ordered then: asked for the newest at once, the database reads through the newest to find any.
    """
    sought = SearchQuery(query.in_full_text, config="simple", search_type="raw")
    holding = rows.alias(sought=words).filter(sought=sought).order_by().values_list("pk", flat=True)
    newest = sorted(holding[:CANDIDATES], reverse=True)[:limit]
    return rows.filter(pk__in=newest).order_by("-pk") if newest else rows.none()


def _union(parts: Sequence[QuerySet[Any]], shows: Sequence[str]) -> list[dict[str, Any]]:
    """Ask for all parts at once."""
    first, *rest = (part.values("pk", "sought", *shows) for part in parts)
    return list(first.union(*rest, all=True) if rest else first)


def _holding(place: Spelled, query: Query) -> tuple[QuerySet[Any], QuerySet[Any]]:
    rows, column = _sought(place)
    begins = rows.filter(**{f"{column}__istartswith": query.text})
    holds = rows.filter(*(_has(column, word) for word in query.words))
    return begins[:CANDIDATES], holds[:CANDIDATES]


def _partly(places: Sequence[Spelled], query: Query, shows: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows with some words of the query, and for each word that is nowhere those with what is nearest to it."""
    holding = [rows.filter(_has(column, word))[:SLIPS] for rows, column in map(_sought, places) for word in query.words]
    rows = _union(holding, shows) if len(query.words) > 1 else []
    nowhere = [word for word in query.words if not any(word in row["sought"].lower() for row in rows)]
    near = [_nearly(place, word) for place in places for word in nowhere if len(word) >= MISSPELLABLE]
    rows += _union(near, shows) if near else []
    return [row for row in rows if missing(row["sought"], query) < len(query.words)]


def _nearly(place: Spelled, word: str) -> QuerySet[Any]:
    rows, column = _sought(place)
    near = rows.alias(spelled=Upper(column)).filter(spelled__trigram_word_similar=word).values("pk")[:ALIKE]
    return rows.filter(pk__in=near).order_by(TrigramWordSimilarity(word, Upper(column)).desc())[:SLIPS]


def _sought(place: Spelled) -> Spelled:
    rows, column = place
    return rows.order_by().annotate(sought=F(column)), column


def _has(column: str, word: str) -> Q:
    """Too short a word has no trigram in the middle of another one: it must begin one."""
    if len(word) < 3:
        return Q(**{f"{column}__istartswith": word}) | Q(**{f"{column}__icontains": f" {word}"})
    return Q(**{f"{column}__icontains": word})
