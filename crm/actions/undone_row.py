"""Taking back what a run of an import wrote: rows it made are archived, rows it changed get back what they held.

Whatever somebody has touched here since stays, and is named.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from crm.actions.imported_row import Incoming, merge
from crm.clock import now
from crm.models import ImportedRow


@dataclass
class Undone:
    """What became of a batch: the subjects that were archived or set back, those that somebody touched, and those of others."""

    gone: list[UUID] = field(default_factory=list)
    kept: list[UUID] = field(default_factory=list)
    others: list[UUID] = field(default_factory=list)


def undo_rows(
    rows: Sequence[ImportedRow],
    subjects: QuerySet[Any],
    in_use: Q,
    around: AbstractContextManager[Any] | None = None,
    *,
    closed: Callable[[Any, ImportedRow], Collection[str]] = lambda _subject, _row: (),
) -> Undone:
    """Undo rows of one model. `subjects` are those that the actor may change; `in_use` says which of them stay anyhow.

    Fields that `closed` names for a subject stay, as they would when a file came in. Called in a transaction; `around` is
    entered while rows are saved.
    """
    found = subjects.filter(archived_at=None).select_for_update(of=("self",), no_key=True)
    there = found.in_bulk([row.subject_id for row in rows])
    used = set(subjects.filter(in_use, pk__in=there).values_list("pk", flat=True))
    missing = [row.subject_id for row in rows if row.subject_id not in there]
    others = subjects.model._default_manager.filter(pk__in=missing, archived_at=None).values_list("pk", flat=True)
    undone, saved, fields = Undone(others=list(others)), [], {"version", "updated_at"}
    for row in rows:
        subject = there.get(row.subject_id)
        if subject is None:
            continue  # archived by somebody already, or not the actor's to change
        changed = _set_back(subject, row, row.subject_id in used, closed(subject, row))
        fields |= changed
        if changed:
            subject.version, subject.updated_at = subject.version + 1, now()
            saved.append(subject)
        (undone.gone if changed else undone.kept).append(row.subject_id)
    with around or nullcontext():
        if saved:
            type(saved[0])._default_manager.bulk_update(saved, sorted(fields))
    _forget(rows, {one.pk for one in saved})
    return undone


def _set_back(subject: Any, row: ImportedRow, is_used: bool, closed: Collection[str]) -> set[str]:
    """Write into `subject` (unsaved) what it held before the run; return the names of the fields to save."""
    if row.previous is None:
        if is_used or subject.version != row.version:
            return set()
        subject.archived_at = now()
        return {"archived_at"}
    fields, custom = {}, {}
    for name, value in row.previous.items():
        if name.startswith("custom."):
            custom[name.removeprefix("custom.")] = value
        else:
            fields[name] = subject._meta.get_field(name).to_python(value) if value != "" else value
    changed, _kept, _previous = merge(subject, row, Incoming(row.key, fields, custom), closed=closed)
    return changed


def _forget(rows: Sequence[ImportedRow], saved: set[UUID]) -> None:
    """Forget what is archived, so that the file can bring it in anew; what stays belongs to the run no more."""
    gone = [row.pk for row in rows if row.previous is None and row.subject_id in saved]
    ImportedRow.objects.filter(pk__in=gone).delete()
    for row in rows:
        row.run, row.digest = None, ""
        row.values = row.values | (row.previous or {}) if row.subject_id in saved else row.values
    ImportedRow.objects.bulk_update([row for row in rows if row.pk not in gone], ["run", "digest", "values"])
