"""`manage.py ledger_checkpoint`: writes the heads of all chains into a file, to be kept outside the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from crm.checkpoints import write_checkpoint
from crm.queries.ledger import checkpoint


class Command(BaseCommand):
    """A cut-off tail or a missing room shows against such a file, and only against it."""

    help = "Write the heads of all ledger chains into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's name."""
        parser.add_argument("--out", type=Path, required=True, help="where to write it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file whole or not at all."""
        content = checkpoint()
        write_checkpoint(content, options["out"])
        self.stdout.write(f"{len(content['heads'])} rooms, digest {content['digest']}")
