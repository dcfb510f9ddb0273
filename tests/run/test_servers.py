"""The embedded servers: they start, keep their data, and end with whoever started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from run.postgres import APP, OWNER, start_postgres
from run.redis import start_redis

ROOT = Path(__file__).resolve().parents[2]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def _wait_until_gone(pids: list[int], patience: float = 15) -> list[int]:
    end = time.monotonic() + patience
    while time.monotonic() < end and any(map(_alive, pids)):
        time.sleep(0.05)
    return [pid for pid in pids if _alive(pid)]


@pytest.mark.slow
def test_postgres_keeps_data_and_gives_two_roles(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "pg", durable=False)
    with psycopg.connect(server.url(OWNER)) as owner:
        owner.execute("CREATE TABLE kept (word text)")
        owner.execute("CREATE TABLE ledger_like (word text)")
        owner.execute(f"REVOKE UPDATE, DELETE ON ledger_like FROM {APP}")
    with psycopg.connect(server.url(APP)) as app:
        app.execute("INSERT INTO kept VALUES ('yes')")
        app.execute("INSERT INTO ledger_like VALUES ('yes')")
    server.stop()
    assert server.process.poll() == 0

    again = start_postgres(tmp_path / "pg", durable=False)
    try:
        with psycopg.connect(again.url(APP)) as app:
            assert app.execute("SELECT word FROM kept").fetchall() == [("yes",)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("DELETE FROM ledger_like")
        with psycopg.connect(again.url(APP)) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE not_mine (word text)")
    finally:
        again.stop()


def test_redis_answers_and_ends() -> None:
    server = start_redis()
    with redis.Redis.from_url(server.url) as client:
        assert client.ping()
    server.stop()
    assert server.process.poll() is not None
    assert not server.socket_path.parent.exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_servers_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        " from run.postgres import start_postgres; from run.redis import start_redis;"
        "p = start_postgres(Path(sys.argv[1]), durable=False); r = start_redis();"
        "print(p.process.pid, r.process.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "pg")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    pids = [int(word) for word in starter.stdout.readline().split()]
    assert all(map(_alive, pids))
    os.kill(starter.pid, signal.SIGKILL)
    starter.communicate()
    assert _wait_until_gone(pids) == []

    again = start_postgres(tmp_path / "pg", durable=False)
    again.stop()
