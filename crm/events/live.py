"""Open pages: one hub in each web process hears what happened and passes it on to the streams that may know of it.

It hears by Redis, reads by itself from the database, once for all streams, and decides by `crm.rules.live`. What it did
not hear it finds in the feed, a few seconds later. Streams hold neither a connection nor a thread.
"""

import asyncio
import json
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from crm.events.stream import Stream, message, news
from crm.events.wake import CHANNEL, LIVE
from crm.queries.live import Ended, Told, events_after, events_by_id, newest_position, place_of, reread
from crm.rules.live import Happened, Reader, RoomReader

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

SWEEP, SWEEP_WITHOUT_REDIS = 5.0, 1.0
"""Seconds after which the feed is looked at though nothing was heard."""
RECHECK = 30.0
"""Seconds after which every reader is looked up again though nobody said that access changed: sessions end by themselves."""
ACCESS = ("participant.", "invitation.", "member.", "user.", "team.")
"""Types of events that may change who sees what."""
REPLAYED, TOLD_ONE_BY_ONE, BATCH = 200, 50, 500
"""More events than the first two are not told one by one: the page looks at everything again. Read are so many at once."""
STREAMS_OF_A_SESSION = 12
STARTING = 10.0
"""Seconds a stream waits at most for a hub that has only just been started."""
PASSED_ON = ("writing", "progress")
"""What pages are told though no event says it."""


@dataclass
class Heard:
    """What came by Redis since the last round."""

    ids: set[UUID] = field(default_factory=set)
    access: bool = False
    others: list[dict[str, str]] = field(default_factory=list)

    def add(self, channel: bytes, text: bytes) -> None:
        """Take one message. One of another release that is not understood is at least a reason to look at the feed."""
        if channel == CHANNEL.encode():
            with suppress(ValueError):
                self.ids.add(UUID(text.decode()))
            return
        facts = json.loads(text)
        if facts["kind"] == "access":
            self.access = True
        elif facts["kind"] in PASSED_ON:
            self.others.append(facts)


@dataclass(frozen=True)
class Opening:
    """What a stream that opens starts from."""

    standing: Reader | Ended
    missed: Sequence[Told] | None
    position: int


