"""`manage.py recount_stage_totals`: what the stages come to, counted anew."""

from typing import Any

from django.core.management.base import BaseCommand

from deals.actions.stage_total import fold_stage_totals, recount_stage_totals
from deals.actions.waiting import recount_waiting


class Command(BaseCommand):
    """Compares the kept totals with the deals and sets right what differs. Nobody waits; run it as often as you like."""

    help = "Compare the totals of the stages with the deals, set right what differs, and fold them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, correct, say how much was wrong."""
        corrected = recount_waiting() + recount_stage_totals()
        fold_stage_totals()
        self.stdout.write(f"{corrected} corrected")
