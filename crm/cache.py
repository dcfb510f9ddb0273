"""The cache. What it holds may vanish at any time, so a Redis that is away is a cache that is empty."""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _or_nothing(operation: Callable[[], Any], nothing: Any) -> Any:
    """Run an operation; where Redis cannot be reached, say so in the log and give `nothing`."""
    try:
        return operation()
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)
        return nothing


class FailOpenRedisCache(RedisCache):
    """Redis, and an empty cache while Redis is away: rate limits fail open, requests go on."""

    def add(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).add(*args, **kwargs), True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:  # noqa: D102
        _or_nothing(lambda: super(FailOpenRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).delete(*args, **kwargs), False)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).has_key(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).get_many(*args, **kwargs), {})

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).set_many(data, *args, **kwargs), list(data))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:  # noqa: D102
        return _or_nothing(lambda: super(FailOpenRedisCache, self).incr(key, delta, version), delta)
