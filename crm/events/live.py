"""Open pages: the one hub of this process, started with the first stream, ended with the process."""

import asyncio
import signal
import threading
from types import FrameType
from typing import Any

from crm.events.hub import Hub

_hub: Hub | None = None
_is_on_watch = False


def hub() -> Hub:
    """Return the hub of this process (of this event loop), started when it is first asked for."""
    global _hub
    if _hub is None or _hub.is_stopped or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
        _watch()
    return _hub


def known_position() -> int | None:
    """Return the place in the feed up to which this process has passed everything on, None when it does not listen."""
    return _hub.position if _hub else None


def end() -> None:
    """End all streams, from any thread. Does nothing where none was ever opened."""
    if _hub and not _hub.is_stopped:
        _hub.loop.call_soon_threadsafe(_hub.stop)


def _watch() -> None:
    """End the streams when the process is told to end: a server waits for open answers before it stops.

    Servers keep their own way of hearing signals; ours comes before it.
    """
    global _is_on_watch
    if _is_on_watch or threading.current_thread() is not threading.main_thread():
        return
    _is_on_watch = True
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def told(number: int, frame: FrameType | None, before: Any = before) -> None:
            end()
            if callable(before):
                before(number, frame)

        signal.signal(number, told)
