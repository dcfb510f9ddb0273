"""Five hundred open streams in one web process with four database connections: pages go on, and everybody is told at once.

Prints what it measured: `pytest -s -m slow tests/crm/events/test_live_load.py`.
"""

import asyncio
import re
import statistics
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from crm.clock import now
from crm.models import Contact, Participant, RoomSession, Side
from crm.secrets import new_token, token_hash
from tests.cast import Cast
from tests.crm.events.listening import write
from tests.crm.events.processes import Served, web_process

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.django_db(transaction=True)]

STREAMS, POOL = 500, 4


def guests(cast: Cast) -> list[str]:
    """Let STREAMS people into the room, each signed in; return the secrets of their sessions."""
    at, tokens = now(), [new_token() for _ in range(STREAMS)]
    contacts = [
        Contact(name=f"Guest {number}", email=f"guest{number}@halvorsen.example", created_at=at, updated_at=at)
        for number in range(STREAMS)
    ]
    Contact.objects.bulk_create(contacts)
    Participant.objects.bulk_create(
        Participant(
            room=cast.deal.room, contact=one, side=Side.BUYER, invited_by=cast.maya, invited_at=at, joined_at=at
        )
        for one in contacts
    )
    RoomSession.objects.bulk_create(
        RoomSession(
            contact=one, key_hash=token_hash(token), created_at=at, last_seen_at=at, fresh_at=at,
            expires_at=at + timedelta(days=1),
        )
        for one, token in zip(contacts, tokens, strict=True)
    )  # fmt: skip
    return tokens


class Process:
    """What the system knows of the web process."""

    def __init__(self, pid: int) -> None:
        self.folder = Path(f"/proc/{pid}")

    @property
    def memory(self) -> float:
        """Its proportional share of memory, in MB."""
        told = (self.folder / "smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+)", told, re.M).group(1)) / 1024

    @property
    def threads(self) -> int:
        return int(re.search(r"^Threads:\s+(\d+)", (self.folder / "status").read_text(), re.M).group(1))


def connections() -> int:
    """Count the connections of others to the test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


class Crowd:
    """Streams that are read side by side."""

    def __init__(self, site: str, tokens: list[str]) -> None:
        self.host, self.port = urlsplit(site).hostname, urlsplit(site).port
        self.tokens = tokens
        self.readers: list[asyncio.StreamReader] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def come(self) -> None:
        """Open all streams, some at a time, and wait until each has been told that it is open."""
        gate = asyncio.Semaphore(20)

        async def open_one(token: str) -> None:
            async with gate:
                reader, writer = await asyncio.open_connection(self.host, self.port)
                request = f"GET /room/live/ HTTP/1.1\r\nHost: {self.host}\r\nCookie: {settings.ROOM_COOKIE_NAME}={token}\r\n\r\n"
                writer.write(request.encode())
                await asyncio.wait_for(reader.readuntil(b"event: open\n"), 60)
                self.readers.append(reader)
                self.writers.append(writer)

        await asyncio.gather(*map(open_one, self.tokens))

    async def hear_of(self, subject: Callable[[], UUID]) -> list[float]:
        """Do something that is told, and return after how many seconds each stream told it."""
        loop = asyncio.get_running_loop()
        row: asyncio.Future[UUID] = loop.run_in_executor(None, subject)
        needle = f'"subject":"{await row}"'.encode()
        start = loop.time()

        async def hear(reader: asyncio.StreamReader) -> float:
            await asyncio.wait_for(reader.readuntil(needle), 60)
            return loop.time() - start

        return sorted(await asyncio.gather(*map(hear, self.readers)))

    def go(self) -> None:
        for writer in self.writers:
            writer.close()


def news(cast: Cast) -> UUID:
    """Write something, from a thread that keeps no connection."""
    try:
        return write(cast, "News.").pk
    finally:
        connection.close()


def page_times(web: Served, cast: Cast, token: str, count: int = 15) -> list[float]:
    """Ask for a page of the room again and again; return the seconds each time took."""
    address = f"{web.address}/room/{cast.deal.room_id}/deals/{cast.deal.pk}/problem/"
    request = urllib.request.Request(address, headers={"Cookie": f"{settings.ROOM_COOKIE_NAME}={token}"})
    times = []
    for _ in range(count):
        start = time.monotonic()
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200
            answer.read()
        times.append(time.monotonic() - start)
    return times


def test_five_hundred_streams_and_four_connections(empty_redis) -> None:
    cast = Cast()
    cast.write_problem()
    tokens = guests(cast)
    with web_process(pool=POOL) as web:
        process = Process(web.process.pid)
        page_times(web, cast, tokens[0])
        alone = statistics.median(page_times(web, cast, tokens[0]))
        memory, threads = process.memory, process.threads
        crowd = Crowd(web.address, tokens)
        connection.close()  # what is counted below is the web process's

        async def walk() -> list[list[float]]:
            await crowd.come()
            return [await crowd.hear_of(lambda: news(cast)) for _ in range(5)]

        async def all_of_it() -> None:
            heard = await walk()
            await asyncio.to_thread(measure, heard)
            crowd.go()

        def measure(heard: list[list[float]]) -> None:
            time.sleep(1)
            held, share = connections(), (process.memory - memory) * 1024 / STREAMS
            together = statistics.median(page_times(web, cast, tokens[0]))
            all_times = sorted(time for times in heard for time in times)
            p95 = all_times[int(len(all_times) * 0.95)]
            print(  # noqa: T201
                f"\n{STREAMS} streams, pool of {POOL}: {held} connections, {process.threads - threads} more threads,"
                f" {share:.0f} KB each, told after {p95 * 1000:.0f} ms (p95), a page {together * 1000:.0f} ms"
                f" (alone {alone * 1000:.0f} ms), process {process.memory:.0f} MB"
            )
            assert held <= POOL
            assert process.threads - threads < 30
            assert share < 150
            assert together < alone * 2 + 0.05
            assert p95 < max(1.0, 10 * alone), "a page's time says how busy the machine is"

        asyncio.run(all_of_it())
