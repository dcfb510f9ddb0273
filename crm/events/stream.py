"""One open stream: what waits to be sent on it, in the words of server-sent events (the HTML standard, 9.2).

An event's `id` is its position in the feed. One that was told before it has a position carries none, and comes again with
it; a page keeps the ids it knows.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID

from crm.queries.live import Told
from crm.rules.live import Reader

BEAT = 20.0
"""Seconds of silence after which a stream says that it is still there."""
MOST_WAITING = 200
"""Messages kept for a browser that does not take them; after that its stream ends, and it comes back for the rest."""


def message(kind: str, data: Mapping[str, Any] | None = None, *, position: int | None = None) -> bytes:
    """Return one message; `position` becomes its id."""
    head = f"id: {position}\n" if position is not None else ""
    body = json.dumps(data or {}, separators=(",", ":"), default=str)
    return f"{head}event: {kind}\ndata: {body}\n\n".encode()


def news(told: Told) -> bytes:
    """Return what a page is told of an event: ids and its type, nothing else."""
    happened = told.happened
    facts: dict[str, UUID | str | None] = {
        "id": told.id,
        "type": happened.type,
        "room": happened.place.room if happened.place else None,
        "subject": told.subject,
        "section": happened.section,
        "by": told.by,
    }
    return message("change", {name: value for name, value in facts.items() if value}, position=told.position)


class Stream:
    """What waits for one open page. `position` is the place in the feed up to which it has been told."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.position = 0
        self.is_over = False
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, chunk: bytes) -> None:
        """Let a message wait for its turn; end the stream when too many do."""
        if self.is_over:
            return
        if self._waiting.qsize() >= MOST_WAITING:
            self.end()
        else:
            self._waiting.put_nowait(chunk)

    def tell(self, told: Told, chunk: bytes) -> None:
        """Send news of an event if this reader may know of it and was not told with its position before."""
        if told.position is not None:
            if told.position <= self.position:
                return
            self.position = told.position
        if self.reader.sees(told.happened):
            self.send(chunk)

    def end(self, why: str = "") -> None:
        """End it, with the reason where the page has to say one. Without, the page comes back by itself."""
        if self.is_over:
            return
        self.is_over = True
        if why:
            self._waiting.put_nowait(message("closed", {"why": why}))
        self._waiting.put_nowait(None)

    async def chunks(self, position: Callable[[], int]) -> AsyncIterator[bytes]:
        """Give what is to be sent, until the end; in silence a beat with the newest `position` that was passed on."""
        while True:
            try:
                async with asyncio.timeout(BEAT):
                    chunk = await self._waiting.get()
            except TimeoutError:
                chunk = f"id: {max(position(), self.position)}\n:\n\n".encode()
            if chunk is None:
                return
            yield chunk
