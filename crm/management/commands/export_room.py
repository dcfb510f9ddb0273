"""`manage.py export_room ROOM`: a room's evidence as one archive, as staff or one participant would get it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.actors import SYSTEM, as_participant
from crm.errors import NotFound
from crm.evidence.archive import make_archive
from crm.models import Participant


class Command(BaseCommand):
    """Writes the file whole or not at all."""

    help = "Write a room's evidence into one ZIP file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the room, whose sight it is, and the file's name."""
        parser.add_argument("room", type=UUID)
        parser.add_argument("--participant", type=UUID, help="as this participant may see it; else as the selling side")
        parser.add_argument("--out", type=Path, help="where to write it (default: named after room and day, here)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say where it is."""
        actor = SYSTEM
        if options["participant"]:
            people = Participant.objects.active().select_related("contact", "room")
            person = people.filter(pk=options["participant"], room=options["room"]).first()
            if person is None:
                raise CommandError("There is no such participant in this room.")
            actor = as_participant(person)
        try:
            archive = make_archive(actor, options["room"])
        except NotFound as error:
            raise CommandError("There is no such room.") from error
        out = options["out"] or Path(archive.name)
        part = out.with_name(out.name + ".part")
        with part.open("wb") as file:
            for piece in archive.pieces():
                file.write(piece)
        part.replace(out)
        self.stdout.write(f"{out}: {out.stat().st_size} bytes")
