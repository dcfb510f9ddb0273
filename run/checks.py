"""`make check` and `make test`: one group after the other, all of them even when one fails, the time of each at the end."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from run.environment import ROOT

BIN = Path(sys.executable).parent
APPS = ["crm", "deals", "handoff"]
PYTEST = [sys.executable, "-m", "pytest", "-q"]
THOROUGH = "--hypothesis-profile=test"
NO_TESTS = 5  # pytest's exit code for an empty selection

LINT = [
    [str(BIN / "ruff"), "check", "--quiet", "."],
    [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    [str(BIN / "djlint"), "--lint", "--quiet", *APPS],
]
TYPES = [[str(BIN / "mypy"), *APPS, "run", "tests", "manage.py"]]
IMPORTS = [[str(BIN / "lint-imports"), "--no-logo"]]
FAST = [[*PYTEST, "-n", "2", "-m", "not slow and not browser"]]
SLOW = [[*PYTEST, "-n", "2", "-m", "slow and not browser and not alone"]]
ALONE = [[*PYTEST, "-n", "0", "-m", "alone"]]
BROWSER = [[*PYTEST, "-n", "2", "-m", "browser"]]

CHECK = {"lint": LINT, "types": TYPES, "imports": IMPORTS, "architecture and fast tests": FAST}
TEST = {
    **CHECK,
    "architecture and fast tests": [[*FAST[0], THOROUGH]],
    "slow tests": SLOW,
    "tests with the machine for themselves": ALONE,
    "browser tests": BROWSER,
}


def run_group(commands: list[list[str]]) -> bool:
    """Run the commands of one group; say whether all succeeded."""
    env = {"SECRET_KEY": "only-for-checks-" * 4} | os.environ
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # what is compiled once serves all groups
    codes = [subprocess.run(command, cwd=ROOT, env=env).returncode for command in commands]
    return all(code in (0, NO_TESTS) for code in codes)


def install_browser() -> None:
    """Install Debian's chromium where none is found and we may: as root, with apt."""
    from tests.browser import find_browser

    if find_browser() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing chromium for the browser tests …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], env=env, stdout=subprocess.DEVNULL)


def main() -> None:
    """Run the groups of `check` or `test`, print a table, exit with 1 when any failed."""
    groups = TEST if sys.argv[1:] == ["test"] else CHECK
    if groups is TEST:
        install_browser()
    results = []
    for name, commands in groups.items():
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        passed = run_group(commands)
        results.append((name, passed, time.monotonic() - start))
    print(
        "\n" + "\n".join(f"{seconds:7.1f} s  {'ok    ' if ok else 'FAILED'}  {name}" for name, ok, seconds in results)
    )
    print(f"{sum(seconds for *_rest, seconds in results):7.1f} s          together", flush=True)
    sys.exit(0 if all(ok for _name, ok, _seconds in results) else 1)


if __name__ == "__main__":
    main()
