"""What must be true before the first request: settings written, tables migrated, static files collected.

Both slow steps leave a fingerprint of what they worked on and are skipped while it is the same.
"""

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from run.environment import ROOT

APPS = ("crm", "deals", "handoff")
MANAGE = [sys.executable, str(ROOT / "manage.py")]


class PreparationError(RuntimeError):
    """A step failed; its output is on the screen."""


def secret_key(var: Path) -> str:
    """Give the installation's key, made at first start and kept in `var/secret-key` (mode 600)."""
    path = var / "secret-key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def write_settings(var: Path, settings: dict[str, str]) -> None:
    """Write `var/run.env`, which every `manage.py` command of this checkout reads."""
    write_private(var / "run.env", "".join(f"{name}={value}\n" for name, value in settings.items()))


def _fingerprint(paths: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256("\n".join(words).encode())
    for path in sorted(paths):
        digest.update(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


def migrations_fingerprint(*words: str) -> str:
    """Return a digest of all that decides what `migrate` makes of an empty database, and of `words` besides."""
    migrations = (path for app in APPS for path in (ROOT / app / "migrations").glob("*.py"))
    return _fingerprint([ROOT / "requirements.txt", *migrations], *words)


def _static_files() -> Iterable[Path]:
    files = [path for app in APPS for path in (ROOT / app / "static").rglob("*") if path.is_file()]
    return [ROOT / "requirements.txt", *files]


def prepare(var: Path, env: dict[str, str], database: str) -> None:
    """Migrate and collect, both at once, each only when something changed. Raises PreparationError.

    `database` names the database's identity; another one is migrated again.
    """
    steps = {
        "migrated": (["migrate", "--verbosity", "0"], migrations_fingerprint(database)),
        "collected": (["collectstatic", "--no-input", "--clear", "--verbosity", "0"], _fingerprint(_static_files())),
    }
    running = {}
    for name, (command, fingerprint) in steps.items():
        stamp = var / name
        if not stamp.exists() or stamp.read_text() != fingerprint:
            running[name] = subprocess.Popen([*MANAGE, *command], env=env, cwd=ROOT, stdin=subprocess.DEVNULL)
    for name, process in running.items():
        if process.wait():
            raise PreparationError(f"manage.py {steps[name][0][0]} failed.")
        (var / name).write_text(steps[name][1])