class Hub:
    """The streams of one web process. Everything but the reading from the database happens in its event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.position: int | None = None
        self._streams: set[Stream] = set()
        self._by_session: dict[Any, list[Stream]] = defaultdict(list)
        self._rounds = ThreadPoolExecutor(1, "live-rounds")
        self._openings = ThreadPoolExecutor(1, "live-openings")
        self._checked_at = self.loop.time()
        self.is_stopped = False
        self._listens = asyncio.Event()
        self._task = self.loop.create_task(self._run())
        self._task.add_done_callback(self._ran)

    async def open(self, stream: Stream, since: int | None) -> None:
        """Open a stream whose page knows the feed up to `since` (None: who can say). Close it whatever happens.

        Raises TimeoutError when there is nothing to listen to yet, and database errors.
        """
        await asyncio.wait_for(self._listens.wait(), STARTING)
        self._keep(stream)  # first, so that nothing falls between what is read now and what is heard next
        opening = await self._read(self._openings, partial(_opening, stream.reader, since))
        self._judge(stream, opening.standing)
        for told in opening.missed or ():
            if stream.reader.sees(told.happened):
                stream.send(news(told))
        stream.position = max(stream.position, opening.position)
        if opening.missed is None:
            stream.send(message("missed"))
        stream.send(message("open", opening.position))

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        self._streams.discard(stream)
        mine = self._by_session.get(stream.reader.session, [])
        if stream in mine:
            mine.remove(stream)
        if not mine:
            self._by_session.pop(stream.reader.session, None)

    def stop(self) -> None:
        """End all streams: the process ends, or what fed them did. Their pages come back by themselves."""
        self.is_stopped = True
        self.position = None
        self._task.cancel()
        for threads in (self._rounds, self._openings):
            threads.shutdown(wait=False)
        for stream in self._streams:
            stream.end()

    def _ran(self, task: "asyncio.Task[None]") -> None:
        """Let no stream wait for a hub that has failed: the next one to open starts another."""
        if not task.cancelled() and task.exception():
            log.error("live_failed", exc_info=task.exception())
        self.stop()

    def _keep(self, stream: Stream) -> None:
        mine = self._by_session[stream.reader.session]
        if len(mine) >= STREAMS_OF_A_SESSION:
            mine[0].end()
            self.close(mine[0])
        self._by_session[stream.reader.session].append(stream)
        self._streams.add(stream)

    async def _run(self) -> None:
        """Hear, read, tell, for as long as the process lives."""
        while True:
            try:
                async with _redis() as redis, redis.pubsub() as ears:
                    await ears.subscribe(CHANNEL, LIVE)
                    await self._round(Heard())
                    while True:
                        await self._round(await _hear(ears))
            except (RedisError, OSError) as error:
                log.info("live_without_redis", error=type(error).__name__)
                await self._round(Heard(access=True))
                await asyncio.sleep(SWEEP_WITHOUT_REDIS)

    async def _round(self, heard: Heard) -> None:
        """Read what happened and tell it. A database that is away is asked again in the next round."""
        try:
            if self.position is None:
                self.position = await self._read(self._rounds, newest_position)
                self._listens.set()
            if heard.access or self._is_time():
                await self._recheck()
            if heard.ids:
                await self._tell(await self._read(self._rounds, partial(events_by_id, heard.ids)))
            while followed := await self._read(self._rounds, partial(events_after, self.position or 0, BATCH)):
                await self._tell(followed)
                self.position = followed[-1].position
            for facts in heard.others:
                await self._pass_on(facts)
        except DatabaseError as error:
            log.warning("live_without_database", error=type(error).__name__)

    async def _tell(self, batch: Sequence[Told]) -> None:
        """Tell a batch, one by one or, when there are many, that there were many. First see who may still know."""
        if any(told.happened.type.startswith(ACCESS) for told in batch):
            await self._recheck()
        if len(batch) > TOLD_ONE_BY_ONE:
            missed = message("missed", batch[-1].position)
            for stream in self._streams:
                if any(stream.reader.sees(told.happened) for told in batch):
                    stream.send(missed)
            return
        for told in batch:
            chunk = news(told)
            for stream in self._streams:
                stream.tell(told, chunk)

    async def _pass_on(self, facts: dict[str, str]) -> None:
        """Pass on what no event says: that somebody writes in a section, or how far an import is."""
        kind, room = facts.pop("kind"), facts.get("room")
        place = await self._read(self._rounds, partial(place_of, UUID(room))) if room else None
        if room and place is None:
            return
        happened, chunk = Happened(kind, place, section=facts.get("section")), message(kind, None, **facts)
        for stream in self._streams:
            if stream.reader.sees(happened) and str(stream.reader.person) != facts.get("person"):
                stream.send(chunk)

    def _is_time(self) -> bool:
        return self.loop.time() - self._checked_at > RECHECK

    async def _recheck(self) -> None:
        """Look all readers up again; end the streams of those who may read no longer."""
        self._checked_at = self.loop.time()
        readers = {stream.reader.session: stream.reader for stream in self._streams}
        standing = await self._read(self._rounds, partial(reread, readers.values()))
        for stream in list(self._streams):
            if stream.reader.session in standing:
                self._judge(stream, standing[stream.reader.session])

    def _judge(self, stream: Stream, standing: Reader | Ended) -> None:
        """Go on with the reader as they are now, and say which rooms are no longer theirs; or end the stream."""
        if isinstance(standing, Ended):
            stream.end(standing.why)
            return
        if isinstance(standing, RoomReader) and isinstance(stream.reader, RoomReader):
            for room in stream.reader.grants.keys() - standing.grants.keys():
                stream.send(message("closed", why="revoked", room=room))
        stream.reader = standing

    async def _read(self, threads: ThreadPoolExecutor, read: Callable[[], Answer]) -> Answer:
        return await self.loop.run_in_executor(threads, _and_give_back, read)


def _and_give_back(read: Callable[[], Answer]) -> Answer:
    """Read from the database, and give the connection back at once."""
    try:
        return read()
    finally:
        connections.close_all()


def _opening(reader: Reader, since: int | None) -> Opening:
    position = newest_position()
    missed: list[Told] | None = None
    if since is not None and since <= position:
        missed = events_after(since, REPLAYED + 1)
    if missed is not None and len(missed) > REPLAYED:
        missed = None
    return Opening(reread([reader])[reader.session], missed, position)


def _redis() -> Redis:
    """Return a client that says at once when Redis is away: what it did not hear must be looked for in the feed."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, health_check_interval=15, retry=once)


async def _hear(ears: PubSub) -> Heard:
    """Wait for the first message, for SWEEP seconds at most, and take what else is there."""
    heard = Heard()
    patience = SWEEP
    while said := await ears.get_message(ignore_subscribe_messages=False, timeout=patience):
        if said["type"] == "message":
            heard.add(said["channel"], said["data"])
        patience = 0
    return heard


_hub: Hub | None = None
_is_on_watch = False


def hub() -> Hub:
    """Return the hub of this process (of this event loop), started when it is first asked for."""
    global _hub
    if _hub is None or _hub.is_stopped or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
        _end_with_the_process()
    return _hub


def known_position() -> int | None:
    """Return the position in the feed up to which this process knows everything, None when it does not listen."""
    return _hub.position if _hub and not _hub.is_stopped else None


def _end_with_the_process() -> None:
    """End the streams when the process is told to end: a server waits for open answers before it stops.

    Servers keep their own way of hearing signals; ours comes before it.
    """
    global _is_on_watch
    if _is_on_watch or threading.current_thread() is not threading.main_thread():
        return
    _is_on_watch = True
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def end(number: int, frame: FrameType | None, before: Any = before) -> None:
            if _hub and not _hub.is_stopped:
                _hub.loop.call_soon_threadsafe(_hub.stop)
            if callable(before):
                before(number, frame)

        signal.signal(number, end)
