"""The test database: made, migrated and emptied by the owner's role, used by the application's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from crm.config import settings as project

_SEED = "seed_rows"
_ROLE_KEYS = ("USER", "PASSWORD")


def use_role(role: dict[str, Any]) -> None:
    """Let the next statement connect with the user and password of `role`."""
    connection.close()
    connection.settings_dict.update({key: role[key] for key in _ROLE_KEYS})


def use_owner() -> None:
    """Connect as the role that owns the tables."""
    use_role(_role(project.DATABASE_OWNER_URL))


def use_app() -> None:
    """Connect as the role that the application runs as."""
    use_role(_role(project.DATABASE_URL))


def _role(url: str) -> dict[str, Any]:
    return project.env.db_url_config(url)  # type: ignore[no-any-return]


@contextmanager
def as_owner() -> Iterator[None]:
    """Run the block as the owner's role, for what the application may not do."""
    use_owner()
    try:
        yield
    finally:
        use_app()


def keep_seed_rows() -> None:
    """Copy the rows that migrations made, as the owner, so that `reset` can bring them back."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_SEED} CASCADE")
        cursor.execute(f"CREATE SCHEMA {_SEED}")
        for table in _tables():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone() == (True,):
                cursor.execute(f'CREATE TABLE {_SEED}."{table}" AS TABLE "{table}"')


def reset() -> None:
    """Empty all tables and bring the migrations' rows back."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        names = ", ".join(f'"{table}"' for table in _tables())
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [_SEED])
        for (table,) in cursor.fetchall():
            columns = _plain_columns(cursor, table)
            cursor.execute(
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
                f' SELECT {columns} FROM {_SEED}."{table}"'
            )
            _restart_identity(cursor, table)


def _tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name != "django_migrations"]


def _plain_columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


def _restart_identity(cursor: Any, table: str) -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'YES'",
        [table],
    )
    for (column,) in cursor.fetchall():
        cursor.execute(
            f'SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT max("{column}") FROM public."{table}"))',
            [f'public."{table}"', column],
        )
