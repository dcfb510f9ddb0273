"""Background jobs of the ground. Thin: what is owed stands in the database."""

from celery import shared_task
from django.conf import settings
from redis import Redis

from crm.actions import bulk_change, export_job, import_run, ledger_check, sign_in_facts, upload
from crm.actions.data_request import end_availability
from crm.actions.duplicate import compare_all
from crm.actions.erasure import complete_due, settle_list, sweep_up
from crm.actions.idempotency import drop_old_answers
from crm.clock import now
from crm.events import deliver, webhook
from crm.mail import digest

SENDING = 300
"""Seconds after which a sender that was killed is no longer waited for."""
MAKING = 120
"""Seconds without a word after which an export that was killed is begun anew."""
NIGHTLY = 4 * 3600
"""Seconds a nightly job may take at most."""


@shared_task  # type: ignore[untyped-decorator]
def deliver_owed() -> int:
    """Deliver what is due; return how many deliveries were tried."""
    return deliver.deliver_owed()


@shared_task  # type: ignore[untyped-decorator]
def send_webhooks() -> int:
    """Send the webhooks that are due; return how many were tried. One at a time: other systems may hold up one thread of ours."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        alone = redis.lock(f"{settings.REDIS_PREFIX}sending-webhooks", timeout=SENDING)
        if not alone.acquire(blocking=False):
            return 0
        try:
            return webhook.send_owed()
        finally:
            alone.release()


# Told as done before it is: a check that takes longer than the queue's patience is not to be started twice.
@shared_task(acks_late=False, time_limit=NIGHTLY, soft_time_limit=NIGHTLY)  # type: ignore[untyped-decorator]
def check_ledger() -> None:
    """Check all chains and write a checkpoint."""
    ledger_check.check_ledger()


@shared_task  # type: ignore[untyped-decorator]
def drop_sign_in_facts() -> int:
    """Delete facts of sign-ins that are kept no longer; return how many."""
    return sign_in_facts.drop_sign_in_facts()


@shared_task  # type: ignore[untyped-decorator]
def send_digests() -> int:
    """Send the digest to everybody whose morning it is; return how many left."""
    return digest.send_digests()


@shared_task  # type: ignore[untyped-decorator]
def sweep_uploads() -> int:
    """Delete the files of forms that nobody sent again; return how many there were."""
    return upload.sweep_uploads()


@shared_task  # type: ignore[untyped-decorator]
def sweep_imports() -> int:
    """End imports that nobody went on with; return how many."""
    return import_run.sweep_imports()


@shared_task(acks_late=False, time_limit=NIGHTLY, soft_time_limit=NIGHTLY)  # type: ignore[untyped-decorator]
def make_exports() -> int:
    """Make the exports that wait; return how many. One at a time: the other thread is for the rest."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        alone = redis.lock(f"{settings.REDIS_PREFIX}making-exports", timeout=MAKING)
        if not alone.acquire(blocking=False):
            return 0
        try:
            return export_job.work_on_exports(alone.reacquire)
        finally:
            alone.release()


@shared_task  # type: ignore[untyped-decorator]
def drop_exports() -> int:
    """Delete the files of exports that are kept no longer; return how many."""
    return export_job.drop_exports()


@shared_task  # type: ignore[untyped-decorator]
def settle_erasures() -> int:
    """Erase evidence and exports whose day has come, and bring the list of erasures up to date; return how many changed."""
    return complete_due() + sweep_up() + end_availability() + sum(settle_list())


@shared_task  # type: ignore[untyped-decorator]
def work_on_bulk_changes() -> int:
    """Go on with changes of many records; return how many batches there were."""
    return bulk_change.work_on_bulk_changes()


@shared_task  # type: ignore[untyped-decorator]
def drop_old_bulk_changes() -> int:
    """Forget what records held before changes of many that nobody undoes any more; return how many rows that were."""
    return bulk_change.drop_old_bulk_changes(now() - bulk_change.KEPT)


@shared_task  # type: ignore[untyped-decorator]
def drop_kept_answers() -> int:
    """Delete the answers of the API that are kept no longer; return how many."""
    return drop_old_answers()


@shared_task(acks_late=False, time_limit=NIGHTLY, soft_time_limit=NIGHTLY)  # type: ignore[untyped-decorator]
def look_for_duplicates() -> int:
    """Compare all entries of the directory with each other; return how many there were."""
    return compare_all()
