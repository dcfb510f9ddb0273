"""The one source of time. Everything that needs "now" asks here, so that a test can hold the clock still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


def today(time_zone: str = "UTC") -> date:
    """Return the calendar day it is now in `time_zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def own_time_zone() -> str:
    """Return the installation's time zone, for rooms and people that chose none."""
    return str(settings.TIME_ZONE)


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Hold the clock at `at` (aware) within the block, in this thread or task only."""
    if at.tzinfo is None:
        raise ValueError("The clock is held at an aware moment.")
    token = _held.set(at)
    try:
        yield at
    finally:
        _held.reset(token)
