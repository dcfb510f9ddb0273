"""The relay: gives committed events their feed positions, and keeps the workers awake.

Positions are given after commit by one process at a time, so a reader who has seen position n never misses a smaller one.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import connection, transaction

from crm.clock import now
from crm.events.deliver import deliver_owed
from crm.events.wake import CHANNEL, tell
from crm.events.webhook import owe_webhooks
from crm.models import Delivery, Event, FeedPosition

log = structlog.get_logger(__name__)

LOCK = 0x0C60_FEED
"""Key of the advisory lock that the one who gives positions holds."""
BATCH = 500
LONGEST_TRANSACTION = timedelta(hours=1)
"""An event is looked for among those made at most this long before the newest one that has a position."""
SWEEP_SECONDS = 1.0
"""How long an event waits at most when nobody could be woken."""


def give_positions(*, everywhere: bool = False) -> int:
    """Give positions to committed events that have none, oldest first, at most BATCH; return how many.

    Returns 0 as well while another process is at it. `everywhere` looks at all events instead of the recent ones.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone() != (True,):
                return 0
        waiting = Event.objects.filter(feed=None)
        newest = FeedPosition.objects.order_by("-position").values_list("event_id", flat=True).first()
        if newest and not everywhere:
            waiting = waiting.filter(pk__gte=_earlier(newest, LONGEST_TRANSACTION))
        ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
        FeedPosition.objects.bulk_create([FeedPosition(event_id=pk) for pk in ids])
        owe_webhooks(ids)
    return len(ids)


def _earlier(event_id: UUID, span: timedelta) -> UUID:
    """Give the smallest UUIDv7 made `span` before `event_id`: its first 48 bits are milliseconds (RFC 9562)."""
    milliseconds = (event_id.int >> 80) - int(span.total_seconds() * 1000)
    return UUID(int=max(milliseconds, 0) << 80)


def is_owed() -> bool:
    """Say whether a delivery is due."""
    return Delivery.objects.filter(done_at=None, dead_at=None, run_after__lte=now()).exists()


class Wakings:
    """Waits for what `crm.events.wake` says; a Redis that is away only makes the wait a full one."""

    def __init__(self) -> None:
        self._client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5)
        self._subscription: redis.client.PubSub | None = None

    def wait(self, seconds: float) -> None:
        """Return when something was committed, or after `seconds`."""
        try:
            if self._subscription is None:
                self._subscription = self._client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                self._subscription.subscribe(CHANNEL)
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0:
                if self._subscription.get_message(timeout=left):
                    self._drain()
                    return
        except (redis.RedisError, OSError) as error:
            log.info("relay_without_redis", error=type(error).__name__)
            self._subscription = None
            time.sleep(seconds)

    def _drain(self) -> None:
        """Take what else was said: one round of work answers all of it."""
        while self._subscription and self._subscription.get_message(timeout=0):
            pass


def run_relay(*, wake_workers: Callable[[], bool], stopped: Callable[[], bool]) -> None:
    """Give positions and wake workers until `stopped`. Where no worker can be woken, deliver here."""
    wakings = Wakings()
    while give_positions(everywhere=True) == BATCH:
        pass
    while not stopped():
        while give_positions():
            tell("positions")
        if is_owed() and not wake_workers():
            deliver_owed(seconds=SWEEP_SECONDS)
        wakings.wait(SWEEP_SECONDS)
