"""`manage.py load_demo`: the story and the public pipeline, once. `make run` starts it in the background."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from handoff.demo.load import load_pipeline, load_story

SIGN_IN_FILE = "demo-sign-in.txt"


class Command(BaseCommand):
    """Loads what is missing of the demo. Stopping it loses nothing: the next start goes on."""

    help = "Load the demo data: the people who can sign in, the story, the imported pipeline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be given."""
        parser.add_argument("--story-only", action="store_true", help="leave the imported pipeline out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demo. Refuses where `DEMO` is off: made-up people do not belong among real ones."""
        if not settings.DEMO:
            raise CommandError(_("This is no demo: set DEMO=true to load made-up data."))
        load_story(settings.VAR_DIR / SIGN_IN_FILE)
        if not options["story_only"]:
            load_pipeline(settings.BASE_DIR / "tests" / "data" / "maven", self._progress)

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(_("%(done)s of %(total)s rows") % {"done": done, "total": total})
