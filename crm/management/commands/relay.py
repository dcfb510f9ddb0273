"""`manage.py relay`: the process that gives events their feed positions and wakes the workers."""

import signal
from threading import Event
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from kombu.exceptions import OperationalError

from crm.config.celery import app
from crm.events.relay import run_relay

log = structlog.get_logger(__name__)


def wake_workers() -> bool:
    """Ask for one round of deliveries; False when the queue is away."""
    try:
        app.send_task("crm.tasks.deliver_owed", expires=5)
    except OperationalError as error:
        log.info("queue_away", error=str(error))
        return False
    return True


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "Give committed events their feed positions and wake the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the relay; SIGTERM and SIGINT end it after the round it is in."""
        told_to_stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told_to_stop.set())
        run_relay(wake_workers=wake_workers, stopped=told_to_stop.is_set)
