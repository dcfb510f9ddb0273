"""What the whole database holds, in one comparable value: whether something changed, and in which tables."""

from collections.abc import Iterable

from django.db import connection

USED = "{last_used_at,last_seen_at}"
"""Columns that say when a key or a session was used last: they say that somebody was there, and nothing else."""


def rows_digest(*, without: Iterable[str] = ()) -> dict[str, tuple[int, str]]:
    """Return how many rows each table has, and a digest of them."""
    found: dict[str, tuple[int, str]] = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - set(without)):
            cursor.execute(
                f"SELECT count(*), md5(string_agg(md5((to_jsonb(t) - '{USED}'::text[])::text), '' ORDER BY t::text))"
                f' FROM "{table}" t'
            )
            found[table] = cursor.fetchone()
    return found


def changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """Return the tables that differ."""
    return [table for table in before if before[table] != after[table]]
