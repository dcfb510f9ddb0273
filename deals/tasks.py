"""Jobs about deals. Thin: each calls an action, and doing it twice changes nothing."""

from celery import shared_task

from deals.actions import stage_total
from deals.actions.waiting import recount_waiting


@shared_task  # type: ignore[untyped-decorator]
def fold_stage_totals() -> None:
    """Keep the totals of the stages short."""
    stage_total.fold_stage_totals()


@shared_task  # type: ignore[untyped-decorator]
def recount_stage_totals() -> None:
    """Compare the totals of the stages with the deals, and the deals with their questions; set right what differs."""
    recount_waiting()
    stage_total.recount_stage_totals()
