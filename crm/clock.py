"""The one clock. Everything that needs the present asks `now()`; tests stop it with `frozen()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stopped_at.get() or datetime.now(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at the aware instant `at` for the length of a block."""
    if at.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    token = _stopped_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)
