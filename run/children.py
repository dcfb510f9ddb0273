"""Child processes that never outlive us: stopped with us and, on Linux, killed by the kernel when we vanish."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_SOCKET_FOLDER = 80
"""Characters: the system allows 107 bytes for a socket's folder and name together."""
_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, death_signal: int) -> Callable[[], None] | None:
    """Give what asks the kernel for a signal at the parent's death; None where the kernel cannot (not Linux)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def _before_start(parent: int, death_signal: int) -> Callable[[], None]:
    follow = die_with_parent(parent, death_signal)

    def prepare() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):  # ignored in a shell's background job, and while we are stopping
            signal.signal(number, signal.SIG_DFL)
        if follow:
            follow()

    return prepare


@dataclass(frozen=True)
class Identity:
    """The system user that a child runs as; None keeps ours."""

    uid: int | None = None
    gid: int | None = None

    def popen_arguments(self) -> dict[str, Any]:
        """Give what `subprocess` needs to become this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, test: str, path: Path) -> bool:
        """Say whether this user passes a `test` (-x, -r, -w) on a path, folders above included."""
        return subprocess.run(["test", test, str(path)], cwd="/", **self.popen_arguments()).returncode == 0


def start_child(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    identity: Identity | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own (Ctrl-C reaches only us), output into `log` when given.

    Call it from the main thread: the kernel's signal comes when the *thread* that started the child ends.
    """
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_before_start(os.getpid(), stop_signal),
            **(identity or Identity()).popen_arguments(),
        )
    finally:
        if output:
            output.close()


def stop_child(child: "subprocess.Popen[bytes]", *, stop_signal: signal.Signals, patience: float) -> None:
    """Ask a child to end; after `patience` seconds end it and whatever it started."""
    if child.poll() is not None:
        return
    child.send_signal(stop_signal)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
