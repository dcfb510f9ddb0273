"""Files that were brought in, and what was said about their lines: kept for a while, so that an import can be looked at and undone."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.export_job import drop_exports
from crm.models import ImportLine, ImportRun
from crm.personal_data.person import Person
from crm.personal_data.rows import erased_words, fields_of, naming, plain
from crm.registry import PersonalDataPlace

_WORDS = ("file_name", "headers", "choices", "findings", "report")
_LINE = ("key", "label", "words", "shown")
_OVERLAP = 500
"""Signs that a piece of a file repeats from the one before, so that no name is cut in two."""


def _lines(person: Person) -> Any:
    return ImportLine.objects.filter(pk__in=naming(person, ImportLine.objects.all(), *_LINE))


def _erase_lines(person: Person) -> int:
    return int(_lines(person).update(key="", label=erased_words(), words=[], shown=None))


def _runs(person: Person) -> Any:
    runs = ImportRun.objects.exclude(kind="")
    files = [run.pk for run in runs if _is_in_file(person, run)]
    return ImportRun.objects.filter(pk__in=[*naming(person, runs, *_WORDS), *files])


def _is_in_file(person: Person, run: ImportRun) -> bool:
    return default_storage.exists(run.path) and any(person.traces.are_in(piece) for piece in _pieces(run))


def _pieces(run: ImportRun) -> Iterator[str]:
    before = ""
    with default_storage.open(run.path, "rb") as content:
        while chunk := content.read(1024 * 1024):
            piece = before + chunk.decode(run.encoding, "ignore")
            yield piece
            before = piece[-_OVERLAP:]


def _erase_runs(person: Person) -> int:
    """Take the person out of what is kept about runs; a file that names them goes, and has to be chosen again."""
    changed = 0
    for run in _runs(person):
        for name in _WORDS:
            setattr(run, name, person.words.masked(getattr(run, name), erased_words()))
        run.save(update_fields=_WORDS)
        transaction.on_commit(partial(default_storage.delete, run.path))
        changed += 1
    return changed


PLACES = (
    PersonalDataPlace(
        name="exports",
        label=_("Files that were exported and are kept for a day"),
        fields=frozenset(),
        export=lambda _person: [],
        erase=lambda _person: drop_exports(everything=True),
    ),
    PersonalDataPlace(
        name="import_lines",
        label=_("Lines of imported files that name you"),
        fields=fields_of("crm.ImportLine", *_LINE),
        export=lambda person: plain(_lines(person), "run__started_at", *_LINE),
        erase=_erase_lines,
        private=True,
    ),
    PersonalDataPlace(
        name="import_runs",
        label=_("Files that are being imported and name you"),
        fields=fields_of("crm.ImportRun", *_WORDS),
        export=lambda person: plain(_runs(person), "started_at", "file_name"),
        erase=_erase_runs,
        private=True,
    ),
)
