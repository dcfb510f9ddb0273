"""`make run`: starts the servers and processes, watches them, ends all of them when told to."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from run.children import die_with_parent, start_child, stop_child
from run.environment import ROOT
from run.postgres import APP, OWNER, Postgres, PostgresError, start_postgres
from run.preparation import PreparationError, prepare, secret_key, write_settings
from run.processes import Job, jobs
from run.redis import Redis, RedisError, start_redis


class Stop(Exception):
    """Somebody wants us to end."""


@dataclass
class Running:
    """A job and its process; `since` is a monotonic time in seconds."""

    job: Job
    process: "subprocess.Popen[bytes]"
    since: float
    ended: bool = False


@dataclass
class Supervisor:
    """Everything that was started, in order."""

    var: Path
    env: dict[str, str]
    host: str
    port: int
    servers: list[tuple[str, Postgres | Redis]] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
    shown_sign_in: bool = False

    def start_servers(self) -> str:
        """Start what the environment does not name; give words that identify the database."""
        identity = self.env.get("DATABASE_URL", "")
        if not identity:
            postgres = start_postgres(self.var / "postgres")
            self.servers.append(("PostgreSQL", postgres))
            self.env |= {"DATABASE_URL": postgres.url(APP), "DATABASE_OWNER_URL": postgres.url(OWNER)}
            identity = f"{postgres.home} {(postgres.home / 'roles-made').stat().st_mtime_ns}"
            if not postgres.home.is_relative_to(self.var):
                say(f"PostgreSQL's user cannot enter {self.var}; its data is in {postgres.home}")
        if "REDIS_URL" not in self.env:
            redis = start_redis(self.var / "redis")
            self.servers.append(("Redis", redis))
            self.env["REDIS_URL"] = redis.url
        return identity

    def start(self, job: Job) -> None:
        """Start a job's process; its output goes to its own file in `var/log/`."""
        folder = self.var / "log"
        folder.mkdir(exist_ok=True)
        process = start_child(job.command, env=self.env | job.env, log=folder / f"{job.name}.log", cwd=ROOT)
        self.running = [other for other in self.running if other.job is not job]
        self.running.append(Running(job, process, time.monotonic()))

    def wait_for_web(self, patience: float = 60) -> None:
        """Wait until the port answers. Raises PreparationError when the web process ends instead."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.running[0].process.poll() is not None:
                break
            with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
                if probe.connect_ex((_reachable(self.host), self.port)) == 0:
                    return
            time.sleep(0.05)
        tail = "".join((self.var / "log" / "web.log").read_text(errors="replace").splitlines(keepends=True)[-15:])
        raise PreparationError(f"The web process did not start:\n{tail}")

    def watch(self) -> None:
        """Keep jobs alive until we are told to stop; a server that ends takes everything with it."""
        while True:
            time.sleep(0.3)
            if _told_to_stop.is_set() or _make_was_interrupted():
                raise Stop
            for name, server in self.servers:
                if server.process.poll() is not None:
                    raise PreparationError(f"{name} ended by itself; see {self.var}")
            for item in list(self.running):
                self._look_at(item)
            self._show_sign_in()

    def _look_at(self, item: Running) -> None:
        code = item.process.poll()
        if code is None or item.ended:
            return
        if item.job.once:
            item.ended = True
            if code:
                say(f"{item.job.name} failed; see {self.var / 'log' / item.job.name}.log")
        elif time.monotonic() - item.since > 2:  # not more often than every two seconds
            say(f"{item.job.name} ended with code {code} and is started again")
            self.start(item.job)

    def _show_sign_in(self) -> None:
        path = self.var / "demo-sign-in.txt"
        if not self.shown_sign_in and path.exists():
            self.shown_sign_in = True
            say(f"Sign in as (kept in {path}):\n{path.read_text().rstrip()}")

    def stop(self) -> None:
        """End the jobs at once, then the servers, newest first."""
        for item in self.running:
            if item.process.poll() is None:
                item.process.terminate()
        end = time.monotonic() + 10  # asked together, so they share the time
        for item in self.running:
            stop_child(item.process, stop_signal=signal.SIGTERM, patience=max(0.1, end - time.monotonic()))
        for _name, server in reversed(self.servers):
            server.stop()


def say(text: str) -> None:
    """Print for the person at the terminal or the log that stands in for it."""
    print(text, flush=True)


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)


def named(host: str) -> str:
    """Give what people type for the host we listen on: for our own machine its name, since browsers keep passkeys for names."""
    own = {"127.0.0.1", "0.0.0.0", "::1", "::"}  # noqa: S104  (compared, not bound)
    return "localhost" if host in own else f"[{host}]" if ":" in host else host


def free_port(host: str, wanted: str | None) -> int:
    """Give the port to serve: the wanted one, or the first free one from 8000. Exits when the wanted one is taken."""
    for port in [int(wanted)] if wanted else range(8000, 8050):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    sys.exit(f"Port {wanted or '8000 to 8049'} is in use. Choose another one: PORT=8100 make run")


def _make_was_interrupted() -> bool:
    """Say whether the `make` that started us was sent SIGINT by itself: it then only waits for us (Linux).

    A make that handles the signal has it blocked; one that waits normally has not.
    """
    if "MAKELEVEL" not in os.environ or sys.platform != "linux":
        return False
    try:
        status = Path(f"/proc/{os.getppid()}/status").read_text()
    except OSError:
        return False
    blocked = re.search(r"^SigBlk:\s*([0-9a-f]+)", status, re.MULTILINE)
    name = re.search(r"^Name:\s*(\S+)", status, re.MULTILINE)
    is_make = bool(name and name.group(1) in {"make", "gmake"})
    return bool(is_make and blocked and int(blocked.group(1), 16) >> (signal.SIGINT - 1) & 1)


# An exception raised while Python prepares a fork is only reported, not raised: `watch` looks here besides.
_told_to_stop = threading.Event()


def _stop_on_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        _told_to_stop.set()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the orderly end
        raise Stop

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # started under nohup
        signal.signal(signal.SIGHUP, stop)


def _only_one(var: Path) -> IO[str]:
    """Hold a lock on `var/` for as long as we live. Exits when another run holds it."""
    lock = (var / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Common Ground already runs from {var}.")
    return lock


def main() -> None:
    """Start everything, say where it is, watch it, end it."""
    _stop_on_signals()
    if "MAKELEVEL" in os.environ and (follow := die_with_parent(os.getppid(), signal.SIGTERM)):
        follow()  # a killed make takes us, and so everything, with it
    var = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
    var.mkdir(parents=True, exist_ok=True)
    lock = _only_one(var)
    host = os.environ.get("HOST", "127.0.0.1")
    port = free_port(host, os.environ.get("PORT"))
    env = {"DEMO": "true"} | os.environ | {"PORT": str(port), "VAR_DIR": str(var)}
    env.setdefault("SECRET_KEY", secret_key(var))
    supervisor = Supervisor(var, env, host, port)
    code = 0
    try:
        _run(supervisor)
    except Stop:
        say("\nStopping …")
    except (PreparationError, PostgresError, RedisError) as error:
        say(str(error))
        code = 1
    finally:
        supervisor.stop()
        lock.close()
    sys.exit(code)


def _run(supervisor: Supervisor) -> None:
    database = supervisor.start_servers()
    kept = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "DEMO", "PORT", "SITE_URL")
    write_settings(supervisor.var, {name: supervisor.env[name] for name in kept if name in supervisor.env})
    prepare(supervisor.var, supervisor.env, database)
    all_jobs = jobs(supervisor.host, supervisor.port, supervisor.var, demo=supervisor.env["DEMO"].lower() in _YES)
    supervisor.start(all_jobs[0])
    supervisor.wait_for_web()
    address = f"http://{named(supervisor.host)}:{supervisor.port}"
    say(f"Common Ground is ready: {supervisor.env.get('SITE_URL', address)}/")
    for job in all_jobs[1:]:
        supervisor.start(job)
    supervisor.watch()


_YES = {"1", "true", "yes", "on"}

if __name__ == "__main__":
    main()
