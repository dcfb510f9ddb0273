"""Making the environment with a Python that lacks what Debian puts into packages of their own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from run.environment import INSTALL, ROOT

HIDE = """
from importlib.machinery import PathFinder

find = PathFinder.find_spec
PathFinder.find_spec = lambda name, path=None, target=None: None if name in {names!r} else find(name, path, target)
"""
MAKE = "from run.environment import hand_over; hand_over('requirements.txt', 'platform')"


def start(folder: Path, *missing: str) -> "subprocess.CompletedProcess[str]":
    """Make the environment of an empty project with a Python in which the modules `missing` are not installed."""
    shutil.copytree(ROOT / "run", folder / "run", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "requirements.txt").touch()
    (folder / "python").mkdir()
    (folder / "python" / "sitecustomize.py").write_text(HIDE.format(names=missing))
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder / "python")}
    return subprocess.run([sys.executable, "-c", MAKE], cwd=folder, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("missing", [("ensurepip", "pip"), ("venv",)])
def test_what_is_missing_is_named_with_what_brings_it(tmp_path: Path, missing: tuple[str, ...]) -> None:
    done = start(tmp_path, *missing)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(INSTALL)
    assert all(f"`{name}`" in done.stderr for name in missing)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.slow
def test_the_pip_of_the_machine_does_where_there_is_no_other(tmp_path: Path) -> None:
    done = start(tmp_path, "ensurepip")
    assert done.returncode == 0, done.stderr
    assert sys.platform.capitalize() in done.stdout  # `python -m platform`, in the environment
    assert not (tmp_path / ".venv" / "bin" / "pip").exists()


def test_an_environment_that_cannot_be_made_leaves_nothing_half_done(tmp_path: Path) -> None:
    (tmp_path / ".venv").touch()  # in the way
    done = start(tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(INSTALL)
    assert "Traceback" not in done.stderr
