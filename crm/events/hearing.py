"""What a web process hears by Redis for its open pages (said by `crm.events.wake`)."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from crm.events.wake import CHANNEL, LIVE

PASSED_ON = ("writing", "progress")
"""What pages are told though no event says it."""
AT_ONCE = 500
"""Messages that are taken together at most."""


@dataclass
class Heard:
    """What came since the last time: ids of committed events, that access changed, and what is passed on as it is."""

    ids: set[UUID] = field(default_factory=set)
    access: bool = False
    others: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, channel: bytes, text: bytes) -> None:
        """Take one message. One that is not understood comes from another release; the feed says what it was about."""
        self.count += 1
        with suppress(ValueError, KeyError):
            if channel == CHANNEL.encode():
                self.ids.add(UUID(text.decode()))
                return
            facts = json.loads(text)
            self.access = self.access or facts["kind"] == "access"
            if facts["kind"] in PASSED_ON:
                self.others.append(facts)


def connect() -> Redis:
    """Return a client that says at once when Redis is away: what was not heard must be looked for in the feed."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, health_check_interval=15, retry=once)


async def listen(ears: PubSub) -> None:
    """Begin to hear."""
    await ears.subscribe(CHANNEL, LIVE)


async def hear(ears: PubSub, seconds: float) -> Heard:
    """Wait for a message, for some seconds at most, and take what else is there. Raises RedisError, OSError."""
    heard = Heard()
    while heard.count < AT_ONCE and (said := await ears.get_message(timeout=seconds)):
        if said["type"] == "message":
            heard.add(said["channel"], said["data"])
        seconds = 0
    return heard
