"""How static files are collected: the style sheets joined into one, then hashed and compressed."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN = ("crm/", "deals/", "handoff/", "django_htmx/")
STYLE_SHEET = "crm/css/app.css"
_IMPORT = re.compile(r'^@import "([^"]+)";\n?', re.MULTILINE)


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Collects `app.css` as one file, so that a page makes one request for all styles.

    In development and in tests the plain storage serves `app.css` with its imports, file by file.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join the imports of the style sheet, then hash and compress everything as usual."""
        if not dry_run and STYLE_SHEET in paths:
            self._join(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def compress_files(self, paths: Iterable[str]) -> Any:
        """Compress our own files; those of packages (API docs, admin) take half a minute and are rarely asked for."""
        return super().compress_files([path for path in paths if path.startswith(OWN)])

    def _join(self, paths: dict[str, Any]) -> None:
        """Put the joined style sheet in place of the one with imports, for the hashing that follows."""
        folder = STYLE_SHEET.rpartition("/")[0]

        def content(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        joined = _IMPORT.sub(lambda match: content(f"{folder}/{match[1]}"), content(STYLE_SHEET))
        self.delete(STYLE_SHEET)
        self.save(STYLE_SHEET, ContentFile(joined.encode()))
        paths[STYLE_SHEET] = (self, STYLE_SHEET)
