"""`manage.py apply_erasures`: erases again, after a restore, whoever was erased since the backup was made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm import erasure_list
from crm.actions.erasure import apply_line
from crm.errors import DomainError


class Command(BaseCommand):
    """Running it again changes nothing. Ends with code 1 when a line cannot be read or an erasure did not succeed."""

    help = "Apply the list of erasures to this database, after it was restored from a backup."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another list than the one in the settings."""
        parser.add_argument("--list", type=Path, dest="file", help="the list to apply (default: ERASURE_LIST)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the whole list first, then apply it line by line, each in a transaction of its own."""
        try:
            lines = erasure_list.read(options["file"])
        except (OSError, erasure_list.ListUnreadable) as error:
            raise CommandError(str(error), returncode=1) from error
        applied = 0
        for line in lines:
            try:
                applied += apply_line(line=line)
            except DomainError as error:
                raise CommandError(f"erasure {line.erasure}: {error.message}", returncode=1) from error
        self.stdout.write(f"{len(lines)} erasures in the list, {applied} applied, {len(lines) - applied} done already")
