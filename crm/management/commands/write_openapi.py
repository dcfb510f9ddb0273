"""Write the OpenAPI document to `docs/openapi.json`, where changes to it can be read."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.api.description import document


class Command(BaseCommand):
    """`manage.py write_openapi`."""

    help = "Write the OpenAPI document to docs/openapi.json."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        (settings.BASE_DIR / "docs" / "openapi.json").write_text(document())
