"""The web process as production runs it, on the test's database: its own process, a small pool, as many workers as wanted."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Served:
    """A running server: where it listens, and its first process."""

    address: str
    process: "subprocess.Popen[bytes]"


def database_url() -> str:
    """Give DATABASE_URL with the name of the test's database."""
    address, _, query = settings.DATABASE_URL.partition("?")
    return f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}" + (f"?{query}" if query else "")


@contextmanager
def web_process(*options: str, pool: int = 4, redis_url: str = "") -> Iterator[Served]:
    """Start uvicorn as `make run` does, and end it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "DATABASE_ROLE": "app",
        "DATABASE_POOL": str(pool),
        "REDIS_URL": redis_url or settings.REDIS_URL,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "true",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "uvicorn", "crm.config.asgi:application", "--port", str(port), "--lifespan", "off"]
    command += ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        _wait_for(port, process)
        yield Served(f"http://127.0.0.1:{port}", process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", patience: float = 60) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The web process did not start.")
