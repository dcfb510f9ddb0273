"""Comparing source rows with what an earlier import made of them: new, changed, or the same as before."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from crm.clock import now
from crm.models import ImportedRow, ImportRun
from crm.rules.canonical import decimal_words


@dataclass(frozen=True)
class Incoming:
    """One source row, checked: `fields` by the model's attribute names, `custom` by the keys of custom fields.

    `once` holds what is written when the row is made and never compared again (`created_at`). `same_as` is a row that is
    here already though no import of this source brought it: what is empty there is filled, nothing is written over.
    """

    key: str
    fields: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    once: dict[str, Any] = field(default_factory=dict)
    same_as: UUID | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The fields as plain JSON, custom ones as `custom.<key>`."""
        own = {name: plain(value) for name, value in self.fields.items()}
        return own | {f"custom.{key}": plain(value) for key, value in self.custom.items()}

    @property
    def digest(self) -> str:
        """A word that changes with any of the values."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Batch:
    """Where rows come from, and in which run (None: a folder's). With `dry_run` nothing is written."""

    source: str
    run: ImportRun | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one source row: `result` is added, updated, unchanged or left_out; `words` say why.

    `kept` names the fields that somebody changed here: they were left alone though the source says something else.
    """

    key: str
    result: str
    subject_id: UUID | None
    kept: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A batch sorted by what there is to do. What is here already stands with the changed, as if it had come in empty."""

    new: list[Incoming]
    changed: list[tuple[Incoming, ImportedRow]]
    unchanged: list[Outcome]

    @property
    def subject_ids(self) -> list[UUID]:
        """The rows that may change."""
        return [before.subject_id for _incoming, before in self.changed]


@dataclass
class Changes:
    """What a batch changes: the rows to save with the names of their fields, and what became of each source row."""

    saved: dict[UUID, Any] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    of_row: dict[UUID, set[str]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    remembered: list[tuple[Incoming, ImportedRow]] = field(default_factory=list)


def plain(value: Any) -> Any:
    """Return a model's value as JSON can keep it, equal values as equal words."""
    if isinstance(value, Decimal):
        return decimal_words(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def compare(source: str, incoming: Sequence[Incoming]) -> Comparison:
    """Sort a batch of rows of `source` into new, changed and unchanged ones, with one query."""
    keys = [row.key for row in incoming]
    known = {row.key: row for row in ImportedRow.objects.filter(source=source, key__in=keys)}
    comparison = Comparison([], [], [])
    for row in incoming:
        before = known.get(row.key)
        if before is None and row.same_as is None:
            comparison.new.append(row)
        elif before is None and row.same_as is not None:
            comparison.changed.append((row, ImportedRow(source=source, key=row.key, subject_id=row.same_as)))
        elif before is not None and before.digest == row.digest:
            comparison.unchanged.append(Outcome(row.key, "unchanged", before.subject_id))
        elif before is not None:
            comparison.changed.append((row, before))
    return comparison


def apply_changes(
    comparison: Comparison,
    found: Mapping[UUID, Any],
    *,
    closed: Callable[[Any, ImportedRow], Collection[str]] = lambda _row, _before: (),
) -> Changes:
    """Write what changed in the source into the rows `found` (unsaved). Whoever is not found there is left out.

    Fields that `closed` names for a row are kept whatever they hold.
    """
    changes = Changes()
    for incoming, before in comparison.changed:
        row = found.get(before.subject_id)
        if row is None:
            words = (_("It is archived here, or not yours to change."),)
            changes.outcomes.append(Outcome(incoming.key, "left_out", None, words=words))
            continue
        if before._state.adding:
            before.subject_type, before.values = row._meta.model_name, _empty_values(row, incoming)
        names, kept, previous = merge(row, before, incoming, closed=closed(row, before))
        before.previous = previous
        changes.outcomes.append(Outcome(incoming.key, "updated" if names else "unchanged", row.pk, tuple(kept)))
        changes.remembered.append((incoming, before))
        if names:
            changes.saved[row.pk] = row
            changes.fields |= names
            changes.of_row[row.pk] = changes.of_row.get(row.pk, set()) | names
    return changes


def _empty_values(row: Any, incoming: Incoming) -> dict[str, Any]:
    """Return what is empty in a row, as if an import had left it so."""
    fields = {name: getattr(row, name) for name in incoming.fields if getattr(row, name) in ("", None)}
    return fields | {f"custom.{key}": row.custom.get(key) for key in incoming.custom if not row.custom.get(key)}


def remember_new(batch: Batch, made: Iterable[tuple[Incoming, models.Model]]) -> list[Outcome]:
    """Note which rows were made from which source rows."""
    at = now()
    rows = [
        ImportedRow(
            source=batch.source,
            key=incoming.key,
            digest=incoming.digest,
            values=incoming.values,
            subject_type=made_row._meta.model_name or "",
            subject_id=made_row.pk,
            imported_at=at,
            run=batch.run,
            version=getattr(made_row, "version", 1),
        )
        for incoming, made_row in made
    ]
    ImportedRow.objects.bulk_create(rows)
    return [Outcome(row.key, "added", row.subject_id) for row in rows]


def would_be_new(rows: Iterable[Incoming]) -> list[Outcome]:
    """Say of rows that they would be added."""
    return [Outcome(row.key, "added", None) for row in rows]


def remember_changed(batch: Batch, changes: Changes) -> None:
    """Note what the source rows say now. A field that was kept stays out of step, so it is kept the next time too."""
    new, known = list[ImportedRow](), list[ImportedRow]()
    for incoming, row in changes.remembered:
        row.digest, row.imported_at = incoming.digest, now()
        row.values = row.values | incoming.values
        changed = changes.saved.get(row.subject_id)
        if changed is not None and row.previous:
            row.run, row.version = batch.run, changed.version
        (new if row._state.adding else known).append(row)
    ImportedRow.objects.bulk_create(new)
    ImportedRow.objects.bulk_update(known, ["digest", "values", "imported_at", "run", "version", "previous"])


def merge(
    row: Any, before: ImportedRow, incoming: Incoming, *, closed: Collection[str] = ()
) -> tuple[set[str], list[str], dict[str, Any] | None]:
    """Write into `row` (unsaved) what changed in the source and was not touched here.

    Returns the names of the fields to save, those that were kept, and what the changed ones held; when nothing changes,
    what was there from an earlier change.
    """
    changed: set[str] = set()
    kept: list[str] = []
    previous: dict[str, Any] = {}
    for name, value in incoming.fields.items():
        current = plain(getattr(row, name))
        if current == plain(value):
            continue
        if name in closed or current != before.values.get(name):
            kept.append(name)
        else:
            previous[name] = current
            setattr(row, name, value)
            changed.add(name)
    for key, value in incoming.custom.items():
        current = row.custom.get(key)
        if current == value:
            continue
        if current != before.values.get(f"custom.{key}"):
            kept.append(f"custom.{key}")
        else:
            previous[f"custom.{key}"] = current
            row.custom = {name: one for name, one in {**row.custom, key: value}.items() if one is not None}
            changed.add("custom")
    return changed, kept, previous or before.previous or ({} if before._state.adding else None)


def save_changed(rows: Iterable[Any], fields: set[str]) -> None:
    """Save merged rows with their next version."""
    at, saved = now(), list(rows)
    for row in saved:
        row.version, row.updated_at = row.version + 1, at
    if saved:
        type(saved[0])._default_manager.bulk_update(saved, [*sorted(fields), "version", "updated_at"])
