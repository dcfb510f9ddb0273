"""Jobs about deals. Thin: each calls an action, and doing it twice changes nothing."""

from celery import shared_task
from django.conf import settings
from redis import Redis

from deals.actions import stage_total
from deals.actions.waiting import recount_waiting
from deals.imports import job

IMPORTING = 300
"""Seconds after which a worker that was killed is no longer waited for."""


@shared_task  # type: ignore[untyped-decorator]
def fold_stage_totals() -> None:
    """Keep the totals of the stages short."""
    stage_total.fold_stage_totals()


@shared_task  # type: ignore[untyped-decorator]
def recount_stage_totals() -> None:
    """Compare the totals of the stages with the deals, and the deals with their questions; set right what differs."""
    recount_waiting()
    stage_total.recount_stage_totals()


@shared_task  # type: ignore[untyped-decorator]
def work_on_imports() -> int:
    """Go on with the imports that are under way; return how many turns there were. One at a time: one thread is for the rest."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        alone = redis.lock(f"{settings.REDIS_PREFIX}working-on-imports", timeout=IMPORTING)
        if not alone.acquire(blocking=False):
            return 0
        try:
            return job.work_on_imports()
        finally:
            alone.release()
