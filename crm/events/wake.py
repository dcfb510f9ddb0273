"""Saying by Redis that something was committed. Only hints: what is owed stands in the database, and a sweep finds it anyway.

`CHANNEL` carries the ids of committed events: it wakes the relay and the open pages of every web process. `LIVE` is for open
pages alone, and carries ids as well: never what was written.
"""

import json
import logging
from uuid import UUID

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

CHANNEL = f"{settings.REDIS_PREFIX}wake"
LIVE = f"{settings.REDIS_PREFIX}live"
PATIENCE = 0.1
"""Seconds a request waits for Redis at most."""

_pool = redis.ConnectionPool.from_url(
    settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
)


def wake(event_id: UUID) -> None:
    """Tell the relay and open pages that an event was committed."""
    _publish(CHANNEL, str(event_id))


def tell(kind: str, **facts: str) -> None:
    """Tell every web process something that its open pages need and that no event says (`crm.events.live`)."""
    _publish(LIVE, json.dumps({"kind": kind, **facts}))


def _publish(channel: str, text: str) -> None:
    """Publish; a Redis that does not answer is logged and forgotten."""
    try:
        redis.Redis(connection_pool=_pool).publish(channel, text)
    except (redis.RedisError, OSError) as error:
        logger.info("Nobody was woken: %s", error)
