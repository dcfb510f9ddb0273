"""The test database: made, migrated and emptied by the owner's role, used by the application's role.

The process that starts the tests migrates a template while they load, and each process that runs tests copies it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from crm.config import settings as project
from tests.servers import TEMPLATE

_MAKING = 20_260_401
"""The advisory lock that is held while the template is made; who wants a copy waits for it."""
_SEED = "seed_rows"
_ROLE_KEYS = ("USER", "PASSWORD")


def _server() -> "psycopg.Connection[Any]":
    return psycopg.connect(project.DATABASE_OWNER_URL, dbname="postgres", autocommit=True)


def _drop(server: "psycopg.Connection[Any]", name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _exists(server: "psycopg.Connection[Any]", name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def has_template() -> bool:
    """Say whether the template is there, which it only ever is whole."""
    with _server() as server:
        return _exists(server, TEMPLATE)


def start_template(blocker: Any) -> Thread:
    """Begin to make the template in a thread, which lasts until it is there, or has failed. `blocker` is pytest-django's."""
    making = _server()
    making.execute("SELECT pg_advisory_lock(%s)", [_MAKING])

    def make() -> None:
        try:
            with blocker.unblock():
                _make_template(making)
        finally:
            making.close()  # and with it the lock

    thread = Thread(target=make, name="template")
    thread.start()
    return thread


def _make_template(server: "psycopg.Connection[Any]") -> None:
    """Make and migrate the template under another name, and call it so at the end."""
    if _exists(server, TEMPLATE):
        return
    unfinished = f"{TEMPLATE}_unfinished"
    connection.settings_dict["TEST"]["NAME"] = unfinished
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    _keep_seed_rows()
    connection.close()
    server.execute(f"ALTER DATABASE {unfinished} RENAME TO {TEMPLATE}")


def drop_template() -> None:
    """Drop the template, once nobody makes it any more."""
    with _server() as server:
        _drop(server, TEMPLATE)


def open_database(worker: str) -> None:
    """Copy the template for this process, and connect to the copy as the application. `worker` names the process."""
    name = f"test_{worker}"
    with _server() as server:
        server.execute("SELECT pg_advisory_lock_shared(%s)", [_MAKING])
        _drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, TEMPLATE))))
    connection.close()
    connection.settings_dict["NAME"] = name
    use_app()


def close_database() -> None:
    """Drop this process's own database. Threads of a test may still hold connections, which only their own role may end."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(project.DATABASE_URL, dbname="postgres", autocommit=True) as ours:
        ours.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )
    with _server() as server:
        _drop(server, name)


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


def _keep_seed_rows() -> None:
    """Copy the rows that migrations made, as the owner, so that `reset` can bring them back."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_SEED} CASCADE")
        cursor.execute(f"CREATE SCHEMA {_SEED}")
        for table in _tables():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone() == (True,):
                cursor.execute(f'CREATE TABLE {_SEED}."{table}" AS TABLE "{table}"')


def reset() -> None:
    """Empty all tables and bring the migrations' rows back. Rows are deleted: to truncate 70 tables takes half a second."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        for table in _filled(cursor):
            cursor.execute(f'DELETE FROM "{table}"')  # in any order, as foreign keys are checked at the end
            _restart_identity(cursor, table)
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [_SEED])
        for (table,) in cursor.fetchall():
            columns = _plain_columns(cursor, table)
            cursor.execute(
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
                f' SELECT {columns} FROM {_SEED}."{table}"'
            )
            _restart_identity(cursor, table)


def _filled(cursor: Any) -> list[str]:
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in _tables())
    )
    return [table for (table,) in cursor.fetchall()]


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
    """Let the next number of the table's identity column follow the highest there is."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'YES'",
        [table],
    )
    for (column,) in cursor.fetchall():
        cursor.execute(
            f'SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max("{column}") + 1, 1), false)'
            f' FROM public."{table}"',
            [f'public."{table}"', column],
        )
