"""Background jobs of the ground. Thin: what is owed stands in the database."""

from celery import shared_task

from crm.events import deliver


@shared_task  # type: ignore[untyped-decorator]
def deliver_owed() -> int:
    """Deliver what is due; return how many deliveries were tried."""
    return deliver.deliver_owed()
