"""`make run` as a whole: ready, in its own data folder, and nothing left behind however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from run.supervisor import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


def _heed_interrupts() -> None:
    """Undo what a shell does to a job in the background, whose children ignore Ctrl-C: a test may be such a child."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """One `make run` with its own data."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port("127.0.0.1", None)
        passed_on = {name: value for name, value in os.environ.items() if name in {"HOME", "PATH", "LANG"}}
        env = passed_on | {"VAR_DIR": str(var), "PORT": str(self.port), "DEMO": "false", "PYTHONUNBUFFERED": "1"}
        env |= {"EMAIL_URL": "smtp://127.0.0.1:1"}
        self.make = subprocess.Popen(
            ["make", "run", f"PYTHON={sys.executable}"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_heed_interrupts,
        )
        self.output = ""

    def wait_until_ready(self) -> None:
        assert self.make.stdout
        for line in self.make.stdout:
            self.output += line
            if "is ready" in line:
                return
        pytest.fail(self.output)

    def processes(self) -> list[int]:
        """Whatever runs with this run's data folder in its environment or on its command line."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if str(self.var).encode() in told and state != "Z" and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        return found

    def wait_until_make_ends(self, patience: float = 25) -> None:
        """Wait for make; when it stays, fail with what else is still there, and what it does."""
        try:
            self.make.wait(patience)
        except subprocess.TimeoutExpired:
            pytest.fail("\n".join([self.output, *map(_doing, self.processes())]))

    def wait_until_gone(self, patience: float = 25) -> list[int]:
        end = time.monotonic() + patience
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.2)
        return left


def _doing(pid: int) -> str:
    told = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    states = ("State", "SigBlk", "SigIgn", "SigPnd", "ShdPnd")
    status = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(states)]
    return f"{pid} {told} in {Path(f'/proc/{pid}/wchan').read_text()}: {', '.join(status)}"


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: each run but the first finds what the one before left, however it ended."""
    return tmp_path_factory.mktemp("run") / "var"


@pytest.fixture
def run(var: Path) -> Iterator[Run]:
    started = Run(var)
    yield started
    for pid in started.processes():
        os.kill(pid, signal.SIGKILL)
    started.make.communicate()


def _status(port: int, host: str = "127.0.0.1") -> int:
    with urllib.request.urlopen(f"http://{host}:{port}/accounts/login/", timeout=10) as answer:
        return int(answer.status)


def test_it_serves_and_sigint_to_make_alone_ends_everything(run: Run) -> None:
    run.wait_until_ready()
    assert f"http://localhost:{run.port}/" in run.output, "a name, since browsers keep passkeys for names"
    assert _status(run.port) == _status(run.port, "localhost") == 200
    assert oct((run.var / "run.env").stat().st_mode)[-3:] == "600"
    assert len(run.processes()) >= 6
    run.make.send_signal(signal.SIGINT)
    run.wait_until_make_ends()
    assert run.wait_until_gone() == []


@pytest.mark.parametrize("victim", ["make", "supervisor"])
def test_kill_leaves_nothing_behind(run: Run, victim: str) -> None:
    run.wait_until_ready()
    children = Path(f"/proc/{run.make.pid}/task/{run.make.pid}/children").read_text().split()
    os.kill(run.make.pid if victim == "make" else int(children[0]), signal.SIGKILL)
    run.wait_until_make_ends(10)
    assert run.wait_until_gone() == []


def test_a_second_run_says_that_the_first_is_there(run: Run) -> None:
    run.wait_until_ready()
    second = Run(run.var)
    output, _ = second.make.communicate(timeout=60)
    assert re.search(r"already runs from", output)
    assert second.make.returncode
