"""The hub of one web process: it hears what happened and passes it on to the open pages that may know of it.

It hears by Redis, reads by itself from the database, once for all streams, and decides by `crm.rules.live`. What it did
not hear it finds in the feed, a few seconds later. Streams hold neither a connection nor a thread.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.db import connections
from redis import RedisError

from crm.events.hearing import Heard, connect, hear, listen
from crm.events.stream import Stream, message, news
from crm.queries.live import Ended, Told, events_after, events_by_id, newest_position, place_of, reread
from crm.rules.live import Happened, Reader, RoomReader

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

SWEEP, SWEEP_WITHOUT_REDIS = 5.0, 1.0
"""Seconds after which the feed is looked at though nothing was heard."""
RECHECK = 30.0
"""Seconds after which every reader is looked up again though nobody said that access changed: sessions end by themselves."""
ACCESS = ("participant.", "invitation.", "member.", "user.", "team.", "contact.")
"""Types of events that may change who sees what."""
REPLAYED, TOLD_ONE_BY_ONE, BATCH = 200, 50, 500
"""More events than the first two are not told one by one: the page looks at everything again. Read are so many at once."""
STREAMS_OF_A_SESSION = 12
STARTING = 10.0
"""Seconds a stream waits at most for a hub that has only just been started."""


@dataclass(frozen=True)
class Opening:
    """What a stream starts from: who reads, what was missed (None: too much to say), and the place in the feed then."""

    standing: Reader | Ended
    missed: Sequence[Told] | None
    position: int


class Hub:
    """The streams of one process. Everything but the reading from the database happens in its event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.position: int | None = None
        self.is_stopped = False
        self._streams: dict[Stream, None] = {}
        self._rounds = ThreadPoolExecutor(1, "live-rounds")
        self._openings = ThreadPoolExecutor(1, "live-openings")
        self._checks = 0
        self._checked_at = self.loop.time()
        self._listens = asyncio.Event()
        self._task = self.loop.create_task(self._run())
        self._task.add_done_callback(self._ran)

    async def open(self, stream: Stream, since: int | None) -> None:
        """Open a stream whose page knows the feed up to `since` (None: who can say). Whoever opens it closes it.

        Raises TimeoutError when there is nothing to listen to yet, and database errors.
        """
        await asyncio.wait_for(self._listens.wait(), STARTING)
        self._keep(stream)  # first, so that nothing falls between what is read now and what is heard next
        checks = -1
        while checks != self._checks:  # read again if all readers were looked up meanwhile: that knew more
            checks = self._checks
            opening = await self._read(self._openings, partial(_opening, stream.reader, since))
        self._judge(stream, opening.standing)
        for told in opening.missed or ():
            if stream.reader.sees(told.happened):
                stream.send(news(told))
        if opening.missed is None:
            stream.send(message("missed"))
        stream.send(message("open", position=opening.position))
        stream.position = max(stream.position, opening.position)

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        self._streams.pop(stream, None)

    def stop(self) -> None:
        """End all streams: the process ends, or what fed them did. Their pages come back by themselves."""
        self.is_stopped = True
        self.position = None
        self._task.cancel()
        for stream in self._streams:
            stream.end()

    def _ran(self, task: "asyncio.Task[None]") -> None:
        """Let no stream wait for a hub that has failed: the next one to open starts another."""
        if not task.cancelled() and task.exception():
            log.error("live_failed", exc_info=task.exception())
        self.stop()

    def _keep(self, stream: Stream) -> None:
        mine = [one for one in self._streams if one.reader.session == stream.reader.session]
        if len(mine) >= STREAMS_OF_A_SESSION:
            mine[0].end()
            self.close(mine[0])
        self._streams[stream] = None
        if self.is_stopped:
            stream.end()

    async def _run(self) -> None:
        """Hear, read, tell, for as long as the process lives."""
        while True:
            try:
                async with connect() as redis, redis.pubsub() as ears:
                    await listen(ears)
                    await self._round(Heard())
                    while True:
                        await self._round(await hear(ears, SWEEP))
            except (RedisError, OSError) as error:
                log.info("live_without_redis", error=type(error).__name__)
                await self._round(Heard(access=True))
                await asyncio.sleep(SWEEP_WITHOUT_REDIS)

    async def _round(self, heard: Heard) -> None:
        """Read what happened and tell it. A database that is away is asked again in the next round."""
        try:
            if heard.access or self.loop.time() - self._checked_at > RECHECK:
                await self._recheck()
            if heard.ids:
                await self._tell(await self._read(self._rounds, partial(events_by_id, heard.ids)))
            await self._follow_feed()
            for facts in heard.others:
                await self._pass_on(facts)
        except DatabaseError as error:
            self._checked_at = -RECHECK
            log.warning("live_without_database", error=type(error).__name__)

    async def _follow_feed(self) -> None:
        """Tell what has got its place in the feed since the last time."""
        if self.position is None:
            self.position = await self._read(self._rounds, newest_position)
            self._listens.set()
        while followed := await self._read(self._rounds, partial(events_after, self.position, BATCH)):
            await self._tell(followed)
            self.position = followed[-1].position or self.position

    async def _tell(self, batch: Sequence[Told]) -> None:
        """Tell a batch, one by one or, when there are many, that there were many. First see who may still know."""
        if any(told.happened.type.startswith(ACCESS) for told in batch):
            await self._recheck()
        if len(batch) > TOLD_ONE_BY_ONE:
            missed = message("missed", position=batch[-1].position)
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
        happened, chunk = Happened(kind, place, section=facts.get("section")), message(kind, facts)
        for stream in self._streams:
            if stream.reader.sees(happened) and str(stream.reader.person) != facts.get("person"):
                stream.send(chunk)

    async def _recheck(self) -> None:
        """Look all readers up again; end the streams of those who may read no longer."""
        self._checked_at = self.loop.time()
        readers = {stream.reader.session: stream.reader for stream in self._streams}
        standing = await self._read(self._rounds, partial(reread, readers.values()))
        self._checks += 1
        for stream in self._streams:
            if stream.reader.session in standing:
                self._judge(stream, standing[stream.reader.session])

    def _judge(self, stream: Stream, standing: Reader | Ended) -> None:
        """Go on with the reader as they are now, and say which rooms are no longer theirs; or end the stream."""
        if isinstance(standing, Ended):
            stream.end(standing.why)
            return
        if isinstance(standing, RoomReader) and isinstance(stream.reader, RoomReader):
            for room in stream.reader.grants.keys() - standing.grants.keys():
                stream.send(message("closed", {"why": "revoked", "room": room}))
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
