"""`manage.py check_ledger`: the nightly check by hand, or for a schedule of your own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.actions.ledger_check import check_ledger
from crm.queries.ledger_check import fault_view


class Command(BaseCommand):
    """Checks, writes a checkpoint into its folder, and has both mailed. Ends with code 1 when anything is wrong."""

    help = "Check the ledger as each night: all chains, the last checkpoint; then write and mail a new checkpoint."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and say what was found."""
        check = check_ledger()
        for one in check.faults:
            fault = fault_view(one, {})
            places = [f"room {fault.room}" if fault.room else "", f"row {fault.entry}" if fault.entry else ""]
            where = ", ".join(filter(None, (*places, fault.row, fault.file)))
            self.stdout.write(self.style.ERROR(f"{where}: {fault.words}"))
        self.stdout.write(f"{check.rooms} rooms, {check.entries} entries checked, {check.erased} erased")
        self.stdout.write(f"checkpoint {check.checkpoint}, digest {check.digest}")
        if check.faults:
            raise CommandError(f"{len(check.faults)} faults. The ledger is not what it was.", returncode=1)
