"""The environment in `.venv/`: made once, filled with the locked requirements, left alone while the lock is the same.

This module runs on the machine's own Python, before anything is installed: standard library only.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
NEEDED = (3, 11)
INSTALL = f"On Debian or Ubuntu: apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"


class EnvironmentProblem(RuntimeError):
    """The environment cannot be made; the text says what to install."""


def lock_hash(lock: Path) -> str:
    """Give a word that changes with the lock and with Python."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _make() -> list[str]:
    """Make an empty environment; give the start of a pip command for it. Raises EnvironmentProblem."""
    if not _has("venv"):
        raise EnvironmentProblem(f"This Python has no `venv`. {INSTALL}")
    if _has("ensurepip"):
        _make_with()
        return [str(PYTHON), "-m", "pip"]
    if _has("pip"):  # Debian's Python without python3-venv: the machine's pip fills the environment
        _make_with("--without-pip")
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    raise EnvironmentProblem(f"This Python has neither `ensurepip` nor `pip`. {INSTALL}")


def _make_with(*options: str) -> None:
    if subprocess.run([sys.executable, "-m", "venv", "--clear", *options, str(ENVIRONMENT)]).returncode:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        raise EnvironmentProblem(f"The environment could not be made; Python says why above. {INSTALL}")


def ensure_environment(lock: Path) -> Path:
    """Make `.venv/` hold exactly what `lock` names; give its Python. Raises EnvironmentProblem.

    A `.venv` that is a link belongs to somebody else and is used as it is.
    """
    if sys.version_info < NEEDED:
        version = ".".join(map(str, NEEDED))
        raise EnvironmentProblem(f"Python {version} or newer is needed, this is {sys.version.split()[0]}.")
    if ENVIRONMENT.is_symlink():
        return PYTHON
    stamp = ENVIRONMENT / "installed"
    wanted = f"{lock.name} {lock_hash(lock)}"
    if PYTHON.exists() and stamp.exists() and wanted in stamp.read_text().splitlines():
        return PYTHON
    print(f"Installing {lock.name} into {ENVIRONMENT.name}/ …", flush=True)
    pip = _make() if not (PYTHON.exists() and stamp.exists()) else [str(PYTHON), "-m", "pip"]
    if pip[0] == str(PYTHON) and not (ENVIRONMENT / "bin" / "pip").exists():
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    command = [
        *pip,
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "-r",
        str(lock),
    ]
    if subprocess.run(command).returncode:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        raise EnvironmentProblem("The packages could not be installed; pip says why above.")
    same_base = stamp.read_text().splitlines() if stamp.exists() and lock.name == "requirements-dev.txt" else []
    stamp.write_text("\n".join([*same_base, wanted]) + "\n")
    return PYTHON


def hand_over(lock_name: str, module: str, *arguments: str) -> None:
    """Continue as `python -m module` inside the environment; does not return."""
    try:
        python = ensure_environment(ROOT / lock_name)
    except EnvironmentProblem as problem:
        sys.exit(str(problem))
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", module, *arguments])
