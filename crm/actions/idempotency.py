"""Answers of the API that are kept for an `Idempotency-Key`, and until when."""

from datetime import timedelta

from crm.clock import now
from crm.models import IdempotentAnswer

KEPT = timedelta(days=30)


def drop_old_answers() -> int:
    """Delete the answers that no call gets any more; return how many. They hold what people wrote."""
    return IdempotentAnswer.objects.filter(created_at__lte=now() - KEPT).delete()[0]
