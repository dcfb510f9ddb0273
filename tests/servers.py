"""The servers that tests run against: those named in the environment, else embedded ones for this session only."""

import os
import shutil
import subprocess
from pathlib import Path

from run.postgres import APP, OWNER, Postgres, data_folder, start_postgres
from run.preparation import migrations_fingerprint
from run.redis import Redis, start_redis

TEST_DATA = Path(__file__).resolve().parent.parent / "var" / "tests"
_FINGERPRINT = migrations_fingerprint()[:12]
TEMPLATE = f"test_template_{_FINGERPRINT}"
"""The database that is migrated once and copied for each process. Its name says of which migrations."""


def _remove_leftovers() -> None:
    """Remove the data of test sessions that were killed."""
    for folder in TEST_DATA.glob("postgres-*"):
        if not Path(f"/proc/{folder.name.removeprefix('postgres-')}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def stop_servers(servers: list[Postgres | Redis], *, keep: bool) -> None:
    """Stop them, newest first, and remove their data; `keep` those that have the migrated template, for the next session."""
    for server in reversed(servers):
        server.stop()
        if isinstance(server, Postgres):
            if keep and not _kept().exists():
                for older in _kept().parent.glob(_kept().name.replace(_FINGERPRINT, "*")):
                    shutil.rmtree(older, ignore_errors=True)
                server.home.rename(_kept())
            else:
                shutil.rmtree(server.home)


def _kept() -> Path:
    return data_folder(TEST_DATA / f"migrated-{_FINGERPRINT}")


def _start_postgres() -> Postgres:
    """Start a server on data of its own: a copy of what a session before kept, if it still fits."""
    home = TEST_DATA / f"postgres-{os.getpid()}"
    if _kept().exists():
        subprocess.run(["cp", "-a", _kept(), data_folder(home)], check=True)
    return start_postgres(home, durable=False)


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
        postgres = _start_postgres()
        os.environ["DATABASE_URL"] = postgres.url(APP)
        os.environ["DATABASE_OWNER_URL"] = postgres.url(OWNER)
        started.append(postgres)
    if "REDIS_URL" not in os.environ:
        redis = start_redis()
        os.environ["REDIS_URL"] = redis.url
        started.append(redis)
    return started
