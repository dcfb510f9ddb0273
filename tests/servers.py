"""The servers that tests run against: those named in the environment, else embedded ones for this session only."""

import os
import shutil
from pathlib import Path

from run.postgres import APP, OWNER, Postgres, start_postgres
from run.redis import Redis, start_redis

TEST_DATA = Path(__file__).resolve().parent.parent / "var" / "tests"


def _remove_leftovers() -> None:
    """Remove the data of test sessions that were killed."""
    for folder in TEST_DATA.glob("postgres-*"):
        if not Path(f"/proc/{folder.name.removeprefix('postgres-')}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def stop_servers(servers: list[Postgres | Redis]) -> None:
    """Stop them, newest first, and remove their data."""
    for server in reversed(servers):
        server.stop()
        if isinstance(server, Postgres):
            shutil.rmtree(server.home)


def start_servers() -> list[Postgres | Redis]:
    """Start what DATABASE_URL and REDIS_URL do not name, and name it there for this process and its children."""
    os.environ["VAR_DIR"] = str(TEST_DATA / "files")
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ["DATABASE_POOL"] = "0"
    (TEST_DATA / "files" / "static").mkdir(parents=True, exist_ok=True)
    _remove_leftovers()
    started: list[Postgres | Redis] = []
    if "DATABASE_URL" not in os.environ:
        postgres = start_postgres(TEST_DATA / f"postgres-{os.getpid()}", durable=False)
        os.environ["DATABASE_URL"] = postgres.url(APP)
        os.environ["DATABASE_OWNER_URL"] = postgres.url(OWNER)
        started.append(postgres)
    if "REDIS_URL" not in os.environ:
        redis = start_redis()
        os.environ["REDIS_URL"] = redis.url
        started.append(redis)
    return started
