"""Background jobs of the ground. Thin: what is owed stands in the database."""

from celery import shared_task

from crm.events import deliver, webhook


@shared_task  # type: ignore[untyped-decorator]
def deliver_owed() -> int:
    """Deliver what is due; return how many deliveries were tried."""
    return deliver.deliver_owed()


@shared_task  # type: ignore[untyped-decorator]
def send_webhooks() -> int:
    """Send the webhooks that are due; return how many were tried."""
    return webhook.send_owed()
