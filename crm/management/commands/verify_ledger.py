"""`manage.py verify_ledger`: checks every room's chain and names the first bad row."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.queries.evidence import evidence_faults
from crm.queries.ledger import CheckpointUnreadable, RoomReport, differences, read_checkpoint, verify_rooms


class Command(BaseCommand):
    """Ends with code 1 when anything is wrong."""

    help = "Check the ledger: each room's chain, what it covers, and a checkpoint kept elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one room, and a checkpoint's file."""
        parser.add_argument("--room", type=UUID, help="only this room")
        parser.add_argument("--checkpoint", type=Path, help="a file written by ledger_checkpoint")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, say what was found, and end."""
        rooms = entries = erased = faults = 0
        for one in verify_rooms(options["room"]):
            rooms, entries = rooms + 1, entries + one.report.checked
            erased += len(one.report.erased)
            if one.report.fault:
                faults += 1
                self.stdout.write(self.style.ERROR(_words(one)))
            elif one.report.erased:
                rows = ", ".join(str(seq) for seq in one.report.erased)
                self.stdout.write(f"room {one.room_id}: whole; erased on request: rows {rows}")
        for fault in evidence_faults(options["room"]):
            faults += 1
            self.stdout.write(self.style.ERROR(f"room {fault.room_id}: {fault.fault} (row {fault.row_id})"))
        if options["checkpoint"]:
            faults += self._compare(options["checkpoint"])
        self.stdout.write(f"{rooms} rooms, {entries} entries checked, {erased} erased, {faults} faults")
        if faults:
            raise CommandError("The ledger is not what it was.", returncode=1)

    def _compare(self, file: Path) -> int:
        try:
            found = differences(read_checkpoint(file.read_text()))
        except (OSError, CheckpointUnreadable) as error:
            raise CommandError(str(error), returncode=1) from error
        for one in found:
            self.stdout.write(
                self.style.ERROR(f"room {one.room_id}: {one.fault} against the checkpoint at row {one.seq}")
            )
        return len(found)


def _words(one: RoomReport) -> str:
    entry = f" (entry {one.bad_entry})" if one.bad_entry else ""
    return f"room {one.room_id}: {one.report.fault} at row {one.report.bad_seq}{entry}"
