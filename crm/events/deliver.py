"""Deliveries: each event to each consumer at least once, whatever dies in between.

A claim is a row lock: it ends with the worker that held it, and the row is then somebody else's.
"""

import time
from datetime import timedelta

import structlog
from django.db import transaction

from crm.clock import now
from crm.models import Delivery
from crm.registry import consume

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=6)


def deliver_owed(*, seconds: float = 30, limit: int = 1000) -> int:
    """Deliver what is due, oldest first, for about `seconds`; return how many were tried."""
    end = time.monotonic() + seconds
    tried = 0
    while tried < limit and time.monotonic() < end and deliver_next():
        tried += 1
    return tried


@transaction.atomic
def deliver_next() -> bool:
    """Claim one due delivery that nobody holds and hand its event to its consumer; False when there is none.

    What the consumer writes is kept together with `done_at`. When it fails, nothing of it stays, and it is tried again later.
    """
    due = Delivery.objects.filter(done_at=None, dead_at=None, run_after__lte=now()).order_by("run_after", "pk")
    delivery = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if delivery is None:
        return False
    delivery.attempts += 1
    try:
        with transaction.atomic():
            consume(delivery.consumer, delivery.event, delivery.to)
        delivery.done_at, delivery.last_error = now(), ""
    except Exception as error:  # noqa: BLE001  (whatever a consumer raises is its delivery's fault, and is kept)
        _note_failure(delivery, error)
    delivery.save(update_fields=["attempts", "done_at", "dead_at", "run_after", "last_error"])
    return True


def _note_failure(delivery: Delivery, error: Exception) -> None:
    """Set when to try again, longer each time; give up after MOST_ATTEMPTS."""
    delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
    delivery.run_after = now() + pause_after(delivery.attempts)
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.dead_at = now()
    log.warning(
        "delivery_failed",
        delivery=delivery.pk,
        consumer=delivery.consumer,
        attempts=delivery.attempts,
        dead=delivery.dead_at is not None,
        exc_info=error,
    )


def pause_after(attempts: int) -> timedelta:
    """Return the pause before the next try: 5 s, doubled with each attempt, 6 h at most."""
    return min(FIRST_PAUSE * int(2 ** (attempts - 1)), LONGEST_PAUSE)
