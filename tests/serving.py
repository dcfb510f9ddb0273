"""The application behind its real server, in a thread of the tests, and somebody who listens to one of its streams."""

import http.client
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

from crm.events import live


@contextmanager
def serving() -> Iterator[str]:
    """Serve the application on a free port, on the test's database; give its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    application = ASGIStaticFilesHandler(get_asgi_application())
    config = uvicorn.Config(application, lifespan="off", log_level="error", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        live.end()
        server.should_exit = True
        thread.join()


@dataclass
class Message:
    """One message of a stream."""

    kind: str = ""
    id: str = ""
    data: Any = None


class Listener:
    """Reads one stream in a thread of its own."""

    def __init__(self, site: str, path: str, cookies: dict[str, str], since: int | None = None) -> None:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if since is not None:
            headers["Last-Event-ID"] = str(since)
        self._connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=60)
        self._connection.request("GET", path, headers=headers)
        self.answer = self._connection.getresponse()
        self.status = self.answer.status
        self.text = ""
        self.last_id = ""
        self.ended = threading.Event()
        self._messages: queue.Queue[Message] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        message = Message()
        try:
            while line := self.answer.readline().decode():
                self.text += line
                name, _colon, value = line.rstrip("\n").partition(": ")
                match name:
                    case "id":
                        message.id = self.last_id = value
                    case "event":
                        message.kind = value
                    case "data":
                        message.data = json.loads(value)
                    case "" if message.kind:
                        self._messages.put(message)
                        message = Message()
        except (OSError, AttributeError, ValueError, http.client.HTTPException):
            pass  # closed by `leave`
        finally:
            self.ended.set()

    def next(self, kind: str, patience: float = 10) -> Message:
        """Wait for the next message of a kind; others are left behind."""
        end = time.monotonic() + patience
        while True:
            found = self._messages.get(timeout=max(0.01, end - time.monotonic()))
            if found.kind == kind:
                return found

    def is_open(self) -> "Listener":
        """Wait until the server has said that it listens."""
        self.next("open")
        return self

    def nothing(self, kind: str, during: float = 0.5) -> bool:
        """Say that no message of a kind comes for a while."""
        try:
            self.next(kind, during)
        except queue.Empty:
            return True
        return False

    def leave(self) -> None:
        """Go away, as a closed browser does."""
        if self.answer.fp:
            sock = self._connection.sock
            if sock:
                sock.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        self._thread.join(5)
