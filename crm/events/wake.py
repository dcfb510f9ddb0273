"""Waking the workers after a commit. Only a hint: what is owed stands in the database, and a sweep finds it anyway."""

import logging

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

CHANNEL = f"{settings.REDIS_PREFIX}wake"
PATIENCE = 0.1
"""Seconds a request waits for Redis at most."""

_pool = redis.ConnectionPool.from_url(
    settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
)


def wake() -> None:
    """Tell the relay that something was committed. A Redis that does not answer is logged and forgotten."""
    try:
        redis.Redis(connection_pool=_pool).publish(CHANNEL, b"1")
    except (redis.RedisError, OSError) as error:
        logger.info("Nobody was woken: %s", error)
